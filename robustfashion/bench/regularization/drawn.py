"""Risk, outliers accepted and coverage of a way to answer, on the pictures and on resamples of their products.

Products are resampled within the ordinary pictures and within the outliers, the same for every arm and seed, so that differences
are paired. Rows of equal refusal are answered as a share of each: nothing depends on the order of pictures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats as scipy_stats

from robustfashion.bench.measures import BOOTSTRAP_SEED
from robustfashion.stats import SEEDS_NEEDED, Estimate, FloatArray, group_resamples


class Resampled(NamedTuple):
    """Weights of every picture in every resample; the first row is the pictures themselves."""

    weights: Any
    """float32 [1 + r, n]."""
    outlier: NDArray[np.bool_]
    products: int
    """Of the ordinary pictures."""
    outlier_products: int


def resampled(products: Sequence[str], outlier: NDArray[np.bool_], resamples: int) -> Resampled:
    """Resamples of products within ordinary pictures and within outliers.

    Args:
        products: of each picture [n].
        outlier: [n].
        resamples: number of them.
    """
    # Whole numbers below 2^24 are exact in single precision, and a study of thirty rows has a hundred curves of these.
    weights = np.ones((1 + resamples, len(products)), np.float32)
    counts = []
    for number, rows in enumerate((np.flatnonzero(~outlier), np.flatnonzero(outlier))):
        if not len(rows):
            counts.append(0)
            continue
        drawn, member = group_resamples([products[i] for i in rows.tolist()], BOOTSTRAP_SEED + number, resamples)
        weights[1:, rows] = drawn[:, member]
        counts.append(int(member.max()) + 1)
    return Resampled(weights, outlier, counts[0], counts[1])


class Point(NamedTuple):
    """At one coverage or threshold; all [1 + r]."""

    coverage: FloatArray
    """Share of all pictures that is answered."""
    risk: FloatArray
    """Wrong answers, those to outliers included, among the answers: the paper's errors."""
    outlier_errors: FloatArray
    """Answers to outliers among the answers."""
    accepted: FloatArray
    """Share of the outliers that is answered."""


@dataclass(frozen=True)
class Curve:
    """Cumulative shares by refusal, of one arm and seed: what is answered first stands first."""

    refusal: FloatArray
    """Distinct refusals [d], rising."""
    answered: Any
    """float32 [1 + r, 1 + d], share of all pictures, from 0 on."""
    errors: Any
    """[1 + r, 1 + d], wrong answers as a share of all pictures (generalized risk)."""
    outliers: Any
    """[1 + r, 1 + d], answered outliers as a share of all pictures."""

    @classmethod
    def of(cls, refusal: FloatArray, error: NDArray[np.bool_], drawn: Resampled) -> "Curve":
        """Args: refusals [n], wrong where answered [n], resamples."""
        order = np.argsort(refusal, kind="stable")
        levels, starts = np.unique(refusal[order], return_index=True)
        weights = drawn.weights[:, order]
        total = weights.sum(axis=1, keepdims=True)

        def cumulative(counted: Any) -> Any:  # noqa: ANN401 - float32, which FloatArray is not
            found = np.cumsum(np.add.reduceat(counted, starts, axis=1), axis=1) / total
            return np.concatenate([np.zeros((len(found), 1), found.dtype), found], axis=1)

        return cls(levels, cumulative(weights), cumulative(weights * error[order]), cumulative(weights * drawn.outlier[order]))

    def seen(self) -> "Curve":
        """Of the pictures themselves, without resamples."""
        return Curve(self.refusal, self.answered[:1], self.errors[:1], self.outliers[:1])

    def at_coverage(self, coverage: float) -> Point:
        """Where this share of all pictures is answered."""
        rows = np.arange(len(self.answered))
        above = np.clip((self.answered < coverage).sum(axis=1), 1, self.answered.shape[1] - 1)
        low, high = self.answered[rows, above - 1], self.answered[rows, above]
        part = np.divide(coverage - low, high - low, out=np.zeros(len(rows)), where=high > low)
        errors, outliers = (
            a[rows, above - 1] + part * (a[rows, above] - a[rows, above - 1]) for a in (self.errors, self.outliers)
        )
        return self._point(np.full(len(rows), coverage), errors, outliers)

    def at_threshold(self, threshold: float) -> Point:
        """Where refusals up to the threshold are answered."""
        place = int(np.searchsorted(self.refusal, threshold, side="right"))
        return self._point(self.answered[:, place], self.errors[:, place], self.outliers[:, place])

    def augrc(self) -> FloatArray:
        """Area under the generalized risk over coverage (Traub et al. 2024), answers to outliers being errors: [1 + r]."""
        steps = np.diff(self.answered, axis=1)
        return np.asarray((steps * (self.errors[:, 1:] + self.errors[:, :-1]) / 2).sum(axis=1, dtype=np.float64))

    def _point(self, coverage: Any, errors: Any, outliers: Any) -> Point:  # noqa: ANN401 - see of
        coverage, errors, outliers = (np.asarray(a, np.float64) for a in (coverage, errors, outliers))
        all_outliers = self.outliers[:, -1]
        risk, share = (np.divide(a, coverage, out=np.zeros_like(a), where=coverage > 0) for a in (errors, outliers))
        accepted = np.divide(outliers, all_outliers, out=np.full_like(outliers, np.nan), where=all_outliers > 0)
        return Point(coverage, risk, share, accepted)


def estimate(values: FloatArray, n: int) -> Estimate:
    """Mean over seeds of values [1 + r, S], with the percentile interval of the resampled products; of these networks."""
    means = values.mean(axis=1)
    low, high = np.percentile(means[1:], [2.5, 97.5])
    value = float(means[0])
    return Estimate(value, min(value, float(low)), max(value, float(high)), n)


class Difference(NamedTuple):
    """A paired difference with its interval and two-sided p-value."""

    estimate: Estimate
    p: float


def difference(first: FloatArray, second: FloatArray, n: int, products: int) -> Difference:
    """Second minus first, mean over seeds.

    The error is that of the resampled products, of two pseudo-products that change wholly, one each way (Bonett & Price 2012: the
    bootstrap alone says 0 where nothing flips), and with three or more seeds that of the seeds; t with Satterthwaite's degrees of
    freedom.

    Args:
        first: values [1 + r, S], the first row those of the pictures themselves.
        second: the same of the other.
        n: pictures, for the estimate.
        products: that the values are shares of; 0: no pseudo-products (areas, to which no single product can add a whole).
    """
    found = second - first
    seeds, m = found.shape[1], max(products, 2)
    shrunk = m / (m + 2) if products else 1.0
    of_products = float(np.var(found[1:].mean(axis=1), ddof=1)) * shrunk**2 + (2 / (m + 2) ** 2 if products else 0.0)
    of_seeds = float(np.var(found[0], ddof=1)) / seeds if seeds >= SEEDS_NEEDED else 0.0
    variance = of_products + of_seeds
    value = float(found[0].mean())
    if variance == 0:
        return Difference(Estimate(value, value, value, n), 1.0)
    weight = of_products**2 / (m - 1) + (of_seeds**2 / (seeds - 1) if seeds >= SEEDS_NEEDED else 0.0)
    df = variance**2 / weight
    half, centre = float(scipy_stats.t.isf(0.025, df)) * sqrt(variance), value * shrunk
    p = 2 * float(scipy_stats.t.sf(abs(centre) / sqrt(variance), df))
    return Difference(Estimate(value, max(-1.0, min(value, centre - half)), min(1.0, max(value, centre + half)), n), min(1.0, p))
