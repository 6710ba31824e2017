"""C's float32 sine, which differs from the rounded double one in the last bit of one value in a hundred."""

import math

import numpy as np
from numba import types
from numpy.typing import NDArray

from robustfashion.resize.kernels.jit import compiled

_VALUES = types.Array(types.float32, 1, "C")


@compiled(types.void, _VALUES, _VALUES)
def float32_sine(values: NDArray[np.float32], sines: NDArray[np.float32]) -> None:
    """Fill ``sines`` [n]."""
    for i in range(values.size):
        sines[i] = math.sin(values[i])
