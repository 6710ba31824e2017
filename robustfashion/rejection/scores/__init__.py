"""Scores: numbers by which a row is refused, one file each. Higher = more likely to be refused.

``SCORES["energy"]().fit(table)`` is a fitted score; called with a table it gives a float64 for each row, the same to the last
bit whatever rows stand beside it. No hyper-parameter is chosen by outliers.
"""

from robustfashion.rejection.contract import Score
from robustfashion.rejection.scores.ash import Ash
from robustfashion.rejection.scores.density import Density
from robustfashion.rejection.scores.doctor import Doctor
from robustfashion.rejection.scores.energy import Energy
from robustfashion.rejection.scores.entropy import Entropy
from robustfashion.rejection.scores.fdbd import Fdbd
from robustfashion.rejection.scores.gen import Gen
from robustfashion.rejection.scores.knn import Knn
from robustfashion.rejection.scores.mahalanobis import Mahalanobis
from robustfashion.rejection.scores.margin import Margin
from robustfashion.rejection.scores.max_logit import MaxLogit
from robustfashion.rejection.scores.max_softmax import MaxSoftmax
from robustfashion.rejection.scores.openmax import OpenMax
from robustfashion.rejection.scores.react import React
from robustfashion.rejection.scores.relative_mahalanobis import RelativeMahalanobis
from robustfashion.rejection.scores.scale import Scale
from robustfashion.rejection.scores.temperature import Temperature
from robustfashion.rejection.scores.vim import Vim

SCORES: dict[str, type[Score]] = {
    score.name: score
    for score in (
        MaxSoftmax, MaxLogit, Margin, Entropy, Energy, Temperature, Gen, Doctor, Knn, Mahalanobis, RelativeMahalanobis, Vim, Fdbd,
        OpenMax, React, Ash, Scale, Density,
    )
}  # fmt: skip
"""Every score by its name, in the order of reports."""

__all__ = ["SCORES"]
