"""t-SNE: van der Maaten and Hinton, Visualizing Data using t-SNE, JMLR 2008; optimised by openTSNE."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from robustfashion.errors import InputError
from robustfashion.progress import Progress, silent
from robustfashion.separability.embeddings.search import Neighbours
from robustfashion.separability.maps import Map
from robustfashion.stats import FloatArray
from robustfashion.threads import threads_of

ITERATIONS = (250, 500)
"""With early exaggeration, and without; openTSNE's."""
EXAGGERATION = 12.0
MOMENTUM = 0.8
_SPREAD = 1e-4  # standard deviation of the first axis at the start; openTSNE's
_JITTER = 0.01  # of it: takes equal points apart; openTSNE's
_EVERY = 10


def start(plane: FloatArray, seed: int) -> FloatArray:
    """Where the points of a t-SNE map start: seed 0 at the principal components, every other seed at random.

    From the components, whatever the seed, all maps would be nearly one, and several seeds would show an agreement that was
    put in. Seed 0 is the one to show (Kobak and Berens, The art of using t-SNE for single-cell transcriptomics, Nature
    Communications 2019); the others show what depends on the start.

    Args:
        plane: [n, 2], the first two principal components.
        seed: 0 or more.

    Returns:
        [n, 2]: standard deviation 1e-4 along the first axis, for seed 0 with a jitter of a hundredth of it.
    """
    rng = np.random.default_rng(seed)
    if seed != 0:
        return rng.normal(0, _SPREAD, plane.shape)
    scaled = plane / max(float(plane[:, 0].std()), np.finfo(float).tiny) * _SPREAD
    return np.asarray(scaled + rng.normal(0, _JITTER * _SPREAD, plane.shape))


def tsne(
    neighbours: Neighbours,
    initial: FloatArray,
    perplexity: float,
    seed: int,
    *,
    iterations: tuple[int, int] = ITERATIONS,
    threads: int | None = None,
    progress: Progress = silent,
) -> Map:
    """A t-SNE map.

    Args:
        neighbours: 3 × perplexity for each point, or more.
        initial: where the points start [n, 2], see :func:`start`.
        perplexity: more than 0.
        seed: that ``initial`` was made with: what follows has no chance in it.
        iterations: with early exaggeration (12), and without.
        threads: None: those of this machine.
        progress: is told of iterations done.

    Returns:
        The map; its ``loss`` is the Kullback-Leibler divergence in nats.

    Raises:
        InputError: a perplexity that does not fit.
    """
    from openTSNE.tsne import TSNEEmbedding

    from robustfashion.separability.embeddings.gradient import ExactGradient, divergence

    name = f"t-SNE, perplexity {perplexity:g}, seed {seed}"
    jobs, total, before = threads_of(threads), sum(iterations), 0
    joint = affinities(neighbours, perplexity, jobs)
    embedding = TSNEEmbedding(np.array(initial, dtype=np.float64), joint)
    with ThreadPoolExecutor(jobs) as pool:
        gradient = ExactGradient(pool, jobs)
        for count, exaggeration in zip(iterations, (EXAGGERATION, 1.0), strict=True):
            embedding.optimize(
                count,
                inplace=True,
                exaggeration=exaggeration,
                learning_rate="auto",
                momentum=MOMENTUM,
                negative_gradient_method=gradient,
                callbacks=[Told(progress, name, before, total)],
                callbacks_every_iters=_EVERY,
            )
            before += count
    progress(name, total, total)
    positions = np.array(embedding)
    return Map(positions, "tsne", seed, perplexity=perplexity, loss=divergence(positions, joint.P))


def largest_perplexity(n: int) -> int:
    """That n points allow: each has n - 1 neighbours, and three times the perplexity are used; less than 1 is none."""
    return (n - 1) // 3


def misfit(n: int, perplexity: float) -> str | None:
    """Why so many points cannot have a map of this perplexity; None: they can."""
    if not perplexity > 0:
        return f"perplexity {perplexity:g}: it must be more than 0"
    if 3 * perplexity > n - 1:
        return (
            f"{n} points are too few for perplexity {perplexity:g}, which takes {3 * perplexity + 1:g}; the largest that fits is "
            f"{largest_perplexity(n)}"
        )
    return None


def affinities(neighbours: Neighbours, perplexity: float, jobs: int) -> Any:  # noqa: ANN401 - openTSNE has no types
    """Joint affinities of points with these neighbours, of 3 × perplexity of them; ``.P`` is the CSR matrix [n, n].

    Raises:
        InputError: a perplexity that does not fit.
    """
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    why = misfit(len(neighbours.indices), perplexity)
    if why is not None:
        raise InputError(why, "t-SNE")
    near = neighbours.first(max(1, int(3 * perplexity)))
    return PerplexityBasedNN(
        knn_index=PrecomputedNeighbors(near.indices, near.distances), perplexity=perplexity, symmetrize=True, n_jobs=jobs
    )


class Told:
    """openTSNE's callback that tells a progress callback.

    Args:
        progress: is told.
        name: of the work.
        before: iterations done before this run.
        total: of all runs.
    """

    def __init__(self, progress: Progress, name: str, before: int, total: int) -> None:
        self._progress, self._name, self._before, self._total = progress, name, before, total

    def __call__(self, iteration: int, error: float, embedding: FloatArray) -> bool:  # noqa: ARG002 - openTSNE's signature
        """Never stops the run."""
        self._progress(self._name, self._before + iteration, self._total)
        return False
