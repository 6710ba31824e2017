"""Nearest neighbour of any convention: each target pixel copies one source pixel."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from robustfashion.resize.kernels.jit import BLUE, GREEN, INDEX, PIXEL, ROWS, ROWS_OUT, Rows, compiled


@compiled(types.void, ROWS, INDEX, INDEX, ROWS_OUT)
def gather(source: Rows, rows: NDArray[np.uintp], columns: NDArray[np.uintp], target: Rows) -> None:
    """Fill ``target`` [h, 3 w] from ``source`` by the row of each target row and the byte column of each target pixel."""
    for y in range(rows.size):
        if y > 0 and rows[y] == rows[y - 1]:
            target[y] = target[y - 1]
            continue
        line, out = source[rows[y]], target[y]
        o = np.uintp(0)
        for x in range(columns.size):
            i = columns[x]
            out[o] = line[i]
            out[o + GREEN] = line[i + GREEN]
            out[o + BLUE] = line[i + BLUE]
            o += PIXEL
