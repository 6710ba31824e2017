"""The nearest neighbours of every point, searched once for all maps and measures."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.progress import Progress, silent
from robustfashion.separability.embeddings.checked import checked
from robustfashion.stats import FloatArray
from robustfashion.threads import one_blas_thread, threads_of

EXACT_WORK = 6e12
"""n² d up to which the search is exact: 108,000 points of 512 features, two minutes of two cores, less than their t-SNE takes."""
_BLOCK = 256
_BLOCK_VALUES = 2**23
_STAGE = "neighbours"


@dataclass(frozen=True)
class Neighbours:
    """The k nearest other points of each of n points, by Euclidean distance."""

    indices: NDArray[np.int32]
    """[n, k], nearest first; of equal distances the lower number first. A point is not its own neighbour, an equal one is."""
    distances: FloatArray
    """[n, k], float64."""
    exact: bool
    """False: a few neighbours may be missed, farther ones stand for them."""

    @property
    def k(self) -> int:
        """Neighbours of each point."""
        return int(self.indices.shape[1])

    def first(self, k: int) -> "Neighbours":
        """The k nearest of them.

        Raises:
            InputError: more than there are.
        """
        if not 1 <= k <= self.k:
            raise InputError(f"{k} neighbours asked for, {self.k} were searched", "neighbours")
        return Neighbours(self.indices[:, :k], self.distances[:, :k], self.exact)

    def with_themselves(self, count: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Numbers and distances [n, count], each point first of its own, as UMAP counts; errors as :meth:`first`."""
        near = self.first(count - 1)
        own = np.arange(len(near.indices), dtype=np.int32)[:, None]
        distances = np.hstack([np.zeros((len(own), 1)), near.distances]).astype(np.float32)
        return np.hstack([own, near.indices]), distances


def neighbours(
    features: NDArray[np.float32], k: int, *, seed: int = 0, threads: int | None = None, progress: Progress = silent
) -> Neighbours:
    """The k nearest other points of each point.

    Exact up to n² d = 6e12 (108,000 points of 512 features), approximate by nearest neighbour descent beyond (Dong et al.,
    WWW 2011; pynndescent). Candidates are searched in float32, distances measured in float64.

    Args:
        features: [n, d].
        k: 1 to n - 1.
        seed: of the approximate search.
        threads: None: those of this machine. An exact result is the same for any number.
        progress: is told of points done.

    Raises:
        InputError: k that does not fit, or features that :func:`checked` refuses.
    """
    points = checked(features)
    n = len(points)
    if not 1 <= k < n:
        raise InputError(f"k = {k} neighbours among {n} points; 1 to {n - 1} are possible", "neighbours")
    if float(n) ** 2 * points.shape[1] <= EXACT_WORK:
        return Neighbours(*_searched(points, points, k, 0, threads_of(threads), progress), exact=True)
    return _approximate(points, k, seed, threads_of(threads), progress)


def nearest(
    known: NDArray[np.float32],
    new: NDArray[np.float32],
    k: int,
    *,
    threads: int | None = None,
    progress: Progress = silent,
) -> tuple[NDArray[np.int32], FloatArray]:
    """The k nearest known points of each new point, exact.

    Args:
        known: [n, d].
        new: [m, d].
        k: 1 to n.
        threads: None: those of this machine; the result is the same for any number.
        progress: is told of new points done.

    Returns:
        Numbers of known points [m, k], nearest first, and Euclidean distances [m, k].

    Raises:
        InputError: k that does not fit, NaN or infinity, or another number of features.
    """
    points = checked(known)
    if new.ndim != 2 or new.shape[1] != points.shape[1]:
        raise InputError(f"{new.shape[1:]} features, the map was made of {points.shape[1]}", "new points")
    rows = np.ascontiguousarray(new, dtype=np.float32)
    if not np.isfinite(rows).all():
        raise InputError("NaN or infinity: leave these pictures out", "new points")
    if not 1 <= k <= len(points):
        raise InputError(f"k = {k} neighbours among {len(points)} points; 1 to {len(points)} are possible", "neighbours")
    return _searched(points, rows, k, -1, threads_of(threads), progress)


@one_blas_thread()
def _searched(
    known: NDArray[np.float32], rows: NDArray[np.float32], k: int, own: int, threads: int, progress: Progress
) -> tuple[NDArray[np.int32], FloatArray]:
    """Numbers and distances; ``own`` 0: row i is the known point i, and not its own neighbour; -1: rows are others."""
    from robustfashion.separability.embeddings.search_loops import nearest_of_block

    centre = known.mean(axis=0, dtype=np.float64)
    near = (known - centre).astype(np.float32)  # short vectors: little is lost where large products cancel
    squares = np.einsum("ij,ij->i", near, near, dtype=np.float64)
    half, radius = (squares / 2).astype(np.float32), float(np.sqrt(squares.max()))
    m, width = len(rows), known.shape[1]
    indices, distances = np.empty((m, k), np.int32), np.empty((m, k))
    block = int(np.clip(_BLOCK_VALUES // len(known), 16, _BLOCK))

    def one(start: int) -> int:
        """Neighbours of a block of rows; returns where it ends."""
        part = slice(start, min(start + block, m))
        centred = (rows[part] - centre).astype(np.float32)
        nearness = centred @ near.T
        nearness -= half
        # Twice the rounding of a·b - |b|²/2 and of the centring, in any order of adding.
        reach = np.linalg.norm(centred.astype(np.float64), axis=1) + radius
        margins = (2 * reach**2 * ((width + 4) / 4 + 2.5) / 2**24).astype(np.float32)
        first = start if own >= 0 else -1
        nearest_of_block(rows[part], known, nearness, margins, first, indices[part], distances[part])
        return part.stop

    with ThreadPoolExecutor(threads) as pool:
        for done in pool.map(one, range(0, m, block)):
            progress(_STAGE, done, m)
    return indices, distances


def _approximate(points: NDArray[np.float32], k: int, seed: int, threads: int, progress: Progress) -> Neighbours:
    from pynndescent import NNDescent

    from robustfashion.separability.embeddings.search_loops import measured_again

    n = len(points)
    progress(_STAGE, 0, n)
    # A graph of few neighbours, then asked for many: quicker than a graph of many.
    index = NNDescent(points, n_neighbors=min(k + 1, _GRAPH), random_state=seed, n_jobs=threads)
    if k + 1 <= _GRAPH:
        given = index.neighbor_graph[0]
    else:
        index.prepare()
        given = np.empty((n, k + 1), np.int32)
        for start in range(0, n, _QUERY):
            given[start : start + _QUERY] = index.query(points[start : start + _QUERY], k=k + 1)[0]
            progress(_STAGE, min(start + _QUERY, n - 1), n)
    indices, distances = np.empty((n, k), np.int32), np.empty((n, k))
    if measured_again(points, given, 0, indices, distances):
        _fill(points, indices, distances, threads)
    progress(_STAGE, n, n)
    return Neighbours(indices, distances, exact=False)


def _fill(points: NDArray[np.float32], indices: NDArray[np.int32], distances: FloatArray, threads: int) -> None:
    """Search those points exactly for which the graph had too few neighbours (more than k equal ones, mostly)."""
    short, k = np.flatnonzero(indices[:, 0] < 0), indices.shape[1]
    found, far = _searched(points, points[short], k + 1, -1, threads, silent)
    for i, row in enumerate(short):
        others = np.flatnonzero(found[i] != row)[:k]
        indices[row], distances[row] = found[i][others], far[i][others]


_GRAPH = 31
_QUERY = 4096
