"""Rounded means of two by two pixels: what bilinear interpolation at exactly one half comes to."""

import numpy as np
from numba import types

from robustfashion.resize.kernels.jit import BLUE, GREEN, PIXEL, ROWS, ROWS_OUT, Rows, compiled

_ONE, _TWO = np.uint16(1), np.uint16(2)
_NEXT_RED, _NEXT_GREEN, _NEXT_BLUE = np.uintp(3), np.uintp(4), np.uintp(5)


@compiled(types.void, ROWS, ROWS_OUT)
def halve(source: Rows, target: Rows) -> None:
    """Fill ``target`` [h, 3 w] from ``source`` [2 h, 6 w]."""
    line = np.empty(source.shape[1], np.uint16)
    for y in range(target.shape[0]):
        top, bottom, out = source[2 * y], source[2 * y + 1], target[y]
        for k in range(line.size):
            line[k] = np.uint16(np.uint16(top[k]) + np.uint16(bottom[k]) + _ONE)
        i = o = np.uintp(0)
        for _ in range(target.shape[1] // 3):
            out[o] = np.uint8(np.uint16(line[i] + line[i + _NEXT_RED]) >> _TWO)
            out[o + GREEN] = np.uint8(np.uint16(line[i + GREEN] + line[i + _NEXT_GREEN]) >> _TWO)
            out[o + BLUE] = np.uint8(np.uint16(line[i + BLUE] + line[i + _NEXT_BLUE]) >> _TWO)
            i += PIXEL + PIXEL
            o += PIXEL
