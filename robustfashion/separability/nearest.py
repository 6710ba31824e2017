"""The nearest pictures of different classes: where labels meet, or are wrong."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.progress import Progress, silent
from robustfashion.separability.measures.sample import Metric, distances
from robustfashion.separability.points import Points
from robustfashion.separability.sampling import IntArray

_CANDIDATES = 5
_AT_ONCE = 20_000_000


@dataclass(frozen=True)
class NearestPair:
    """Two pictures of different products and classes."""

    first: int
    """Row of the points; the smaller one."""
    second: int
    """Row of the points."""
    distance: float


def nearest_pairs(
    points: Points, count: int = 40, *, metric: Metric = "cosine", per_product: int = 2, progress: Progress = silent
) -> list[NearestPair]:
    """The nearest pairs of pictures of different products and different classes, nearest first.

    Args:
        points: n pictures; time grows with n squared, memory does not.
        count: at most so many pairs.
        metric: of the features.
        per_product: pairs that one product may be in, so that one odd product does not fill the list.
        progress: told of pictures.

    Returns:
        Fewer than ``count`` where there are not so many; none of one class.
    """
    n = len(points.labels)
    member = np.unique(np.asarray(points.groups), return_inverse=True)[1].astype(np.int64)
    step = max(1, _AT_ONCE // max(n, 1))
    found: list[tuple[float, int, int]] = []
    for start in range(0, n, step):
        progress("nearest pairs", start, n)
        found += _candidates(points, member, np.arange(start, min(n, start + step)), metric)
    progress("nearest pairs", n, n)
    pairs: list[NearestPair] = []
    times = np.zeros(int(member.max(initial=-1)) + 1, np.int64)
    # Both directions of a pair are there, and their distances may differ in the last bit.
    nearest: dict[tuple[int, int], float] = {}
    for distance, first, second in found:
        nearest[first, second] = min(distance, nearest.get((first, second), distance))
    for distance, first, second in sorted((distance, *pair) for pair, distance in nearest.items()):
        if len(pairs) == count:
            break
        both = member[[first, second]]
        if (times[both] < per_product).all():
            times[both] += 1
            pairs.append(NearestPair(first, second, distance))
    return pairs


def _candidates(points: Points, member: IntArray, rows: IntArray, metric: Metric) -> list[tuple[float, int, int]]:
    """The few nearest of each row that are of another class and product: (distance, smaller row, larger row)."""
    table: NDArray[np.float32] = distances(points.features[rows], points.features, metric)
    table[(points.labels[rows, None] == points.labels) | (member[rows, None] == member)] = np.inf
    width = min(_CANDIDATES, table.shape[1])
    near = np.argpartition(table, width - 1, axis=1)[:, :width]
    far = np.take_along_axis(table, near, axis=1)
    return [
        (float(far[i, j]), int(min(row, near[i, j])), int(max(row, near[i, j])))
        for i, row in enumerate(rows)
        for j in range(width)
        if np.isfinite(far[i, j])
    ]
