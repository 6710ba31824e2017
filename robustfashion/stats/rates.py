"""Rates as ratios of sums, with intervals that resample products through numerator and denominator.

A plain bootstrap of a rate that was never seen is [0, 0]. Two pseudo-products join the resampled ones: for a share one that
changes wholly and one that does not; for a ratio one that counts above only and one that counts below only. With k changed of g
products the resampled count is then binomial (g + 2, (k + 1) / (g + 2)): nothing of g reaches up to 3 / g, the rule of three.
"""

import math
from dataclasses import replace

import numpy as np
from scipy import stats as scipy_stats

from robustfashion.stats.estimate import Estimate, FloatArray
from robustfashion.stats.grouping import Groups, checked, group_sums, members

_RESAMPLES = 2_000
_AT_ONCE = 20_000_000
"""Numbers of a block of resamples."""


def share_bootstrap(counted: FloatArray, among: FloatArray, groups: Groups, seed: int) -> list[Estimate | None]:
    """Shares sum(counted) / sum(among) of each column with 95 % percentile intervals; None where nothing is among.

    Args:
        counted: float [n, m], 0 <= counted <= among (how many seeds' pictures lose a tag, for instance).
        among: float [n, m] (how many carry one).
        groups: product of each picture [n].
        seed: of the 2,000 resamples, the same for all columns.

    Raises:
        ValueError: no pictures, or not one group label for each.
    """
    above, below, unit = _sums(counted, among, groups)
    zero = np.zeros_like(unit)
    found = _ratios(above, below, np.stack([unit, zero]), np.stack([unit, unit]), (seed, len(groups)))
    # Where some resamples have nothing among, the bound says that nothing is known: of a share that is 1.
    return [None if e is None else replace(e, high=max(e.value, min(1.0, e.high))) for e in found]


def ratio_bootstrap(numerators: FloatArray, denominators: FloatArray, groups: Groups, seed: int) -> list[Estimate | None]:
    """Ratios of sums of each column with 95 % percentile intervals; None where the denominator is 0.

    For quantities that are counted apart, such as churn against the churn of seeds. The upper bound is infinite where the
    denominator could as well be nothing.

    Args:
        numerators: float [n, m], at least 0; at most about 1 a picture.
        denominators: float [n, m], as the numerators.
        groups: product of each picture [n].
        seed: of the 2,000 resamples, the same for all columns.

    Raises:
        ValueError: no pictures, or not one group label for each.
    """
    above, below, _ = _sums(numerators, denominators, groups)
    unit = np.full(above.shape[1], len(groups) / len(above))
    zero = np.zeros_like(unit)
    return _ratios(above, below, np.stack([unit, zero]), np.stack([zero, unit]), (seed, len(groups)))


def _sums(numerators: FloatArray, denominators: FloatArray, groups: Groups) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sums by product [g, m] of both, and the mean denominator of the products that have one [m]."""
    checked(numerators, groups)
    member, _ = members(groups)
    above, below = group_sums(numerators, member), group_sums(denominators, member)
    return above, below, below.sum(axis=0) / np.maximum((below > 0).sum(axis=0), 1)


def _ratios(
    above: FloatArray, below: FloatArray, pseudo_above: FloatArray, pseudo_below: FloatArray, seed_and_n: tuple[int, int]
) -> list[Estimate | None]:
    seed, n = seed_and_n
    count = len(above) + 2
    rng = np.random.default_rng(np.random.SeedSequence([seed, _RESAMPLES]))
    whole = [np.concatenate(pair) for pair in ((above, pseudo_above), (below, pseudo_below))]
    over, under = (np.empty((_RESAMPLES, above.shape[1])) for _ in range(2))
    step = max(1, _AT_ONCE // count)  # of 100,000 products all resamples at once would take gigabytes; the draws are the same
    for start in range(0, _RESAMPLES, step):
        size = min(step, _RESAMPLES - start)
        drawn = rng.multinomial(count, np.full(count, 1 / count), size=size).astype(np.float64)
        over[start : start + size], under[start : start + size] = (drawn @ values for values in whole)
    found: list[Estimate | None] = []
    for j, (numerator, denominator) in enumerate(zip(above.sum(axis=0), below.sum(axis=0), strict=True)):
        if denominator == 0:
            found.append(None)
            continue
        value = float(numerator / denominator)
        low, high = _bounds(over[:, j], under[:, j])
        found.append(Estimate(value, min(value, low), max(value, high), n))
    return found


def _bounds(over: FloatArray, under: FloatArray) -> tuple[float, float]:
    """Percentiles 2.5 and 97.5 of over / under; nothing over nothing says nothing, so that it is 0 below and infinite above."""
    found = []
    for share, nothing in ((0.025, 0.0), (0.975, np.inf)):
        ratios = np.full_like(over, np.inf)
        np.divide(over, under, out=ratios, where=under > 0)
        ratios[(under == 0) & (over == 0)] = nothing
        # By rank and not interpolated: between a number and infinity there is nothing.
        found.append(float(np.sort(ratios)[round(share * (len(ratios) - 1))]))
    return found[0], found[1]


def quantile_estimate(values: FloatArray, groups: Groups, share: float) -> Estimate:
    """The quantile of one number a picture with Woodruff's (1952) 95 % interval.

    The ranks between which the quantile lies are those of the binomial law at the effective number of pictures (products as
    clusters); the bounds are the values of these ranks. Where the upper rank is beyond the largest value (of the 95th percentile,
    with fewer than 72 pictures), the bound is the largest value and holds less often.

    Args:
        values: float [n].
        groups: product of each picture [n].
        share: which quantile, between 0 and 1.

    Raises:
        ValueError: no pictures, or not one group label for each.
    """
    checked(values, groups)
    member, count = members(groups)
    n, value = len(values), float(np.quantile(values, share))
    deviations = group_sums((values <= value) - np.mean(values <= value), member)
    variance = float((deviations**2).sum()) / n**2 * count / max(count - 1, 1)
    effective = min(float(n), share * (1 - share) / variance) if variance > 0 else float(count)
    size = max(1, int(effective))
    below, above = (float(scipy_stats.binom.ppf(tail, size, share)) for tail in (0.025, 0.975))
    ranks = math.floor(below / size * n), math.ceil((above + 1) / size * n)
    low, high = np.sort(values)[[max(ranks[0], 1) - 1, min(ranks[1], n) - 1]]
    return Estimate(value, min(value, float(low)), max(value, float(high)), n)
