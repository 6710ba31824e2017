"""Four taps an axis with exact integer weights, rounded and clipped once at the end, as Graphics2D does it.

As in :mod:`~robustfashion.resize.kernels.bilinear`, either axis may come first. Weights add to 256 and their magnitudes to
at most 320, so no sum exceeds 32 bits.
"""

import numpy as np
from numba import types
from numpy.typing import NDArray

from robustfashion.resize.coordinates import Taps
from robustfashion.resize.kernels.jit import BLUE, GREEN, PIXEL, ROWS, ROWS_OUT, TAPS, Rows, compiled, inlined

_HALF = 1 << 15
_RING = np.uintp(3)
_0, _1, _2, _3 = np.uintp(0), np.uintp(1), np.uintp(2), np.uintp(3)


@inlined
def _blend(line: NDArray[np.integer], taps: Taps, x: int, channel: np.uintp) -> np.int32:
    """One sample, horizontally."""
    index, weight = taps.at, taps.weight
    return np.int32(
        line[index[x, _0] + channel] * weight[x, _0]
        + line[index[x, _1] + channel] * weight[x, _1]
        + line[index[x, _2] + channel] * weight[x, _2]
        + line[index[x, _3] + channel] * weight[x, _3]
    )


@inlined
def _byte(total: np.int32) -> np.uint8:
    return np.uint8(min(max(int(np.int32(total + _HALF) >> 16), 0), 255))


@compiled(types.void, ROWS, TAPS, TAPS, ROWS_OUT)
def bicubic_reduce(source: Rows, rows: Taps, columns: Taps, target: Rows) -> None:
    """Fill ``target`` [h, 3 w], rows blended first."""
    width = source.shape[1]
    line = np.empty(width, np.int32)
    index = rows.at
    for y in range(target.shape[0]):
        a, b, c, d = source[index[y, 0]], source[index[y, 1]], source[index[y, 2]], source[index[y, 3]]
        w0, w1, w2, w3 = rows.weight[y]
        for i in range(width):
            line[i] = np.int32(a[i] * w0 + b[i] * w1 + c[i] * w2 + d[i] * w3)
        out = target[y]
        o = np.uintp(0)
        for x in range(columns.at.shape[0]):
            out[o] = _byte(_blend(line, columns, x, _0))
            out[o + GREEN] = _byte(_blend(line, columns, x, GREEN))
            out[o + BLUE] = _byte(_blend(line, columns, x, BLUE))
            o += PIXEL


@compiled(types.void, ROWS, TAPS, TAPS, ROWS_OUT)
def bicubic_enlarge(source: Rows, rows: Taps, columns: Taps, target: Rows) -> None:
    """Fill ``target`` [h, 3 w], columns blended first; at least as many target as source rows."""
    lines = np.empty((4, target.shape[1]), np.int32)
    index = rows.at
    ready = np.intp(index[0, 0])
    for y in range(target.shape[0]):
        while ready <= index[y, 3]:
            line, blended = source[ready], lines[ready & 3]
            o = np.uintp(0)
            for x in range(columns.at.shape[0]):
                blended[o] = _blend(line, columns, x, _0)
                blended[o + GREEN] = _blend(line, columns, x, GREEN)
                blended[o + BLUE] = _blend(line, columns, x, BLUE)
                o += PIXEL
            ready += 1
        a, b = lines[index[y, 0] & _RING], lines[index[y, 1] & _RING]
        c, d = lines[index[y, 2] & _RING], lines[index[y, 3] & _RING]
        w0, w1, w2, w3 = rows.weight[y]
        out = target[y]
        for i in range(out.size):
            out[i] = _byte(np.int32(a[i] * w0 + b[i] * w1 + c[i] * w2 + d[i] * w3))
