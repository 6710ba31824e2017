"""Shannon entropy of the softmax probabilities."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import learns_nothing, not_fitted
from robustfashion.rejection.scores.columns import columns_of, exponentials, total
from robustfashion.stats import FloatArray


@dataclass(frozen=True)
class Entropy:
    """Shannon entropy of the softmax probabilities.

    -sum_j p_j log p_j in nats, in [0, log k]; computed as log S - sum_j p_j (z_j - max z), S = sum_j exp(z_j - max
    z), so that no probability is rounded to zero or clipped.
    """

    name: ClassVar[str] = "entropy"
    title: ClassVar[str] = "entropy"
    source: ClassVar[str] = (
        "Shannon, A Mathematical Theory of Communication, 1948; as a score: Chan, Rottmann & Gottschalk, Entropy "
        "Maximization and Meta Classification for Out-of-Distribution Detection in Semantic Segmentation, ICCV 2021"
    )
    needs: ClassVar[frozenset[Need]] = frozenset({"logits"})
    fit_on: ClassVar[FitOn] = "nothing"
    fit = learns_nothing
    __call__ = not_fitted

    def formula(self, table: PredictionTable) -> FloatArray:
        """Scores float64 [n]."""
        logits = columns_of(table.logits)
        powers, sums, top = exponentials(logits)
        found = np.log(sums) - total((z - top) * power for z, power in zip(logits, powers, strict=True)) / sums
        return np.maximum(found, 0.0)
