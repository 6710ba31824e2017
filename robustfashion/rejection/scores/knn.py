"""Distance from the k-th nearest neighbour."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, class_counts, fit_rows, fitted, not_fitted
from robustfashion.stats import FloatArray
from robustfashion.threads import each, pieces


@dataclass(frozen=True)
class Knn:
    """Distance from the k-th nearest neighbour.

    |x / |x| - n_(k)|: Euclidean distance of the feature of length 1 from the k-th nearest one of the fitted rows, in
    [0, 2]. An all-zero feature stays zero. Neighbours are searched in float32; those whose order is within its
    rounding are measured again in float64, so that the distance is exact and does not depend on the batch.
    """

    name: ClassVar[str] = "knn"
    title: ClassVar[str] = "KNN"
    source: ClassVar[str] = "Sun et al., Out-of-Distribution Detection with Deep Nearest Neighbors, ICML 2022"
    needs: ClassVar[frozenset[Need]] = frozenset({"features", "labels"})
    fit_on: ClassVar[FitOn] = "train"
    __call__ = not_fitted

    k: int | None = None
    """Neighbours, 1 to n. None: the square root of the size of the smallest class, rounded: below that size in any case."""

    def fit(self, table: PredictionTable) -> Fitted:
        """Keep the features of labelled rows.

        Raises:
            InputError: fewer rows than k, a class without rows, or what :func:`fit_rows` refuses.
        """
        from robustfashion.rejection.scores.kernels import units

        rows = fit_rows(self, table)
        k = self.k
        if k is None:
            k = round(float(np.sqrt(class_counts(self, rows, rows.labels).min())))
        if not 1 <= k <= len(rows.ids):
            raise InputError(
                f"k = {k} with {len(rows.ids)} rows to fit on; k must be 1 to the number of rows", f"score {self.name}"
            )
        known = units(np.ascontiguousarray(rows.features))
        return fitted(self, rows, partial(_score, known, k), {"k": k})


def _score(known: FloatArray, k: int, table: PredictionTable) -> FloatArray:
    from robustfashion.rejection.scores.kernels import kth_distances, units

    small = known.astype(np.float32)
    # Nearest by a·b - |b|²/2; |b| is 1, or 0 for an all-zero feature.
    half = (known.any(axis=1) / 2).astype(np.float32)
    # A dot product of unit vectors in float32 is off by at most (d + 4) / 2^24 in any order of adding.
    margin = 2.5 * (known.shape[1] + 4) / 2**24

    def of_block(part: slice) -> FloatArray:
        """Distances of a part of the rows."""
        rows = units(np.ascontiguousarray(table.features[part]))
        nearness = rows.astype(np.float32) @ small.T
        nearness -= half
        return np.asarray(kth_distances(rows, known, nearness, k, margin))

    return np.concatenate([np.empty(0), *each(of_block, pieces(len(table.ids), _BLOCK))])


_BLOCK = 256
