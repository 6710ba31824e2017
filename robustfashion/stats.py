"""Intervals and tests on counts and paired outcomes: thin, vectorised glue over scipy.

Definitions and conventions are those of Agresti (2013), *Categorical Data Analysis*, where no other source is named.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats as scipy_stats

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval and the number of items it was computed on."""

    value: float
    low: float
    high: float
    n: int


_Z95 = 1.959963984540054


def wilson(successes: int, n: int) -> Estimate:
    """Proportion with its Wilson score interval (Wilson 1927), 95 %.

    Raises:
        ValueError: not 0 <= successes <= n, or n is 0.
    """
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"{successes} successes of n = {n}; need 0 <= successes <= n and n > 0")
    return wilson_share(successes / n, n)


def wilson_share(share: float, n: int) -> Estimate:
    """Wilson score interval of a share that need not be k / n, such as a mean over seeds on the same n items."""
    centre = (share + _Z95**2 / (2 * n)) / (1 + _Z95**2 / n)
    half = _Z95 / (1 + _Z95**2 / n) * math.sqrt(share * (1 - share) / n + _Z95**2 / (4 * n**2))
    return Estimate(share, max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half)), n)


def mcnemar(b: int, c: int) -> float:
    """Two-sided McNemar p-value of discordant counts: exact binomial for b + c < 25, mid-p from there on.

    ``b``: right under the first condition only; ``c``: right under the second only. 1 when b + c = 0.
    """
    discordant = b + c
    if discordant == 0:
        return 1.0
    exact = float(scipy_stats.binomtest(min(b, c), discordant).pvalue)
    if discordant < 25:
        return exact
    # Mid-p (Fagerland, Lydersen & Laake 2013) takes the observed table off once, since both tails counted it.
    return float(min(1.0, exact - scipy_stats.binom.pmf(b, discordant, 0.5)))


def cochran_q(correct: NDArray[np.bool_]) -> tuple[float, float]:
    """Cochran's Q over k paired conditions: correct [n, k] -> (Q, p) by chi-squared with k - 1 degrees of freedom.

    (0, 1) when no row disagrees with itself. For k = 2, Q is McNemar's (b - c)² / (b + c).
    """
    table = np.asarray(correct, dtype=np.float64)
    k = table.shape[1]
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    denominator = k * rows.sum() - (rows**2).sum()
    if denominator == 0:
        return 0.0, 1.0
    q = (k - 1) * (k * (columns**2).sum() - columns.sum() ** 2) / denominator
    return float(q), float(scipy_stats.chi2.sf(q, k - 1))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjusted p-values (Holm 1979), in the order given; a family-wise error rate of 5 % is p < 0.05."""
    p = np.asarray(p_values, dtype=np.float64)
    if p.size == 0:
        return []
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return [float(value) for value in adjusted]


def group_resamples(
    groups: Sequence[str] | NDArray[np.str_], seed: int, resamples: int = 2000
) -> tuple[FloatArray, NDArray[np.int64]]:
    """How often each group is drawn in each resample [resamples, g], and the group's number of each row [n]."""
    _, member = np.unique(np.asarray(groups), return_inverse=True)
    count = int(member.max()) + 1
    rng = np.random.default_rng(np.random.SeedSequence([seed, resamples]))
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=resamples).astype(np.float64)
    return drawn, np.asarray(member, dtype=np.int64)


def cluster_bootstrap(
    values: FloatArray, groups: Sequence[str] | NDArray[np.str_], seed: int, resamples: int = 2000
) -> list[Estimate]:
    """Means of the columns of values [n, m] with 95 % percentile intervals, resampling whole groups (products), not rows.

    All columns see the same resamples, so that differences between them are paired. n of an estimate is the number of rows.

    Raises:
        ValueError: no rows, or one group label a row is missing.
    """
    table = np.asarray(values, dtype=np.float64)
    n, m = table.shape
    if n == 0 or len(groups) != n:
        raise ValueError(f"{n} rows and {len(groups)} group labels; give one label per row and at least one row")
    drawn, member = group_resamples(groups, seed, resamples)
    sums = np.zeros((drawn.shape[1], m))
    np.add.at(sums, member, table)
    sizes = np.bincount(member).astype(np.float64)
    means = (drawn @ sums) / (drawn @ sizes)[:, None]
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    centre = table.mean(axis=0)
    return [Estimate(float(centre[j]), float(low[j]), float(high[j]), n) for j in range(m)]


def balanced_accuracy_bootstrap(
    correct: FloatArray, labels: NDArray[np.int64], groups: Sequence[str] | NDArray[np.str_], seed: int, resamples: int = 2000
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
