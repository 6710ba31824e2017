"""Two taps an axis with exact integer weights, rounded once at the end, as Graphics2D does it.

Since nothing is rounded between, either axis may come first: reducing blends rows first (contiguous, vectorised), enlarging
blends each source row horizontally only once. A blend of two bytes by weights that add to 256 fits 16 bits.
"""

import numpy as np
from numba import types

from robustfashion.resize.coordinates import Taps
from robustfashion.resize.kernels.jit import BLUE, GREEN, PIXEL, ROWS, ROWS_OUT, TAPS, Rows, compiled

_HALF = np.uint32(1 << 15)
_BITS = np.uint32(16)
_ODD = np.uintp(1)


@compiled(types.void, ROWS, TAPS, TAPS, ROWS_OUT)
def bilinear_reduce(source: Rows, rows: Taps, columns: Taps, target: Rows) -> None:
    """Fill ``target`` [h, 3 w], rows blended first."""
    width = source.shape[1]
    line = np.empty(width, np.uint16)
    for y in range(target.shape[0]):
        top, bottom = source[rows.at[y, 0]], source[rows.at[y, 1]]
        w0, w1 = rows.weight[y, 0], rows.weight[y, 1]
        for i in range(width):
            line[i] = np.uint16(top[i] * w0 + bottom[i] * w1)
        out = target[y]
        o = np.uintp(0)
        for x in range(columns.at.shape[0]):
            a, b = columns.at[x, 0], columns.at[x, 1]
            u0, u1 = np.uint32(columns.weight[x, 0]), np.uint32(columns.weight[x, 1])
            out[o] = (line[a] * u0 + line[b] * u1 + _HALF) >> _BITS
            out[o + GREEN] = (line[a + GREEN] * u0 + line[b + GREEN] * u1 + _HALF) >> _BITS
            out[o + BLUE] = (line[a + BLUE] * u0 + line[b + BLUE] * u1 + _HALF) >> _BITS
            o += PIXEL


@compiled(types.void, ROWS, TAPS, TAPS, ROWS_OUT)
def bilinear_enlarge(source: Rows, rows: Taps, columns: Taps, target: Rows) -> None:
    """Fill ``target`` [h, 3 w], columns blended first; at least as many target as source rows."""
    lines = np.empty((2, target.shape[1]), np.uint16)
    ready = np.intp(rows.at[0, 0])
    for y in range(target.shape[0]):
        while ready <= rows.at[y, 1]:
            line, blended = source[ready], lines[ready & 1]
            o = np.uintp(0)
            for x in range(columns.at.shape[0]):
                a, b = columns.at[x, 0], columns.at[x, 1]
                u0, u1 = columns.weight[x, 0], columns.weight[x, 1]
                blended[o] = np.uint16(line[a] * u0 + line[b] * u1)
                blended[o + GREEN] = np.uint16(line[a + GREEN] * u0 + line[b + GREEN] * u1)
                blended[o + BLUE] = np.uint16(line[a + BLUE] * u0 + line[b + BLUE] * u1)
                o += PIXEL
            ready += 1
        top, bottom = lines[rows.at[y, 0] & _ODD], lines[rows.at[y, 1] & _ODD]
        w0, w1 = np.uint32(rows.weight[y, 0]), np.uint32(rows.weight[y, 1])
        out = target[y]
        for i in range(out.size):
            out[i] = np.uint8((np.uint32(top[i]) * w0 + np.uint32(bottom[i]) * w1 + _HALF) >> _BITS)
