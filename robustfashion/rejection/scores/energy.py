"""Free energy of the logits."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, fit_rows, fitted, not_fitted
from robustfashion.rejection.scores.columns import columns_of, energy_of
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
    __call__ = not_fitted

    temperature: float = 1.0
    """T > 0. The paper finds 1 best without outliers to tune by."""

    def fit(self, table: PredictionTable) -> Fitted:
        """Learns nothing; checks the table.

        Raises:
            InputError: rows marked as outliers, or fewer than two classes.
        """
        fit_rows(self, table)
        return fitted(self, table, partial(_score, self.temperature), {"temperature": self.temperature})


def _score(temperature: float, table: PredictionTable) -> FloatArray:
    return energy_of(columns_of(table.logits), temperature)
