"""Measures that look at neighbours: purity, 20-NN accuracy, overlap of classes, spanning tree, N2, CSG, Bayes error."""

import numpy as np
from numpy.typing import NDArray

from robustfashion.separability.measures.sample import VOTERS, Labelings, Sample, by_class
from robustfashion.stats import FloatArray


def purity(sample: Sample, labelings: Labelings, k: int) -> FloatArray:
    """Share of a picture's k nearest pictures of other products that are of its class, [e, 1 + classes]."""
    found = []
    for labels in labelings.matrix:
        same, counted = _of_neighbours(labels, sample.neighbours, k)
        same = (same == labels[:, None]) & counted
        found.append(by_class(same.sum(axis=1) / np.maximum(counted.sum(axis=1), 1), labels, labelings.classes))
    return np.stack(found)


def _of_neighbours(labels: NDArray[np.int16], table: NDArray[np.int32], k: int) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Labels of neighbours [n, w], and which of them are the first k that are not left out."""
    if labels.min() >= 0:
        near = labels[table[:, :k]]
        return near, np.ones(near.shape, np.bool_)
    near = labels[table]
    there = near >= 0
    return near, there & (there.cumsum(axis=1, dtype=np.int16) <= k)


def overlap(sample: Sample, labels: NDArray[np.int16], classes: int, k: int) -> FloatArray:
    """O[i, j]: share of the k neighbours of pictures of class i that are of class j, [classes, classes]; rows add up to 1."""
    near, counted = _of_neighbours(labels, sample.neighbours, k)
    counted = counted & (labels >= 0)[:, None]
    pairs = labels[:, None].astype(np.int64) * classes + near
    counts = np.bincount(pairs[counted], minlength=classes**2).reshape(classes, classes).astype(np.float64)
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))


def knn_accuracy(sample: Sample, labelings: Labelings) -> FloatArray:
    """Recall of the vote of the 20 nearest pictures of other folds, [e, 1 + classes]; ties go to the class of the nearer."""
    found = []
    for labels in labelings.matrix:
        near, counted = _of_neighbours(labels, sample.outside, VOTERS)
        # Far below half a vote in sum, so that it decides ties only.
        weight = counted * (1 + 1e-4 * np.arange(near.shape[1], 0, -1, dtype=np.float32))
        votes = np.stack([((near == c) * weight).sum(axis=1) for c in range(labelings.classes)], axis=1)
        found.append(by_class(votes.argmax(axis=1) == labels, labels, labelings.classes))
    return np.stack(found)


def csg(sample: Sample, labelings: Labelings, k: int = 5) -> FloatArray:
    """Cumulated spectral gradient of the class similarity, [e, 1 + classes] (no value by class)."""
    found = np.full((len(labelings.matrix), 1 + labelings.classes), np.nan)
    for i, labels in enumerate(labelings.matrix):
        found[i, 0] = spectral_gradient(overlap(sample, labels, labelings.classes, k))
    return found


def spectral_gradient(similarity: FloatArray) -> float:
    """Sum of the cumulated maximum of the normalised eigengaps of the classes' Laplacian (Branchaud-Charron et al. 2019).

    The weight of two classes is one minus the Bray-Curtis distance of their rows of the similarity matrix.

    Args:
        similarity: [k, k], rows that add up to 1: where the neighbours of a class are.

    Returns:
        0 where no class has a neighbour in common with another; larger for classes that are harder to tell apart.
    """
    from scipy.spatial.distance import cdist

    weight = 1 - np.nan_to_num(cdist(similarity, similarity, "braycurtis"))  # of two empty rows it is 0 / 0
    laplacian = np.diag(weight.sum(axis=1)) - weight
    gaps = np.diff(np.linalg.eigvalsh(laplacian))
    normalised = gaps / np.arange(len(similarity), 1, -1)
    return float(max(np.maximum.accumulate(normalised).sum(), 0.0))


def nearest_ratio(sample: Sample, labelings: Labelings) -> FloatArray:
    """N2: sum of the distances to the nearest of the own class, by that to the nearest of another, [e, 1 + classes]."""
    kinds = _nearest_without_blocks(sample, labelings)
    found = [_ratio(own, other, labels, labelings.classes) for labels, (own, other) in zip(labelings.matrix, kinds, strict=False)]
    for labels in labelings.matrix[1 + labelings.blocks :]:
        own, other = (_first(sample, labels, same) for same in (True, False))
        found.append(_ratio(own, other, labels, labelings.classes))
    return np.stack(found)


def _ratio(own: NDArray[np.float32], other: NDArray[np.float32], labels: NDArray[np.int16], classes: int) -> FloatArray:
    kept = (labels >= 0) & np.isfinite(own) & np.isfinite(other)
    sums = [np.bincount(labels[kept], weights=values[kept].astype(np.float64), minlength=classes) for values in (own, other)]
    above, below = (np.concatenate([[values.sum()], values]) for values in sums)
    return np.asarray(np.divide(above, below, out=np.full(1 + classes, np.nan), where=below > 0))


def _nearest_without_blocks(sample: Sample, labelings: Labelings) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Distances to the nearest of the own class and of another [n]: of all pictures, then without each group."""
    classes, blocks = labelings.classes, labelings.blocks
    cell = labelings.labels * blocks + labelings.block
    order = np.argsort(cell, kind="stable")
    cells, starts = np.unique(cell[order], return_index=True)
    least = np.full((len(cell), classes * blocks), np.inf, np.float32)
    for start in range(0, len(cell), 512):
        part = sample.distances[start : start + 512].copy()
        part[sample.member[start : start + 512, None] == sample.member] = np.inf
        least[start : start + 512, cells] = np.minimum.reduceat(part[:, order], starts, axis=1)
    table = least.reshape(len(cell), classes, blocks)
    mine = labelings.labels[:, None] == np.arange(classes)
    found = []
    for without in range(-1, blocks):
        kept = table[:, :, np.arange(blocks) != without].min(axis=2)
        found.append((np.where(mine, kept, np.inf).min(axis=1), np.where(mine, np.inf, kept).min(axis=1)))
    return found


def _first(sample: Sample, labels: NDArray[np.int16], same: bool) -> NDArray[np.float32]:
    """Distance to the nearest neighbour whose class is the same, or another [n]."""
    fits = (labels[sample.neighbours] == labels[:, None]) == same
    rows = np.arange(len(labels))
    found = sample.distances[rows, sample.neighbours[rows, fits.argmax(axis=1)]]
    missing = np.flatnonzero(~fits.any(axis=1))  # beyond the table: look at all
    for start in range(0, len(missing), 512):
        some = missing[start : start + 512]
        allowed = ((labels[some, None] == labels) == same) & (sample.member[some, None] != sample.member)
        found[some] = np.where(allowed, sample.distances[some], np.inf).min(axis=1)
    return np.asarray(found)


def bayes_lower(error: float, classes: int) -> float:
    """Least error that any classifier can have whose 1-NN error is ``error`` (Cover & Hart 1967), classes equally frequent."""
    most = (classes - 1) / classes
    return float(most * (1 - np.sqrt(max(0.0, 1 - min(error, most) / most))))
