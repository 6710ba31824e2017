"""Free energy of the logits."""

from dataclasses import dataclass
from typing import ClassVar

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import learns_nothing, not_fitted
from robustfashion.rejection.scores.columns import columns_of, energy_of, energy_of_rows
from robustfashion.stats import FloatArray


@dataclass(frozen=True)
class Energy:
    """Free energy of the logits.

    -T log sum_j exp(z_j / T) of the logits z, at temperature T.
    """

    name: ClassVar[str] = "energy"
    title: ClassVar[str] = "energy"
    source: ClassVar[str] = "Liu et al., Energy-based Out-of-distribution Detection, NeurIPS 2020"
    needs: ClassVar[frozenset[Need]] = frozenset({"logits"})
    fit_on: ClassVar[FitOn] = "nothing"
    fit = learns_nothing
    __call__ = not_fitted

    temperature: float = 1.0
    """T > 0. The paper finds 1 best without outliers to tune by."""

    def formula(self, table: PredictionTable) -> FloatArray:
        """Scores float64 [n]."""
        if self.temperature == 1.0:
            return energy_of_rows(table.logits)
        return energy_of(columns_of(table.logits), self.temperature)
