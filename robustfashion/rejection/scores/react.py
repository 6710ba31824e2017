"""ReAct: energy of features that are cut off at the top."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, fit_rows, fitted, not_fitted
from robustfashion.rejection.scores.columns import energy_of
from robustfashion.rejection.scores.shaping import strongest, weights_of
from robustfashion.stats import FloatArray


@dataclass(frozen=True)
class React:
    """ReAct: energy of features that are cut off at the top.

    -log sum_j exp(w_j min(x, t) + b_j): t is a percentile of all values of the fitted features.
    """

    name: ClassVar[str] = "react"
    title: ClassVar[str] = "ReAct"
    source: ClassVar[str] = "Sun, Guo & Li, ReAct: Out-of-distribution Detection With Rectified Activations, NeurIPS 2021"
    needs: ClassVar[frozenset[Need]] = frozenset({"features", "logits", "last layer"})
    fit_on: ClassVar[FitOn] = "train"
    __call__ = not_fitted

    percentile: float | None = None
    """Share of values below t, 0..1. None: the smallest of 0.8, 0.85, 0.9, 0.95, 0.99 that leaves the class of 99 % of the fitted
    rows as it was, else 0.99."""

    def fit(self, table: PredictionTable) -> Fitted:
        """Find t.

        Raises:
            InputError: what :func:`fit_rows` refuses.
        """
        rows = fit_rows(self, table)
        parts = weights_of(rows)
        features = np.ascontiguousarray(rows.features)
        grid = _GRID if self.percentile is None else (self.percentile,)
        cuts = dict(zip(grid, _quantiles(features, grid), strict=True))
        percentile = strongest(grid, rows, lambda p: clipped(features, cuts[p], *parts))
        return fitted(self, rows, partial(_score, cuts[percentile], parts), {"percentile": percentile, "most": cuts[percentile]})


def clipped(features: NDArray[np.float32], most: float, weight: FloatArray, bias: FloatArray) -> FloatArray:
    """Logits [k, n] of the features cut off at ``most``."""
    from robustfashion.rejection.scores.kernels import clipped_logits

    return np.asarray(clipped_logits(features, most, weight, bias))


def _quantiles(features: NDArray[np.float32], shares: Sequence[float]) -> list[float]:
    """As ``np.quantile``, between neighbours by a straight line, but sorted no further than that needs."""
    if not all(0 <= share <= 1 for share in shares):
        raise InputError(f"percentile {shares[0]}; it must be 0 to 1", f"score {React.name}")
    places = np.asarray(shares) * (features.size - 1)
    low = np.floor(places).astype(np.int64)
    high = np.minimum(low + 1, features.size - 1)
    ordered = np.partition(features.ravel(), np.unique(np.concatenate([low, high])))
    start, end = ordered[low].astype(np.float64), ordered[high].astype(np.float64)
    return list((start + (end - start) * (places - low)).tolist())


def _score(most: float, parts: tuple[FloatArray, FloatArray], table: PredictionTable) -> FloatArray:
    return energy_of(clipped(np.ascontiguousarray(table.features), most, *parts))


_GRID = (0.8, 0.85, 0.9, 0.95, 0.99)
"""The strongest first."""
