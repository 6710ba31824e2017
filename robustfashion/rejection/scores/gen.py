"""Generalised entropy."""

from dataclasses import dataclass
from typing import ClassVar

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import learns_nothing, not_fitted
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
    fit = learns_nothing
    __call__ = not_fitted

    gamma: float = 0.1
    """In (0, 1]; 0.1 is the paper's, for every network."""

    def formula(self, table: PredictionTable) -> FloatArray:
        """Scores float64 [n]."""
        powers, sums, _ = exponentials(columns_of(table.logits))
        return total((powers / sums * complements(powers, sums)) ** self.gamma)
