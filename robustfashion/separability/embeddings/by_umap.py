"""UMAP: McInnes, Healy and Melville, UMAP: Uniform Manifold Approximation and Projection, 2018; by umap-learn."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix

from robustfashion.errors import InputError
from robustfashion.progress import Progress, silent
from robustfashion.separability.embeddings.checked import checked
from robustfashion.separability.embeddings.search import Neighbours
from robustfashion.separability.maps import Map
from robustfashion.stats import FloatArray

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

    return library.UMAP(
        n_neighbors=neighbours,
        random_state=seed,
        n_jobs=1,
        precomputed_knn=found.with_themselves(neighbours),
        force_approximation_algorithm=True,
    )


def placed_by_umap(known: FloatArray, indices: NDArray[np.int32], distances: FloatArray, seed: int) -> FloatArray:
    """Positions of new points in a UMAP map, by the steps of umap-learn's ``transform``, which wants an index of its own.

    Args:
        known: positions of the map's points [n, 2].
        indices: the nearest of them for each new point [m, k].
        distances: how far these are [m, k].
        seed: of the optimisation's random numbers.

    Returns:
        [m, 2]; the map's points do not move.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from umap import umap_ as library
        from umap.layouts import optimize_layout_euclidean

    if not len(indices):
        return np.empty((0, 2))
    near, size = distances.astype(np.float32), (len(indices), len(known))
    sigmas, rhos = library.smooth_knn_dist(near, float(indices.shape[1]), local_connectivity=0.0)
    rows, columns, strengths, _ = library.compute_membership_strengths(indices, near, sigmas, rhos, bipartite=True)
    graph = coo_matrix((strengths, (rows, columns)), shape=size)
    fixed = known.astype(np.float32)
    weights = graph.tocsr()
    weights.eliminate_zeros()
    begin = np.asarray(library.init_graph_transform(weights, fixed), np.float32)
    epochs = 100 if len(indices) <= 10_000 else 30
    graph.data[graph.data < graph.data.max() / epochs] = 0
    graph.eliminate_zeros()
    a, b = library.find_ab_params(1.0, 0.1)
    state = np.random.RandomState(seed).randint(-(2**31) + 1, 2**31 - 1, 3).astype(np.int64)
    each = library.make_epochs_per_sample(graph.data, epochs)
    moved = optimize_layout_euclidean(
        begin, fixed, graph.row, graph.col, epochs, size[1], each, a, b, state, gamma=1.0, initial_alpha=0.25
    )
    return np.asarray(moved, np.float64)
