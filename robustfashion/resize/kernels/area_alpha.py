"""An opaque source's alpha in Java's area averaging: a float32 sum of so many pixels that 255 may come out as less."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from robustfashion.resize.coordinates import Cover
from robustfashion.resize.kernels.jit import PIXEL, compiled, cover_type

_FLOAT = cover_type(types.float32)


@compiled(types.void, _FLOAT, _FLOAT, types.Array(types.float32, 2, "C"))
def area_alpha(rows: Cover, columns: Cover, sums: NDArray[np.float32]) -> None:
    """Fill ``sums`` [h, w] with the alpha that Java sums up for an opaque source: 255 x the weights, in float32 and in order."""
    opaque = np.float32(255)
    for y in range(sums.shape[0]):
        for x in range(sums.shape[1]):
            total = np.float32(0)
            for row in range(rows.first[y], rows.last[y] + np.uintp(1)):
                amount = rows.whole
                if row == rows.first[y]:
                    amount = rows.head[y]
                elif row == rows.last[y]:
                    amount = rows.tail[y]
                total += amount * columns.head[x] * opaque
                for _ in range(columns.first[x] + PIXEL, columns.last[x], PIXEL):
                    total += amount * columns.whole * opaque
                if columns.last[x] > columns.first[x]:
                    total += amount * columns.tail[x] * opaque
            sums[y, x] = total
