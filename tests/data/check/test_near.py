"""Search for near duplicates: brute force is the oracle."""

import numpy as np
import pytest

from robustfashion.data.check import near
from robustfashion.data.check.near import Pictures, clusters, near_duplicates, near_hashes


def related_hashes(n: int, seed: int) -> np.ndarray:
    """Random hashes of which a third are others with up to ten bits flipped."""
    rng = np.random.default_rng(seed)
    hashes = rng.integers(0, 2**64, n, dtype=np.uint64)
    for k in range(n // 3):
        hashes[k] = hashes[n // 3 + k]
        for bit in rng.integers(0, 64, rng.integers(0, 11)):
            hashes[k] ^= np.uint64(1) << np.uint64(bit)
    return hashes


@pytest.mark.parametrize(("n", "bits"), [(2, 7), (40, 2), (301, 7), (701, 3), (1500, 7)])
def test_all_pairs_within_the_distance(n, bits):
    hashes = related_hashes(n, n)
    found = {tuple(sorted(map(int, pair))) for part in near_hashes(hashes, bits) for pair in part}
    distance = np.bitwise_count(hashes[:, None] ^ hashes[None])
    assert found == {(int(i), int(j)) for i, j in np.argwhere(np.triu(distance <= bits, 1))}


@pytest.mark.parametrize("n", [10, 10_000, 1_000_000, 18_000_000])
def test_blocks_cover_all_bits_and_lookups_stay_few(n):
    blocks = near._blocks(n, 7)
    assert sum(width for _, width in blocks) == 64
    assert [shift for shift, _ in blocks] == list(np.cumsum([0, *(width for _, width in blocks)])[:-1])
    flips = [len(near._flips(width, 7 // len(blocks))) for _, width in blocks]
    candidates = sum(f * n / 2**width for f, (_, width) in zip(flips, blocks, strict=True))
    assert candidates < 12_000 < n or n < 12_000


def test_batches_do_not_change_the_answer(monkeypatch):
    hashes = related_hashes(400, 3)
    whole = {tuple(p) for part in near_hashes(hashes, 7) for p in np.sort(part, axis=1).tolist()}
    monkeypatch.setattr(near, "_BATCH", 5)
    assert {tuple(p) for part in near_hashes(hashes, 7) for p in np.sort(part, axis=1).tolist()} == whole


def pictures(hashes: list[int], levels: list[int], aspects: list[float] | None = None) -> Pictures:
    contents = np.repeat(np.array(levels, np.uint8), 768).reshape(-1, 16, 16, 3)
    ratio = np.array(aspects or [1.0] * len(hashes), dtype=np.float32)
    return Pictures(np.array(hashes, dtype=np.uint64), ratio, lambda rows: contents[rows])


def test_equal_hashes_need_equal_contents():
    found = near_duplicates(pictures([5, 5, 5, 5, 5], [10, 200, 12, 201, 90]))
    assert found.tolist() == [[0, 2], [1, 3]]


def test_aspect_ratio_decides_too():
    assert near_duplicates(pictures([5, 5, 7], [10, 10, 10], [1.0, 1.2, 1.03])).tolist() == [[0, 2]]


def test_many_copies_cost_one_comparison_each():
    asked = []
    n = 5000
    contents = np.zeros((n, 16, 16, 3), np.uint8)
    few = Pictures(np.full(n, 9, np.uint64), np.ones(n, np.float32), lambda rows: (asked.append(len(rows)), contents[rows])[1])
    found = near_duplicates(few)
    assert len(found) == n - 1 and sum(asked) == 2 * (n - 1)
    assert len(set(clusters(found, n))) == 1


def test_nothing_to_compare():
    assert near_duplicates(pictures([], [])).shape == (0, 2)
    assert near_duplicates(pictures([1], [2])).shape == (0, 2)


def test_clusters_are_numbered_by_their_first_row():
    assert clusters(np.array([[4, 1], [2, 5], [5, 0]]), 7).tolist() == [0, 1, 0, 2, 1, 0, 3]
    assert clusters(np.empty((0, 2), np.int64), 3).tolist() == [0, 1, 2]
