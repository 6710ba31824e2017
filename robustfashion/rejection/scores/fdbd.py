"""Distance from the decision boundaries."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, check_finite, fit_rows, fitted, last_layer, not_fitted
from robustfashion.rejection.scores.columns import columns_of, largest, total
from robustfashion.rejection.scores.gaussian import means_of
from robustfashion.stats import FloatArray
from robustfashion.threads import each, pieces


@dataclass(frozen=True)
class Fdbd:
    """Distance from the decision boundaries.

    -1 / (k - 1) sum over c != y of (z_y - z_c) / (|w_y - w_c| |x - mu|): y is the predicted class, z the logits, w
    the rows of the last layer, mu the mean of the fitted features. Classes of equal weights have no boundary and add
    0.
    """

    name: ClassVar[str] = "fdbd"
    title: ClassVar[str] = "fDBD"
    source: ClassVar[str] = "Liu & Qin, Fast Decision Boundary based Out-of-Distribution Detector, ICML 2024"
    needs: ClassVar[frozenset[Need]] = frozenset({"logits", "features", "last layer"})
    fit_on: ClassVar[FitOn] = "train"
    __call__ = not_fitted

    def fit(self, table: PredictionTable) -> Fitted:
        """Mean of the features.

        Raises:
            InputError: what :func:`fit_rows` refuses.
        """
        rows = fit_rows(self, table, looks=False)
        weight = last_layer(rows).weight.astype(np.float64)
        gaps = np.linalg.norm(weight[:, None] - weight[None], axis=2)
        inverse = np.divide(1.0, gaps, out=np.zeros_like(gaps), where=gaps > 0)
        mean = means_of(rows.features, np.zeros_like(rows.labels), np.array([len(rows.ids)]))[0]
        if not np.isfinite(mean).all():
            check_finite(self.name, rows)
        return fitted(self, rows, partial(_score, mean, inverse), looks=False)


def _score(mean: FloatArray, inverse: FloatArray, table: PredictionTable) -> FloatArray:
    from robustfashion.rejection.scores.kernels import distances

    logits = columns_of(table.logits)
    top, predicted = largest(logits), logits.argmax(axis=0)
    boundaries = total((top - z) * inverse[k][predicted] for k, z in enumerate(logits))
    parts = pieces(len(table.ids), _ROWS_AT_ONCE)
    lengths = each(lambda part: np.asarray(distances(np.ascontiguousarray(table.features[part]), mean)), parts)
    length = np.concatenate([np.empty(0), *lengths])
    if not np.isfinite(length).all():
        check_finite(Fdbd.name, table)
    return np.asarray(-boundaries / ((len(logits) - 1) * np.maximum(length, _SMALLEST)))


_ROWS_AT_ONCE = 2560
_SMALLEST = 1e-8
"""Distance from the mean below which a row counts as the mean itself."""
