"""UMAP: McInnes, Healy and Melville, UMAP: Uniform Manifold Approximation and Projection, 2018; by umap-learn."""

import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
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
from robustfashion.threads import threads_of

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
    """A UMAP map: :func:`umaps` of one seed, with its arguments and errors."""
    return umaps(features, found, [seed], neighbours=neighbours, progress=progress)[0]


def umaps(
    features: NDArray[np.float32],
    found: Neighbours,
    seeds: Sequence[int],
    *,
    neighbours: int = NEIGHBOURS,
    threads: int | None = None,
    progress: Progress = silent,
) -> list[Map]:
    """UMAP maps of several seeds from one graph, each the same to the bit as alone.

    Args:
        features: [n, d].
        found: neighbours - 1 for each point, or more.
        seeds: of the random part of the optimisation, and of the start where the spectral one fails.
        neighbours: size of a neighbourhood with the point itself, as umap-learn counts; 2 to n.
        threads: maps made at once, one thread each; None: as many as this machine has.
        progress: is told of the start and the end of each map: umap-learn has no callback.

    Raises:
        InputError: neighbours that do not fit.
    """
    points = checked(features)
    why = misfit(len(points), neighbours)
    if why is not None:
        raise InputError(why, "UMAP")
    names = [f"UMAP, {neighbours} neighbours, seed {seed}" for seed in seeds]
    with warnings.catch_warnings(), ThreadPoolExecutor(threads_of(threads)) as pool:
        warnings.simplefilter("ignore")  # TensorFlow, which only its parametric form needs; no index to ask for new points
        for name in names[:1]:
            progress(name, 0, 1)
        model = _model(found, neighbours).fit(points)
        _without_lock()
        runs = [pool.submit(_optimised, model, points, seed) for seed in seeds]
        maps = []
        try:
            for name, seed, run in zip(names, seeds, runs, strict=True):
                progress(name, 0, 1)
                maps.append(Map(run.result(), "umap", seed, neighbours=neighbours))
                progress(name, 1, 1)
        except BaseException:  # Ctrl-C, too: what has not begun does not begin
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return maps


def misfit(n: int, neighbours: int) -> str | None:
    """Why so many points cannot have a map of so many neighbours; None: they can."""
    if 2 <= neighbours <= n - 1:
        return None
    return f"{neighbours} neighbours of UMAP with {n} points; 2 to {n - 1} fit"


def _model(found: Neighbours, neighbours: int) -> Any:  # noqa: ANN401 - umap has no types
    """umap-learn's estimator that uses our neighbours and stops at their graph."""
    import umap as library

    return library.UMAP(
        n_neighbors=neighbours,
        random_state=0,  # nothing is drawn: the neighbours are given
        n_jobs=1,
        precomputed_knn=found.with_themselves(neighbours),
        force_approximation_algorithm=True,
        transform_mode="graph",
    )


def _optimised(model: Any, points: NDArray[np.float32], seed: int) -> FloatArray:  # noqa: ANN401
    """Positions [n, 2] by a fitted estimator's graph and settings: what its ``fit`` goes on to do."""
    from umap.umap_ import simplicial_set_embedding

    positions, _ = simplicial_set_embedding(
        points,
        model.graph_,
        model.n_components,
        model._initial_alpha,
        model._a,
        model._b,
        model.repulsion_strength,
        model.negative_sample_rate,
        model.n_epochs,
        model.init,
        np.random.RandomState(seed),
        model._input_distance_func,
        model._metric_kwds,
        False,
        {},
        False,
        parallel=False,
        tqdm_kwds={"disable": True},
    )
    return np.asarray(positions, np.float64)


@cache
def _without_lock() -> None:
    """Let umap-learn's optimisation run on several threads: the library's own code, compiled to leave Python's lock to others."""
    from numba import njit
    from umap import layouts

    name = "_optimize_layout_euclidean_single_epoch"
    if hasattr(layouts, name) and hasattr(layouts, "_nb" + name):  # otherwise another version: maps are made in turn
        setattr(layouts, "_nb" + name, njit(getattr(layouts, name), fastmath=True, nogil=True))


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
