"""Near duplicates among any number of images: hashes propose, small pictures decide.

Hamming distances of 64-bit hashes are searched by multi-index hashing (Norouzi, Punjani & Fleet 2012): of hashes that differ in
at most r bits, one of m blocks differs in at most r // m bits, so candidates are looked up block by block instead of comparing
all pairs. The number of blocks follows from n.

On plain backgrounds, hashes alone are not enough: silhouettes that resemble each other have nearly equal low frequencies. A
candidate is a duplicate only if the contents' small colour pictures and aspect ratios agree too.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from robustfashion.progress import Progress, silent

MAX_BITS = 7
"""Hashes of the same picture differ in at most so many of 64 bits (6, in fact: half of all bits are set, distances are even)."""
MAX_RMS_LEVELS = 10.0
"""Root mean square difference of the 16 x 16 contents, in levels of 0..255, up to which they are the same picture."""
MAX_ASPECT = 1.06
"""Largest ratio of the contents' aspect ratios."""

_BATCH = 1 << 22

Hashes = NDArray[np.uint64]
Pairs = NDArray[np.int64]


@dataclass(frozen=True)
class Pictures:
    """What is compared."""

    hashes: Hashes
    """[n]."""
    aspects: NDArray[np.float32]
    """Width over height of the contents [n]."""
    contents: Callable[[NDArray[np.int64]], NDArray[np.uint8]]
    """Small pictures of some rows: [k] -> [k, 16, 16, 3]; asked for a few thousand at a time."""

    def rms(self, pairs: Pairs) -> NDArray[np.float64]:
        """Difference of the contents of pairs [k, 2], in levels: [k]."""
        first, second = (self.contents(pairs[:, side]).astype(np.float64) for side in (0, 1))
        return np.asarray(np.sqrt(((first - second) ** 2).mean(axis=(1, 2, 3))))

    def same(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Which candidates [k, 2] are the same picture: [k]."""
        found = np.zeros(len(pairs), dtype=np.bool_)
        ratio = np.abs(np.log(self.aspects[pairs[:, 0]] / self.aspects[pairs[:, 1]]))
        alike = np.flatnonzero(ratio <= math.log(MAX_ASPECT))
        for start in range(0, len(alike), 2048):
            part = alike[start : start + 2048]
            found[part] = self.rms(pairs[part]) <= MAX_RMS_LEVELS
        return found


def near_duplicates(pictures: Pictures, progress: Progress = silent) -> Pairs:
    """Pairs of rows [k, 2] that show the same picture.

    Not every pair of a cluster is listed, but those listed connect it: of many files with the same hash, each is linked to the
    first that looks like it. So a placeholder that occurs a million times costs a million comparisons, not half a trillion.
    """
    if len(pictures.hashes) < 2:
        return np.empty((0, 2), dtype=np.int64)
    leaders, linked = _same_hash(pictures)
    found = [linked]
    for candidates in near_hashes(pictures.hashes[leaders], MAX_BITS, progress):
        pairs = leaders[candidates]
        found.append(pairs[pictures.same(pairs)])
    return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)


def _same_hash(pictures: Pictures) -> tuple[NDArray[np.int64], Pairs]:
    """Rows that stand for all rows with their hash and look, and links from the others to these."""
    order = np.argsort(pictures.hashes, kind="stable").astype(np.int64)
    waiting, leaders, links = order, [], [np.empty((0, 2), dtype=np.int64)]
    while len(waiting):
        sorted_hashes = pictures.hashes[waiting]
        starts = np.concatenate([[True], sorted_hashes[1:] != sorted_hashes[:-1]])
        leader = waiting[np.flatnonzero(starts)[np.cumsum(starts) - 1]]
        others = np.flatnonzero(~starts)
        pairs = np.stack([leader[others], waiting[others]], axis=1)
        same = pictures.same(pairs)
        leaders.append(waiting[starts])
        links.append(pairs[same])
        waiting = waiting[others[~same]]
    return np.sort(np.concatenate(leaders)), np.concatenate(links)


def near_hashes(hashes: Hashes, bits: int, progress: Progress = silent) -> Iterator[Pairs]:
    """All pairs [k, 2] of hashes [n] that differ in at most ``bits`` (2 or more) of 64 bits, in batches; some come twice."""
    blocks = _blocks(len(hashes), bits)
    for done, (shift, width) in enumerate(blocks, start=1):
        keys = (hashes >> np.uint64(shift) & np.uint64((1 << width) - 1)).astype(np.int64)
        order = np.argsort(keys, kind="stable")
        keys, ordered = keys[order], hashes[order]
        starts = np.searchsorted(keys, np.arange((1 << width) + 1))
        for flip in _flips(width, bits // len(blocks)):
            for first, second in _lookups(keys, starts, flip):
                close = np.bitwise_count(ordered[first] ^ ordered[second]) <= bits
                yield np.stack([order[first[close]], order[second[close]]], axis=1)
        progress("looking for near duplicates", done, len(blocks))


def _blocks(n: int, bits: int) -> list[tuple[int, int]]:
    """(shift, width) of the blocks of 64 bits whose search costs least: lookups, and the candidates that they find by chance."""
    choices = [(m, len(_flips(64 // m, bits // m))) for m in range(3, bits + 2)]
    count = min(choices, key=lambda choice: choice[0] * choice[1] * (1 + n / 2 ** (64 // choice[0] + 1)))[0]
    edges = [round(64 * k / count) for k in range(count + 1)]
    return [(low, high - low) for low, high in pairwise(edges)]


def _flips(width: int, radius: int) -> list[int]:
    """All numbers with at most ``radius`` of ``width`` bits set."""
    return [sum(1 << bit for bit in chosen) for count in range(radius + 1) for chosen in combinations(range(width), count)]


def _lookups(
    keys: NDArray[np.int64], starts: NDArray[np.int64], flip: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Places (i, j), in batches, of sorted keys with keys[i] ^ flip == keys[j], each pair once; starts: key -> place."""
    wanted = keys ^ flip
    high = starts[wanted + 1]
    low = np.where(wanted > keys, starts[wanted], high) if flip else np.arange(1, len(keys) + 1)
    counts = high - low
    total = np.cumsum(counts)
    start = 0
    while start < len(keys):
        done = int(total[start - 1]) if start else 0
        stop = max(int(np.searchsorted(total, done + _BATCH, "right")), start + 1)
        part = counts[start:stop]
        if part.any():
            first = np.repeat(np.arange(start, stop), part)
            within = np.arange(len(first)) - np.repeat(total[start:stop] - part - done, part)
            yield first, low[first] + within
        start = stop


def clusters(pairs: Pairs, n: int) -> NDArray[np.int64]:
    """Cluster number of each of n rows, numbered by their first row; rows without a duplicate are clusters of their own."""
    links = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    _, labels = connected_components(links, directed=False)
    _, first = np.unique(labels, return_index=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[labels]
