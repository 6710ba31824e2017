"""ASH-S: energy of features that are pruned and scaled."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, fit_rows, fitted, not_fitted
from robustfashion.rejection.scores.columns import energy_of
from robustfashion.rejection.scores.shaping import check_activations, scaled, strongest, weights_of
from robustfashion.stats import FloatArray


@dataclass(frozen=True)
class Ash:
    """ASH-S: energy of features that are pruned and scaled.

    -log sum_j exp(s w_j x' + b_j): x' keeps the largest (1 - p) of a row's features and sets the others to zero, s =
    exp(sum x / sum x'). All-zero features give s = 1. Features must be >= 0, as after a ReLU.
    """

    name: ClassVar[str] = "ash"
    title: ClassVar[str] = "ASH"
    source: ClassVar[str] = "Djurisic et al., Extremely Simple Activation Shaping for Out-of-Distribution Detection, ICLR 2023"
    needs: ClassVar[frozenset[Need]] = frozenset({"features", "logits", "last layer"})
    fit_on: ClassVar[FitOn] = "train"
    __call__ = not_fitted

    percentile: float | None = None
    """p, the share that is pruned, 0..1 without 1. None: the largest of 0.65, 0.7, ... 0.95 that leaves the class of 99 % of the
    fitted rows as it was, else 0.65."""

    def fit(self, table: PredictionTable) -> Fitted:
        """Find p.

        Raises:
            InputError: features below zero, or what :func:`fit_rows` refuses.
        """
        rows = fit_rows(self, table)
        check_activations(self.name, rows)
        parts = weights_of(rows)
        grid = _GRID if self.percentile is None else (self.percentile,)
        percentile = strongest(grid, rows, lambda p: scaled(rows.features, p, parts, prune=True))
        return fitted(self, rows, partial(_score, percentile, parts), {"percentile": percentile})


def _score(percentile: float, parts: tuple[FloatArray, FloatArray], table: PredictionTable) -> FloatArray:
    check_activations(Ash.name, table)
    return energy_of(scaled(table.features, percentile, parts, prune=True))


_GRID = (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65)
"""The strongest first."""
