"""Margin between the two largest probabilities."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import learns_nothing, not_fitted
from robustfashion.rejection.scores.columns import columns_of, exponentials
from robustfashion.stats import FloatArray


@dataclass(frozen=True)
class Margin:
    """Margin between the two largest probabilities.

    p_(2) - p_(1), in [-1, 0]: the second largest softmax probability less the largest.
    """

    name: ClassVar[str] = "margin"
    title: ClassVar[str] = "margin"
    source: ClassVar[str] = "Scheffer, Decomain & Wrobel, Active Hidden Markov Models for Information Extraction, IDA 2001"
    needs: ClassVar[frozenset[Need]] = frozenset({"logits"})
    fit_on: ClassVar[FitOn] = "nothing"
    fit = learns_nothing
    __call__ = not_fitted

    def formula(self, table: PredictionTable) -> FloatArray:
        """Scores float64 [n]."""
        powers, sums, _ = exponentials(columns_of(table.logits))
        first, second = powers[0].copy(), np.zeros(len(sums))
        for column in powers[1:]:
            np.maximum(second, np.minimum(first, column), out=second)
            np.maximum(first, column, out=first)
        return np.asarray((second - first) / sums)
