"""Maximum softmax probability: the paper's confidence, and the bar to clear."""

from dataclasses import dataclass
from typing import ClassVar

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, fit_rows, fitted, not_fitted
from robustfashion.rejection.scores.columns import columns_of, exponentials
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
    __call__ = not_fitted

    def fit(self, table: PredictionTable) -> Fitted:
        """Learns nothing; checks the table.

        Raises:
            InputError: rows marked as outliers, or fewer than two classes.
        """
        fit_rows(self, table)
        return fitted(self, table, _score)


def _score(table: PredictionTable) -> FloatArray:
    _, sums, _ = exponentials(columns_of(table.logits))
    return -1 / sums
