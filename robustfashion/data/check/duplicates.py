"""Which images are the same picture, and where that does harm: other labels, other products, other splits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.data.catalogue import SPLITS
from robustfashion.data.check.factor import Codes, Factor, factor_of, group_codes
from robustfashion.data.check.near import Pairs, Pictures, clusters, near_duplicates
from robustfashion.data.check.store import FeatureStore
from robustfashion.progress import Progress, silent
from robustfashion.stats import Estimate, wilson


@dataclass(frozen=True)
class Duplicates:
    """Three ways in which n images belong together; equal numbers [n] = together."""

    exact: Codes
    """The same bytes."""
    near: Codes
    """The same bytes or the same picture."""
    product: Codes
    """The same product (the catalogue's group, which copies share)."""
    pairs: Pairs
    """Near duplicates [k, 2] that connect the clusters of ``near``; rows of different bytes."""
    flat: int
    """Images without contrast, which were compared by their bytes only."""


def find_duplicates(store: FeatureStore, progress: Progress = silent) -> Duplicates:
    """Exact copies by SHA-256, near ones by :mod:`robustfashion.data.check.near` among the distinct files."""
    hashes = factor_of("sha256", store.catalogue.table["sha256"]).codes
    exact = _by_first_row(np.where(hashes >= 0, hashes, np.arange(len(store)) + len(store)))
    _, rows = np.unique(exact, return_index=True)
    rows = rows[store.numbers["flat"][rows] == 0]
    pictures = Pictures(
        store.numbers["hash"][rows], store.numbers["aspect"][rows], lambda some: store.arrays("content", rows[some])
    )
    pairs = rows[near_duplicates(pictures, progress)].astype(np.int64)
    links = np.concatenate([pairs, _first_of_each(exact)])
    return Duplicates(
        exact=exact,
        near=clusters(links, len(store)),
        product=group_codes(store.catalogue).astype(np.int64),
        pairs=pairs,
        flat=int(store.numbers["flat"].sum()),
    )


def _by_first_row(codes: Codes) -> Codes:
    """The same partition, numbered in the order of first rows."""
    _, first, member = np.unique(codes, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[member])


def _first_of_each(codes: Codes) -> Pairs:
    """Links from every row to the first of its kind [n, 2]."""
    _, first, member = np.unique(codes, return_index=True, return_inverse=True)
    return np.stack([first[member], np.arange(len(codes))], axis=1).astype(np.int64)


@dataclass(frozen=True)
class Together:
    """One way of belonging together, counted."""

    name: str
    clusters: int
    """Sets of at least two images."""
    images: int
    """Images in these sets."""
    surplus: int
    """Images that would go if one of each set were kept."""
    other_label: int
    """Sets whose images have different labels."""
    other_product: int
    """Sets whose images belong to different products."""
    several_splits: int
    """Sets with images in more than one split."""


def together(name: str, codes: Codes, duplicates: Duplicates, label: Factor, split: Factor) -> Together:
    """Count the sets of one partition; images without a label or split take no part in the last columns."""
    sizes = np.bincount(codes)
    return Together(
        name=name,
        clusters=int((sizes > 1).sum()),
        images=int(sizes[sizes > 1].sum()),
        surplus=int((sizes - 1)[sizes > 1].sum()),
        other_label=int((distinct(codes, label.codes) > 1).sum()),
        other_product=int((distinct(codes, duplicates.product) > 1).sum()),
        several_splits=int((distinct(codes, split.codes) > 1).sum()),
    )


def distinct(codes: Codes, values: Codes) -> Codes:
    """Number of distinct non-negative values in each set: [number of sets]."""
    known = values >= 0
    pairs = np.unique(np.stack([codes[known], values[known].astype(np.int64)], axis=1), axis=0)
    return np.bincount(pairs[:, 0], minlength=int(codes.max()) + 1)


@dataclass(frozen=True)
class Leak:
    """Images of one split with a companion in another."""

    name: str
    held: str
    other: str
    share: Estimate
    """Of the held split's images, with the Wilson interval."""
    images: int


def leaks(name: str, codes: Codes, split: Factor) -> list[Leak]:
    """For test in train, test in validation, validation in train, as far as these splits occur."""
    found = []
    for held, other in (("test", "train"), ("test", "validation"), ("validation", "train")):
        if held not in split.values or other not in split.values:
            continue
        inside = split.codes == split.values.index(held)
        elsewhere = np.zeros(int(codes.max()) + 1, dtype=np.bool_)
        elsewhere[codes[split.codes == split.values.index(other)]] = True
        hit = int(elsewhere[codes[inside]].sum())
        found.append(Leak(name, held, other, wilson(hit, int(inside.sum())), hit))
    return found


def split_factor(store: FeatureStore) -> Factor:
    """The split of each image, in the usual order."""
    factor = factor_of("split", store.catalogue.table["split"])
    order = [name for name in SPLITS if name in factor.values]
    number = np.array([*(order.index(name) for name in factor.values), -1], dtype=np.int32)
    return Factor("split", number[factor.codes], tuple(order))


def shown_pairs(duplicates: Duplicates, label: Factor, split: Factor, count: int) -> list[tuple[int, int]]:
    """Pairs worth a look: those that cross splits first, then those with different labels, then near ones, then exact copies."""
    links = _first_of_each(duplicates.exact)
    links = links[links[:, 0] != links[:, 1]]
    every = np.concatenate([duplicates.pairs, links])
    crosses = _differ(split, every)
    conflicts = _differ(label, every)
    exact = np.arange(len(every)) >= len(duplicates.pairs)
    order = np.lexsort((exact, ~conflicts, ~crosses))[:count]
    return [(int(a), int(b)) for a, b in every[order]]


def _differ(factor: Factor, pairs: Pairs) -> NDArray[np.bool_]:
    first, second = factor.codes[pairs[:, 0]], factor.codes[pairs[:, 1]]
    return np.asarray((first != second) & (first >= 0) & (second >= 0))
