"""Pictures as points: features, labels, and which product each is of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError


@dataclass(frozen=True)
class Points:
    """One point for each picture, in the order of the data set.

    Raises:
        ValueError: arrays that do not belong together, or a label that is no class.
        InputError: features that are NaN or infinite.
    """

    features: NDArray[np.float32]
    """[n, d]."""
    labels: NDArray[np.int64]
    """[n], 0 to k - 1: unlabelled pictures are left out before."""
    classes: tuple[str, ...]
    groups: tuple[str, ...]
    """Product of each picture [n]."""

    def __post_init__(self) -> None:
        n = len(self.labels)
        if self.features.ndim != 2 or len(self.features) != n or len(self.groups) != n:
            raise ValueError(
                f"features {self.features.shape}, {n} labels, {len(self.groups)} products: they do not belong together"
            )
        if n and not 0 <= self.labels.min() <= self.labels.max() < len(self.classes):
            raise ValueError(f"labels are {self.labels.min()} to {self.labels.max()} for {len(self.classes)} classes")
        bad = ~np.isfinite(self.features).all(axis=1)
        if bad.any():
            first = self.groups[int(bad.argmax())]
            raise InputError(
                f"features of {int(bad.sum())} of {n} pictures hold NaN or infinity (product {first!r}): leave these pictures "
                "out, or take the features of a network that has not diverged"
            )

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Pictures of each class [k]."""
        return np.bincount(self.labels, minlength=len(self.classes)).astype(np.int64)

    def take(self, rows: NDArray[np.int64] | Sequence[int]) -> "Points":
        """These points, in this order; classes stay."""
        kept = np.asarray(rows, np.int64)
        groups = tuple(self.groups[i] for i in kept)
        return replace(self, features=self.features[kept], labels=self.labels[kept], groups=groups)

    def labelled(self, labels: NDArray[np.int64]) -> "Points":
        """The same points under other labels of the same classes."""
        return replace(self, labels=labels)
