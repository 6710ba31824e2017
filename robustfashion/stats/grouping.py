"""Rows that belong together: which product each picture shows, and sums over the pictures of each."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.stats.estimate import FloatArray

Groups = Sequence[str] | NDArray[np.str_] | NDArray[np.int64]
"""Name (or number) of the product of each picture [n]."""


def members(groups: Groups) -> tuple[NDArray[np.int64], int]:
    """Number 0..g-1 of each row's group [n], and how many groups g there are.

    Raises:
        ValueError: no rows.
    """
    if not len(groups):
        raise ValueError("0 rows; statistics need at least one picture")
    _, member = np.unique(np.asarray(groups), return_inverse=True)
    return np.asarray(member, dtype=np.int64), int(member.max()) + 1


def group_sums(values: NDArray[Any], member: NDArray[np.int64]) -> FloatArray:
    """Sums of the rows of values [n, ...] by group: float64 [g, ...]."""
    flat = np.asarray(values, dtype=np.float64).reshape(len(member), -1)
    count = int(member.max()) + 1
    sums = np.stack([np.bincount(member, weights=column, minlength=count) for column in flat.T], axis=1)
    return np.asarray(sums, dtype=np.float64).reshape(count, *np.shape(values)[1:])


def checked(values: NDArray[Any], groups: Groups) -> None:
    """Check that there is one group label for each row.

    Raises:
        ValueError: there is not.
    """
    if len(values) != len(groups):
        raise ValueError(f"{len(values)} rows and {len(groups)} group labels; give one label per row")
