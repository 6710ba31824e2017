"""Measures of distances and of scatter: silhouette, DSI, Fisher ratio, Davies-Bouldin, Calinski-Harabasz."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from robustfashion.separability.measures.sample import Labelings, Sample, by_class
from robustfashion.stats import FloatArray

_COLUMNS = 256
_BINS = 1024
DSI_PICTURES = 1_000
"""Pictures whose pairs DSI looks at: half a million distances."""


def _chunks(labelings: Labelings) -> Iterator[tuple[int, NDArray[np.int16], NDArray[np.float32]]]:
    """First row, rows of the labels and their indicators [n, rows, k], so many at once that products of matrices stay small."""
    step = max(1, _COLUMNS // labelings.classes)
    for start in range(0, len(labelings.matrix), step):
        part = labelings.matrix[start : start + step]
        yield start, part, (part.T[:, :, None] == np.arange(labelings.classes)).astype(np.float32)


def silhouette(sample: Sample, labelings: Labelings) -> FloatArray:
    """Mean silhouette width (Rousseeuw 1987), mean over classes and by class, [e, 1 + classes].

    Of one picture (b - a) / max(a, b): a the mean distance to its class, b to the nearest other one; pictures of its own product
    do not count. 0 where its class has no other product.
    """
    found = np.full((len(labelings.matrix), 1 + labelings.classes), np.nan)
    products = int(sample.member.max()) + 1
    for start, part, indicator in _chunks(labelings):
        n, _, classes = indicator.shape
        sums = (sample.distances @ indicator.reshape(n, -1)).reshape(indicator.shape)
        for i, labels in enumerate(part):
            kept = labels >= 0
            cells = sample.member[kept] * classes + labels[kept]
            own = np.bincount(cells, minlength=products * classes).reshape(products, classes)
            count = own.sum(axis=0) - own[sample.member]
            mean = np.divide(sums[:, i], count, out=np.full((n, classes), np.nan), where=count > 0)
            found[start + i] = by_class(_widths(mean, labels), labels, classes)
    return found


def _widths(mean: FloatArray, labels: NDArray[np.int16]) -> FloatArray:
    mine = labels[:, None] == np.arange(mean.shape[1])
    inside = np.where(mine, mean, 0).sum(axis=1)
    outside = np.where(mine | np.isnan(mean), np.inf, mean).min(axis=1)
    largest = np.maximum(inside, outside)
    valid = np.isfinite(inside) & np.isfinite(outside) & (largest > 0)
    return np.asarray(np.divide(outside - inside, largest, out=np.zeros(len(labels)), where=valid))


def dsi(sample: Sample, labelings: Labelings) -> FloatArray:
    """Distance-based separability index (Guan & Loew 2022), mean over classes and by class, [e, 1 + classes].

    Of a class the Kolmogorov-Smirnov distance between the distances inside it and those to others. Of the first 1,000 pictures
    (as many of each class), distances in 1,024 bins of equally many.
    """
    rows = _few_of_each(labelings)
    near = sample.distances[np.ix_(rows, rows)]
    edges = np.unique(np.quantile(near[sample.member[rows, None] != sample.member[rows]], np.linspace(0, 1, _BINS + 1)[1:-1]))
    codes = np.searchsorted(edges, near).astype(np.uint16)
    codes[sample.member[rows, None] == sample.member[rows]] = _BINS
    found = np.full((len(labelings.matrix), 1 + labelings.classes), np.nan)
    for i, labels in enumerate(labelings.matrix[:, rows]):
        found[i, 1:] = [_ks(codes[labels == c], labels, c) for c in range(labelings.classes)]
    there = np.isfinite(found[:, 1:]).any(axis=1)
    found[there, 0] = np.nanmean(found[there, 1:], axis=1)
    return found


def _few_of_each(labelings: Labelings) -> NDArray[np.int64]:
    """Rows, in order, of equally many pictures of each class, 1,000 in all."""
    each = max(2, DSI_PICTURES // labelings.classes)
    return np.sort(np.concatenate([np.flatnonzero(labelings.labels == c)[:each] for c in range(labelings.classes)]))


def _ks(codes: NDArray[np.uint16], labels: NDArray[np.int16], own: int) -> float:
    """Largest distance of the two distribution functions; codes are those of the rows of one class."""
    cumulated = []
    for columns in (labels == own, (labels != own) & (labels >= 0)):
        counts = np.bincount(codes[:, columns].ravel(), minlength=_BINS + 1)[:_BINS]
        if not counts.sum():
            return float("nan")
        cumulated.append(counts.cumsum() / counts.sum())
    return float(np.abs(cumulated[0] - cumulated[1]).max())


class _Centroids:
    """Of some labelings: counts [e, k], centroids [e, k, d], means [e, d] and sums of squares about these [e, d]."""

    def __init__(self, features: FloatArray, part: NDArray[np.int16], indicator: NDArray[np.float32]) -> None:
        n, rows, classes = indicator.shape
        self.count = indicator.sum(axis=0, dtype=np.float64)
        sums = (indicator.reshape(n, -1).T.astype(np.float64) @ features).reshape(rows, classes, -1)
        self.centre = sums / np.maximum(self.count, 1)[:, :, None]
        total = self.count.sum(axis=1)
        self.mean = sums.sum(axis=1) / total[:, None]
        self.squares = (part >= 0).astype(np.float64) @ features**2 - total[:, None] * self.mean**2
        self.between = np.einsum("ek,ekd->ed", self.count, (self.centre - self.mean[:, None]) ** 2)


def _centred(sample: Sample) -> FloatArray:
    """Features about their mean, in float64: sums of squares lose nothing to a large mean."""
    features = sample.features.astype(np.float64)
    return np.asarray(features - features.mean(axis=0))


def _overall(labelings: Labelings) -> FloatArray:
    return np.full((len(labelings.matrix), 1 + labelings.classes), np.nan)


def fisher_ratio(sample: Sample, labelings: Labelings) -> FloatArray:
    """Largest of the features' ratios r of scatter between classes to scatter within, as r / (1 + r), [e, 1 + classes]."""
    features, found = _centred(sample), _overall(labelings)
    for start, part, indicator in _chunks(labelings):
        about = _Centroids(features, part, indicator)
        # A feature that is constant but for rounding has no ratio.
        valid = about.squares > 1e-12 * max(float(np.abs(about.squares).max()), 1e-300)
        share = np.divide(about.between, about.squares, out=np.zeros_like(about.between), where=valid)
        found[start : start + len(part), 0] = np.clip(share.max(axis=1), 0, 1)
    return found


