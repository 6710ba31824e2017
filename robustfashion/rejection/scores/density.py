"""Density of the features under a Gaussian mixture."""

import warnings
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, class_counts, fit_rows, fitted, not_fitted
from robustfashion.rejection.scores.columns import energy_of
from robustfashion.rejection.scores.gaussian import class_means, covariance
from robustfashion.rejection.scores.rowwise import ByRows, by_rows, padded, squared_lengths
from robustfashion.stats import FloatArray
from robustfashion.threads import one_blas_thread

Laws = list[tuple[FloatArray, FloatArray, float]]
"""Of each component: its factor [q, q], its mean times the factor [q], and the logarithm of its largest density times weight."""


@dataclass(frozen=True)
class Density:
    """Density of the features under a Gaussian mixture.

    -log density of whitened principal components under a mixture of Gaussians with full covariances, one component
    for each class (scikit-learn's ``GaussianMixture``, started from the classes' means; labels are not
    needed afterwards).
    """

    name: ClassVar[str] = "density"
    title: ClassVar[str] = "density"
    source: ClassVar[str] = "Bishop, Novelty Detection and Neural Network Validation, 1994; here on features of the network"
    needs: ClassVar[frozenset[Need]] = frozenset({"features", "labels"})
    fit_on: ClassVar[FitOn] = "train"
    __call__ = not_fitted

    components: int | None = None
    """Principal components. None: those that hold 90 % of the variance, at most 32 and a quarter of the rows for each class."""
    ridge: float = 1e-3
    """Added to the variances of the mixture, in units of the whitened components."""

    @one_blas_thread()
    def fit(self, table: PredictionTable) -> Fitted:
        """Principal components and mixture of labelled rows.

        Raises:
            InputError: a class without rows, features without variance, too few rows, or what :func:`fit_rows` refuses.
        """
        rows = fit_rows(self, table)
        features = rows.features.astype(np.float64)
        counts = class_counts(self, rows, rows.labels)
        centre, projection = self._principal(features, len(counts))
        components, projection = projection.shape[1], padded(projection)
        low = (features - centre) @ projection[:, :components]
        laws = mixture(low, rows.labels, counts, self.ridge)
        return fitted(
            self,
            rows,
            partial(_score, by_rows(partial(_block, projection, laws), rows.features, centre)),
            {"components": components},
        )

    def _principal(self, features: FloatArray, classes: int) -> tuple[FloatArray, FloatArray]:
        """Centre [d] and whitening projection [d, q]."""
        centre = features.mean(axis=0)
        values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(features, rowvar=False)))
        values, vectors = values[::-1], vectors[:, ::-1]
        there = int((values > _SMALLEST * max(float(values[0]), np.finfo(np.float64).tiny)).sum())
        wanted = int(np.searchsorted(np.cumsum(values) / max(values.sum(), np.finfo(np.float64).tiny), 0.9)) + 1
        most = min(there, len(features) // (4 * classes))
        q = min(wanted, 32, most) if self.components is None else self.components
        if not 1 <= q <= there:
            raise InputError(
                f"{q} principal components of {len(features)} rows with {there} that vary; "
                f"fit on at least {4 * classes} different rows, or choose 1 to {there}",
                f"score {self.name}",
            )
        return centre, vectors[:, :q] / np.sqrt(values[:q])


def mixture(low: FloatArray, labels: NDArray[np.int64], counts: NDArray[np.int64], ridge: float) -> Laws:
    """Gaussian mixture of rows [n, q], started from the Gaussian of each class, so that nothing is drawn by chance."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    start = class_means(low, labels, counts)
    spreads = [covariance(low[labels == c] - mean, 0.0)[0] + ridge * np.eye(low.shape[1]) for c, mean in enumerate(start)]
    model = GaussianMixture(
        len(counts),
        reg_covar=ridge,
        weights_init=counts / counts.sum(),
        means_init=start,
        precisions_init=np.linalg.inv(np.stack(spreads)),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a mixture that still moves a little is a density too
        model.fit(low)
    constant = -0.5 * low.shape[1] * np.log(2 * np.pi)
    # Zeros as in the padded projection: they add nothing.
    room = -low.shape[1] % 32
    return [
        (
            np.pad(factor, (0, room)),
            np.pad(mean @ factor, (0, room)),
            float(constant + np.log(np.diag(factor)).sum() + np.log(max(weight, np.finfo(np.float64).tiny))),
        )
        for factor, mean, weight in zip(model.precisions_cholesky_, model.means_, model.weights_, strict=True)
    ]


def _block(projection: FloatArray, laws: Laws, block: FloatArray) -> FloatArray:
    low = block @ projection
    return energy_of(np.stack([peak - squared_lengths(low @ factor - mean) / 2 for factor, mean, peak in laws]))


def _score(formula: ByRows, table: PredictionTable) -> FloatArray:
    return formula(table.features)


_SMALLEST = 1e-10
"""Share of the largest variance below which a component counts as constant."""
