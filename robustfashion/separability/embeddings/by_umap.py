"""UMAP: McInnes, Healy and Melville, UMAP: Uniform Manifold Approximation and Projection, 2018; by umap-learn."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.progress import Progress, silent
from robustfashion.separability.embeddings.checked import checked
from robustfashion.separability.embeddings.search import Neighbours
from robustfashion.separability.maps import Map

NEIGHBOURS = 15
"""umap-learn's; the point itself counts as one."""


def umap(
    features: NDArray[np.float32],
    found: Neighbours,
    seed: int,
    *,
    neighbours: int = NEIGHBOURS,
    progress: Progress = silent,
) -> Map:
    """A UMAP map.

    Args:
        features: [n, d].
        found: neighbours - 1 for each point, or more.
        seed: of the random part of the optimisation, and of the start where the spectral one fails.
        neighbours: size of a neighbourhood with the point itself, as umap-learn counts; 2 to n.
        progress: is told of the start and the end: umap-learn has no callback.

    Raises:
        InputError: neighbours that do not fit.
    """
    points = checked(features)
    why = misfit(len(points), neighbours)
    if why is not None:
        raise InputError(why, "UMAP")
    name = f"UMAP, {neighbours} neighbours, seed {seed}"
    progress(name, 0, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow, which only its parametric form needs; no index to ask for new points
        positions = _model(found, neighbours, seed).fit_transform(points)
    progress(name, 1, 1)
    return Map(np.asarray(positions, np.float64), "umap", seed, neighbours=neighbours)


def misfit(n: int, neighbours: int) -> str | None:
    """Why so many points cannot have a map of so many neighbours; None: they can."""
    if 2 <= neighbours <= n - 1:
        return None
    return f"{neighbours} neighbours of UMAP with {n} points; 2 to {n - 1} fit"


def _model(found: Neighbours, neighbours: int, seed: int) -> Any:  # noqa: ANN401 - umap has no types
    """umap-learn's estimator that uses our neighbours."""
    import umap as library

    near = found.first(neighbours - 1)
    own = np.arange(len(near.indices), dtype=np.int32)[:, None]
    indices = np.hstack([own, near.indices])
    distances = np.hstack([np.zeros((len(own), 1)), near.distances]).astype(np.float32)
    return library.UMAP(
        n_neighbors=neighbours,
        random_state=seed,
        n_jobs=1,
        precomputed_knn=(indices, distances),
        force_approximation_algorithm=True,
    )
