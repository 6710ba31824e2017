"""The detection error of the one threshold that is best on the rows at hand, in resamples of their products.

The detection error is the least over all thresholds, so that it is too small in any sample, and smaller still in a resample,
where the threshold is chosen again. Percentiles of the least hence end too low by twice that. Where the threshold stays as it was
chosen, resampled errors lie around the value itself; how much smaller the least is in the same resamples, on average, is by how
much the value is too small.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.rejection.intervals import Strata
from robustfashion.rejection.judged import Judged
from robustfashion.rejection.measures import accepted_curve
from robustfashion.stats import FloatArray
from robustfashion.stats.grouping import group_sums


@dataclass(frozen=True)
class KeptThresholds:
    """Of each score the threshold of least error, and the mistakes that each product makes there."""

    refused: FloatArray
    """Ordinary rows refused, by product and score [g, m]."""
    let_in: FloatArray
    """Outliers accepted, by product and score [g, m]."""
    rows: FloatArray
    """Ordinary rows and outliers by product [g, 2]."""
    prior: float
    """Weight of outliers."""

    @classmethod
    def of(cls, judged: Judged, strata: Strata, prior: float) -> "KeptThresholds":
        """Thresholds of all scores; there is an ordinary row and an outlier."""
        accepted = np.stack([_accepted_at_best(judged.column(name), judged, prior) for name in judged.names], axis=1)
        outlier = judged.outlier[:, None]
        counted = (~accepted & ~outlier, accepted & outlier, np.concatenate([~outlier, outlier], axis=1))
        refused, let_in, rows = (group_sums(of, strata.member) for of in counted)
        return cls(refused, let_in, rows, prior)

    def errors(self, weights: NDArray[np.uint16], pseudo: FloatArray) -> FloatArray:
        """Errors in resamples, pseudo-products among them: [b, m]; NaN where a resample has rows of one kind only.

        Args:
            weights: how often each product counts [b, g].
            pseudo: rows of the pseudo-products [b, 4], ordinary and outliers, accepted before all others and refused before all.
        """
        drawn = weights.astype(np.float64)
        rows = drawn @ self.rows + np.stack([pseudo[:, :2].sum(axis=1), pseudo[:, 2:].sum(axis=1)], axis=1)
        with np.errstate(invalid="ignore"):
            lost = (drawn @ self.refused + pseudo[:, 1:2]) / rows[:, :1]
            taken = (drawn @ self.let_in + pseudo[:, 2:3]) / rows[:, 1:]
        return np.asarray((1 - self.prior) * lost + self.prior * taken)


def raised(errors: FloatArray, least: FloatArray) -> FloatArray:
    """Errors at a kept threshold [b], raised by what choosing the threshold anew in each resample gains on average.

    Args:
        errors: at the threshold that was best on the rows at hand [b].
        least: over all thresholds, in the same resamples [b].
    """
    gain = errors - least
    return errors + (np.nanmean(gain) if np.isfinite(gain).any() else 0.0)


def _accepted_at_best(scores: FloatArray, judged: Judged, prior: float) -> NDArray[np.bool_]:
    """Rows that the threshold of least error accepts [n]; of equal ones the lowest."""
    curve = accepted_curve(scores, judged.outlier)
    lost = 1 - curve.ordinary / curve.ordinary[-1]
    best = int(np.argmin((1 - prior) * lost + prior * curve.outliers / curve.outliers[-1]))
    return np.asarray(scores <= curve.thresholds[best]) if best else np.zeros(len(scores), np.bool_)
