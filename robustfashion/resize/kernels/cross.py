"""A light blur by the four neighbours, as Java's ConvolveOp computes it for bytes: weights in units of 2^-22, truncated."""

import numpy as np
from numba import types

from robustfashion.resize.kernels.jit import PIXEL, ROWS, ROWS_OUT, Rows, compiled

_CENTRE, _NEIGHBOUR = np.int32(2852127), np.int32(335544)
"""0.68 and 0.08 as float32, times 2^22, rounded; together a little less than 2^22, so that 255 becomes 254."""
_BITS = np.int32(22)


@compiled(types.void, ROWS, ROWS_OUT)
def cross_blur(source: Rows, target: Rows) -> None:
    """Fill ``target`` from ``source``, both [h, 3 w]; the outermost pixels are copied."""
    last, size = source.shape[0] - 1, source.shape[1]
    for y in range(source.shape[0]):
        line, out = source[y], target[y]
        out[:] = line
        if y in (0, last):
            continue
        above, below = source[y - 1], source[y + 1]
        left, middle, right = line[: size - 6], line[3 : size - 3], line[6:]
        for i in range(size - 6):
            neighbours = np.int32(left[i]) + np.int32(right[i]) + np.int32(above[i + PIXEL]) + np.int32(below[i + PIXEL])
            out[i + PIXEL] = np.uint8(np.int32(np.int32(middle[i]) * _CENTRE + neighbours * _NEIGHBOUR) >> _BITS)
