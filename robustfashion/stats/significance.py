"""P-values of paired outcomes: by sign flips over products, McNemar's on independent pictures, Holm's correction.

A sign flip gives a product's whole difference, mean over its pictures and over seeds, the other sign: where the two conditions do
the same, both signs are equally likely, whatever binds the pictures of a product together.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats as scipy_stats

from robustfashion.stats.estimate import FloatArray
from robustfashion.stats.grouping import Groups, checked, group_sums, members

_FLIPS = 9_999
_EXACT_TOTAL = 20_000
"""Sum of the products' differences up to which their distribution is worked out instead of drawn."""
_CHUNK = 1_000
_TIE = 1e-9


def sign_flip_test(values: FloatArray, groups: Groups, seed: int = 0) -> float:
    """Two-sided p-value that the mean of paired differences is 0; 1 where nothing differs.

    Exact where the differences are whole numbers, as right minus right is (the distribution of the sum of all sign patterns, by
    convolution; with one picture a product and one seed it is McNemar's exact test); else 9,999 seeded sign patterns.

    Args:
        values: float [n] or [n, S], a difference for each picture, or for each and seed.
        groups: product of each picture [n]; with unequal numbers of pictures a product weighs as its pictures do.
        seed: of the drawn patterns.

    Raises:
        ValueError: no pictures, or not one group label for each.
    """
    checked(values, groups)
    table = np.asarray(values, dtype=np.float64).reshape(len(groups), -1)
    sums = group_sums(table.sum(axis=1), members(groups)[0])
    sums = sums[np.abs(sums) > _TIE]
    if not sums.size:
        return 1.0
    whole = np.rint(sums)
    if np.abs(sums - whole).max() < _TIE and np.abs(whole).sum() <= _EXACT_TOTAL:
        return _exact(whole.astype(np.int64))
    return _drawn(sums[:, None], seed)


def _exact(sums: NDArray[np.int64]) -> float:
    """Share of all sign patterns whose sum is as far from 0 as the one seen."""
    sizes, counts = np.unique(np.abs(sums), return_counts=True)
    # The sum is 2 x (sum of those with a plus) - total; those of one size are binomial.
    chosen = np.ones(1)
    for size, count in zip(sizes.tolist(), counts.tolist(), strict=True):
        one = np.zeros(size * count + 1)
        one[::size] = scipy_stats.binom.pmf(np.arange(count + 1), count, 0.5)
        chosen = np.convolve(chosen, one)
    total = int(np.abs(sums).sum())
    as_far = np.abs(2 * np.arange(total + 1) - total) >= abs(int(sums.sum()))
    return float(chosen[as_far].sum() / chosen.sum())


def _drawn(sums: FloatArray, seed: int) -> float:
    """Share of drawn sign patterns, and the one seen, under which the sums [g, k] are as far from 0 in squares."""
    seen = float((sums.sum(axis=0) ** 2).sum()) * (1 - _TIE)
    rng = np.random.default_rng(np.random.SeedSequence([seed, _FLIPS]))
    as_far = 1
    for start in range(0, _FLIPS, _CHUNK):
        signs = rng.integers(0, 2, (min(_CHUNK, _FLIPS - start), len(sums))) * 2.0 - 1.0
        as_far += int((((signs @ sums) ** 2).sum(axis=1) >= seen).sum())
    return as_far / (_FLIPS + 1)


def cochran_q(correct: NDArray[np.bool_], groups: Groups, seed: int = 0) -> tuple[float, float]:
    """Cochran's Q over k paired conditions, with a p-value by sign flips over products; (0, 1) where no row disagrees.

    Chi-squared with k - 1 degrees of freedom, and exchanging conditions within rows, take all conditions for equally unlike;
    where some are nearly copies of each other, both reject too often. A flip turns a product's deviations from its own mean
    around and leaves the likeness of conditions as it is. For k = 2, Q is McNemar's (b - c)² / (b + c).

    Args:
        correct: bool [n, k]; several networks' rows may stand below each other.
        groups: product of each row [n].
        seed: of the 9,999 sign patterns.

    Raises:
        ValueError: no rows, or not one group label for each.
    """
    checked(correct, groups)
    table = np.asarray(correct, dtype=np.float64)
    k, rows = table.shape[1], table.sum(axis=1)
    denominator = k * rows.sum() - (rows**2).sum()
    if denominator == 0:
        return 0.0, 1.0
    deviations = group_sums(table - rows[:, None] / k, members(groups)[0])
    deviations = deviations[np.abs(deviations).max(axis=1) > _TIE]
    q = (k - 1) * k * float((deviations.sum(axis=0) ** 2).sum()) / denominator
    return float(q), _drawn(deviations, seed) if len(deviations) else 1.0


def mcnemar(b: int, c: int) -> float:
    """Two-sided McNemar p-value of discordant counts of independent pictures: exact binomial for b + c < 25, mid-p from there on.

    ``b``: right under the first condition only; ``c``: right under the second only. 1 when b + c = 0.
    """
    discordant = b + c
    if discordant == 0:
        return 1.0
    exact = float(scipy_stats.binomtest(min(b, c), discordant).pvalue)
    if discordant < 25:
        return exact
    # Mid-p (Fagerland, Lydersen & Laake 2013) takes the observed table off once, since both tails counted it, and half of it
    # where b = c, which both tails hold but which is counted once.
    point = float(scipy_stats.binom.pmf(b, discordant, 0.5))
    return exact - (point / 2 if b == c else point)


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
