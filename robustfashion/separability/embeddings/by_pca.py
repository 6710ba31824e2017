"""Principal components: the map that keeps straight lines, and the space of fewer features."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.separability.embeddings.checked import checked
from robustfashion.stats import FloatArray
from robustfashion.threads import one_blas_thread

if TYPE_CHECKING:
    from sklearn.decomposition import PCA

_EXACT_WIDTH = 2048
"""Features up to which all components are worked out; the leading ones only beyond."""


@one_blas_thread()
def pca(features: NDArray[np.float32], components: int = 2, seed: int = 0) -> "tuple[FloatArray, PCA]":
    """Principal components, largest variance first.

    Of each direction the feature with the largest absolute loading has a positive one (scikit-learn's convention), so that
    the signs do not depend on the machine. BLAS works on one thread: the same numbers for any number of threads.

    Args:
        features: [n, d].
        components: 1 to min(n, d).
        seed: of the randomised search that is used for more than 2,048 features; the exact one has none.

    Returns:
        Positions [n, components], float64, and the model: ``model.transform(new)`` places new points.

    Raises:
        InputError: components that do not fit, or features that :func:`checked` refuses.
    """
    from sklearn.decomposition import PCA

    points = checked(features)
    most = min(points.shape)
    if not 1 <= components <= most:
        raise InputError(
            f"{components} components of {points.shape[0]} points with {points.shape[1]} features; {most} at most", "pca"
        )
    wide = points.shape[1] > _EXACT_WIDTH and components < most // 2
    solver = "randomized" if wide else "covariance_eigh" if points.shape[1] <= _EXACT_WIDTH else "full"
    # Single precision is kept for wide features only, where it halves what is most of the memory.
    model = PCA(components, svd_solver=solver, random_state=seed).fit(points if wide else points.astype(np.float64))
    return np.asarray(model.transform(points), np.float64), model


def reduced(features: NDArray[np.float32], components: int = 50, seed: int = 0) -> NDArray[np.float32]:
    """The leading principal components, float32 [n, min(components, n, d)]; see :func:`pca`."""
    fitting = min(components, *features.shape)
    return pca(features, fitting, seed)[0].astype(np.float32)


def plane(features: NDArray[np.float32], seed: int = 0) -> FloatArray:
    """The first two components [n, 2]; the second is zero where there is one feature only."""
    fitting = min(2, *features.shape)
    found = np.zeros((len(features), 2))
    found[:, :fitting] = pca(features, fitting, seed)[0]
    return found
