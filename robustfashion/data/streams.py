"""Random numbers by image and epoch: whole batches of them at once, whatever the batch, its order and the process."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from robustfashion.resize.kernels.jit import compiled

_WORD = np.uint64
_LOW = _WORD(0xFFFFFFFF)
_32, _11 = _WORD(32), _WORD(11)
_ROUNDS = 10
_MULTIPLIERS = (_WORD(0xD2E7470EE14C6C93), _WORD(0xCA5A826395121157))
_WEYL = (_WORD(0x9E3779B97F4A7C15), _WORD(0xBB67AE8584CAA73B))
"""Constants of Philox4x64-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3")."""

_WORDS = types.Array(types.uint64, 1, "C", readonly=True)
_UNIFORMS = types.Array(types.float64, 2, "C")


def uniforms(seed: int, index: NDArray[np.int64], epoch: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Uniform numbers in [0, 1): [n, count], row k for image ``index[k]`` in epoch ``epoch[k]``.

    A row depends on the seed, its image and its epoch alone. It is what numpy's ``Generator(Philox(...)).random(count)`` gives
    with counter ``[0, index, epoch, 0]`` and the key ``SeedSequence(seed).generate_state(2, uint64)``; making a generator for
    every image would take a hundred times as long.

    Args:
        seed: at least 0.
        index: int64 [n], at least 0.
        epoch: int64 [n], at least 0.
        count: numbers per image.
    """
    found = np.empty((len(index), count))
    key = np.asarray(np.random.SeedSequence(seed).generate_state(2, np.uint64), np.uint64)
    _fill(key, np.ascontiguousarray(index, np.uint64), np.ascontiguousarray(epoch, np.uint64), found)
    return found


@compiled(types.uint64, types.uint64, types.uint64)
def _high(a: np.uint64, b: np.uint64) -> np.uint64:
    """The upper 64 of the 128 bits of a product."""
    a_low, a_high, b_low, b_high = a & _LOW, a >> _32, b & _LOW, b >> _32
    middle = a_high * b_low + ((a_low * b_low) >> _32)
    other = a_low * b_high + (middle & _LOW)
    return a_high * b_high + (middle >> _32) + (other >> _32)


@compiled(types.void, _WORDS, _WORDS, _WORDS, _UNIFORMS)
def _fill(key: NDArray[np.uint64], index: NDArray[np.uint64], epoch: NDArray[np.uint64], found: NDArray[np.float64]) -> None:
    """Philox4x64-10 on counters (block, index, epoch, 0), four numbers a block, blocks counted from one as numpy does."""
    count = found.shape[1]
    for row in range(found.shape[0]):
        for block in range((count + 3) // 4):
            c0, c1, c2, c3 = _WORD(block + 1), index[row], epoch[row], _WORD(0)
            k0, k1 = key[0], key[1]
            for _ in range(_ROUNDS):
                high0, high1 = _high(_MULTIPLIERS[0], c0), _high(_MULTIPLIERS[1], c2)
                low0, low1 = _MULTIPLIERS[0] * c0, _MULTIPLIERS[1] * c2
                c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
                k0, k1 = k0 + _WEYL[0], k1 + _WEYL[1]
            words = (c0, c1, c2, c3)
            for place in range(min(4, count - 4 * block)):
                found[row, 4 * block + place] = np.float64(words[place] >> _11) * (1.0 / 9007199254740992.0)
