"""Mahalanobis distance from the nearest class, relative to that from all rows."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, class_counts, fit_rows, fitted, not_fitted
from robustfashion.rejection.scores.gaussian import means_of, scatter, shrunk, whitening
from robustfashion.rejection.scores.rowwise import ByRows, Panels, by_rows, squared_lengths
from robustfashion.stats import FloatArray
from robustfashion.threads import one_blas_thread


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

    @one_blas_thread()
    def fit(self, table: PredictionTable) -> Fitted:
        """Means and both covariances of labelled rows.

        Raises:
            InputError: a class without rows, a singular covariance, or what :func:`fit_rows` refuses.
        """
        rows = fit_rows(self, table)
        counts = class_counts(self, rows, rows.labels)
        means = means_of(rows.features, rows.labels, counts)
        within, share = shrunk(*scatter(rows.features, rows.labels, means), self.shrinkage)
        white = whitening(within, self.name)
        shares = counts / counts.sum()
        centre = shares @ means
        deviations = means - centre
        # The covariance of all rows is that within classes and that between their means. One shrinkage for both: with a share
        # of its own each, and fewer rows than features, the difference of the distances would be that of the shrinkages.
        between = deviations * np.sqrt((1 - share) * shares)[:, None]
        identity = share * float(shares @ squared_lengths(deviations)) / deviations.shape[1]
        factor = difference(white, between, identity)
        whitened = deviations @ white
        panels = Panels.of(np.hstack([factor, white @ whitened.T]))
        formula = partial(_block, panels, factor.shape[1], squared_lengths(whitened))
        return fitted(self, rows, partial(_score, by_rows(formula, rows.features, centre)), {"shrinkage": share})


def difference(white: FloatArray, between: FloatArray, identity: float) -> FloatArray:
    """F [d, r] with F F^T = A^-1 - B^-1: A the covariance within classes, B = A + between^T between + identity I.

    Without a multiple of the identity B differs from A in k directions only, so that r = k; else F is upper triangular, r = d.

    Args:
        white: W [d, d], W W^T = A^-1.
        between: [k, d].
        identity: the multiple, 0 or more.
    """
    # In whitened features A is I and B is I + H H^T. With H H^T = Q diag(e) Q^T the difference is Q diag(e / (1 + e)) Q^T.
    spread = white.T @ between.T
    if identity == 0:
        directions, lengths, _ = np.linalg.svd(spread, full_matrices=False)
        low: FloatArray = white @ (directions * (lengths / np.sqrt(1 + lengths**2)))
        return low
    values, directions = np.linalg.eigh(spread @ spread.T + identity * (white.T @ white))
    values = np.maximum(values, 0)
    from scipy.linalg import rq

    return np.asarray(rq(white @ (directions * np.sqrt(values / (1 + values))), mode="r"))


def _block(panels: Panels, rank: int, lengths: FloatArray, block: FloatArray) -> FloatArray:
    """min_c |y - m_c|^2 - |y|^2 + |F^T x|^2, where the square of the whitened row y falls out."""
    found = panels.after(block)
    near = found[:, rank : rank + len(lengths)]
    least: FloatArray = (lengths - 2 * near).min(axis=1)
    return squared_lengths(found[:, :rank]) + least


def _score(formula: ByRows, table: PredictionTable) -> FloatArray:
    return formula(table.features)
