"""DOCTOR: the odds of being wrong."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import learns_nothing, not_fitted
from robustfashion.rejection.scores.columns import columns_of, complements, exponentials, total
from robustfashion.stats import FloatArray


@dataclass(frozen=True)
class Doctor:
    """DOCTOR: the odds of being wrong.

    Variant alpha: (1 - g) / g with g = sum_j p_j^2. Variant beta: (1 - max p) / max p. Both >= 0.
    """

    name: ClassVar[str] = "doctor"
    title: ClassVar[str] = "DOCTOR"
    source: ClassVar[str] = "Granese et al., DOCTOR: A Simple Method for Detecting Misclassification Errors, NeurIPS 2021"
    needs: ClassVar[frozenset[Need]] = frozenset({"logits"})
    fit_on: ClassVar[FitOn] = "nothing"
    fit = learns_nothing
    __call__ = not_fitted

    variant: Literal["alpha", "beta"] = "alpha"
    """What the paper calls D_alpha or D_beta."""

    def formula(self, table: PredictionTable) -> FloatArray:
        """Scores float64 [n]."""
        powers, sums, _ = exponentials(columns_of(table.logits))
        if self.variant == "beta":
            first = powers.argmax(axis=0)
            return total(np.where(first == k, 0.0, column) for k, column in enumerate(powers))
        p = powers / sums
        return total(p * complements(powers, sums)) / total(p * p)
