"""A paired difference of shares with an interval that does not collapse where few pictures flip.

The percentile bootstrap of a difference is [0, 0] where nothing flips, however few products were asked. Here two pseudo-products
are added, one that changes wholly each way, and a t interval is taken of the products (Bonett & Price 2012, for clusters). Where
three or more networks of one recipe were asked, their spread is part of the error, so that the interval is of the recipe.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats as scipy_stats

from robustfashion.stats.estimate import Estimate, FloatArray
from robustfashion.stats.grouping import Groups, checked, group_sums, members

SEEDS_NEEDED = 3
"""Networks of one recipe from which on their spread is estimated; with fewer, an interval is of these networks only."""
_DRAWS = 20_000
_LEVEL = 0.05


@dataclass(frozen=True)
class Change:
    """A mean difference in -1..1, its 95 % interval, and what other statements about it need."""

    estimate: Estimate
    """Mean over pictures and seeds; n: pictures."""
    centre: float
    """Middle of the interval before it is cut at ±1: the mean with the pseudo-products, nearer to 0 than the estimate."""
    standard_error: float
    df: float
    """Degrees of freedom of the standard error."""
    products: int
    seeds_counted: bool
    """Whether the spread of seeds is in the error (a claim about the recipe); if not, the claim is about these networks."""

    def interval(self, level: float = _LEVEL) -> tuple[float, float]:
        """The two-sided 1 - ``level`` interval within -1..1, the estimate in it."""
        return self._around(float(scipy_stats.t.isf(level / 2, self.df)))

    def _around(self, errors: float) -> tuple[float, float]:
        value, half = self.estimate.value, errors * self.standard_error
        return max(-1.0, min(value, self.centre - half)), min(1.0, max(value, self.centre + half))

    def with_interval(self, errors: float) -> "Change":
        """The same with an interval of so many standard errors each way."""
        low, high = self._around(errors)
        return replace(self, estimate=replace(self.estimate, low=low, high=high))

    def equivalence(self, margin: float) -> float:
        """P-value of two one-sided t tests (Schuirmann 1987) that the difference is ``margin`` or larger, either way.

        Below 0.05: the difference is smaller than the margin; the 90 % interval lies within ± margin.
        """
        nearest = (margin - abs(self.centre)) / self.standard_error
        return float(scipy_stats.t.sf(nearest, self.df))

    def detectable(self, level: float = _LEVEL, power: float = 0.8) -> float:
        """A true difference that a two-sided test at ``level`` would find with probability ``power`` at the least, 0..1.

        From the error found here, but never less than the flips that such a difference is itself made of need: a difference d
        of flips one way has variance d / products where the pictures of a product and all seeds flip together. Where they flip
        apart, a smaller difference would do; few flips do not tell how they would.
        """
        needed = float(scipy_stats.t.isf(level / 2, self.df) + scipy_stats.t.isf(1 - power, self.df))
        return min(1.0, max(needed * self.standard_error, needed**2 / self.products))


def paired_change(values: FloatArray, groups: Groups) -> Change:
    """Mean of paired differences with its 95 % interval.

    Args:
        values: float [n, S] in -1..1, a difference for each picture and seed (right under b minus right under a).
        groups: product of each picture [n].

    Raises:
        ValueError: no pictures, or not one group label for each.
    """
    (change,) = _part(np.asarray(values, dtype=np.float64)[:, :, None], groups).changes()
    return change.with_interval(float(scipy_stats.t.isf(_LEVEL / 2, change.df)))


def simultaneous_changes(blocks: Sequence[FloatArray], groups: Sequence[Groups], seed: int = 0) -> list[list[Change]]:
    """Many mean differences with intervals that hold all at once with 95 %: for the largest of them, which was selected.

    Max-t bands: each as many standard errors wide as the largest of jointly t-distributed statistics reaches, with the
    correlation found in the data and the difference's own degrees of freedom (20,000 seeded draws).

    Args:
        blocks: for each recipe the differences float [n, S, m] of its S networks under m methods; S and m may differ.
        groups: for each block the product of each of its pictures [n]. Blocks may be of different pictures; a product of
            the same name is the same product in all of them.
        seed: of the draws.

    Raises:
        ValueError: no blocks, no pictures, or not one group label for each.
    """
    if not blocks:
        raise ValueError("no blocks of differences; give at least one")
    parts = [_part(np.asarray(block, dtype=np.float64), of) for block, of in zip(blocks, groups, strict=True)]
    rng = np.random.default_rng(np.random.SeedSequence([seed, _DRAWS]))
    largest = _largest(_correlation(parts), rng)

    @cache
    def errors(df: int) -> float:
        """Half width of the simultaneous intervals, in standard errors that were estimated with so many degrees of freedom."""
        return float(np.quantile(largest / np.sqrt(rng.chisquare(df, _DRAWS) / df), 1 - _LEVEL))

    # Whole degrees of freedom, rounded down: few of them are unlike, and from 200 on they make no difference.
    return [[change.with_interval(errors(min(200, int(change.df)))) for change in part.changes()] for part in parts]


@dataclass(frozen=True)
class _Part:
    """What the networks of one recipe contribute."""

    value: FloatArray
    """Mean difference by method [m]."""
    names: NDArray[np.str_]
    """Products [g]."""
    residuals: FloatArray
    """Deviation of each product from the centre, linearised, [g, m]."""
    seeds: FloatArray
    """Covariance [m, m] of the value that comes from the draw of seeds; zeros where there are too few."""
    networks: int
    pictures: int

    @property
    def centre(self) -> FloatArray:
        """The mean with a pseudo-product each way [m]."""
        return self.value * len(self.residuals) / (len(self.residuals) + 2)

    @property
    def products(self) -> FloatArray:
        """Variance [m] of the value that comes from the draw of products, the pseudo-products among them."""
        g, pseudo = len(self.residuals), 2 + 2 * self.centre**2
        return np.asarray(((self.residuals**2).sum(axis=0) + pseudo) / ((g + 2) * (g + 1)))

    def changes(self) -> list[Change]:
        """Every method's difference, without its interval."""
        g, products, seeds = len(self.residuals), self.products, np.diag(self.seeds)
        # Satterthwaite: the sum of two independent variances, each with its own degrees of freedom.
        freedom = (products + seeds) ** 2 / (products**2 / (g + 1) + seeds**2 / max(self.networks - 1, 1))
        whole = Estimate(0.0, -1.0, 1.0, self.pictures)
        return [
            Change(replace(whole, value=float(v)), float(c), math.sqrt(s), float(f), g, self.networks >= SEEDS_NEEDED)
            for v, c, s, f in zip(self.value, self.centre, products + seeds, freedom, strict=True)
        ]


