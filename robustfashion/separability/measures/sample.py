"""What all measures of one draw share, computed once: distances and neighbours do not depend on labels."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from robustfashion.separability.sampling import IntArray
from robustfashion.stats import FloatArray

Metric = Literal["cosine", "euclidean"]
NEIGHBOURS = 64
"""Kept of each picture: 20 that count, and enough to replace those of a group that is left out."""
VOTERS = 20
"""Most neighbours that count."""
FOLDS = 5
_ROWS = 512


@dataclass(frozen=True)
class Labelings:
    """The labels as they are, without each group of products in turn, and shuffled: one row each, measured together."""

    labels: IntArray
    """[n], 0 to k - 1."""
    block: IntArray
    """Group of products of each picture [n], 0 to g - 1."""
    permuted: IntArray
    """Shuffled labels [p, n]."""
    classes: int

    @property
    def blocks(self) -> int:
        """How many groups."""
        return int(self.block.max()) + 1

    @cached_property
    def matrix(self) -> NDArray[np.int16]:
        """[1 + g + p, n]: labels; labels without group 0, 1 ...; shuffled labels. -1: this picture is left out."""
        without = np.where(self.block == np.arange(self.blocks)[:, None], -1, self.labels)
        return np.concatenate([self.labels[None], without, self.permuted]).astype(np.int16)


@dataclass(frozen=True)
class Sample:
    """Pictures of one draw, in random order.

    Distances between pictures of one product count as none and are never looked at: a second picture of the same product is its
    near copy and carries its label, so that it would make any labels look separable.
    """

    features: NDArray[np.float32]
    """[n, d]."""
    member: IntArray
    """Product of each picture [n]."""
    fold: IntArray
    """Fold of cross-validation of each picture [n]; a product is in one."""
    metric: Metric

    @cached_property
    def distances(self) -> NDArray[np.float32]:
        """[n, n]; 0 between pictures of one product."""
        found = distances(self.features, self.features, self.metric)
        for start in range(0, len(found), _ROWS):
            found[start : start + _ROWS][self.member[start : start + _ROWS, None] == self.member] = 0
        return found

    @cached_property
    def neighbours(self) -> NDArray[np.int32]:
        """Rows of the nearest pictures of other products, nearest first [n, 64].

        More where products are large, fewer where there are not so many.
        """
        return self._nearest(self.member, NEIGHBOURS)

    @cached_property
    def outside(self) -> NDArray[np.int32]:
        """Rows of the nearest pictures of other folds, nearest first [n, 40], as above."""
        return self._nearest(self.fold, 40)

    def _nearest(self, mine: IntArray, least: int) -> NDArray[np.int32]:
        """The nearest rows of those whose number is another."""
        # Near copies of one product can be all neighbours there are: when it is left out, others must be known.
        width = max(least, VOTERS + 2 * int(np.bincount(self.member).max()))
        width = min(width, len(mine) - int(np.bincount(mine).max()))
        table = np.empty((len(mine), width), np.int32)
        for start in range(0, len(mine), _ROWS):
            part = self.distances[start : start + _ROWS].copy()
            part[mine[start : start + _ROWS, None] == mine] = np.inf
            near = np.argpartition(part, width - 1, axis=1)[:, :width]
            near.sort(axis=1)  # ties by row, which is random
            order = np.take_along_axis(part, near, axis=1).argsort(axis=1, kind="stable")
            table[start : start + _ROWS] = np.take_along_axis(near, order, axis=1)
        return table


def distances(first: NDArray[np.float32], second: NDArray[np.float32], metric: Metric) -> NDArray[np.float32]:
    """Distances [n, m] between rows: 1 - cosine, or Euclidean (in float64 inside: near copies are not lost in rounding)."""
    from sklearn.metrics.pairwise import cosine_distances, euclidean_distances

    measure = cosine_distances if metric == "cosine" else euclidean_distances
    return np.asarray(measure(first, second), np.float32)


def by_class(values: NDArray[np.generic], labels: NDArray[np.int16], classes: int) -> FloatArray:
    """Means [1 + k] of the values of each class behind the mean of these means; a class without pictures is NaN and left out."""
    kept = labels >= 0
    count = np.bincount(labels[kept], minlength=classes)
    total = np.bincount(labels[kept], weights=np.asarray(values, np.float64)[kept], minlength=classes)
    means = np.divide(total, count, out=np.full(classes, np.nan), where=count > 0)
    return np.concatenate([[np.nanmean(means)], means])
