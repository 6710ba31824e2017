"""Filters of TensorFlow's ``ScaleAndTranslate`` and the weights that it makes of them along one axis, in its float32."""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_F = np.float32
_AXES = 128

Floats = NDArray[np.float32]


class Spans(NamedTuple):
    """Weighted source pixels of each target pixel: ``start``, ``start + 1``, ..."""

    start: NDArray[np.intp]
    weight: Floats
    """[target, n]; each row adds to 1, behind a span lie zeros."""


class Filter(NamedTuple):
    """A filter by its weights at distances of 0 and more, its radius in px, and whether it is offered with antialias off, on."""

    weight: Callable[[Floats], Floats]
    radius: float
    antialias: tuple[bool, ...] = (False, True)


def _lanczos(radius: int) -> Callable[[Floats], Floats]:
    pi = _F(3.14159265359)

    def weight(x: Floats) -> Floats:
        """Weight of a tap at distance x."""
        positive = np.maximum(x, _F(1e-3))
        product = _F(radius) * _sine(pi * positive) * _sine(pi * positive / _F(radius))
        value = product / (pi * pi * positive * positive)
        return np.where(x > radius, _F(0), np.where(x <= _F(1e-3), _F(1), value))

    return weight


def _sine(x: Floats) -> Floats:
    from robustfashion.resize.kernels.sine import float32_sine

    found = np.empty(x.size, _F)
    float32_sine(x.ravel(), found)
    return found.reshape(x.shape)


def _gaussian(x: Floats) -> Floats:
    exponent = (-x * x).astype(np.float64) / (2.0 * 0.5 * 0.5)
    values = [math.exp(value) for value in exponent.ravel().tolist()]
    return np.where(x >= _F(1.5), _F(0), np.array(values, _F).reshape(x.shape))


def _triangle(x: Floats) -> Floats:
    return np.where(x < 1, _F(1) - x, _F(0))


def _keys_cubic(x: Floats) -> Floats:
    near = ((_F(1.5) * x - _F(2.5)) * x) * x + _F(1)
    far = ((_F(-0.5) * x + _F(2.5)) * x - _F(4)) * x + _F(2)
    return np.where(x >= 2, _F(0), np.where(x >= 1, far, near))


def _mitchell_cubic(x: Floats) -> Floats:
    near = ((_F(7) / _F(6) * x - _F(2)) * x) * x + _F(8) / _F(9)
    far = ((_F(-7) / _F(18) * x + _F(2)) * x - _F(10) / _F(3)) * x + _F(16) / _F(9)
    return np.where(x >= 2, _F(0), np.where(x >= 1, far, near))


FILTERS = {
    "bilinear": Filter(_triangle, 1, (True,)),
    "bicubic": Filter(_keys_cubic, 2, (True,)),
    "lanczos3": Filter(_lanczos(3), 3),
    "lanczos5": Filter(_lanczos(5), 5),
    "gaussian": Filter(_gaussian, 1.5),
    "mitchellcubic": Filter(_mitchell_cubic, 2),
}
"""By the names of ``tf.image.ResizeMethod``."""


@lru_cache(_AXES)
def spans(source: int, target: int, filter_name: str, antialias: bool) -> Spans:
    """Weights from ``source`` to ``target`` px."""
    chosen = FILTERS[filter_name]
    inverse = _F(1.0 / float(_F(target) / _F(source)))
    widening = max(inverse, _F(1)) if antialias else _F(1)
    centre = (np.arange(target, dtype=_F) + _F(0.5)) * inverse
    reach = _F(chosen.radius) * widening
    start = np.clip(np.ceil(centre - reach - _F(0.5)), 0, source - 1).astype(np.intp)
    stop = np.clip(np.floor(centre + reach - _F(0.5)), 0, source - 1).astype(np.intp) + 1
    tap = start[:, None] + np.arange(int((stop - start).max()))
    distance = np.abs((tap.astype(_F) + _F(0.5) - centre[:, None]) * (_F(1) / widening))
    weight = np.where(tap < stop[:, None], chosen.weight(distance), _F(0)).astype(_F)
    total = np.zeros(target, _F)
    for k in range(weight.shape[1]):
        total += weight[:, k]
    weight *= (_F(1) / total)[:, None]
    weight[centre > source] = 0
    return Spans(np.where(centre > source, 0, start), weight)