def _part(block: FloatArray, groups: Groups) -> _Part:
    """Variances of one recipe's differences [n, S, m]."""
    checked(block, groups)
    member, count = members(groups)
    n, networks, m = block.shape
    sizes = np.bincount(member) / (n / count)
    sums = group_sums(block.mean(axis=1), member) / (n / count)
    value = block.mean(axis=(0, 1))
    residuals = sums - sizes[:, None] * (value * count / (count + 2))
    seeds = np.zeros((m, m))
    if networks >= SEEDS_NEEDED:
        # What moves the seeds' means because their flips are of other products is in the products' part already; it is left in
        # here too: with so few seeds an estimate of it, taken off, would make intervals too narrow (docs/statistics.md).
        seeds = np.cov(block.mean(axis=0), rowvar=False).reshape(m, m) / networks
    return _Part(value, np.unique(np.asarray(groups)), residuals, seeds, networks, n)


def _correlation(parts: Sequence[_Part]) -> FloatArray:
    """Correlation of all differences: products are shared by all, seeds by the methods of one recipe only."""
    products = np.unique(np.concatenate([part.names for part in parts]))
    columns = []
    for part in parts:
        g = len(part.names)
        column = np.zeros((len(products), part.residuals.shape[1]))  # a product that a part has not seen does not move it
        column[np.searchsorted(products, part.names)] = part.residuals / math.sqrt((g + 2) * (g + 1))
        columns.append(column)
    residuals = np.concatenate(columns, axis=1)
    covariance = residuals.T @ residuals
    # Pseudo-products count in each variance alone: nothing says that two methods would meet the same unseen flip.
    np.fill_diagonal(covariance, np.concatenate([part.products for part in parts]))
    start = 0
    for part in parts:
        stop = start + len(part.seeds)
        covariance[start:stop, start:stop] += part.seeds
        start = stop
    errors = np.sqrt(np.diag(covariance))
    return np.asarray(covariance / np.outer(errors, errors))


def _largest(correlation: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draws of the largest size of jointly normal numbers of variance 1."""
    # A root that also exists where some methods are copies of each other, unlike Cholesky's.
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(np.abs(rng.standard_normal((_DRAWS, len(values))) @ root.T).max(axis=1))
