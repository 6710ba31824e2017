"""Where ``cv2.resize`` looks for pixels of 8 bits, and with which weights (``modules/imgproc/src/resize.cpp``).

Scales are float64 and twice rounded, as in OpenCV: ``1 / (target / source)``. Tables are ``[target]`` or ``[target, K]``.
"""

from functools import lru_cache
from math import cos, pi, sin, sqrt

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]
Whole = NDArray[np.int32]
Floats = NDArray[np.float32]

COEFFICIENT_BITS = 11
EXACT_BITS = 8
_AXES = 128
_ONE = np.float32(1)
_EPSILON_64 = float(np.finfo(np.float64).eps)
_AT_A_PIXEL = 1e-6
_ALL = np.float32(1e30)
"""A weight beside which all others vanish."""
_D = sqrt(0.5)
_TURNS = ((1, 0), (-_D, -_D), (0, 1), (_D, -_D), (-1, 0), (_D, _D), (0, -1), (-_D, _D))
"""sin(angle + i pi / 4) by sin and cos of the angle, up to the sign."""
_SLIVER = 1e-3
"""Overlaps below it, in px, are left out of area averages."""


def scale_of(source: int, target: int) -> float:
    """Source px a target px."""
    return 1.0 / (target / source)


def whole_scale(source: int, target: int) -> int:
    """The scale where OpenCV takes it for a whole number, else 0."""
    scale = scale_of(source, target)
    return round(scale) if abs(scale - round(scale)) < _EPSILON_64 else 0


@lru_cache(_AXES)
def nearest_axis(source: int, target: int, exact: bool) -> Positions:
    """Source pixel of each target pixel, as the installed OpenCV itself picks them from a ruler."""
    import cv2

    flag = cv2.INTER_NEAREST_EXACT if exact else cv2.INTER_NEAREST
    ruler = np.arange(source, dtype=np.int32)[None]
    picked: Positions = np.asarray(cv2.resize(ruler, (target, 1), interpolation=flag))[0].astype(np.int64)
    return picked


@lru_cache(_AXES)
def linear_axis(source: int, target: int, *, rows: bool, area: bool = False) -> tuple[Positions, Whole]:
    """Two taps with weights in units of 2^-11, edges repeated; ``area`` is how INTER_AREA enlarges.

    Columns beyond the ends take the end's pixel with its whole weight, rows share the weight between two equal ones.
    """
    target_at = np.arange(target)
    scale = scale_of(source, target)
    if area:
        left = np.floor(target_at * scale).astype(np.int64)
        fraction = ((target_at + 1) - (left + 1) * (target / source)).astype(np.float32)
        fraction = np.where(fraction <= 0, np.float32(0), fraction - np.floor(fraction))
    else:
        position = ((target_at + 0.5) * scale - 0.5).astype(np.float32)
        left = np.floor(position).astype(np.int64)
        fraction = position - left.astype(np.float32)
    if not rows:
        fraction = np.where((left < 0) | (left >= source - 1), np.float32(0), fraction)
    weight = np.stack([_ONE - fraction, fraction], axis=1)
    return np.clip(left[:, None] + np.arange(2), 0, source - 1), _fixed(weight)


def _fixed(weight: Floats) -> Whole:
    """Weights in units of 2^-11, rounded half to even."""
    fixed: Whole = np.rint(weight * np.float32(1 << COEFFICIENT_BITS)).astype(np.int32)
    return fixed


@lru_cache(_AXES)
def linear_exact_axis(source: int, target: int) -> tuple[Positions, Whole]:
    """Two taps with weights in units of 2^-8 that add to 256."""
    position = scale_of(source, target) * (np.arange(target) + 0.5) - 0.5
    left = np.floor(position).astype(np.int64)
    fraction = np.rint((position - left) * (1 << EXACT_BITS)).astype(np.int32)
    fraction = np.where((left < 0) | (left >= source - 1), 0, fraction)
    weight = np.stack([(1 << EXACT_BITS) - fraction, fraction], axis=1)
    return np.clip(left[:, None] + np.arange(2), 0, source - 1), weight.astype(np.int32)


@lru_cache(_AXES)
def lanczos4_axis(source: int, target: int) -> tuple[Positions, Whole]:
    """Eight taps with weights in units of 2^-11, edges repeated."""
    position = ((np.arange(target) + 0.5) * scale_of(source, target) - 0.5).astype(np.float32)
    left = np.floor(position).astype(np.int64)
    fraction = position - left.astype(np.float32)
    weight = np.stack([_lanczos4(x) for x in fraction])
    return np.clip(left[:, None] + np.arange(-3, 5), 0, source - 1), _fixed(weight)


def _lanczos4(x: np.float32) -> Floats:
    """Weights of the taps at -3 .. 4 for a position at ``x`` in [0, 1], float32 [8], which add to about 1."""
    angle = -float(x + np.float32(3)) * pi * 0.25
    sine, cosine = sin(angle), cos(angle)
    weight = np.empty(8, np.float32)
    total = np.float32(0)
    for i, (a, b) in enumerate(_TURNS):
        distance = x + np.float32(3) - np.float32(i)
        y = -float(distance) * pi * 0.25
        weight[i] = (a * sine + b * cosine) / (y * y) if abs(distance) >= _AT_A_PIXEL else _ALL
        total += weight[i]
    return weight * (_ONE / total)


@lru_cache(_AXES)
def area_axis(source: int, target: int) -> tuple[Positions, Floats]:
    """Source pixels under each target pixel, in order, and their shares of it, float32; K as many as the most have."""
    scale = scale_of(source, target)
    rows = [_overlaps(source, t * scale, scale) for t in range(target)]
    taps = max(len(row) for row in rows)
    at, weight = np.zeros((target, taps), np.int64), np.zeros((target, taps), np.float32)
    for t, row in enumerate(rows):
        at[t, : len(row)] = [position for position, _ in row]
        weight[t, : len(row)] = [share for _, share in row]
    return at, weight


def _overlaps(source: int, start: float, scale: float) -> list[tuple[int, float]]:
    end = start + scale
    length = min(scale, source - start)
    last = min(int(np.floor(end)), source - 1)
    first = min(int(np.ceil(start)), last)
    found = []
    if first - start > _SLIVER:
        found.append((first - 1, (first - start) / length))
    found += [(position, 1.0 / length) for position in range(first, last)]
    if end - last > _SLIVER:
        found.append((last, min(end - last, 1.0, length) / length))
    return found
