"""Means, shared covariance and whitening of features: what the scores of distances have in common."""

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.stats import FloatArray
from robustfashion.threads import each, pieces

_SMALLEST = 1e-8
"""Least ratio of standard deviations (of a pivot to the largest) at which a covariance counts as regular."""
_PANEL = 2560
"""Rows that are float64 at once, at most."""
_SHORTEST_LANE = 2048


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
    return shrunk(residuals.T @ residuals / len(residuals), np.einsum("ij,ij->i", residuals, residuals), shrinkage)


def shrunk(found: FloatArray, squares: FloatArray, shrinkage: float | None) -> tuple[FloatArray, float]:
    """A covariance [d, d] of residuals with these squared lengths [n], shrunk as :func:`covariance` does, and the shrinkage."""
    d = len(found)
    scale = float(np.trace(found)) / d
    share = _ledoit_wolf(squares, found, scale) if shrinkage is None else shrinkage
    found = found * (1 - share)
    found[np.diag_indices(d)] += share * scale
    return found, share


def _ledoit_wolf(lengths: FloatArray, found: FloatArray, scale: float) -> float:
    n, d = len(lengths), len(found)
    squares = float(np.vdot(found, found))
    spread = squares / d - scale**2
    fourth = float((lengths**2).sum()) / n
    noise = min((fourth - squares) / (n * d), spread)
    return noise / spread if noise > 0 else 0.0


def means_of(rows: NDArray[np.float32], labels: NDArray[np.int64], counts: NDArray[np.int64]) -> FloatArray:
    """Mean of the rows [n, d] of each class, float64 [k, d]; the same for any number of threads."""
    from robustfashion.rejection.scores.kernels import class_sums

    def summed(part: slice) -> FloatArray:
        """Sums of the rows of each class, of a part."""
        return np.asarray(class_sums(np.ascontiguousarray(rows[part]), labels[part], len(counts)))

    return _total(each(summed, lanes(len(rows)))) / counts[:, None]


def scatter(rows: NDArray[np.float32], labels: NDArray[np.int64], means: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Covariance of rows [n, d] around the means [k, d] of their labels, and their squared distances from them.

    Rows become float64 a panel at a time, so that they are in the cache when they are multiplied, and are never all there.
    The same for any number of threads.

    Returns:
        Mean of the products of residuals [d, d], dividing by n, and squared lengths of the residuals [n].
    """
    from robustfashion.rejection.scores.kernels import residuals

    squares = np.empty(len(rows))

    def products(lane: slice) -> FloatArray:
        """Sum of the products of residuals of a part."""
        parts = pieces(lane.stop - lane.start, _PANEL)
        panel, found = np.empty((parts[0].stop, rows.shape[1])), np.empty((rows.shape[1],) * 2)
        for i, part in enumerate(parts):
            here = slice(lane.start + part.start, lane.start + part.stop)
            own = panel[: part.stop - part.start]
            residuals(np.ascontiguousarray(rows[here]), labels[here], means, own, squares[here])
            if i:
                found += own.T @ own
            else:
                np.matmul(own.T, own, out=found)
        return found

    return _total(each(products, lanes(len(rows)))) / len(rows), squares


def _total(parts: list[FloatArray]) -> FloatArray:
    """Their sum, one after another, in the place of the first."""
    for part in parts[1:]:
        parts[0] += part
    return parts[0]


def lanes(n: int) -> list[slice]:
    """Rows that are added up one after another, by one thread: at most four lanes, so that their sums take little memory."""
    return pieces(n, max(_SHORTEST_LANE, -(-n // 4)))


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
