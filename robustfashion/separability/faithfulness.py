"""How far a map can be trusted: which neighbours it invents, which it tears apart, whether its distances mean anything."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats as scipy_stats

from robustfashion.errors import InputError
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
    """How faithful positions in a map are to the features of the points.

    Neighbours here are all points, those of the same product too: a map should keep them together.

    Args:
        features: [n, d].
        positions: [n, 2]; distances in a map are Euclidean.
        groups: product of each point [n]; None: each is its own.
        k: neighbours; less than half of n.
        metric: of the features.
        seed: of the anchors (3,000 of more points) and of the points whose distances are ranked (2,000).

    Raises:
        ValueError: features, positions and groups that do not belong together.
        InputError: too few points for k neighbours.
    """
    n = len(features)
    names = np.arange(n).astype(str) if groups is None else np.asarray(groups)
    if len(positions) != n or len(names) != n:
        raise ValueError(f"{n} features, {len(positions)} positions, {len(names)} products: they do not belong together")
    if not 1 <= k < n / 2:
        raise InputError(
            f"{n} points and {k} neighbours: faithfulness needs more than {2 * k} points; give more points or fewer neighbours"
        )
    rng = np.random.default_rng(np.random.SeedSequence([seed, n]))
    anchors = np.sort(rng.permutation(n)[:ANCHORS])
    places = np.asarray(positions, np.float32)
    local = _local(np.asarray(features, np.float32), places, anchors, k, metric)
    trust, continuity, kept = (_bounded(e) for e in cluster_bootstrap(local, names[anchors], seed))
    some = np.sort(rng.permutation(n)[:PAIRED])
    correlation = _rank_correlation(features[some], places[some], names[some], metric, rng)
    return Faithfulness(trust, continuity, kept, correlation, k, len(anchors))


def _bounded(estimate: Estimate) -> Estimate:
    return Estimate(estimate.value, max(0.0, estimate.low), min(1.0, estimate.high), estimate.n)


def _local(
    features: NDArray[np.float32], places: NDArray[np.float32], anchors: NDArray[np.int64], k: int, metric: Metric
) -> FloatArray:
    """Trustworthiness, continuity and preservation of each anchor [a, 3]; their means are those of the map."""
    n = len(features)
    scale = 2 / (k * (2 * n - 3 * k - 1))
    found = np.empty((len(anchors), 3))
    step = max(1, _AT_ONCE // n)
    for start in range(0, len(anchors), step):
        part = anchors[start : start + step]
        far = [distances(x[part], x, m) for x, m in ((features, metric), (places, "euclidean"))]
        for table in far:
            table[np.arange(len(part)), part] = -1  # itself comes first, copies of it or not
        near = [_nearest(table, k) for table in far]
        for i in range(len(part)):
            invented = _ranks(far[0][i], near[1][i]) - k
            torn = _ranks(far[1][i], near[0][i]) - k
            kept = len(np.intersect1d(near[0][i], near[1][i], assume_unique=True)) / k
            found[start + i] = 1 - scale * np.maximum(invented, 0).sum(), 1 - scale * np.maximum(torn, 0).sum(), kept
    return found


def _nearest(table: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Columns of the k nearest points [rows, k], not the point itself; of equally near ones any."""
    near = np.argpartition(table, k, axis=1)[:, : k + 1]
    order = np.take_along_axis(table, near, axis=1).argsort(axis=1, kind="stable")
    return np.take_along_axis(near, order, axis=1)[:, 1:]


def _ranks(line: NDArray[np.float32], columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ranks of some points by distance, the nearest 1: how many are nearer, the point itself included."""
    return np.asarray((line < line[columns, None]).sum(axis=1))


def _rank_correlation(
    features: NDArray[np.float32], places: NDArray[np.float32], names: NDArray[np.str_], metric: Metric, rng: np.random.Generator
) -> Estimate:
    """Spearman's correlation of the distances of all pairs, and without each group of products (ranks are not taken anew)."""
    n = len(features)
    member = np.unique(names, return_inverse=True)[1]
    groups = min(MOST_GROUPS, int(member.max()) + 1)
    block = (rng.permutation(int(member.max()) + 1) % groups)[member]
    first, second = np.triu_indices(n, 1)
    ranks = np.stack([_ranked(distances(x, x, m)[first, second]) for x, m in ((features, metric), (places, "euclidean"))])
    moments = np.stack([np.ones(len(first)), *ranks, *ranks**2, ranks[0] * ranks[1]])
    cell = block[first] * groups + block[second]
    table = np.stack([np.bincount(cell, weights=m, minlength=groups**2).reshape(groups, groups) for m in moments])
    whole = table.sum(axis=(1, 2))
    without = [whole - table[:, g].sum(axis=1) - table[:, :, g].sum(axis=1) + table[:, g, g] for g in range(groups)]
    found = interval(np.array([_correlation(m) for m in (whole, *without)]), n=n)
    return Estimate(found.value, max(-1.0, found.low), min(1.0, found.high), n)


def _ranked(values: NDArray[np.float32]) -> FloatArray:
    """Ranks, their mean taken off; ties share theirs."""
    ranks = np.asarray(scipy_stats.rankdata(values), np.float64)
    return np.asarray((ranks - ranks.mean()) / len(ranks))


def _correlation(moments: FloatArray) -> float:
    count, x, y, xx, yy, xy = (float(m) for m in moments)
    spread = (xx - x * x / count) * (yy - y * y / count)
    return (xy - x * y / count) / float(np.sqrt(spread)) if spread > 0 else 0.0
