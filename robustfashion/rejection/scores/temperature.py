"""Maximum softmax probability after temperature scaling."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from scipy import optimize

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, fit_rows, fitted, not_fitted
from robustfashion.rejection.scores.columns import columns_of, exponentials, total
from robustfashion.stats import FloatArray


@dataclass(frozen=True)
class Temperature:
    """Maximum softmax probability after temperature scaling.

    -max_j softmax(z / T)_j. T minimises the negative log-likelihood of labelled validation rows; the likelihood is
    convex in 1/T, and its slope is brought to zero. T stays within 0.01 to 100: a network that is right in every row
    would want T = 0.
    """

    name: ClassVar[str] = "temperature"
    title: ClassVar[str] = "temperature scaling"
    source: ClassVar[str] = "Guo et al., On Calibration of Modern Neural Networks, ICML 2017"
    needs: ClassVar[frozenset[Need]] = frozenset({"logits", "labels"})
    fit_on: ClassVar[FitOn] = "validation"
    __call__ = not_fitted

    def fit(self, table: PredictionTable) -> Fitted:
        """Find T on labelled rows.

        Raises:
            InputError: rows marked as outliers, none with a label, or fewer than two classes.
        """
        rows = fit_rows(self, table)
        temperature = best_temperature(rows)
        return fitted(self, rows, partial(_score, temperature), {"temperature": temperature})


def best_temperature(rows: PredictionTable) -> float:
    """The temperature with the least negative log-likelihood on labelled rows, within 0.01 to 100."""
    logits = columns_of(rows.logits)
    own = np.asarray(logits[rows.labels, np.arange(len(rows.labels))])

    def slope(inverse: float) -> float:
        """Derivative of the mean negative log-likelihood by the inverse temperature."""
        powers, sums, _ = exponentials(logits * inverse)
        return float((total(z * power for z, power in zip(logits, powers, strict=True)) / sums - own).mean())

    if slope(_COLDEST) <= 0:
        return 1 / _COLDEST
    if slope(_HOTTEST) >= 0:
        return 1 / _HOTTEST
    return 1 / float(optimize.brentq(slope, _HOTTEST, _COLDEST, xtol=1e-14, rtol=1e-12))


def _score(temperature: float, table: PredictionTable) -> FloatArray:
    _, sums, _ = exponentials(columns_of(table.logits) / temperature)
    return -1 / sums


_HOTTEST, _COLDEST = 0.01, 100.0
"""Range of 1/T."""
