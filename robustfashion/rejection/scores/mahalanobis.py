"""Mahalanobis distance from the nearest class."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, class_counts, fit_rows, fitted, not_fitted
from robustfashion.rejection.scores.gaussian import class_means, covariance, whitening
from robustfashion.rejection.scores.rowwise import ByRows, by_rows, one_thread, padded, squared_lengths
from robustfashion.stats import FloatArray


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

    @one_thread()
    def fit(self, table: PredictionTable) -> Fitted:
        """Means and covariance of labelled rows.

        Raises:
            InputError: a class without rows, a singular covariance, or what :func:`fit_rows` refuses.
        """
        rows = fit_rows(self, table)
        features = rows.features.astype(np.float64)
        means = class_means(features, rows.labels, class_counts(self, rows, rows.labels))
        matrix, share = covariance(features - means[rows.labels], self.shrinkage)
        white = padded(whitening(matrix, self.name))
        centre = means.mean(axis=0)
        formula = partial(nearest, centre, white, (means - centre) @ white)
        return fitted(self, rows, partial(_score, by_rows(formula, rows.features)), {"shrinkage": share})


def nearest(centre: FloatArray | float, white: FloatArray, means: FloatArray, block: FloatArray) -> FloatArray:
    """Least squared distance of whitened rows [b, d] from whitened means [k, d], both around the centre: [b]."""
    whitened = (block - centre) @ white
    gaps = whitened - means[0]
    found = squared_lengths(gaps)
    for mean in means[1:]:
        np.minimum(found, squared_lengths(np.subtract(whitened, mean, out=gaps)), out=found)
    return found


def _score(formula: ByRows, table: PredictionTable) -> FloatArray:
    return formula(table.features)
