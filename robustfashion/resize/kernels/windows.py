"""A filter as Pillow applies it to one axis: windows of taps with 22-bit weights, rounded and clipped to 8 bits.

Rows only, since whole rows vectorise; to filter columns, transpose. Sums stay in 32 bits: weights add to 2^22, and their
magnitudes to less than twice as much.
"""

import numpy as np
from numba import types
from numpy.typing import NDArray

from robustfashion.resize.kernels.jit import INDEX, ROWS, ROWS_OUT, Rows, compiled, inlined

_WEIGHTS = types.Array(types.int32, 2, "C", readonly=True)
_HALF = np.int32(1 << 21)
_BITS = np.int32(22)
_0, _255 = np.int32(0), np.int32(255)
_1, _2, _3 = np.uintp(1), np.uintp(2), np.uintp(3)

Sums = NDArray[np.int32]


@inlined
def _add(sums: Sums, source: Rows, at: np.uintp, step: np.uintp, weights: Sums, y: np.uintp) -> None:
    """Add the weighted rows ``at``, ``at + step``, ..., three at a time."""
    k = np.uintp(0)
    while k + _3 <= weights.shape[1]:
        b, c = at + step, at + step + step
        u, v, w = weights[y, k], weights[y, k + _1], weights[y, k + _2]
        for i in range(sums.size):
            sums[i] = np.int32(sums[i] + np.int32(source[at, i] * u) + np.int32(source[b, i] * v) + np.int32(source[c, i] * w))
        at = c + step
        k += _3
    while k < weights.shape[1]:
        u = weights[y, k]
        for i in range(sums.size):
            sums[i] = np.int32(sums[i] + np.int32(source[at, i] * u))
        at += step
        k += _1


@compiled(types.void, ROWS, INDEX, _WEIGHTS, types.uintp, ROWS_OUT)
def filter_rows(source: Rows, first: NDArray[np.uintp], weights: NDArray[np.int32], interleaved: np.uintp, target: Rows) -> None:
    """Fill ``target`` [h c, n] from ``source`` [H c, n], c = ``interleaved`` rows of one source row following each other.

    Row ``y`` is made of the K rows from ``first[y]`` on; ``weights`` are [h, K] and no window reaches past the source.
    """
    sums = np.empty(source.shape[1], np.int32)
    for y in range(first.size):
        for channel in range(interleaved):
            sums[:] = _HALF
            _add(sums, source, first[y] * interleaved + channel, interleaved, weights, np.uintp(y))
            out = target[y * interleaved + channel]
            for i in range(sums.size):
                out[i] = np.uint8(min(max(sums[i] >> _BITS, _0), _255))
