"""Pictures that lie among those of another class, in the original space."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.progress import Progress, silent
from robustfashion.separability.embeddings import neighbours
from robustfashion.separability.points import Points
from robustfashion.stats import FloatArray

AMONG = 5
"""Nearest pictures of other products that are looked at."""
_MOST_OF_A_PRODUCT = 60
"""Pictures of its own product that a picture's neighbourhood is searched past."""


@dataclass(frozen=True)
class WrongSide:
    """Where each picture lies."""

    among: NDArray[np.int64]
    """[n]: the class that more than half of its nearest pictures of other products are of; -1: of none."""
    share: FloatArray
    """[n]: share of them that are of that class."""
    labels: NDArray[np.int64]

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """[n]: it lies among another class."""
        return np.asarray((self.among >= 0) & (self.among != self.labels))


def wrong_side(points: Points, progress: Progress = silent) -> WrongSide:
    """Which pictures have most of their five nearest pictures of other products (cosine distance) in one other class.

    Pictures of the same product do not count: they are near copies with the same label.
    """
    n, k = len(points.labels), len(points.classes)
    unit = _unit(points.features)
    member = np.unique(np.asarray(points.groups), return_inverse=True)[1]
    largest = min(int(np.bincount(member).max()), _MOST_OF_A_PRODUCT)
    found = neighbours(unit, min(AMONG + largest - 1, n - 1), progress=progress).indices
    foreign = member[found] != member[:, None]
    counted = foreign & (foreign.cumsum(axis=1) <= AMONG)
    votes = np.zeros((n, k))
    rows = np.repeat(np.arange(n), counted.sum(axis=1))
    np.add.at(votes, (rows, points.labels[found[counted]]), 1.0)
    share = votes.max(axis=1) / np.maximum(votes.sum(axis=1), 1)
    among = np.where(share > 0.5, votes.argmax(axis=1), -1).astype(np.int64)
    return WrongSide(among, share, points.labels)


def _unit(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of length 1, whose Euclidean order is that of cosine distances; a row of zeros stays."""
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.where(length > 0, length, 1), np.float32)
