"""New points in an existing map, whose own points stay where they are."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import identity

from robustfashion.errors import InputError
from robustfashion.progress import Progress, silent
from robustfashion.separability.embeddings.by_pca import pca
from robustfashion.separability.embeddings.by_tsne import MOMENTUM, Told
from robustfashion.separability.embeddings.by_umap import placed_by_umap
from robustfashion.separability.embeddings.search import nearest
from robustfashion.separability.maps import Map
from robustfashion.stats import FloatArray
from robustfashion.threads import threads_of

ITERATIONS = 250
PERPLEXITY = 5.0
"""Of new points among those of the map; smaller where the map's own is: openTSNE's, as is what follows."""
_EXAGGERATION, _RATE, _LARGEST_GRADIENT = 1.5, 0.1, 0.25


def project(
    placed: Map,
    known: NDArray[np.float32],
    new: NDArray[np.float32],
    *,
    threads: int | None = None,
    progress: Progress = silent,
) -> FloatArray:
    """Place new points in a map. Each is placed by itself: among the map's points, whatever comes with it.

    t-SNE: at the median of its 15 nearest points of the map, then moved by the gradient of its own divergence (Poličar,
    Stražar and Zupan, Embedding to reference t-SNE space, 2019). UMAP: as umap-learn's ``transform`` does it, whose random
    numbers a point shares with those before it; with the map's seed. PCA: by its components.

    Args:
        placed: a map of ``known``, of one of these three methods as made here.
        known: features that the map was made of [n, d].
        new: features of the new points [m, d].
        threads: None: those of this machine; the result is the same for any number.
        progress: is told of new points searched and of iterations.

    Returns:
        Positions [m, 2].

    Raises:
        InputError: not the features of this map, NaN or infinity, or another number of features.
    """
    if len(known) != len(placed.positions):
        raise InputError(f"features of {len(known)} points, the map has {len(placed.positions)}", "known")
    if placed.method == "pca":
        nearest(known, new, 1, threads=threads)  # refuses what does not fit
        return np.asarray(pca(known)[1].transform(new), np.float64)
    if placed.method == "umap":
        count = min(placed.neighbours or 1, len(known))
        indices, distances = nearest(known, new, count, threads=threads, progress=progress)
        return placed_by_umap(placed.positions, indices, distances, placed.seed)
    perplexity = min(PERPLEXITY, placed.perplexity or PERPLEXITY, len(known) / 3)
    near = nearest(known, new, max(1, int(3 * perplexity)), threads=threads, progress=progress)
    return _by_tsne(placed.positions, near, perplexity, threads_of(threads), progress)


def _by_tsne(
    known: FloatArray,
    near: tuple[NDArray[np.int32], FloatArray],
    perplexity: float,
    threads: int,
    progress: Progress,
) -> FloatArray:
    from openTSNE.affinity import PrecomputedAffinities, joint_probabilities_nn
    from openTSNE.tsne import PartialTSNEEmbedding, TSNEEmbedding

    from robustfashion.separability.embeddings.gradient import ExactGradient

    indices, distances = near
    if not len(indices):
        return np.empty((0, 2))
    pull = joint_probabilities_nn(
        indices,
        distances,
        [perplexity],
        symmetrize=False,
        normalization="point-wise",
        n_reference_samples=len(known),
        n_jobs=threads,
    )
    fixed = np.array(known, dtype=np.float64)
    begin = np.median(fixed[indices], axis=1)
    of_the_map = PrecomputedAffinities(identity(len(fixed), format="csr"))  # wanted, and not used
    partial = PartialTSNEEmbedding(begin, TSNEEmbedding(fixed, of_the_map), pull)
    with ThreadPoolExecutor(threads) as pool:
        partial.optimize(
            ITERATIONS,
            inplace=True,
            exaggeration=_EXAGGERATION,
            learning_rate=_RATE,
            momentum=MOMENTUM,
            max_grad_norm=_LARGEST_GRADIENT,
            max_step_norm=None,
            negative_gradient_method=ExactGradient(pool, threads, fixed),
            callbacks=[Told(progress, "new points", 0, ITERATIONS)],
            callbacks_every_iters=10,
        )
    return np.array(partial, dtype=np.float64)
