"""Mahalanobis distance from the nearest class."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, class_counts, fit_rows, fitted, not_fitted
from robustfashion.rejection.scores.gaussian import means_of, scatter, shrunk, whitening
from robustfashion.rejection.scores.rowwise import ByRows, Panels, by_rows
from robustfashion.stats import FloatArray
from robustfashion.threads import one_blas_thread


@dataclass(frozen=True)
class Mahalanobis:
    """Mahalanobis distance from the nearest class.

    min_c (x - mu_c)^T S^-1 (x - mu_c) of features x; mu_c are the means of the classes, S their shared covariance
    (1/n), shrunk.
    """

    name: ClassVar[str] = "mahalanobis"
    title: ClassVar[str] = "Mahalanobis"
    source: ClassVar[str] = (
        "Lee et al., A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks, "
        "NeurIPS 2018, on the input of the last layer alone and without input perturbation"
    )
    needs: ClassVar[frozenset[Need]] = frozenset({"features", "labels"})
    fit_on: ClassVar[FitOn] = "train"
    __call__ = not_fitted

    shrinkage: float | None = None
    """0..1 towards the identity; None: Ledoit and Wolf's, which is found from the rows.
    A constant feature then has a variance too."""

    @one_blas_thread()
    def fit(self, table: PredictionTable) -> Fitted:
        """Means and covariance of labelled rows.

        Raises:
            InputError: a class without rows, a singular covariance, or what :func:`fit_rows` refuses.
        """
        rows = fit_rows(self, table)
        counts = class_counts(self, rows, rows.labels)
        means = means_of(rows.features, rows.labels, counts)
        matrix, share = shrunk(*scatter(rows.features, rows.labels, means), self.shrinkage)
        white = Panels.of(whitening(matrix, self.name))
        centre = means.mean(axis=0)
        formula = partial(_nearest, white, white.after(means - centre))
        return fitted(self, rows, partial(_score, by_rows(formula, rows.features, centre)), {"shrinkage": share})


def _nearest(white: Panels, means: FloatArray, block: FloatArray) -> FloatArray:
    """Least squared distance of whitened rows [b, d] from whitened means [k, d], both around the centre: [b]."""
    from robustfashion.rejection.scores.kernels import nearest

    return np.asarray(nearest(white.after(block), means))


def _score(formula: ByRows, table: PredictionTable) -> FloatArray:
    return formula(table.features)
