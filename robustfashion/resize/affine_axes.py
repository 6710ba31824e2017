"""Where ``java.awt.image.AffineTransformOp`` looks for a pixel when it only scales: per-axis tables, exact to the bit.

Source: the medialib that OpenJDK carries (``mlib_ImageAffine``), in 16.16 fixed point. It works in two passes. Where the
whole window of taps lies inside the image (the interior) it computes in integers; the rest (the edge) it computes in float64
with repeated borders, from positions of their own. A scaling treats the axes separately, so that one span an axis tells
each pass all.
"""

from functools import lru_cache
from math import ceil, trunc
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from robustfashion.resize.coordinates import Copies, Index, Taps, Weight, frozen

Interpolation = Literal["nearest", "bilinear", "bicubic"]

_ONE = 1 << 16
_HALF = 1 << 15
_AXES = 128
"""Tables kept of each kind; one takes some KB."""


class _Window(NamedTuple):
    """Taps, those before the pixel, and the shift from pixel corners to centres."""

    taps: int
    before: int
    shift: float


_WINDOWS = {"nearest": _Window(1, 0, 0.0), "bilinear": _Window(2, 0, -0.5), "bicubic": _Window(4, 1, -0.5)}


class Scaling(NamedTuple):
    """One axis of a scaling; lengths in px, factors as ``AffineTransform.getScaleInstance`` takes them."""

    source: int
    target: int
    factor: float
    other_factor: float
    """Factor of the other axis: medialib inverts the matrix, by which it enters the rounding."""
    is_row_axis: bool


class EdgeTaps(NamedTuple):
    """Interpolation of one axis in the edge pass."""

    at: Index
    """Source position of each tap times the stride, [target, n]."""
    weight: NDArray[np.float64]
    """[target, n]; bilinear weights add to 1, bicubic ones to about 4096."""


class Span(NamedTuple):
    """Target pixels ``first`` to ``stop`` - 1 with the positions they take, in 1/65536 px: int64 [stop - first]."""

    first: int
    stop: int
    position: NDArray[np.int64]


class AffineAxis(NamedTuple):
    """Both passes of one axis; ``edge`` has rows for the whole of its span, those of the interior too."""

    first: int
    stop: int
    interior: Taps
    edge_first: int
    edge_stop: int
    edge: EdgeTaps


@lru_cache(_AXES)
def nearest_axis(axis: Scaling) -> tuple[int, Copies]:
    """First painted target pixel, and the source pixel of each (those before the first are black)."""
    span = _span(axis, _WINDOWS["nearest"], whole=True)
    position = np.zeros(axis.target, np.int64)
    position[span.first : span.stop] = span.position >> 16
    return span.first, Copies(_index(position, axis), span.stop)


@lru_cache(_AXES)
def affine_axis(axis: Scaling, interpolation: Literal["bilinear", "bicubic"]) -> AffineAxis:
    """Tables of one axis; the interior is empty where the image is smaller than the window."""
    window = _WINDOWS[interpolation]
    inside, whole = _span(axis, window, whole=False), _span(axis, window, whole=True)
    fixed, real = bicubic_tables() if interpolation == "bicubic" else (None, None)
    at = (inside.position >> 16)[:, None] + np.arange(window.taps) - window.before
    interior = Taps(_index(at, axis), frozen(_weights(inside.position, fixed)))
    position = whole.position - _HALF
    at = np.clip((position >> 16)[:, None] + np.arange(window.taps) - window.before, 0, axis.source - 1)
    edge = EdgeTaps(_index(at, axis), frozen(_edge_weights(position, real)))
    return AffineAxis(inside.first, inside.stop, interior, whole.first, whole.stop, edge)


def _stride(axis: Scaling) -> int:
    return 1 if axis.is_row_axis else 3


def _index(position: NDArray[np.int64], axis: Scaling) -> Index:
    return frozen((position * _stride(axis)).astype(np.uintp))


def _weights(position: NDArray[np.int64], table: Weight | None) -> Weight:
    if table is not None:
        return table.take(position >> 8 & 255, axis=0)
    fraction = position & (_ONE - 1)
    return np.stack([_ONE - fraction, fraction], axis=1).astype(np.int32)