def calinski_harabasz(sample: Sample, labelings: Labelings) -> FloatArray:
    """Variance between classes by that within (Calinski & Harabasz 1974), [e, 1 + classes]."""
    features, found = _centred(sample), _overall(labelings)
    for start, part, indicator in _chunks(labelings):
        about = _Centroids(features, part, indicator)
        between = about.between.sum(axis=1)
        within = about.squares.sum(axis=1) - between
        present = (about.count > 0).sum(axis=1)
        freedom = (about.count.sum(axis=1) - present) / np.maximum(present - 1, 1)
        found[start : start + len(part), 0] = np.divide(
            between * freedom, within, out=np.full(len(part), np.nan), where=within > 0
        )
    return found


def davies_bouldin(sample: Sample, labelings: Labelings) -> FloatArray:
    """Mean over classes of the largest (spread + spread) / distance of centroids (Davies & Bouldin 1979), [e, 1 + classes]."""
    from scipy.spatial.distance import cdist

    features, found = _centred(sample), _overall(labelings)
    squares = (features**2).sum(axis=1)
    for start, part, indicator in _chunks(labelings):
        about = _Centroids(features, part, indicator)
        cross = features @ about.centre.reshape(-1, features.shape[1]).T
        cross = cross.reshape(len(features), *about.count.shape)
        for i, labels in enumerate(part):
            kept = np.flatnonzero(labels >= 0)
            own = labels[kept]
            to_centre = squares[kept] - 2 * cross[kept, i, own] + (about.centre[i, own] ** 2).sum(axis=1)
            spread = by_class(np.sqrt(np.maximum(to_centre, 0)), own, labelings.classes)[1:]
            apart = cdist(about.centre[i], about.centre[i])
            ratio = np.divide(spread[:, None] + spread, apart, out=np.full_like(apart, np.nan), where=apart > 0)
            worst = ratio[np.isfinite(ratio).any(axis=1)]
            found[start + i, 0] = np.nanmax(worst, axis=1).mean() if len(worst) else np.nan
    return found
