"""Risk, outliers accepted and coverage of a way to answer, on the pictures and on resamples of their products.

Products are resampled within the ordinary pictures and within the outliers, the same for every arm and seed, so that differences
are paired. Rows of equal refusal are answered as a share of each: nothing depends on the order of pictures.

Shares at a point (not areas, not differences) are of *padded* resamples, so that no outlier answered of 63 is not certainly none:
two pseudo-products join each part, one answered before all others and one after, of the ordinary ones wrongly and rightly, as in
:mod:`robustfashion.rejection.intervals`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats as scipy_stats

from robustfashion.bench.measures import BOOTSTRAP_SEED
from robustfashion.rejection.intervals import level_interval
from robustfashion.stats import SEEDS_NEEDED, Estimate, FloatArray, group_resamples


class Resampled(NamedTuple):
    """Weights of every picture in every resample; the first row is the pictures themselves."""

    weights: Any
    """float32 [1 + r, n]."""
    outlier: NDArray[np.bool_]
    products: int
    """Of the ordinary pictures."""
    outlier_products: int
    pseudo: FloatArray
    """Pictures of pseudo-products [1 + r, 4]: ordinary answered first and last, outlier first and last; the first row is 0."""

    def pseudo_of(self, pictures: int, products: int) -> FloatArray:
        """Pictures of two pseudo-products of some products [1 + r, 2]: answered first, answered last; first row 0.

        Args:
            pictures: of these products.
            products: at least 1.
        """
        return _pseudo(pictures, products, 1, len(self.weights) - 1)


def resampled(products: Sequence[str], outlier: NDArray[np.bool_], resamples: int) -> Resampled:
    """Resamples of products within ordinary pictures and within outliers.

    Args:
        products: of each picture [n].
        outlier: [n].
        resamples: number of them.
    """
    # Whole numbers below 2^24 are exact in single precision, and a study of thirty rows has a hundred curves of these.
    weights = np.ones((1 + resamples, len(products)), np.float32)
    counts, pseudo = [], np.zeros((1 + resamples, 4))
    for number, rows in enumerate((np.flatnonzero(~outlier), np.flatnonzero(outlier))):
        if not len(rows):
            counts.append(0)
            continue
        drawn, member = group_resamples([products[i] for i in rows.tolist()], BOOTSTRAP_SEED + number, resamples)
        weights[1:, rows] = drawn[:, member]
        counts.append(int(member.max()) + 1)
        pseudo[:, 2 * number : 2 * number + 2] = _pseudo(len(rows), counts[-1], number, resamples)
    return Resampled(weights, outlier, counts[0], counts[1], pseudo)


def _pseudo(pictures: int, products: int, number: int, resamples: int) -> FloatArray:
    rng = np.random.default_rng(np.random.SeedSequence([BOOTSTRAP_SEED + number, resamples, 2]))
    whole = products + 2
    drawn = rng.multinomial(whole, [1 / whole, 1 / whole, 1 - 2 / whole], size=resamples)[:, :2]
    return np.concatenate([np.zeros((1, 2)), pictures / products * drawn])


class Point(NamedTuple):
    """At one coverage or threshold; all [1 + r]."""

    coverage: FloatArray
    """Share of all pictures that is answered."""
    risk: FloatArray
    """Wrong answers, those to outliers included, among the answers: the paper's errors; NaN where nothing is answered."""
    outlier_errors: FloatArray
    """Answers to outliers among the answers; NaN where nothing is answered."""
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
    pseudo: FloatArray
    """[1 + r, 4], see :class:`Resampled`, as shares of all pictures."""

    @classmethod
    def of(cls, refusal: FloatArray, error: NDArray[np.bool_], drawn: Resampled) -> "Curve":
        """Args: refusals [n], wrong where answered [n], resamples."""
        order = np.argsort(refusal, kind="stable")
        levels, starts = np.unique(refusal[order], return_index=True)
        weights = drawn.weights[:, order]
        total = weights.sum(axis=1, keepdims=True)

        def cumulative(counted: Any) -> Any:  # noqa: ANN401 - float32, which FloatArray is not
            """Shares of all weight up to each distinct refusal, a row for each resample."""
            found = np.cumsum(np.add.reduceat(counted, starts, axis=1), axis=1) / total
            return np.concatenate([np.zeros((len(found), 1), found.dtype), found], axis=1)

        errors, outliers = (cumulative(weights * counted[order]) for counted in (error, drawn.outlier))
        return cls(levels, cumulative(weights), errors, outliers, drawn.pseudo / total.astype(np.float64))

    def seen(self) -> "Curve":
        """Of the pictures themselves, without resamples."""
        return Curve(self.refusal, self.answered[:1], self.errors[:1], self.outliers[:1], self.pseudo[:1])

    def place(self, coverage: FloatArray) -> tuple[NDArray[np.int64], FloatArray]:
        """Where so much is answered, by resample [1 + r]: all levels before this one, and this share of it."""
        rows = np.arange(len(self.answered))
        level = np.clip((self.answered < coverage[:, None]).sum(axis=1), 1, self.answered.shape[1] - 1)
        low, high = self.answered[rows, level - 1], self.answered[rows, level]
        part = np.divide(coverage - low, high - low, out=np.zeros(len(rows)), where=high > low)
        return np.asarray(level - 1, np.int64), np.clip(part, 0, 1)

    def at_coverage(self, coverage: float, padded: bool = False) -> Point:
        """Where this share of all pictures is answered; ``padded``: with pseudo-products."""
        first, last, whole = self._pseudo(padded)
        # Of the real pictures: less than none where not even the pseudo-products that come first are all answered.
        wanted = coverage * whole - first.sum(axis=0)
        level, part = self.place(np.clip(wanted, 0, 1))
        rows = np.arange(len(level))
        errors, outliers = (a[rows, level] + part * (a[rows, level + 1] - a[rows, level]) for a in (self.errors, self.outliers))
        before, after = (
            np.clip(np.divide(taken, there, out=np.zeros(len(rows)), where=there > 0), 0, 1)
            for taken, there in ((coverage * whole, first.sum(axis=0)), (wanted - 1, last.sum(axis=0)))
        )
        errors = errors + before * first.sum(axis=0) + after * last[1]
        outliers = outliers + before * first[1] + after * last[1]
        return self._point(np.full(len(rows), coverage), errors / whole, outliers / whole, padded)

    def at_threshold(self, threshold: float, padded: bool = False) -> Point:
        """Where refusals up to the threshold are answered; ``padded``: with pseudo-products."""
        first, _, whole = self._pseudo(padded)
        place = int(np.searchsorted(self.refusal, threshold, side="right"))
        before = first.sum(axis=0)
        coverage, errors, outliers = (a[:, place] for a in (self.answered, self.errors, self.outliers))
        return self._point((coverage + before) / whole, (errors + before) / whole, (outliers + first[1]) / whole, padded)

    def augrc(self) -> FloatArray:
        """Area under the generalized risk over coverage (Traub et al. 2024), answers to outliers being errors: [1 + r]."""
        steps = np.diff(self.answered, axis=1)
        return np.asarray((steps * (self.errors[:, 1:] + self.errors[:, :-1]) / 2).sum(axis=1, dtype=np.float64))

    def accepted_among(self, refusal: FloatArray, weights: Any, coverage: float) -> FloatArray:  # noqa: ANN401 - see of
        """Weight of the answered pictures of a part of these, where this share of all is answered: [1 + r].

        Args:
            refusal: of the part [m].
            weights: of its pictures [1 + r, m].
            coverage: of all pictures.
        """
        level, part = self.place(np.full(len(self.answered), coverage))
        own = np.searchsorted(self.refusal, refusal)
        taken = np.where(own < level[:, None], 1.0, np.where(own == level[:, None], part[:, None], 0.0))
        return np.asarray((weights * taken).sum(axis=1, dtype=np.float64))

    def _pseudo(self, padded: bool) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Pseudo-products that are answered first and last [2, 1 + r], ordinary and outlier, and the size of all."""
        pseudo = self.pseudo if padded else np.zeros_like(self.pseudo)
        return pseudo[:, [0, 2]].T, pseudo[:, [1, 3]].T, 1 + pseudo.sum(axis=1)

    def _point(self, coverage: Any, errors: Any, outliers: Any, padded: bool) -> Point:  # noqa: ANN401 - see of
        coverage, errors, outliers = (np.asarray(a, np.float64) for a in (coverage, errors, outliers))
        first, last, whole = self._pseudo(padded)
        all_outliers = (self.outliers[:, -1] + first[1] + last[1]) / whole
        risk, share, accepted = (
            np.divide(a, b, out=np.full_like(a, np.nan), where=b > 0)
            for a, b in ((errors, coverage), (outliers, coverage), (outliers, all_outliers))
        )
        return Point(coverage, risk, share, accepted)


def estimate(values: FloatArray, n: int, products: int) -> Estimate | None:
    """Mean over seeds of padded values [1 + r, S], with the interval of the resampled products; of these networks.

    Args:
        values: the first row those of the pictures themselves; NaN where there is none.
        n: pictures, for the estimate.
        products: of the smallest part that the values read.

    Returns:
        None where a seed has no value.
    """
    means = values.mean(axis=1)
    return None if np.isnan(means[0]) else level_interval(float(means[0]), means[1:], max(1, products - 1), n)


class Difference(NamedTuple):
    """A paired difference with its interval and two-sided p-value."""

    estimate: Estimate
    p: float


def difference(first: FloatArray, second: FloatArray, n: int, products: int, of: int = 1) -> Difference | None:
    """Second minus first, mean over seeds.

    The error is that of the resampled products, of two pseudo-products that change wholly, one each way (Bonett & Price 2012: the
    bootstrap alone says 0 where nothing flips), and with three or more seeds that of the seeds; t with Satterthwaite's degrees of
    freedom.

    Args:
        first: values [1 + r, S], the first row those of the pictures themselves.
        second: the same of the other.
        n: pictures, for the estimate.
        products: that the values are shares of; 0: no pseudo-products (areas, to which no single product can add a whole).
        of: differences that this one was chosen among; interval and p-value hold for all of them (Bonferroni).

    Returns:
        None where a seed has no value.
    """
    found = second - first
    if np.isnan(found[0]).any():
        return None
    seeds, m = found.shape[1], max(products, 2)
    shrunk = m / (m + 2) if products else 1.0
    of_products = float(np.nanvar(found[1:].mean(axis=1), ddof=1)) * shrunk**2 + (2 / (m + 2) ** 2 if products else 0.0)
    of_seeds = float(np.var(found[0], ddof=1)) / seeds if seeds >= SEEDS_NEEDED else 0.0
    variance = of_products + of_seeds
    value = float(found[0].mean())
    if variance == 0:
        return Difference(Estimate(value, value, value, n), 1.0)
    weight = of_products**2 / (m - 1) + (of_seeds**2 / (seeds - 1) if seeds >= SEEDS_NEEDED else 0.0)
    df = variance**2 / weight
    half, centre = float(scipy_stats.t.isf(0.025 / of, df)) * sqrt(variance), value * shrunk
    p = 2 * of * float(scipy_stats.t.sf(abs(centre) / sqrt(variance), df))
    return Difference(Estimate(value, max(-1.0, min(value, centre - half)), min(1.0, max(value, centre + half)), n), min(1.0, p))
