"""Mahalanobis distance from the nearest class, relative to that from all rows."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, class_counts, fit_rows, fitted, not_fitted
from robustfashion.rejection.scores.gaussian import class_means, covariance, whitening
from robustfashion.rejection.scores.mahalanobis import nearest
from robustfashion.rejection.scores.rowwise import ByRows, by_rows, padded, squared_lengths
from robustfashion.stats import FloatArray


@dataclass(frozen=True)
class RelativeMahalanobis:
    """Mahalanobis distance from the nearest class, relative to that from all rows.

    min_c d_c(x) - d_0(x): d_c as in the Mahalanobis score, d_0 the squared distance by mean and covariance of all
    rows, classes aside.
    """

    name: ClassVar[str] = "relative_mahalanobis"
    title: ClassVar[str] = "relative Mahalanobis"
    source: ClassVar[str] = "Ren et al., A Simple Fix to Mahalanobis Distance for Improving Near-OOD Detection, 2021"
    needs: ClassVar[frozenset[Need]] = frozenset({"features", "labels"})
    fit_on: ClassVar[FitOn] = "train"
    __call__ = not_fitted

    shrinkage: float | None = None
    """0..1 towards the identity; None: Ledoit and Wolf's, which is found from the rows.
    A constant feature then has a variance too."""

    def fit(self, table: PredictionTable) -> Fitted:
        """Means and both covariances of labelled rows.

        Raises:
            InputError: a class without rows, a singular covariance, or what :func:`fit_rows` refuses.
        """
        rows = fit_rows(self, table)
        features = rows.features.astype(np.float64)
        means = class_means(features, rows.labels, class_counts(self, rows, rows.labels))
        centre = features.mean(axis=0)
        matrix, share = covariance(features - means[rows.labels], self.shrinkage)
        background, other_share = covariance(features - centre, self.shrinkage)
        white = padded(whitening(matrix, self.name))
        formula = partial(_block, centre, white, (means - centre) @ white, padded(whitening(background, self.name)))
        return fitted(
            self,
            rows,
            partial(_score, by_rows(formula, rows.features)),
            {"shrinkage": share, "background_shrinkage": other_share},
        )


def _block(centre: FloatArray, white: FloatArray, means: FloatArray, background: FloatArray, block: FloatArray) -> FloatArray:
    return nearest(centre, white, means, block) - squared_lengths((block - centre) @ background)


def _score(formula: ByRows, table: PredictionTable) -> FloatArray:
    return formula(table.features)
