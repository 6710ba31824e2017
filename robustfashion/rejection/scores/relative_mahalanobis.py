"""Mahalanobis distance from the nearest class, relative to that from all rows."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, class_counts, fit_rows, fitted, not_fitted
from robustfashion.rejection.scores.gaussian import class_means, shrunk, whitening
from robustfashion.rejection.scores.mahalanobis import nearest
from robustfashion.rejection.scores.rowwise import ByRows, by_rows, one_thread, padded, squared_lengths
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
    """0..1 of both covariances towards the identity; None: Ledoit and Wolf's of that within classes, which is found from the
    rows. A constant feature then has a variance too."""

    @one_thread()
    def fit(self, table: PredictionTable) -> Fitted:
        """Means and both covariances of labelled rows.

        Raises:
            InputError: a class without rows, a singular covariance, or what :func:`fit_rows` refuses.
        """
        rows = fit_rows(self, table)
        features = rows.features.astype(np.float64)
        counts = class_counts(self, rows, rows.labels)
        means = class_means(features, rows.labels, counts)
        residuals = features - means[rows.labels]
        centre = features.mean(axis=0)
        within = residuals.T @ residuals / len(residuals)
        # The covariance of all rows is that within classes and that between their means.
        between = (means - centre).T @ ((means - centre) * (counts / len(residuals))[:, None])
        matrix, share = shrunk(within, residuals, self.shrinkage)
        # One shrinkage for both: with a share of its own each, and fewer rows than features, the difference of the distances
        # would be that of the shrinkages.
        background, _ = shrunk(within + between, residuals, share)
        white = padded(whitening(matrix, self.name))
        formula = partial(_block, centre, white, (means - centre) @ white, padded(whitening(background, self.name)))
        return fitted(
            self,
            rows,
            partial(_score, by_rows(formula, rows.features)),
            {"shrinkage": share},
        )


def _block(centre: FloatArray, white: FloatArray, means: FloatArray, background: FloatArray, block: FloatArray) -> FloatArray:
    centred = block - centre
    return nearest(0.0, white, means, centred) - squared_lengths(centred @ background)


def _score(formula: ByRows, table: PredictionTable) -> FloatArray:
    return formula(table.features)
