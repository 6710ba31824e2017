"""Maximum softmax probability: the paper's confidence, and the bar to clear."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import learns_nothing, not_fitted
from robustfashion.rejection.scores.columns import columns_of, largest
from robustfashion.stats import FloatArray


@dataclass(frozen=True)
class MaxSoftmax:
    """Maximum softmax probability: the paper's confidence, and the bar to clear.

    -max_j p_j, in [-1, -1/k], of probabilities p = softmax(logits).
    """

    name: ClassVar[str] = "max_softmax"
    title: ClassVar[str] = "max softmax"
    source: ClassVar[str] = (
        "Hendrycks & Gimpel, A Baseline for Detecting Misclassified and Out-of-Distribution Examples in Neural "
        "Networks, ICLR 2017"
    )
    needs: ClassVar[frozenset[Need]] = frozenset({"logits"})
    fit_on: ClassVar[FitOn] = "nothing"
    fit = learns_nothing
    __call__ = not_fitted

    def formula(self, table: PredictionTable) -> FloatArray:
        """Scores float64 [n]."""
        # The confidence that thresholds are compared with, to the last bit: summed as PredictionTable.probabilities is,
        # whose largest is exp(0) / sum.
        shifted = table.logits - largest(columns_of(table.logits))[:, None]
        return np.asarray(-1 / np.exp(shifted).sum(axis=1))
