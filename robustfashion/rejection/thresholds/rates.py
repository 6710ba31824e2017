"""Shares of pictures with exact intervals that heed products: Clopper–Pearson at the effective number of pictures."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats as scipy_stats

from robustfashion.stats import FloatArray
from robustfashion.stats.grouping import group_sums, members

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Rate:
    """A share with its 95 % interval. Each product counts once: its pictures share its weight."""

    value: float
    """In 0..1."""
    low: float
    high: float
    rows: int
    """Pictures that the share is of."""
    products: int
    """Products that these show."""
    effective: float
    """As many independent pictures would say as much: ``rows`` where each is a product of its own, else fewer."""

    def __str__(self) -> str:
        return f"{100 * self.value:.1f} % [{100 * self.low:.1f}, {100 * self.high:.1f}]"


def clopper_pearson(successes: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of a share (Clopper & Pearson 1934); counts may be effective ones, which are not whole.

    Args:
        successes: 0..n.
        n: trials, above 0.
        confidence: of the interval, both sides together.

    Raises:
        ValueError: not 0 <= successes <= n, or n is 0.
    """
    if not 0 <= successes <= n or n <= 0:
        raise ValueError(f"{successes} successes of n = {n}; need 0 <= successes <= n and n > 0")
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else float(scipy_stats.beta.ppf(tail, successes, n - successes + 1))
    high = 1.0 if successes == n else float(scipy_stats.beta.ppf(1 - tail, successes + 1, n - successes))
    return low, high


def product_weights(products: Sequence[str]) -> FloatArray:
    """Weight of each picture [n], 1 / pictures of its product: they sum to the number of products."""
    member, _ = members(products)
    return np.asarray(1.0 / np.bincount(member)[member], dtype=np.float64)


def share(counted: Mask, products: Sequence[str]) -> Rate:
    """Share of all pictures that are in ``counted``, as :func:`rate`.

    Raises:
        ValueError: no pictures.
    """
    return _rate(counted, np.ones(len(counted), dtype=np.bool_), products)


def rate(counted: Mask, among: Mask, products: Sequence[str]) -> Rate | None:
    """Share of the pictures in ``among`` that are in ``counted``, each product of weight one; None where none is among.

    The interval is exact (Clopper–Pearson) where each picture is a product. Where products have several it is that of Korn and
    Graubard (Survey Methodology 1998): Clopper–Pearson at the effective number of pictures, by the variance between products.

    Args:
        counted: bool [n]; what is not among does not count.
        among: bool [n].
        products: product of each picture [n].
    """
    return _rate(counted, among, products) if bool(among.any()) else None


def _rate(counted: Mask, among: Mask, products: Sequence[str]) -> Rate:
    rows = int(among.sum())
    member, count = members(products)
    hits = counted & among
    if count == len(member):
        low, high = clopper_pearson(int(hits.sum()), rows)
        return Rate(int(hits.sum()) / rows, low, high, rows, rows, float(rows))
    pairs = np.stack([hits, among], axis=1) / np.bincount(member)[member][:, None]
    above, below = group_sums(pairs, member).T
    value = min(1.0, float(above.sum() / below.sum()))
    products_among = int((below > 0).sum())
    effective = _effective(above - value * below, float(below.sum()), value, products_among, rows)
    low, high = clopper_pearson(value * effective, effective)
    return Rate(value, min(value, low), max(value, high), rows, products_among, effective)


def _effective(deviations: FloatArray, total: float, value: float, products: int, rows: int) -> float:
    if products < 2:
        return float(products)
    variance = float((deviations**2).sum()) / total**2 * products / (products - 1)
    if variance <= 1e-15 or value in (0.0, 1.0):
        return float(products)  # nothing was seen to vary: what pictures of a product have in common is not known
    t_rows, t_products = (float(scipy_stats.t.ppf(0.975, count - 1)) for count in (max(rows, 2), products))
    found = value * (1 - value) / variance * (t_rows / t_products) ** 2
    return float(np.clip(found, 1.0, rows))


def rate_of_new_data(found: Rate) -> tuple[float, float]:
    """Where the true share beyond a cut lies that was put at a rank of the calibration scores: 95 % of its beta law.

    With k of n scores above the cut, itself one of the n, the share of the population above it is Beta(k + 1, n - k), whatever
    the law of the scores, as long as it has no ties (with ties the share is smaller). n is the effective number of pictures.
    """
    above = found.value * found.effective
    law = scipy_stats.beta(above + 1, max(found.effective - above, 0.5))
    return float(law.ppf(0.025)), float(law.ppf(0.975))


def drift_p_value(before: Rate, now: Rate) -> float:
    """Two-sided p-value that new data is refused as often as calibration data was, given the sizes of both.

    The number of new pictures above a cut that was put at a rank of n others is beta-binomial (negative hypergeometric): exact
    where every picture is a product of its own and scores have no ties. Else both sizes are effective ones.
    """
    size = max(1, round(now.effective))
    count = round(now.value * size)
    above = before.value * before.effective
    law = scipy_stats.betabinom(size, above + 1, max(before.effective - above, 0.5))
    return float(np.clip(2 * min(law.cdf(count), law.sf(count - 1)), 0, 1))


def excess_p_value(now: Rate, promised: float) -> float:
    """One-sided exact binomial p-value that a share is at most what was promised, by the effective number of pictures."""
    size = max(1, math.floor(now.effective))
    return float(scipy_stats.binom.sf(round(now.value * size) - 1, size, promised))
