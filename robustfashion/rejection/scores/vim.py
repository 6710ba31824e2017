"""Virtual-logit matching."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, fit_rows, fitted, last_layer, not_fitted
from robustfashion.rejection.scores.columns import columns_of, energy_of_rows, largest
from robustfashion.rejection.scores.gaussian import scatter
from robustfashion.rejection.scores.rowwise import ByRows, by_rows, padded, squared_lengths
from robustfashion.stats import FloatArray
from robustfashion.threads import one_blas_thread


@dataclass(frozen=True)
class Vim:
    """Virtual-logit matching.

    alpha |r(x)| - log sum_j exp(z_j): r is what of x - u lies outside the principal subspace of the fitted rows, u =
    -pinv(W) b the point where all logits are zero, alpha the mean of the largest logit over the mean of |r|.
    """

    name: ClassVar[str] = "vim"
    title: ClassVar[str] = "ViM"
    source: ClassVar[str] = "Wang et al., ViM: Out-Of-Distribution with Virtual-logit Matching, CVPR 2022"
    needs: ClassVar[frozenset[Need]] = frozenset({"logits", "features", "last layer"})
    fit_on: ClassVar[FitOn] = "train"
    __call__ = not_fitted

    dimension: int | None = None
    """Of the principal subspace, 1 to d - 1. None: the fewest dimensions that hold 90 % of the squared length of x - u."""

    @one_blas_thread()
    def fit(self, table: PredictionTable) -> Fitted:
        """Principal subspace and alpha of ordinary rows.

        Raises:
            InputError: features inside the subspace, logits below zero, a dimension that does not fit, or what
                :func:`fit_rows` refuses.
        """
        rows = fit_rows(self, table)
        layer = last_layer(rows)
        # Weights that sum to zero over classes, as weight decay leaves them, have a rank of k - 1 but for float32's rounding.
        rounding = max(layer.weight.shape) * float(np.finfo(np.float32).eps)
        origin = -np.linalg.pinv(layer.weight.astype(np.float64), rcond=rounding) @ layer.bias
        matrix, _ = scatter(rows.features, np.zeros_like(rows.labels), origin[None])
        basis, dimension = self._basis(matrix)
        formula = partial(_residual, padded(basis), 2 * dimension > len(matrix))
        residual = by_rows(formula, rows.features, origin)
        residuals = residual(rows.features)
        top = float(largest(columns_of(rows.logits)).mean())
        if not residuals.mean() > _SMALLEST * np.sqrt(max(np.trace(matrix), 0.0)) or top <= 0:
            raise InputError(
                f"largest logits are {top:.3g} on average, residuals of the features {residuals.mean():.3g}; "
                "ViM needs both above 0: choose a smaller dimension or another score",
                f"score {self.name}",
            )
        alpha = top / float(residuals.mean())
        return fitted(self, rows, partial(_score, residual, alpha), {"dimension": dimension, "alpha": alpha})

    def _basis(self, matrix: FloatArray) -> tuple[FloatArray, int]:
        """Of the principal subspace of a matrix [d, d], or of the rest where that is narrower; the subspace's dimension."""
        from scipy.linalg import eigh

        width, wanted = len(matrix), self.dimension
        if width < 2 or (wanted is not None and not 1 <= wanted < width):
            raise InputError(f"dimension {wanted} for {width} features; it must be 1 to {width - 1}", f"score {self.name}")
        if wanted is not None and 4 * wanted <= width:
            return eigh(matrix, subset_by_index=(width - wanted, width - 1))[1], wanted
        values, vectors = np.linalg.eigh(matrix)
        if wanted is None:
            shares = np.cumsum(values[::-1]) / max(values.sum(), np.finfo(np.float64).tiny)
            wanted = min(int(np.searchsorted(shares, _EXPLAINED)) + 1, width - 1)
        return (vectors[:, :-wanted] if 2 * wanted > width else vectors[:, -wanted:]), wanted


def _residual(basis: FloatArray, is_null: bool, block: FloatArray) -> FloatArray:
    """Length of what lies outside the subspace, from a basis of the subspace, or of what is outside if ``is_null``."""
    inside = squared_lengths(block @ basis)
    return np.sqrt(inside if is_null else np.maximum(squared_lengths(block) - inside, 0.0))


def _score(residual: ByRows, alpha: float, table: PredictionTable) -> FloatArray:
    return alpha * residual(table.features) + energy_of_rows(table.logits)


_EXPLAINED = 0.9
_SMALLEST = 1e-6
"""Least share of the features' length that counts as a residual."""
