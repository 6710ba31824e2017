"""Loops of the neighbour search, compiled: float32 in, float64 sums."""

import numpy as np
from numpy.typing import NDArray

from robustfashion.machine_code import compiled

_ANY_ORDER = {"reassoc", "contract", "nsz"}
"""Sums may be added in another order than written, so that they run on vector registers: in the same order for every row."""


def _sift(heap: NDArray[np.float32], value: np.float32) -> None:
    """Replace the smallest value, which comes first."""
    place, size = 0, heap.shape[0]
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = value


_replace_smallest = compiled(_sift, fastmath=_ANY_ORDER)


def _squared(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    squares = 0.0
    for m in range(a.shape[0]):
        gap = np.float64(a[m]) - np.float64(b[m])
        squares += gap * gap
    return squares


_squared_distance = compiled(_squared, fastmath=_ANY_ORDER)


def _sorted_nearest(
    row: NDArray[np.float32],
    known: NDArray[np.float32],
    candidates: NDArray[np.int64],
    indices: NDArray[np.int32],
    distances: NDArray[np.float64],
) -> None:
    squares = np.empty(candidates.shape[0])
    for c in range(candidates.shape[0]):
        squares[c] = _squared_distance(row, known[candidates[c]])
    order = np.argsort(squares, kind="mergesort")
    for c in range(indices.shape[0]):
        indices[c] = candidates[order[c]]
        distances[c] = np.sqrt(squares[order[c]])


_keep_nearest = compiled(_sorted_nearest, fastmath=_ANY_ORDER)


def _nearest_of_block(
    rows: NDArray[np.float32],
    known: NDArray[np.float32],
    nearness: NDArray[np.float32],
    margins: NDArray[np.float32],
    own: int,
    indices: NDArray[np.int32],
    distances: NDArray[np.float64],
) -> None:
    k, count = indices.shape[1], known.shape[0]
    heap = np.empty(k, dtype=np.float32)
    candidates = np.empty(count, dtype=np.int64)
    for i in range(rows.shape[0]):
        if own >= 0:
            nearness[i, own + i] = -np.inf
        heap[:] = -np.inf
        for j in range(count):
            if nearness[i, j] > heap[0]:
                _replace_smallest(heap, nearness[i, j])
        low, found = heap[0] - margins[i], 0
        for j in range(count):
            if nearness[i, j] >= low and not (own >= 0 and j == own + i):
                candidates[found] = j
                found += 1
        _keep_nearest(rows[i], known, candidates[:found], indices[i], distances[i])


def _measured_again(
    features: NDArray[np.float32],
    given: NDArray[np.int32],
    first: int,
    indices: NDArray[np.int32],
    distances: NDArray[np.float64],
) -> int:
    candidates = np.empty(given.shape[1], dtype=np.int64)
    short = 0
    for i in range(given.shape[0]):
        found = 0
        for j in range(given.shape[1]):
            if given[i, j] >= 0 and given[i, j] != first + i:
                candidates[found] = given[i, j]
                found += 1
        if found < indices.shape[1]:
            indices[i, 0] = -1
            short += 1
        else:
            _keep_nearest(features[first + i], features, np.sort(candidates[:found]), indices[i], distances[i])
    return short


nearest_of_block = compiled(_nearest_of_block, fastmath=_ANY_ORDER)
"""Nearest known points of each row, by distance and then by number, measured in float64: of those that float32 cannot exclude."""
measured_again = compiled(_measured_again, fastmath=_ANY_ORDER)
"""Given neighbours of rows from ``first`` on, measured in float64 and sorted; index -1 first where there are too few."""
