"""Maximum logit."""

from dataclasses import dataclass
from typing import ClassVar

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import learns_nothing, not_fitted
from robustfashion.rejection.scores.columns import columns_of, largest
from robustfashion.stats import FloatArray


@dataclass(frozen=True)
class MaxLogit:
    """Maximum logit.

    -max_j z_j of the logits z.
    """

    name: ClassVar[str] = "max_logit"
    title: ClassVar[str] = "max logit"
    source: ClassVar[str] = "Hendrycks et al., Scaling Out-of-Distribution Detection for Real-World Settings, ICML 2022"
    needs: ClassVar[frozenset[Need]] = frozenset({"logits"})
    fit_on: ClassVar[FitOn] = "nothing"
    fit = learns_nothing
    __call__ = not_fitted

    def formula(self, table: PredictionTable) -> FloatArray:
        """Scores float64 [n]."""
        return -largest(columns_of(table.logits))
