"""All the maps of one set of points, so that nobody reads meaning into one of them."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from robustfashion.progress import Progress, silent
from robustfashion.separability.embeddings import by_tsne, by_umap, on_gpu
from robustfashion.separability.embeddings.by_pca import plane
from robustfashion.separability.embeddings.checked import checked
from robustfashion.separability.embeddings.search import Neighbours, neighbours
from robustfashion.separability.maps import Map, Method
from robustfashion.stats import FloatArray


def maps_of(
    features: NDArray[np.float32],
    *,
    methods: Sequence[Method] = ("tsne", "umap", "pca"),
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    perplexities: Sequence[float] = (10, 30, 100),
    neighbourhood: int = by_umap.NEIGHBOURS,
    found: Neighbours | None = None,
    progress: Progress = silent,
) -> tuple[list[Map], list[str]]:
    """Maps of every method, each seed and perplexity, from one neighbour search.

    20,000 points and more are mapped by cuML where it is installed (:mod:`.on_gpu`), which is never required.

    Args:
        features: [n, d].
        methods: in the order in which they are made.
        seeds: of t-SNE and UMAP; PCA has one map.
        perplexities: of t-SNE.
        neighbourhood: of UMAP, see :func:`umap`.
        found: a search made before; None, or fewer neighbours than the maps take: it is made here.
        progress: is told of each map by its name.

    Returns:
        The maps, and a reason for each perplexity or neighbourhood that was left out because it does not fit.

    Raises:
        InputError: features that :func:`checked` refuses.
    """
    points = checked(features)
    n = len(points)
    reasons = {p: by_tsne.misfit(n, p) for p in perplexities} if "tsne" in methods else {}
    fitting = [p for p, why in reasons.items() if why is None]
    no_umap = by_umap.misfit(n, neighbourhood) if "umap" in methods else None
    wants_umap = "umap" in methods and no_umap is None
    need = max([max(1, int(3 * p)) for p in fitting] + [neighbourhood - 1] * wants_umap, default=0)
    if need and (found is None or found.k < need):
        found = neighbours(points, need, progress=progress)
    principal = plane(points)
    maps: list[Map] = []
    for method in methods:
        if method == "pca":
            maps.append(Map(principal, "pca", 0))
        elif method == "tsne" and found is not None:
            maps += [_by_tsne(points, found, principal, p, s, progress) for p in fitting for s in seeds]
        elif method == "umap" and wants_umap and found is not None:
            maps += _by_umap(points, found, neighbourhood, seeds, progress)
    return maps, [why for why in [*reasons.values(), no_umap] if why is not None]


def _by_tsne(
    points: NDArray[np.float32], found: Neighbours, principal: FloatArray, perplexity: float, seed: int, progress: Progress
) -> Map:
    if on_gpu.wanted(len(points)):
        return _told(
            f"t-SNE, perplexity {perplexity:g}, seed {seed}",
            progress,
            partial(on_gpu.tsne_by_cuml, points, found, perplexity, seed),
        )
    return by_tsne.tsne(found, by_tsne.start(principal, seed), perplexity, seed, progress=progress)


def _by_umap(
    points: NDArray[np.float32], found: Neighbours, neighbourhood: int, seeds: Sequence[int], progress: Progress
) -> list[Map]:
    if not on_gpu.wanted(len(points)):
        return by_umap.umaps(points, found, seeds, neighbours=neighbourhood, progress=progress)
    return [
        _told(
            f"UMAP, {neighbourhood} neighbours, seed {seed}",
            progress,
            partial(on_gpu.umap_by_cuml, points, found, neighbourhood, seed),
        )
        for seed in seeds
    ]


def _told(name: str, progress: Progress, made: Callable[[], Map]) -> Map:
    """A map whose library has no callback: its start and its end."""
    progress(name, 0, 1)
    found = made()
    progress(name, 1, 1)
    return found
