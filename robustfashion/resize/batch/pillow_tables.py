"""Pillow's own tables, asked of the installed Pillow: no formula can be nearer to it.

An image of mode I goes through the same coefficients as one of mode RGB, and an impulse of 2^22 comes out as the coefficient
rounded to 22 bits, which is the very number that the 8-bit code multiplies by (``src/libImaging/Resample.c``).
"""

from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import NDArray

PRECISION_BITS = 22
_SUPPORT = {"box": 0.5, "bilinear": 1.0, "hamming": 1.0, "bicubic": 2.0, "lanczos": 3.0}
_SLICE = 1 << 22
"""Samples asked of Pillow at a time; 16 MB."""
_AXES = 128

Whole = NDArray[np.int32]
Positions = NDArray[np.int64]


def rows_first(source: tuple[int, int], target: tuple[int, int]) -> bool:
    """Whether the installed Pillow resizes rows before columns; since it rounds between, the order shows.

    Always columns first up to 12.1; from 12.2 not in images more than 100 times as high as wide (``Image.resize``), from 13.0 not
    where the height shrinks by more than twice as many px as the width (``Resample.c``).
    """
    release = _release()
    (height, width), (h, w) = source, target
    if release >= (13, 0):
        return height - h > max(0, 2 * (width - w))
    return release >= (12, 2) and height > 100 * width and h < height


@lru_cache(1)
def _release() -> tuple[int, int]:
    from PIL import __version__

    major, minor = __version__.split(".")[:2]
    return int(major), int(minor)


@lru_cache(_AXES)
def nearest_axis(source: int, target: int) -> Positions:
    """Source pixel of each target pixel, [target]."""
    from PIL import Image

    ruler = Image.fromarray(np.arange(source, dtype=np.int32)[None])
    picked: Positions = np.asarray(ruler.resize((target, 1), Image.Resampling.NEAREST))[0].astype(np.int64)
    return picked


@lru_cache(_AXES)
def filter_axis(source: int, target: int, filter_name: str, length: float | None = None) -> tuple[Positions, Whole]:
    """First tap of each target pixel, [target], and its weights in units of 2^-22, [target, K].

    ``length`` in px is where the part of the axis ends that is resized; it reaches to the end without.
    """
    end = float(np.float32(source if length is None else length))
    scale = end / target
    support = _SUPPORT[filter_name] * max(scale, 1.0)
    taps = min(ceil(support) * 2 + 1, source)
    centre = (np.arange(target) + 0.5) * scale
    first = np.clip((centre - support + 0.5).astype(np.int64), 0, source - taps)
    weight = _impulses(source, target, filter_name, end, taps, first)
    return _trimmed(first, weight)


def _impulses(source: int, target: int, filter_name: str, end: float, taps: int, first: Positions) -> Whole:
    """Weights [target, taps], from a row of impulses for each residue modulo ``taps``: no window holds two of one row."""
    from PIL import Image

    resampling = Image.Resampling[filter_name.upper()]
    answers = np.empty((taps, target), np.int32)
    position = np.arange(source)
    step = max(1, _SLICE // source)
    for start in range(0, taps, step):
        residues = np.arange(start, min(start + step, taps))
        impulses = np.where(position % taps == residues[:, None], np.int32(1 << PRECISION_BITS), np.int32(0))
        image = Image.fromarray(impulses)
        answers[residues] = np.asarray(image.resize((target, residues.size), resampling, (0, 0, end, residues.size)))
    window = first[:, None] + np.arange(taps)
    weight: Whole = answers[window % taps, np.arange(target)[:, None]]
    return weight


def _trimmed(first: Positions, weight: Whole) -> tuple[Positions, Whole]:
    """Without the zeros that all windows begin and end with."""
    used = weight != 0
    lead = used.argmax(axis=1)
    span = weight.shape[1] - used[:, ::-1].argmax(axis=1) - lead
    taps = int(span.max())
    lead = np.minimum(lead, weight.shape[1] - taps)
    return first + lead, np.take_along_axis(weight, lead[:, None] + np.arange(taps), axis=1)


def gap_factors(source: tuple[int, int], target: tuple[int, int], gap: int) -> tuple[int, int]:
    """Height and width of the boxes that ``reducing_gap`` averages first, in px."""
    height, width = (int(size / wanted / gap) or 1 for size, wanted in zip(source, target, strict=True))
    return height, width


def reduce_multiplier(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """What ``Image.reduce`` multiplies a sum of so many pixels by, in units of 2^-24: a float32 quotient, truncated."""
    return (np.float32(1 << 32) / (256 * cells).astype(np.float32)).astype(np.int64)
