"""Loops over the points of a map, compiled: whose neighbours are whose, and ranks of distances."""

import numpy as np
from numpy.typing import NDArray

from robustfashion.machine_code import compiled

# Numbers are finite: sums are added in one order.
_SAME_ORDER = {"nnan", "ninf", "nsz", "contract"}


def _nearest(line: NDArray[np.floating], own: int, near: NDArray[np.int64], far: NDArray[np.floating]) -> None:
    k, found = near.shape[0], 0
    for j in range(line.shape[0]):
        value = line[j]
        if j == own or (found == k and value >= far[k - 1]):
            continue
        place = min(found, k - 1)
        while place > 0 and far[place - 1] > value:
            far[place], near[place] = far[place - 1], near[place - 1]
            place -= 1
        far[place], near[place] = value, j
        found = min(found + 1, k)


_nearest_of_line = compiled(_nearest, fastmath=False)


def _nearer(line: NDArray[np.floating], column: int) -> int:
    limit, count = line[column], np.int32(0)
    for j in range(line.shape[0]):
        count += np.int32(line[j] < limit)
    return int(count)


_count_nearer = compiled(_nearer, fastmath=False)


def _nearest_of_rows(table: NDArray[np.float32], own: NDArray[np.int64], near: NDArray[np.int64]) -> None:
    far = np.empty(near.shape[1], np.float32)
    for i in range(table.shape[0]):
        _nearest_of_line(table[i], own[i], near[i], far)


def _compared(
    table: NDArray[np.float32],
    near: NDArray[np.int64],
    own: NDArray[np.int64],
    places: NDArray[np.float64],
    found: NDArray[np.int64],
) -> None:
    n, k = table.shape[1], near.shape[1]
    squares, far, mine = np.empty(n), np.empty(k), np.empty(k, np.int64)
    for i in range(table.shape[0]):
        squares[:] = 0
        for axis in range(places.shape[0]):
            column = places[axis]
            here = column[own[i]]
            for j in range(n):
                squares[j] += (here - column[j]) * (here - column[j])
        squares[own[i]] = -1  # itself comes first, copies of it or not
        _nearest_of_line(squares, own[i], mine, far)
        invented, torn, kept = 0, 0, 0
        for m in range(k):
            invented += max(_count_nearer(table[i], mine[m]) - k, 0)
            torn += max(_count_nearer(squares, near[i, m]) - k, 0)
            for other in range(k):
                kept += near[i, m] == mine[other]
        found[i, 0], found[i, 1], found[i, 2] = invented, torn, kept


def _mean_ranks(values: NDArray[np.float32], order: NDArray[np.int64], ranks: NDArray[np.float64]) -> None:
    n, first = order.shape[0], 0
    while first < n:
        last = first
        while last + 1 < n and values[order[last + 1]] == values[order[first]]:
            last += 1
        for place in range(first, last + 1):
            ranks[order[place]] = (first + last) / 2 + 1
        first = last + 1


nearest_of_rows = compiled(_nearest_of_rows, fastmath=False)
"""Columns of the k smallest of each row into ``near`` [rows, k], its ``own`` column left out; of equals the lower number."""
compared = compiled(_compared, fastmath=_SAME_ORDER)
"""Of each row of distances in the features, with its ``near`` columns and its ``own``, against places [2, n] in a map: into
``found`` [rows, 3] by how many ranks the map's neighbours are too far in the features, the features' in the map, and how many are
neighbours in both."""
mean_ranks = compiled(_mean_ranks, fastmath=False)
"""Ranks from 1 of values whose order is given; equal ones share their mean."""
