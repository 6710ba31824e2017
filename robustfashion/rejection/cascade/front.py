"""Pareto front of points with three numbers each, exact."""

from bisect import bisect_left, bisect_right

import numpy as np
from numpy.typing import NDArray

from robustfashion.stats import FloatArray


def pareto_front(values: FloatArray) -> NDArray[np.int64]:
    """Row numbers, ascending, of points that no other dominates; all three numbers are to be small.

    A point dominates another where none of its numbers is larger and one is smaller. Equal points do not dominate each other.
    In order of the first number a point is dominated by an earlier one only; the earlier ones' second and third numbers
    are kept as a staircase (Kung, Luccio & Preparata 1975): n log n for fronts of usual length.

    Args:
        values: finite float [n, 3].

    Raises:
        ValueError: not [n, 3], or not finite.
    """
    if values.ndim != 2 or values.shape[1] != 3 or not np.isfinite(values).all():
        raise ValueError(f"values have shape {values.shape}; give finite numbers [n, 3]")
    distinct, member = np.unique(values, axis=0, return_inverse=True)  # in lexicographic order
    kept = np.zeros(len(distinct), np.bool_)
    second: list[float] = []  # ascending
    third: list[float] = []  # of the same stairs, strictly descending
    for i, (_, b, c) in enumerate(distinct.tolist()):
        stair = bisect_right(second, b)
        if stair and third[stair - 1] <= c:
            continue
        kept[i] = True
        start = bisect_left(second, b)
        stop = start
        while stop < len(second) and third[stop] >= c:
            stop += 1
        second[start:stop], third[start:stop] = [b], [c]
    return np.flatnonzero(kept[np.ravel(member)])
