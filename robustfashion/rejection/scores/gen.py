"""Generalised entropy."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, fit_rows, fitted, not_fitted
from robustfashion.rejection.scores.columns import columns_of, complements, exponentials, total
from robustfashion.stats import FloatArray


@dataclass(frozen=True)
class Gen:
    """Generalised entropy.

    sum_j (p_j (1 - p_j))^gamma over all k classes: the M of the paper, which cuts the tail of a thousand classes, has
    nothing to cut here. 1 - p_j is summed from the other classes, so that sure rows keep their digits.
    """

    name: ClassVar[str] = "gen"
    title: ClassVar[str] = "GEN"
    source: ClassVar[str] = (
        "Liu, Lochman & Zach, GEN: Pushing the Limits of Softmax-Based Out-of-Distribution Detection, CVPR 2023"
    )
    needs: ClassVar[frozenset[Need]] = frozenset({"logits"})
    fit_on: ClassVar[FitOn] = "nothing"
    __call__ = not_fitted

    gamma: float = 0.1
    """In (0, 1]; 0.1 is the paper's, for every network."""

    def fit(self, table: PredictionTable) -> Fitted:
        """Learns nothing; checks the table.

        Raises:
            InputError: rows marked as outliers, or fewer than two classes.
        """
        fit_rows(self, table)
        return fitted(self, table, partial(_score, self.gamma), {"gamma": self.gamma})


def _score(gamma: float, table: PredictionTable) -> FloatArray:
    powers, sums, _ = exponentials(columns_of(table.logits))
    return total((powers / sums * complements(powers, sums)) ** gamma)
