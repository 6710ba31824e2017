"""How far a map can be trusted: which neighbours it invents, which it tears apart, whether its distances mean anything."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.machine import thread_count
from robustfashion.progress import Progress, silent
from robustfashion.separability.jackknife import interval
from robustfashion.separability.measures.sample import Metric, distances
from robustfashion.separability.sampling import MOST_GROUPS
from robustfashion.stats import Estimate, FloatArray, cluster_bootstrap

ANCHORS = 3_000
"""Points whose neighbours are looked at, among all points; of fewer points all are."""
PAIRED = 2_000
"""Points whose distances to one another are ranked."""
_AT_ONCE = 20_000_000


@dataclass(frozen=True)
class Faithfulness:
    """A map against the features it was made of; intervals of 95 % over products."""

    trustworthiness: Estimate
    """1: no point is near in the map that is far in the features; about 0.5 of random positions (Venna & Kaski 2001)."""
    continuity: Estimate
    """1: no neighbours in the features are far apart in the map."""
    preservation: Estimate
    """Share of the nearest neighbours in the features that are such in the map; k / (n - 1) of random positions."""
    distances: Estimate
    """Spearman rank correlation of the distances of pairs in the map and in the features, -1 to 1."""
    neighbours: int
    """k, of the first three."""
    anchors: int
    """Points whose neighbours were looked at, among all n."""


def faithfulness(
    features: NDArray[np.float32],
    positions: NDArray[np.floating],
    *,
    groups: Sequence[str] | None = None,
    k: int = 12,
    metric: Metric = "euclidean",
    seed: int = 0,
) -> Faithfulness:
    """How faithful positions in a map are to the features of the points: :func:`faithfulness_of` one map.

    Args:
        features: [n, d].
        positions: [n, 2]; distances in a map are Euclidean.
        groups: see :func:`faithfulness_of`, as the others.
        k: neighbours.
        metric: of the features.
        seed: of the points that are looked at.

    Raises:
        ValueError: features, positions and groups that do not belong together.
        InputError: too few points for k neighbours.
    """
    return faithfulness_of(features, [positions], groups=groups, k=k, metric=metric, seed=seed)[0]


def faithfulness_of(
    features: NDArray[np.float32],
    positions: Sequence[NDArray[np.floating]],
    *,
    groups: Sequence[str] | None = None,
    k: int = 12,
    metric: Metric = "euclidean",
    seed: int = 0,
    progress: Progress = silent,
) -> list[Faithfulness]:
    """How faithful several maps are to the features of the points, which are looked at once for all of them.

    Neighbours here are all points, those of the same product too: a map should keep them together. Of equal distances the lower
    number comes first.

    Args:
        features: [n, d].
        positions: of each map [n, 2]; distances in a map are Euclidean.
        groups: product of each point [n]; None: each is its own.
        k: neighbours; less than half of n.
        metric: of the features.
        seed: of the anchors (3,000 of more points) and of the points whose distances are ranked (2,000).
        progress: is told of parts of the work done.

    Raises:
        ValueError: features, positions and groups that do not belong together.
        InputError: too few points for k neighbours.
    """
    n = len(features)
    names = np.arange(n).astype(str) if groups is None else np.asarray(groups)
    for one in positions:
        if len(one) != n:
            raise ValueError(f"{n} features, {len(one)} positions, {len(names)} products: they do not belong together")
    if len(names) != n:
        raise ValueError(f"{n} features, {len(names)} products: they do not belong together")
    if not 1 <= k < n / 2:
        raise InputError(
            f"{n} points and {k} neighbours: faithfulness needs more than {2 * k} points; give more points or fewer neighbours"
        )
    rng = np.random.default_rng(np.random.SeedSequence([seed, n]))
    anchors = np.sort(rng.permutation(n)[:ANCHORS])
    places = [np.asarray(one, np.float32) for one in positions]
    counted = _Counted(progress, len(anchors), len(places))
    shares = _local(np.asarray(features, np.float32), places, anchors, k, metric, counted)
    some = np.sort(rng.permutation(n)[:PAIRED])
    pairs = _Pairs(features[some], names[some], metric, rng)
    correlations = []
    for one in places:
        correlations.append(pairs.correlation(one[some]))
        counted(len(anchors))
    if not places:
        return []
    # All maps see the same resamples, which take longer to draw than to use.
    local = [_bounded(e) for e in cluster_bootstrap(np.concatenate(shares, axis=1), names[anchors], seed)]
    columns = zip(local[::3], local[1::3], local[2::3], correlations, strict=True)
    return [Faithfulness(trust, continuity, kept, far, k, len(anchors)) for trust, continuity, kept, far in columns]


class _Counted:
    """Tells of anchors compared with maps, a map's correlation counted as one pass over the anchors."""

    def __init__(self, progress: Progress, anchors: int, maps: int) -> None:
        self._progress, self._done, self._total = progress, 0, 2 * anchors * maps

    def __call__(self, anchors: int) -> None:
        self._done += anchors
        self._progress("faithfulness of maps", self._done, self._total)


