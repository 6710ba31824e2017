"""N1: the minimum spanning tree, and which of its edges cross classes."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.separability.measures.sample import Labelings, Sample
from robustfashion.stats import FloatArray


def crossing_edges(sample: Sample, labelings: Labelings) -> FloatArray:
    """N1: share of the edges of the minimum spanning tree that join two classes, [e, 1 + classes]; by class, of its ends.

    Pictures of one product are at distance 0, so that the tree joins them first; their edges are not counted, and the rest is the
    tree over products.
    """
    far = _products_first(sample)
    whole = spanning_tree(far, np.ones(len(sample.member), np.bool_))
    found = []
    for i, labels in enumerate(labelings.matrix):
        left_out = 0 < i <= labelings.blocks
        edges = spanning_tree(far, labels >= 0) if left_out else whole
        edges = edges[sample.member[edges[:, 0]] != sample.member[edges[:, 1]]]
        ends = labels[edges]
        crossing = ends[:, 0] != ends[:, 1]
        count, crossed = (np.bincount(some.ravel(), minlength=labelings.classes) for some in (ends, ends[crossing]))
        share = np.divide(crossed, count, out=np.full(labelings.classes, np.nan), where=count > 0)
        found.append(np.concatenate([[crossing.mean() if len(edges) else np.nan], share]))
    return np.stack(found)


def _products_first(sample: Sample) -> NDArray[np.float32]:
    """Distances [n, n] in which pictures of one product are nearest, also where pictures of two products are the same.

    A tree over equal distances would join such products several times.
    """
    far = sample.distances
    if np.count_nonzero(far == 0) == (np.bincount(sample.member) ** 2).sum():
        return far
    return np.where(sample.member[:, None] == sample.member, np.float32(-1), far)


def spanning_tree(distances: NDArray[np.float32], kept: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Edges [kept - 1, 2] of the minimum spanning tree of the kept rows, by Prim's algorithm.

    scipy's takes a sparse graph: it takes a distance of 0 for no edge and sorts all of them, which for 5,000 pictures is 40 times
    slower than n steps over one row.
    """
    return np.asarray(_kernel()(distances, np.flatnonzero(kept)), np.int64)


_compiled: list[Callable[..., Any]] = []


def _kernel() -> Callable[..., Any]:
    """The compiled search; numba is loaded when it is first needed."""
    if not _compiled:
        from numba import njit

        try:
            _compiled.append(njit(cache=True)(_prim))
        except RuntimeError:  # nowhere to keep it: compiled anew in each process
            _compiled.append(njit()(_prim))
    return _compiled[0]


def _prim(distances: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.int64]:  # pragma: no cover (compiled)
    count = len(rows)
    edges = np.empty((count - 1, 2), np.int64)
    least = np.full(count, np.inf, np.float32)
    parent = np.zeros(count, np.int64)
    waiting = np.arange(1, count)
    last = 0
    for step in range(count - 1):
        line = distances[rows[last]]
        best, at = np.inf, 0
        left = count - 1 - step
        for i in range(left):
            row = waiting[i]
            far = line[rows[row]]
            if far < least[row]:
                least[row] = far
                parent[row] = last
            if least[row] < best:
                best, at = least[row], i
        last = waiting[at]
        waiting[at] = waiting[left - 1]
        edges[step, 0], edges[step, 1] = rows[parent[last]], rows[last]
    return edges
