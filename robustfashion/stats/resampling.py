"""Means with percentile intervals: whole products resampled."""

import numpy as np
from numpy.typing import NDArray

from robustfashion.stats.estimate import Estimate, FloatArray
from robustfashion.stats.grouping import Groups, checked, group_sums, members


def group_resamples(groups: Groups, seed: int, resamples: int = 2000) -> tuple[FloatArray, NDArray[np.int64]]:
    """How often each group is drawn in each resample [resamples, g], and the group's number of each row [n]."""
    member, count = members(groups)
    rng = np.random.default_rng(np.random.SeedSequence([seed, resamples]))
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=resamples).astype(np.float64)
    return drawn, member


def cluster_bootstrap(values: FloatArray, groups: Groups, seed: int, resamples: int = 2000) -> list[Estimate]:
    """Means of the columns of values [n, m] with 95 % percentile intervals, resampling whole groups (products), not rows.

    All columns see the same resamples, so that differences between them are paired. n of an estimate is the number of rows.

    Raises:
        ValueError: no rows, or one group label a row is missing.
    """
    table = np.asarray(values, dtype=np.float64)
    n = len(table)
    checked(table, groups)
    drawn, member = group_resamples(groups, seed, resamples)
    sums = group_sums(table, member)
    sizes = np.bincount(member).astype(np.float64)
    means = (drawn @ sums) / (drawn @ sizes)[:, None]
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    centre = table.mean(axis=0)
    return [Estimate(float(c), float(min(a, c)), float(max(b, c)), n) for c, a, b in zip(centre, low, high, strict=True)]


def balanced_accuracy_bootstrap(
    correct: FloatArray, labels: NDArray[np.int64], groups: Groups, seed: int, resamples: int = 2000
) -> Estimate:
    """Mean over the classes that occur of the share that is right, with a 95 % percentile interval; whole groups resampled.

    Each resample divides by its own class counts, so that no value leaves 0..1; a class that a resample lacks is left out of it.

    Args:
        correct: 0..1 per row [n] (a mean over networks, for instance).
        labels: class numbers [n].
        groups: one label per row.
        seed: of the resampling.
        resamples: how many.
    """
    drawn, member = group_resamples(groups, seed, resamples)
    _, column = np.unique(labels, return_inverse=True)
    right, there = (np.zeros((drawn.shape[1], int(column.max()) + 1)) for _ in range(2))
    np.add.at(right, (member, column), np.asarray(correct, dtype=np.float64))
    np.add.at(there, (member, column), 1.0)
    counts = drawn @ there
    recalls = np.divide(drawn @ right, counts, out=np.full_like(counts, np.nan), where=counts > 0)
    low, high = np.percentile(np.nanmean(recalls, axis=1), [2.5, 97.5])
    value = float((right.sum(axis=0) / there.sum(axis=0)).mean())
    return Estimate(value, min(value, float(low)), max(value, float(high)), len(member))
