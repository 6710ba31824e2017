"""SCALE: energy of features that are scaled."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, fit_rows, fitted, not_fitted
from robustfashion.rejection.scores.columns import energy_of
from robustfashion.rejection.scores.shaping import check_activations, scaled, weights_of
from robustfashion.stats import FloatArray


@dataclass(frozen=True)
class Scale:
    """SCALE: energy of features that are scaled.

    -log sum_j exp(s w_j x + b_j), s = exp(sum x / sum of the largest (1 - p) of the row's features). All-zero
    features give s = 1. Features must be >= 0, as after a ReLU.
    """

    name: ClassVar[str] = "scale"
    title: ClassVar[str] = "SCALE"
    source: ClassVar[str] = (
        "Xu et al., Scaling for Training Time and Post-hoc Out-of-distribution Detection Enhancement, ICLR 2024"
    )
    needs: ClassVar[frozenset[Need]] = frozenset({"features", "logits", "last layer"})
    fit_on: ClassVar[FitOn] = "nothing"
    __call__ = not_fitted

    percentile: float = 0.85
    """p, 0..1 without 1: the paper's. Ordinary rows cannot choose it: a positive factor changes no class, the bias aside."""

    def fit(self, table: PredictionTable) -> Fitted:
        """Learns nothing; checks the table.

        Raises:
            InputError: features below zero, or what :func:`fit_rows` refuses.
        """
        rows = fit_rows(self, table)
        check_activations(self.name, rows)
        return fitted(self, rows, partial(_score, self.percentile, weights_of(rows)), {"percentile": self.percentile})


def _score(percentile: float, parts: tuple[FloatArray, FloatArray], table: PredictionTable) -> FloatArray:
    check_activations(Scale.name, table)
    return energy_of(scaled(table.features, percentile, parts, prune=False))
