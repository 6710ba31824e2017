"""The gradient of t-SNE's loss, every pair of points worked out, for openTSNE's optimiser.

n² pairs on vector registers are quicker than openTSNE's tree or grid, which work in float64, at 5,000 points and at 50,000. Only
while a map of many points is still narrow, most of the early exaggeration, its grid is quicker.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from robustfashion.separability.embeddings.gradient_loops import costs, pull_rows, push_rows
from robustfashion.stats import FloatArray

GRID_FROM = 20_000
"""More points are pushed by openTSNE's grid (Linderman et al., Nature Methods 2019) while the map is narrow ..."""
GRID_SPAN = 30.0
"""... than this: it has 50 cells at least, and its error is a thousandth while they are short, two hundredths at unit length."""
_ROWS = 256
"""Points that one call works on at least."""
_SHARES = 4
"""Parts for each thread: one that is held up leaves the rest to the others."""


class ExactGradient:
    """A gradient method of openTSNE's optimiser. The same bits for any number of threads: a row is added up by one of them.

    Args:
        pool: whose threads work.
        threads: that it has.
        fixed: points that rows are pushed and pulled by [n, 2], each row by itself, as for new points in an existing map;
            None: the rows by one another.
    """

    def __init__(self, pool: ThreadPoolExecutor, threads: int, fixed: FloatArray | None = None) -> None:
        self._pool, self._threads, self._fixed = pool, threads, fixed

    def __call__(self, embedding: FloatArray, P: Any, **_: object) -> tuple[float, FloatArray]:  # noqa: ANN401 - openTSNE's
        """The gradient, a quarter of the loss's as openTSNE has it, [m, 2]; the loss is left out: nan."""
        positions = np.asarray(embedding)
        if self._fixed is None and len(positions) > GRID_FROM and np.ptp(positions, axis=0).max() < GRID_SPAN:
            return self._by_grid(positions, P)
        rows = _columns(positions)
        points = rows if self._fixed is None else _columns(self._fixed)
        pushes, pulls, sums = np.empty(positions.shape), np.empty(positions.shape), np.empty(len(positions))

        def part(start: int, stop: int) -> None:
            some = np.ascontiguousarray(rows[:, start:stop])
            push_rows(some, points, pushes[start:stop], sums[start:stop])
            pull_rows(start, some, points, P.indptr, P.indices, P.data, pulls[start:stop])

        self._share(part, len(positions))
        if self._fixed is not None:
            return float("nan"), pulls - pushes / sums[:, None]
        # A point does not push itself: its own q is 1.
        return float("nan"), pulls - pushes / (sums.sum() - len(sums))

    def _by_grid(self, positions: FloatArray, affinities: Any) -> tuple[float, FloatArray]:  # noqa: ANN401 - a CSR matrix
        from openTSNE.tsne import kl_divergence_fft

        grid = {"n_interpolation_points": 3, "min_num_intervals": 50, "ints_in_interval": 1}  # openTSNE's defaults
        _, found = kl_divergence_fft(positions, affinities, dof=1, fft_params=grid, n_jobs=self._threads)
        return float("nan"), np.asarray(found)

    def _share(self, part: Callable[[int, int], None], count: int) -> None:
        size = max(_ROWS, -(-count // (self._threads * _SHARES)))
        if size >= count or self._threads == 1:
            for start in range(0, count, size):  # Python hears Ctrl-C between the parts
                part(start, min(start + size, count))
            return
        starts = range(0, count, size)
        list(self._pool.map(part, starts, [min(start + size, count) for start in starts]))


def divergence(positions: FloatArray, affinities: Any) -> float:  # noqa: ANN401 - a CSR matrix
    """Kullback-Leibler divergence of a map from its affinities in nats, exact.

    Args:
        positions: [n, 2].
        affinities: joint probabilities, CSR [n, n].
    """
    points = _columns(positions)
    forces, sums = np.empty(positions.shape), np.empty(len(positions))
    push_rows(points, points, forces, sums)
    own = np.ascontiguousarray(positions, np.float64)
    each = costs(own, own, affinities.indptr, affinities.indices, affinities.data)
    return float(each.sum() + affinities.sum() * np.log(sums.sum() - len(sums)))


def _columns(positions: FloatArray) -> Any:  # noqa: ANN401 - an array
    return np.ascontiguousarray(positions.T, dtype=np.float32)