def _edge_weights(position: NDArray[np.int64], table: NDArray[np.float64] | None) -> NDArray[np.float64]:
    if table is not None:
        return table.take(position >> 8 & 255, axis=0)
    fraction = (position & (_ONE - 1)) / _ONE
    return np.stack([1.0 - fraction, fraction], axis=1)


def _span(axis: Scaling, window: _Window, *, whole: bool) -> Span:
    """Target pixels whose position lies in the whole source, or so far inside that the window does."""
    shift = 0.0 if whole else window.shift
    low = 0.0 if whole else window.before - shift
    high = float(axis.source) if whole else axis.source - ((window.taps - 1) - (window.before - shift))
    product = axis.factor * axis.other_factor
    begin, end = low * axis.factor - 0.5, high * axis.factor - 0.5
    first = max(ceil(begin), 0)
    last = min(trunc(end), axis.target - 1) if end >= 0 else -1

    def is_inside(position: float) -> bool:
        """Whether Java's clip lets this position through."""
        return low * product <= position < high * product

    step = axis.other_factor
    start, stop = (first + 0.5) * step, (last + 0.5) * step
    if not is_inside(start):
        first, start = first + 1, (first + 1.5) * step if axis.is_row_axis else start + step
    if not is_inside(stop):
        last, stop = last - 1, (last - 0.5) * step if axis.is_row_axis else stop - step
    if last < first or not is_inside(start) or not is_inside(stop):
        return Span(0, 0, np.zeros(0, np.int64))
    borders = (int(low + shift), int(high + shift))
    place = _row_positions if axis.is_row_axis else _column_positions
    return Span(first, last + 1, place(axis, (first, last), shift, borders))


def _row_positions(axis: Scaling, pixels: tuple[int, int], shift: float, borders: tuple[int, int]) -> NDArray[np.int64]:
    """Each row's position by itself, in 1/65536 px."""
    inverse = 1.0 / (axis.factor * axis.other_factor)
    row = np.arange(pixels[0], pixels[1] + 1)
    position = np.trunc(((row + 0.5) * axis.other_factor * inverse + shift) * _ONE).astype(np.int64)
    position = np.where(position >> 16 < borders[0], borders[0] << 16, position)
    return np.where(position >> 16 >= borders[1], (borders[1] << 16) - 1, position)


def _column_positions(axis: Scaling, pixels: tuple[int, int], shift: float, borders: tuple[int, int]) -> NDArray[np.int64]:
    """The first column's position and a truncated step, shortened until the last column stays inside."""
    start = int(_row_positions(axis, (pixels[0], pixels[0]), shift, borders)[0])
    step = trunc(axis.other_factor * (1.0 / (axis.factor * axis.other_factor)) * _ONE)
    steps = pixels[1] - pixels[0]
    while (start + steps * step) >> 16 >= borders[1]:
        step -= 1
    return start + np.arange(steps + 1, dtype=np.int64) * step


@lru_cache(1)
def bicubic_tables() -> tuple[Weight, NDArray[np.float64]]:
    """Catmull-Rom weights of four taps at 256 fractions, for the interior (units of 1/16384) and for the edge (1/4096).

    The interior's are truncated to whole numbers. Those of the edge were printed with ten decimals and read as float32.
    """
    fixed, real = np.empty((256, 4), np.int32), np.empty((256, 4))
    for n in range(256):
        x = n / 256 + 1 / 512
        x2, x3 = x * x, x * x * x
        weights = (-0.5 * x3 + x2 - 0.5 * x, 1.5 * x3 - 2.5 * x2 + 1, -1.5 * x3 + 2 * x2 + 0.5 * x, 0.5 * x3 - 0.5 * x2)
        fixed[n] = [int(16384 * weight + half) for weight, half in zip(weights, (-0.5, 0.5, 0.5, -0.5), strict=True)]
        real[n] = [np.float32(f"{4096 * weight:.10f}") for weight in weights]
    return frozen(fixed), frozen(real)
