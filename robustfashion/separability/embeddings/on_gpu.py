"""The same maps by cuML on a GPU, where it is installed.

Written from cuML's documentation and tested with a stand-in: it has never run on a GPU here. cuML takes our neighbours; its
maps are not the same to the bit from run to run.
"""

from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.machine import thread_count
from robustfashion.separability.embeddings.by_tsne import affinities
from robustfashion.separability.embeddings.search import Neighbours
from robustfashion.separability.maps import Map
from robustfashion.stats import FloatArray

FROM = 20_000
"""Points from which cuML is used: fewer are done in a minute without, and the same to the bit every time."""


def wanted(n: int) -> bool:
    """Whether so many points are mapped by cuML: many, and it is installed."""
    return n >= FROM and find_spec("cuml") is not None


def tsne_by_cuml(points: NDArray[np.float32], found: Neighbours, perplexity: float, seed: int) -> Map:
    """A t-SNE map; starts at the principal components for seed 0, at random for others, as without a GPU.

    Args:
        points: [n, d].
        found: 3 × perplexity neighbours or more.
        perplexity: that fits.
        seed: of a random start.
    """
    from cuml.manifold import TSNE

    from robustfashion.separability.embeddings.gradient import divergence

    near = found.first(max(1, int(3 * perplexity)))
    model = TSNE(
        n_components=2,
        perplexity=perplexity,
        n_neighbors=near.k,
        init="pca" if seed == 0 else "random",
        random_state=seed,
        method="fft",
        output_type="numpy",
    )
    positions = _plain(model.fit_transform(points, knn_graph=(near.indices, near.distances.astype(np.float32))))
    loss = divergence(positions, affinities(found, perplexity, thread_count()).P)
    return Map(positions, "tsne", seed, perplexity=perplexity, loss=loss)


def umap_by_cuml(points: NDArray[np.float32], found: Neighbours, neighbours: int, seed: int) -> Map:
    """A UMAP map.

    Args:
        points: [n, d].
        found: neighbours - 1 or more.
        neighbours: with the point itself.
        seed: of its random numbers.
    """
    from cuml.manifold import UMAP

    model = UMAP(
        n_neighbors=neighbours, random_state=seed, precomputed_knn=found.with_themselves(neighbours), output_type="numpy"
    )
    return Map(_plain(model.fit_transform(points)), "umap", seed, neighbours=neighbours)


def _plain(positions: Any) -> FloatArray:  # noqa: ANN401 - an array of cuML
    return np.asarray(positions, dtype=np.float64)
