"""From resamples to intervals: what is added so that few products, and shares near 0 and 1, do not look like certainty."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats as scipy_stats

from robustfashion.rejection.judged import Judged
from robustfashion.rejection.measures import Measure
from robustfashion.stats import Estimate, FloatArray, holm

_TAIL = 0.025
_NEVER = 1e-12


@dataclass(frozen=True)
class Difference:
    """One score minus the reference on one measure, in the measure's unit."""

    estimate: Estimate
    """95 % interval."""
    p_value: float
    """Two-sided, that there is no difference; 1 where the two scores rank all rows alike."""
    p_holm: float
    """Adjusted for the number of scores that are compared on this measure."""
    same_ranking: bool
    """Both rank all rows alike: they are one score, and the difference is 0 in any sample."""


@dataclass(frozen=True)
class Strata:
    """Products of ordinary rows and of outliers.

    Two pseudo-products join each part, one that is accepted before all others and one that is refused before all others. Of the
    ordinary ones the first is answered wrongly, the second rightly: a share of k of g products is then resampled as binomial
    (g + 2, (k + 1) / (g + 2)), as in :mod:`robustfashion.stats.rates`.
    """

    member: NDArray[np.int64]
    """Number of each row's product [n]. A product with rows of both kinds has a number in each part."""
    parts: tuple[NDArray[np.int64], NDArray[np.int64]]
    """Numbers of the products of ordinary rows, and of those of outliers."""
    sizes: tuple[int, int]
    """Rows of a pseudo-product: the mean of its part, at least 1."""
    ordinary_rows: NDArray[np.int64]
    """Ordinary rows of each product [g]."""

    @classmethod
    def of(cls, judged: Judged) -> "Strata":
        """The parts of some rows."""
        member = np.empty(len(judged.products), np.int64)
        names = np.asarray(judged.products, dtype=np.str_)
        parts, sizes, start = [], [], 0
        for part in (~judged.outlier, judged.outlier):
            found, inverse = np.unique(names[part], return_inverse=True)
            member[part] = inverse + start
            parts.append(np.arange(start, start + len(found)))
            sizes.append(max(1, round(int(part.sum()) / max(len(found), 1))))
            start += len(found)
        rows = np.bincount(member[~judged.outlier], minlength=start)
        return cls(member, (parts[0], parts[1]), (sizes[0], sizes[1]), rows)

    @property
    def products(self) -> int:
        """How many there are in both parts."""
        return self.ordinary + self.outliers

    @property
    def ordinary(self) -> int:
        """Products of ordinary rows."""
        return len(self.parts[0])

    @property
    def outliers(self) -> int:
        """Products of outliers."""
        return len(self.parts[1])

    def most_ordinary(self, weights: NDArray[np.uint16], pseudo: FloatArray) -> int:
        """Ordinary rows of the resample that has most of them."""
        rows = weights.astype(np.float64) @ self.ordinary_rows + pseudo[:, :2].sum(axis=1)
        return int(rows.max(initial=0.0))

    def freedom(self, measure: Measure) -> int:
        """Degrees of freedom: those of the smaller part that the measure reads, at least 1."""
        smallest = min(self.ordinary, self.outliers) if "outlier" in measure.needs else self.ordinary
        return max(1, smallest - 1)

    def share_variance(self, measure: Measure, difference: float) -> float:
        """What two pseudo-products, one that changes wholly each way, add to the variance of a difference of shares.

        Bonett & Price (2012), for products as in :mod:`robustfashion.stats.change`.
        """
        of = self.outliers if measure.share_of == "outlier" or "outlier" in measure.needs else self.ordinary
        return (2 + 2 * difference**2) / ((of + 2) * (of + 1))


def level_interval(
    value: float, drawn: FloatArray, freedom: int, n: int, near_one: bool = False, above: FloatArray | None = None
) -> Estimate:
    """Percentile interval of a measure, the value in it.

    The tails are those of the t distribution as read off the normal one (Hesterberg 2015): percentiles of few products are too
    narrow by just that.

    Args:
        value: as measured.
        drawn: float [resamples], with pseudo-products; NaN where a resample had no such rows.
        freedom: degrees of freedom.
        n: rows.
        near_one: the upper bound is at least that of the same interval moved, in log odds, so that its median is the value.
        above: float [resamples], draws whose upper bound the interval's is at least; of measures that are chosen to be small.
    """
    tail = float(scipy_stats.norm.cdf(scipy_stats.t.ppf(_TAIL, freedom)))
    low, median, high = np.nanquantile(drawn, [tail, 0.5, 1 - tail])
    if near_one and median < value:
        # Odds of 1 are infinite: a value of 1 has 1 as its upper bound anyway.
        odds, middle, top = (share / max(1 - share, _NEVER) for share in (value, float(median), float(high)))
        moved = odds * top / middle
        high = max(high, moved / (1 + moved))
    if above is not None:
        high = max(high, np.nanquantile(above, 1 - tail))
    return Estimate(value, min(value, float(low)), max(value, float(high)), n)


def differences(
    judged: Judged, reference: str, measure: Measure, values: FloatArray, resamples: tuple[FloatArray, Strata]
) -> Mapping[str, Difference]:
    """Every score minus the reference, with t intervals from the spread of the paired differences.

    Args:
        judged: rows with scores.
        reference: one of their names.
        measure: of which the values are.
        values: as measured [m].
        resamples: the same measure in resamples of the real products [m, resamples], and these products.
    """
    drawn, strata = resamples
    base = judged.names.index(reference)
    ranks = _ranks(judged.column(reference))
    n = len(judged.outlier) if "outlier" in measure.needs else int((~judged.outlier).sum())
    found: dict[str, Difference] = {}
    for place, name in enumerate(judged.names):
        if place == base:
            continue
        value = float(values[place] - values[base])
        if np.array_equal(_ranks(judged.column(name)), ranks):
            found[name] = Difference(Estimate(0.0, 0.0, 0.0, n), 1.0, 1.0, True)
        else:
            estimate, p_value = _difference(value, drawn[place] - drawn[base], measure, strata, n)
            found[name] = Difference(estimate, p_value, p_value, False)
    # A score that ranks as the reference does is no further comparison.
    tested = [name for name, difference in found.items() if not difference.same_ranking]
    for name, adjusted in zip(tested, holm([found[name].p_value for name in tested]), strict=True):
        found[name] = Difference(found[name].estimate, found[name].p_value, adjusted, False)
    return found


def _difference(value: float, drawn: FloatArray, measure: Measure, strata: Strata, n: int) -> tuple[Estimate, float]:
    least = min(strata.ordinary, strata.outliers) if "outlier" in measure.needs else strata.ordinary
    if least < 2:  # of one product nothing says how another one would do
        return Estimate(value, -1.0, 1.0, n), 1.0
    # Of g products drawn g times, the mean spreads by (g - 1) / g of what it should.
    variance = float(np.nanvar(drawn)) * least / (least - 1)
    if measure.share_of is not None or variance == 0.0:
        variance += strata.share_variance(measure, value)
    error, freedom = math.sqrt(variance), strata.freedom(measure)
    half = float(scipy_stats.t.isf(_TAIL, freedom)) * error
    most = max(1.0, abs(value))
    estimate = Estimate(value, max(-most, value - half), min(most, value + half), n)
    return estimate, float(2 * scipy_stats.t.sf(abs(value) / error, freedom))


def _ranks(scores: FloatArray) -> NDArray[np.int64]:
    """Rank of each row, ties sharing one [n]."""
    return np.asarray(np.unique(scores, return_inverse=True)[1], dtype=np.int64)
