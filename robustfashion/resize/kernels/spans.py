"""Weighted sums over consecutive rows in float32, each sum in its order: product rounded, then added, as TensorFlow does it."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from robustfashion.resize.kernels.jit import INDEX, compiled

Floats = NDArray[np.float32]

_FLOATS = types.Array(types.float32, 2, "C", readonly=True)
_FLOATS_OUT = types.Array(types.float32, 2, "C")


@compiled(types.void, _FLOATS, INDEX, _FLOATS, _FLOATS_OUT)
def gather(source: Floats, start: NDArray[np.uintp], weight: Floats, target: Floats) -> None:
    """Add to ``target`` [h, n] the rows of ``source`` [H, n] from ``start`` on, times their weights [h, taps]."""
    last = np.uintp(source.shape[0] - 1)
    for y in range(target.shape[0]):
        out = target[y]
        for k in range(weight.shape[1]):
            share = weight[y, k]
            if share == 0:  # behind the span: nothing would be added
                continue
            row = source[min(start[y] + np.uintp(k), last)]
            for i in range(out.size):
                out[i] += share * row[i]
