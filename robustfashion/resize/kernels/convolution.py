"""Convolution of rows in float64, each sum in its order: vectorised over the samples of a row, not over the taps."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from robustfashion.resize.convolution import Convolution
from robustfashion.resize.kernels.jit import BLUE, CONVOLUTION, GREEN, PIXEL, ROWS, ROWS_OUT, Rows, compiled, inlined

_CHUNK = 1024
"""Samples of a row that are summed up at a time; the sums stay in the first cache."""
_TILE = 16
_0, _1, _2, _3, _4 = np.uintp(0), np.uintp(1), np.uintp(2), np.uintp(3), np.uintp(4)


@inlined
def _copy_constants(source: Rows, at: NDArray[np.uintp], out: NDArray[np.uint8]) -> None:
    """Where all taps are equal the result is that value, whatever the weights add to."""
    for i in range(out.size):
        first = source[at[0], i]
        k = 1
        while k < at.size and source[at[k], i] == first:
            k += 1
        if k == at.size:
            out[i] = first


@compiled(types.void, ROWS, CONVOLUTION, ROWS_OUT)
def convolve(source: Rows, rows: Convolution, target: Rows) -> None:
    """Fill ``target`` [h, n] from ``source`` [H, n]; sums are rounded half up and cut to 0..255."""
    sums = np.empty(_CHUNK)
    for y in range(target.shape[0]):
        at, weight = rows.at[y], rows.weight[y]
        for start in range(0, target.shape[1], _CHUNK):
            out = target[y, start : start + _CHUNK]
            size = out.size
            sums[:] = 0
            for k in range(_0, at.size, _4):
                a, b = source[at[k], start : start + _CHUNK], source[at[k + _1], start : start + _CHUNK]
                c, d = source[at[k + _2], start : start + _CHUNK], source[at[k + _3], start : start + _CHUNK]
                w0, w1, w2, w3 = weight[k], weight[k + _1], weight[k + _2], weight[k + _3]
                for i in range(size):
                    sums[i] = sums[i] + a[i] * w0 + b[i] * w1 + c[i] * w2 + d[i] * w3
            for i in range(size):
                value = min(max(sums[i], 0.0), 255.0)
                whole = np.int32(value)
                out[i] = np.uint8(whole + np.int32(value - whole >= 0.5))  # value + 0.5 would itself be rounded
        if not rows.keeps_constants[y]:
            _copy_constants(source, at, target[y])


@compiled(types.void, ROWS, ROWS_OUT)
def transpose(source: Rows, target: Rows) -> None:
    """Fill ``target`` [w, 3 h] from ``source`` [h, 3 w]: rows become columns, pixels stay whole."""
    height, width = source.shape[0], target.shape[0]
    for top in range(0, height, _TILE):
        bottom = min(top + _TILE, height)
        for x in range(width):
            out = target[x]
            i, o = np.uintp(3 * x), np.uintp(3 * top)
            for y in range(top, bottom):
                line = source[y]
                out[o], out[o + GREEN], out[o + BLUE] = line[i], line[i + GREEN], line[i + BLUE]
                o += PIXEL
