"""The gradient of t-SNE's loss, every pair of points worked out, for openTSNE's optimiser.

n² pairs on vector registers are quicker than openTSNE's tree or grid, which work in float64, at 5,000 points and at 50,000. Only
while a map of many points is still narrow, most of the early exaggeration, its grid is quicker.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from robustfashion.separability.embeddings.gradient_loops import add_strips, costs, pull_rows, push_rows, push_strips
from robustfashion.stats import FloatArray

GRID_FROM = 20_000
"""More points are pushed by openTSNE's grid (Linderman et al., Nature Methods 2019) while the map is narrow ..."""
GRID_SPAN = 30.0
"""... than this: it has 50 cells at least, and its error is a thousandth while they are short, two hundredths at unit length."""
_STRIP = 256
"""Points whose pairs with all points behind them are added up by one thread, at least."""
_MOST_STRIPS = 32
"""Each has its own sums, of every point."""
_ROWS = 256
"""Points that one call works on at least."""
_SHARES = 2
"""Parts for each thread: one that is held up leaves the rest to the others."""


class ExactGradient:
    """A gradient method of openTSNE's optimiser. The same bits for any number of threads: sums are divided by points alone.

    Args:
        pool: whose threads work.
        threads: that it has.
        fixed: points that rows are pushed and pulled by [n, 2], each row by itself, as for new points in an existing map;
            None: the rows by one another.
    """

    def __init__(self, pool: ThreadPoolExecutor, threads: int, fixed: FloatArray | None = None) -> None:
        self._pool, self._threads, self._fixed = pool, threads, fixed
        self._given: Any = None
        self._parts: Any = None

    def __call__(self, embedding: FloatArray, P: Any, **_: object) -> tuple[float, FloatArray]:  # noqa: ANN401 - openTSNE's
        """The gradient, a quarter of the loss's as openTSNE has it, [m, 2]; the loss is left out: nan."""
        positions = np.asarray(embedding)
        if self._fixed is not None:
            return float("nan"), self._by_fixed(positions, self._fixed, P)
        if len(positions) > GRID_FROM and np.ptp(positions, axis=0).max() < GRID_SPAN:
            return self._by_grid(positions, P)
        return float("nan"), self._by_one_another(positions, P)

    def _by_one_another(self, positions: FloatArray, affinities: Any) -> FloatArray:  # noqa: ANN401 - a CSR matrix
        points, weights, n = _columns(positions), self._weights(affinities), len(positions)
        size = max(_STRIP, -(-n // _MOST_STRIPS))
        count = -(-n // size)
        if self._parts is None or self._parts.shape != (count, 2, n):
            self._parts = np.empty((count, 2, n), np.float32)
        shares = 1 if self._threads == 1 else self._threads * _SHARES
        pushes, pulls, sums = np.empty(positions.shape), np.empty(positions.shape), np.empty(count)

        def part(number: int) -> None:
            """Pushes of a share of the strips, pulls of a share of the rows."""
            # The first strips have most pairs: dealt forth and back, the shares are about even.
            turns = np.arange(0, count, shares)
            strips = turns + np.where(turns // shares % 2 == 0, number, shares - 1 - number)
            push_strips(strips[strips < count], size, points, self._parts, sums)
            start, stop = n * number // shares, n * (number + 1) // shares
            some = np.ascontiguousarray(points[:, start:stop])
            pull_rows(start, some, points, affinities.indptr, affinities.indices, weights, pulls[start:stop])

        if shares == 1:
            part(0)
        else:
            list(self._pool.map(part, range(shares)))
        add_strips(size, self._parts, pushes)
        return np.asarray(pulls - pushes / (2 * sums.sum()))

    def _by_fixed(self, positions: FloatArray, fixed: FloatArray, affinities: Any) -> FloatArray:  # noqa: ANN401 - a CSR matrix
        rows, points, weights = _columns(positions), _columns(fixed), self._weights(affinities)
        pushes, pulls, sums = np.empty(positions.shape), np.empty(positions.shape), np.empty(len(positions))

        def part(start: int, stop: int) -> None:
            """Pushes and pulls of some rows."""
            some = np.ascontiguousarray(rows[:, start:stop])
            push_rows(some, points, pushes[start:stop], sums[start:stop])
            pull_rows(start, some, points, affinities.indptr, affinities.indices, weights, pulls[start:stop])

        self._share(part, len(positions))
        return np.asarray(pulls - pushes / sums[:, None])

    def _weights(self, affinities: Any) -> Any:  # noqa: ANN401 - a CSR matrix in, an array out
        """The matrix's values in float32, taken anew when it is another matrix, or exaggerated."""
        key = affinities.data[:1].tobytes()
        if self._given is None or self._given[0] is not affinities.data or self._given[1] != key:
            self._given = affinities.data, key, affinities.data.astype(np.float32)
        return self._given[2]

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
