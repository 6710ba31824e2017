"""The augmentation of :mod:`robustfashion.models.device_augmentation` on a CPU: one image at a time, while it is in the cache.

The formulas are those of the torch operations, in float32 and in the same order, so that both give the same pixels but for
rounding. As torch operations they would take five to fifteen times as long here: each reads and writes the whole batch.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import pairwise

import numpy as np
import torch
from numba import types
from numpy.typing import NDArray
from torch import Tensor

from robustfashion.resize.kernels.jit import compiled, inlined

Plane = NDArray[np.float32]

_F = np.float32
_0, _1, _HALF, _TOP = _F(0), _F(1), _F(0.5), _F(255)
_RED, _GREEN, _BLUE = _F(0.299), _F(0.587), _F(0.114)
_BLOCK = 4096
"""Pixels whose gray, in thousandths of a level, fits an int32 when added up."""

_IMAGES = types.Array(types.uint8, 4, "C")
_FACTORS = types.Array(types.float32, 2, "C", readonly=True)


def augment_on_cpu(images: Tensor, factors: Tensor) -> Tensor:
    """Augment uint8 [n, 3, h, w] by factors float32 [n, FACTORS], on as many threads as torch uses.

    Images that are channels last in memory (as the data sets give them) are overwritten, others are copied first.
    """
    pixels = images.permute(0, 2, 3, 1).contiguous()
    array, table = pixels.numpy(), factors.contiguous().numpy()
    bands = max(1, min(torch.get_num_threads(), len(array)))
    slices = [slice(*ends) for ends in pairwise(len(array) * band // bands for band in range(bands + 1))]
    running = [_pool().submit(_augment, array[part], table[part]) for part in slices[1:]]
    _augment(array[slices[0]], table[slices[0]])
    for band in running:
        band.result()
    return pixels.permute(0, 3, 1, 2)


@lru_cache(1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), "augment")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # a forked process has no threads of its parent


@inlined
def _flip(image: NDArray[np.uint8]) -> None:
    width = image.shape[1]
    for y in range(image.shape[0]):
        for x in range(width // 2):
            for c in range(3):
                image[y, x, c], image[y, width - 1 - x, c] = image[y, width - 1 - x, c], image[y, x, c]


@inlined
def _mean_gray(r: Plane, g: Plane, b: Plane) -> np.float32:
    """Summed in integers, which vectorise and know no order."""
    total = 0.0
    for start in range(0, r.shape[0], _BLOCK):
        block = np.int32(0)
        for i in range(start, min(start + _BLOCK, r.shape[0])):
            block += np.int32(r[i] * _F(299) + g[i] * _F(587) + b[i] * _F(114) + _HALF)
        total += block
    return _F(total / (1000.0 * r.shape[0]))


@inlined
def _blend(r: Plane, g: Plane, b: Plane, factors: Plane) -> None:
    scale, gray, mean = factors[0], factors[1], factors[2]
    if scale == _1 and gray == _0 and mean == _0:
        return
    add = mean * _mean_gray(r, g, b) if mean != _0 else _0
    for i in range(r.shape[0]):
        more = (r[i] * _RED + g[i] * _GREEN + b[i] * _BLUE) * gray + add
        r[i] = min(max(r[i] * scale + more, _0), _TOP)
        g[i] = min(max(g[i] * scale + more, _0), _TOP)
        b[i] = min(max(b[i] * scale + more, _0), _TOP)


@inlined
def _sector(hue: np.float32, value: np.float32, chroma: np.float32) -> np.float32:
    """A channel at ``hue`` sixths of a turn from where it falls from its largest value."""
    place = hue - _F(6) * np.floor(hue * _F(1 / 6))
    return _F(value - chroma * min(max(min(place, _F(4) - place), _0), _1))


@inlined
def _turn_hue(r: Plane, g: Plane, b: Plane, turn: np.float32) -> None:
    for i in range(r.shape[0]):
        x, y, z = r[i], g[i], b[i]
        value = max(max(x, y), z)
        chroma = value - min(min(x, y), z)
        scale = _1 / max(chroma, _F(1e-6))
        hue = (y - z) * scale if value == x else _F(2) + (z - x) * scale if value == y else _F(4) + (x - y) * scale
        hue += turn * _F(6)
        r[i] = _sector(hue + _F(5), value, chroma)
        g[i] = _sector(hue + _F(3), value, chroma)
        b[i] = _sector(hue + _1, value, chroma)


@inlined
def _load(image: NDArray[np.uint8], r: Plane, g: Plane, b: Plane) -> None:
    samples = image.reshape(image.size)
    for i in range(r.shape[0]):
        r[i], g[i], b[i] = samples[3 * i], samples[3 * i + 1], samples[3 * i + 2]


@inlined
def _store(image: NDArray[np.uint8], r: Plane, g: Plane, b: Plane, shift: Plane) -> None:
    samples = image.reshape(image.size)
    for i in range(r.shape[0]):
        samples[3 * i] = np.uint8(min(max(r[i] + shift[0], _0), _TOP) + _HALF)
        samples[3 * i + 1] = np.uint8(min(max(g[i] + shift[1], _0), _TOP) + _HALF)
        samples[3 * i + 2] = np.uint8(min(max(b[i] + shift[2], _0), _TOP) + _HALF)


@inlined
def _store_gray(image: NDArray[np.uint8], r: Plane, g: Plane, b: Plane, shift: Plane) -> None:
    samples = image.reshape(image.size)
    for i in range(r.shape[0]):
        x = min(max(r[i] + shift[0], _0), _TOP) * _RED
        y = min(max(g[i] + shift[1], _0), _TOP) * _GREEN
        z = min(max(b[i] + shift[2], _0), _TOP) * _BLUE
        gray = np.uint8(min(x + y + z, _TOP) + _HALF)
        samples[3 * i], samples[3 * i + 1], samples[3 * i + 2] = gray, gray, gray


@inlined
def _keeps_colours(f: Plane) -> bool:
    for step in range(3):
        if f[1 + 3 * step] != _1 or f[2 + 3 * step] != _0 or f[3 + 3 * step] != _0:
            return False
    return bool(f[10] == _0 and f[12] == _0 and f[13] == _0 and f[14] == _0 and f[15] == _0)


@compiled(types.void, _IMAGES, _FACTORS)
def _augment(images: NDArray[np.uint8], factors: NDArray[np.float32]) -> None:
    """Overwrite images [n, h, w, 3]; columns as in :class:`robustfashion.models.device_augmentation.Factors`."""
    planes = np.empty((3, images.shape[1] * images.shape[2]), np.float32)
    r, g, b = planes[0], planes[1], planes[2]
    for k in range(images.shape[0]):
        image, f = images[k], factors[k]
        if f[0] != _0:
            _flip(image)
        if _keeps_colours(f):
            continue
        _load(image, r, g, b)
        for place in range(4):
            if f[10] != _0 and f[11] == place:
                _turn_hue(r, g, b, f[10])
            if place < 3:
                _blend(r, g, b, f[1 + 3 * place : 4 + 3 * place])
        if f[15] == _0:
            _store(image, r, g, b, f[12:15])
        else:
            _store_gray(image, r, g, b, f[12:15])
