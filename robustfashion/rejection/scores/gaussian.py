"""Means, shared covariance and whitening of features: what the scores of distances have in common."""

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.stats import FloatArray

_SMALLEST = 1e-8
"""Least ratio of standard deviations (of a pivot to the largest) at which a covariance counts as regular."""


def class_means(features: FloatArray, labels: NDArray[np.int64], counts: NDArray[np.int64]) -> FloatArray:
    """Mean features of each class, [k, d]."""
    members = np.zeros((len(counts), len(labels)))
    members[labels, np.arange(len(labels))] = 1
    return np.asarray(members @ features / counts[:, None])


def covariance(residuals: FloatArray, shrinkage: float | None) -> tuple[FloatArray, float]:
    """Covariance [d, d] of residuals [n, d] around zero, shrunk to a multiple of the identity, and the shrinkage 0..1.

    (1 - s) S + s tr(S) / d I; S divides by n. Where ``shrinkage`` is None it is Ledoit and Wolf's (2004, A well-conditioned
    estimator for large-dimensional covariance matrices), which needs no tuning.
    """
    return shrunk(residuals.T @ residuals / len(residuals), residuals, shrinkage)


def shrunk(found: FloatArray, residuals: FloatArray, shrinkage: float | None) -> tuple[FloatArray, float]:
    """A covariance [d, d] of these residuals [n, d], shrunk as :func:`covariance` does, and the shrinkage."""
    d = len(found)
    scale = float(np.trace(found)) / d
    share = _ledoit_wolf(residuals, found, scale) if shrinkage is None else shrinkage
    found = found * (1 - share)
    found[np.diag_indices(d)] += share * scale
    return found, share


def _ledoit_wolf(residuals: FloatArray, found: FloatArray, scale: float) -> float:
    n, d = residuals.shape
    squares = float(np.vdot(found, found))
    spread = squares / d - scale**2
    fourth = float((np.einsum("ij,ij->i", residuals, residuals) ** 2).sum()) / n
    noise = min((fourth - squares) / (n * d), spread)
    return noise / spread if noise > 0 else 0.0


def whitening(matrix: FloatArray, name: str) -> FloatArray:
    """W [d, d] with (x W)·(x W) = x S^-1 x for the covariance S.

    Raises:
        InputError: the covariance is singular.
    """
    from scipy.linalg import cholesky, lapack

    try:
        factor = cholesky(matrix, lower=False)
    except np.linalg.LinAlgError:
        raise _singular(name) from None
    pivots = np.diag(factor)
    if not pivots.min() > _SMALLEST * pivots.max():
        raise _singular(name)
    inverse, _ = lapack.dtrtri(factor)
    return np.asarray(np.triu(inverse))


def _singular(name: str) -> InputError:
    return InputError(
        "the covariance of the features is singular: they vary too little, or no shrinkage is allowed; "
        "fit on more rows, set shrinkage to None (Ledoit-Wolf), or use a score of logits",
        f"score {name}",
    )
