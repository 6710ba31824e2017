"""Filters of TwelveMonkeys' ``ResampleOp``, and the taps that it makes of them along one axis, exact to the bit.

They descend from the filters of Schumacher, "General Filtered Image Rescaling" (Graphics Gems III), by way of ImageMagick.
Reductions widen the filter, so that they do not alias. A target pixel is centred at ``position / scale``, without the half
pixel that other libraries add: pictures move up and left by (1 / scale - 1) / 2 px. Products and sums are written in the
order in which Java rounds them.
"""

from collections.abc import Callable
from functools import lru_cache
from math import ceil, cos, exp, floor, pi, sin, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from robustfashion.resize.bessel import bessel_j1
from robustfashion.resize.coordinates import Index, frozen

_AXES = 128
"""Tables kept; one takes some tens of KB."""
_UNROLLED = 4
"""Taps that the kernel takes at a time."""


class Convolution(NamedTuple):
    """Weighted taps of one axis, each target pixel's in the order in which they are added; a multiple of four of them."""

    at: Index
    """Source position of each tap, [target, n]; missing taps repeat the last one, with weight 0."""
    weight: NDArray[np.float64]
    """[target, n]; does not always add to 1 when enlarging."""
    keeps_constants: NDArray[np.bool_]
    """Whether the weights add to 1, [target]; where not, Java looks whether all taps are equal and then copies them."""


class Filter(NamedTuple):
    """A filter of TwelveMonkeys."""

    weight: Callable[[float], float]
    support: float
    """Source px on each side when enlarging."""


def _sinc(t: float) -> float:
    t *= pi
    return sin(t) / t if t != 0 else 1.0


def _blackman(t: float) -> float:
    return 0.42 + 0.50 * cos(pi * t) + 0.08 * cos(2.0 * pi * t)


def _box(t: float) -> float:
    return 1.0 if -0.5 <= t < 0.5 else 0.0


def _hermite(t: float) -> float:
    t = abs(t)
    return (2.0 * t - 3.0) * t * t + 1.0 if t < 1 else 0.0


def _gaussian(t: float) -> float:
    return exp(-2.0 * t * t) * sqrt(2.0 / pi)


def _cubic(t: float) -> float:
    """Cubic B-spline."""
    t = abs(t)
    if t < 1:
        square = t * t
        return 0.5 * square * t - square + 2.0 / 3.0
    if t < 2:
        t = 2.0 - t
        return 1.0 / 6.0 * (t * t * t)
    return 0.0


def _catrom(t: float) -> float:
    """Catmull-Rom spline."""
    t = abs(t)
    if t < 1:
        return 0.5 * (2.0 + t * t * (-5.0 + t * 3.0))
    return 0.5 * (4.0 + t * (-8.0 + t * (5.0 - t))) if t < 2 else 0.0


def _mitchell(t: float) -> float:
    """Mitchell and Netravali's cubic with B = C = 1/3, in Horner's form; -1 counts as inside, 1 as outside."""
    b = c = 1.0 / 3.0
    distance = abs(t)
    if -1 <= t < 1:
        p0, p2, p3 = (6.0 - 2.0 * b) / 6.0, (-18.0 + 12.0 * b + 6.0 * c) / 6.0, (12.0 - 9.0 * b - 6.0 * c) / 6.0
        return p0 + distance * distance * (p2 + distance * p3)
    if -2 <= t < 2:
        q0, q1 = (8.0 * b + 24.0 * c) / 6.0, (-12.0 * b - 48.0 * c) / 6.0
        q2, q3 = (6.0 * b + 30.0 * c) / 6.0, (-b - 6.0 * c) / 6.0
        return q0 + distance * (q1 + distance * (q2 + distance * q3))
    return 0.0


def _lanczos(t: float) -> float:
    t = abs(t)
    return _sinc(t) * _sinc(t / 3.0) if t < 3 else 0.0


def _bessel(t: float) -> float:
    return bessel_j1(pi * t) / (2.0 * t) if t != 0 else pi / 4.0


FILTERS = {
    "box": Filter(_box, 0.5),
    "hermite": Filter(_hermite, 1.0),
    "hanning": Filter(lambda t: 0.5 + 0.5 * cos(pi * t), 1.0),
    "hamming": Filter(lambda t: 0.54 + 0.46 * cos(pi * t), 1.0),
    "blackman": Filter(_blackman, 1.0),
    "gaussian": Filter(_gaussian, 1.25),
    "cubic": Filter(_cubic, 2.0),
    "catrom": Filter(_catrom, 2.0),
    "mitchell": Filter(_mitchell, 2.0),
    "lanczos": Filter(_lanczos, 3.0),
    "blackman_bessel": Filter(lambda t: _blackman(t / 3.2383) * _bessel(t), 3.2383),
    "blackman_sinc": Filter(lambda t: _blackman(t / 4.0) * _sinc(t), 4.0),
}
"""TwelveMonkeys' filters that convolve."""


@lru_cache(_AXES)
def convolution_axis(source: int, target: int, filter_name: str) -> Convolution:
    """Taps from ``source`` to ``target`` px with one of :data:`FILTERS`."""
    rows = [_taps(pixel, source, target / source, FILTERS[filter_name]) for pixel in range(target)]
    length = -(-max(len(at) for at, _ in rows) // _UNROLLED) * _UNROLLED
    index, weight = np.empty((target, length), np.uintp), np.zeros((target, length))
    for pixel, (at, weights) in enumerate(rows):
        index[pixel, : len(at)], index[pixel, len(at) :] = at, at[-1]
        weight[pixel, : len(at)] = weights
    return Convolution(frozen(index), frozen(weight), frozen(np.abs(weight.sum(axis=1) - 1) < 1e-9))


def _taps(pixel: int, source: int, scale: float, resampling: Filter) -> tuple[list[int], list[float]]:
    """Source positions and weights of one target pixel; reductions (and nothing else) divide by the sum."""
    centre = pixel / scale
    width, factor = resampling.support, 1.0
    if scale < 1:
        width, factor = width / scale, 1.0 / scale
        if width <= 0.5:
            width, factor = 0.5 + 1e-6, 1.0
    positions = range(ceil(centre - width), floor(centre + width) + 1)
    weights = [resampling.weight((centre - position) / factor) / factor for position in positions]
    total = 0.0
    for weight in weights:
        total += weight
    if scale < 1 and total not in (0.0, 1.0):
        weights = [weight * (1.0 / total) for weight in weights]
    return [_inside(position, source) for position in positions], weights


def _inside(position: int, source: int) -> int:
    """Reflected at the borders; what is still outside wraps around, or becomes the last pixel."""
    if position < 0:
        position = -position
    elif position >= source:
        position = 2 * source - position - 1
    return source - 1 if position < 0 else position % source