def _bounded(estimate: Estimate) -> Estimate:
    return Estimate(estimate.value, max(0.0, estimate.low), min(1.0, estimate.high), estimate.n)


def _local(
    features: NDArray[np.float32],
    places: Sequence[NDArray[np.float32]],
    anchors: NDArray[np.int64],
    k: int,
    metric: Metric,
    counted: _Counted,
) -> FloatArray:
    """Trustworthiness, continuity and preservation of each anchor on each map [maps, a, 3]; means over anchors are the map's."""
    from robustfashion.separability.faithfulness_loops import compared, nearest_of_rows

    n, threads = len(features), thread_count()
    columns = [np.ascontiguousarray(one.T, np.float64) for one in places]
    found = np.empty((len(places), len(anchors), 3), np.int64)
    step = max(1, _AT_ONCE // n)
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(anchors), step):
            part = anchors[start : start + step]
            far = distances(features[part], features, metric)
            far[np.arange(len(part)), part] = -1  # itself comes first, copies of it or not
            near = np.empty((len(part), k), np.int64)
            rows = [slice(*ends) for ends in pairwise(np.linspace(0, len(part), threads + 1).astype(int))]
            list(pool.map(nearest_of_rows, *_cut(rows, far, part, near)))
            for one, table in zip(columns, found[:, start : start + step], strict=True):
                list(pool.map(compared, *_cut(rows, far, near, part), [one] * threads, *_cut(rows, table)))
                counted(len(part))
    scale = 2 / (k * (2 * n - 3 * k - 1))
    return np.stack([1 - scale * found[..., 0], 1 - scale * found[..., 1], found[..., 2] / k], axis=2)


def _cut(rows: Sequence[slice], *arrays: NDArray[Any]) -> list[list[NDArray[Any]]]:
    return [[array[some] for some in rows] for array in arrays]


class _Pairs:
    """Distances of all pairs of some points in the features, against which those in maps are held."""

    def __init__(self, features: NDArray[np.float32], names: NDArray[np.str_], metric: Metric, rng: np.random.Generator) -> None:
        self._n = len(features)
        member = np.unique(names, return_inverse=True)[1]
        self._groups = min(MOST_GROUPS, int(member.max()) + 1)
        block = (rng.permutation(int(member.max()) + 1) % self._groups)[member]
        first, second = np.triu_indices(self._n, 1)
        self._cell = block[first] * self._groups + block[second]
        self._ranks = _ranked(distances(features, features, metric)[first, second])
        self._own = [self._summed(m) for m in (np.ones(len(first)), self._ranks, self._ranks**2)]

    def _summed(self, values: FloatArray) -> FloatArray:
        """Sums over the pairs of each two groups of products."""
        shape = self._groups, self._groups
        return np.asarray(np.bincount(self._cell, values, self._groups**2), np.float64).reshape(shape)

    def correlation(self, places: NDArray[np.float32]) -> Estimate:
        """Spearman's correlation, its interval from leaving out each group of products (ranks are not taken anew)."""
        from scipy.spatial.distance import pdist

        ranks = _ranked(pdist(places).astype(np.float32))
        count, x, xx = self._own
        table = np.stack([count, x, self._summed(ranks), xx, self._summed(ranks**2), self._summed(self._ranks * ranks)])
        whole = table.sum(axis=(1, 2))
        without = [whole - table[:, g].sum(axis=1) - table[:, :, g].sum(axis=1) + table[:, g, g] for g in range(self._groups)]
        found = interval(np.array([_correlation(m) for m in (whole, *without)]), n=self._n)
        return Estimate(found.value, max(-1.0, found.low), min(1.0, found.high), self._n)


def _ranked(values: NDArray[np.float32]) -> FloatArray:
    """Ranks, their mean taken off; ties share theirs."""
    from robustfashion.separability.faithfulness_loops import mean_ranks

    ranks = np.empty(len(values))
    mean_ranks(values, np.argsort(values), ranks)
    return np.asarray((ranks - ranks.mean()) / len(ranks))


def _correlation(moments: FloatArray) -> float:
    count, x, y, xx, yy, xy = (float(m) for m in moments)
    spread = (xx - x * x / count) * (yy - y * y / count)
    return (xy - x * y / count) / float(np.sqrt(spread)) if spread > 0 else 0.0
