"""Loops over rows of features, compiled: float32 in, float64 sums, each row by itself.

Sums may be added in another order than written, so that they run on vector registers: in the same order for every row.
"""

import numpy as np
from numpy.typing import NDArray

from robustfashion.machine_code import compiled

_ANY_ORDER = {"reassoc", "contract", "nsz"}


def _distances(rows: NDArray[np.float32], centre: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.empty(rows.shape[0])
    for i in range(rows.shape[0]):
        squares = 0.0
        for j in range(rows.shape[1]):
            gap = rows[i, j] - centre[j]
            squares += gap * gap
        found[i] = np.sqrt(squares)
    return found


def _class_sums(rows: NDArray[np.float32], labels: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
    found = np.zeros((classes, rows.shape[1]))
    for i in range(rows.shape[0]):
        own = found[labels[i]]
        for j in range(rows.shape[1]):
            own[j] += rows[i, j]
    return found


def _less(rows: NDArray[np.float32], centre: NDArray[np.float64], found: NDArray[np.float64]) -> None:
    for i in range(rows.shape[0]):
        for j in range(rows.shape[1]):
            found[i, j] = rows[i, j] - centre[j]


def _residuals(
    rows: NDArray[np.float32],
    labels: NDArray[np.int64],
    means: NDArray[np.float64],
    found: NDArray[np.float64],
    squares: NDArray[np.float64],
) -> None:
    for i in range(rows.shape[0]):
        mean, own, length = means[labels[i]], found[i], 0.0
        for j in range(rows.shape[1]):
            gap = rows[i, j] - mean[j]
            own[j] = gap
            length += gap * gap
        squares[i] = length


def _nearest(rows: NDArray[np.float64], means: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.empty(rows.shape[0])
    for i in range(rows.shape[0]):
        least = np.inf
        for k in range(means.shape[0]):
            squares = 0.0
            for j in range(rows.shape[1]):
                gap = rows[i, j] - means[k, j]
                squares += gap * gap
            least = min(least, squares)
        found[i] = least
    return found


def _units(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    found = np.empty(rows.shape, dtype=np.float64)
    for i in range(rows.shape[0]):
        squares = 0.0
        for j in range(rows.shape[1]):
            value = np.float64(rows[i, j])
            squares += value * value
        factor = 1.0 / np.sqrt(squares) if squares > 0 else 0.0
        for j in range(rows.shape[1]):
            found[i, j] = rows[i, j] * factor
    return found


def _clipped_logits(
    rows: NDArray[np.float32], most: float, weight: NDArray[np.float64], bias: NDArray[np.float64]
) -> NDArray[np.float64]:
    found = np.empty((bias.shape[0], rows.shape[0]))
    clipped = np.empty(rows.shape[1])
    for i in range(rows.shape[0]):
        for j in range(rows.shape[1]):
            value = np.float64(rows[i, j])
            clipped[j] = value if value < most else most
        for k in range(bias.shape[0]):
            product = 0.0
            for j in range(rows.shape[1]):
                product += clipped[j] * weight[k, j]
            found[k, i] = product + bias[k]
    return found


def _scaled_logits(
    rows: NDArray[np.float32],
    least: NDArray[np.float32],
    weight: NDArray[np.float64],
    bias: NDArray[np.float64],
    prune: bool,
) -> NDArray[np.float64]:
    found = np.empty((bias.shape[0], rows.shape[0]))
    shaped = np.empty(rows.shape[1])
    for i in range(rows.shape[0]):
        everything, kept, limit = 0.0, 0.0, least[i]
        for j in range(rows.shape[1]):
            value = np.float64(rows[i, j])
            strong = value if rows[i, j] >= limit else 0.0
            everything += value
            kept += strong
            shaped[j] = strong if prune else value
        factor = np.exp(everything / kept) if kept > 0 else 1.0
        for k in range(bias.shape[0]):
            product = 0.0
            for j in range(rows.shape[1]):
                product += shaped[j] * weight[k, j]
            found[k, i] = product * factor + bias[k]
    return found


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


_replace_smallest = compiled(_sift, _ANY_ORDER)


def _kth_distances(
    rows: NDArray[np.float64], known: NDArray[np.float64], nearness: NDArray[np.float32], k: int, margin: float
) -> NDArray[np.float64]:
    n, count = nearness.shape
    found = np.empty(n)
    heap = np.empty(k, dtype=np.float32)
    doubtful = np.empty(count)
    for i in range(n):
        heap[:] = -np.inf
        for j in range(count):
            if nearness[i, j] > heap[0]:
                _replace_smallest(heap, nearness[i, j])
        low, high = heap[0] - margin, heap[0] + margin
        certain, candidates = 0, 0
        for j in range(count):
            near = nearness[i, j]
            if near >= low:
                if near > high:
                    certain += 1
                else:
                    squares = 0.0
                    for m in range(rows.shape[1]):
                        gap = rows[i, m] - known[j, m]
                        squares += gap * gap
                    doubtful[candidates] = squares
                    candidates += 1
        nearest = np.sort(doubtful[:candidates])
        found[i] = np.sqrt(nearest[k - 1 - certain])
    return found


distances = compiled(_distances, _ANY_ORDER)
"""Euclidean distance of each row from one centre."""
class_sums = compiled(_class_sums, _ANY_ORDER)
"""Sum of the rows of each class, [k, d]."""
less = compiled(_less, _ANY_ORDER)
"""Write rows less a centre."""
residuals = compiled(_residuals, _ANY_ORDER)
"""Write rows less the mean of their label, and their squared lengths."""
nearest = compiled(_nearest, _ANY_ORDER)
"""Squared distance of each row from the nearest mean."""
units = compiled(_units, _ANY_ORDER)
"""Rows of length 1; an all-zero row stays zero."""
clipped_logits = compiled(_clipped_logits, _ANY_ORDER)
"""Logits [k, n] of features cut off at ``most``."""
scaled_logits = compiled(_scaled_logits, _ANY_ORDER)
"""Logits [k, n] of features times exp(sum of all / sum of those from ``least`` on), the others set to zero if ``prune``."""
kth_distances = compiled(_kth_distances, _ANY_ORDER)
"""Distance of each row from its k-th nearest known one, given products that are wrong by less than half the margin."""
