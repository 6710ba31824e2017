"""OpenMax: the probability of an unknown class."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from scipy import optimize

from robustfashion.errors import InputError, printable
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.rejection.scores.checked import Fitted, class_counts, fit_rows, fitted, not_fitted
from robustfashion.rejection.scores.columns import columns_of, exponentials, total
from robustfashion.stats import FloatArray


@dataclass(frozen=True)
class Law:
    """1 - exp(-((d + translation - least) / scale)^shape), the scale as a multiple of the translation."""

    least: float
    shape: float
    log_scale: float
    """log(scale / translation)."""

    def probability(self, distances: FloatArray, translation: float) -> FloatArray:
        """That a row of the class is nearer, 0..1."""
        moved = np.log(np.maximum(1 + (distances - self.least) / translation, np.finfo(np.float64).tiny))
        return -np.expm1(-np.exp(np.minimum(self.shape * (moved - self.log_scale), 700.0)))


def weibull(distances: FloatArray, translation: float) -> Law:
    """Maximum likelihood, to the last digits: the equation of the shape is solved, and the scale follows."""
    least = float(distances.min())
    moved = np.log1p((distances - least) / translation)
    gaps = moved - moved.max()
    mean = float(gaps.mean())

    def slope(log_shape: float) -> float:
        """Derivative of the likelihood by the log shape."""
        shape = float(np.exp(log_shape))
        weights = np.exp(shape * gaps)
        return float((weights * gaps).sum() / weights.sum()) - mean - 1 / shape

    guess = float(-np.log(moved.std()))
    shape = float(np.exp(optimize.brentq(slope, guess - 10, guess + 10, xtol=1e-13)))
    scale = float(np.log(np.exp(shape * gaps).mean()) / shape + moved.max())
    return Law(least, shape, scale)


@dataclass(frozen=True)
class OpenMax:
    """OpenMax: the probability of an unknown class.

    p_0 of softmax(v_0, ..., v_k): v_c = z_c (1 - a_c w_c) and v_0 = sum_c z_c a_c w_c; w_c is the Weibull probability
    that a row of class c is not as far from the mean logits of c, a_c = (A - r) / A for the class of rank r = 0, 1,
    ... and 0 from rank A on. Means and tails are those of correctly classified rows. In [0, 1].
    """

    name: ClassVar[str] = "openmax"
    title: ClassVar[str] = "OpenMax"
    source: ClassVar[str] = "Bendale & Boult, Towards Open Set Deep Networks, CVPR 2016, with Euclidean distances"
    needs: ClassVar[frozenset[Need]] = frozenset({"logits", "labels"})
    fit_on: ClassVar[FitOn] = "train"
    __call__ = not_fitted

    tail: int | None = None
    """Largest distances of each class that its Weibull law is fitted to.
    None: the paper's 20, at most half of the class's rows, at least 2."""
    revised: int | None = None
    """A, the classes that are revised. None: all."""
    translation: float = 10000.0
    """Added to the distances before the fit, as the authors' library does."""

    def fit(self, table: PredictionTable) -> Fitted:
        """Means and Weibull laws of each class's correct rows.

        Raises:
            InputError: a class with fewer than two correct rows or without spread, or what :func:`fit_rows` refuses.
        """
        rows = fit_rows(self, table)
        right = rows.take(np.flatnonzero(rows.correct))
        counts = class_counts(self, right, right.labels, least=2)
        logits = right.logits.astype(np.float64)
        means, laws = [], []
        for c, count in enumerate(counts):
            own = logits[right.labels == c]
            means.append(own.mean(axis=0))
            tail = min(self.tail or 20, max(2, int(count) // 2) if self.tail is None else int(count))
            distances = np.sort(np.linalg.norm(own - means[-1], axis=1))[-tail:]
            laws.append(self._law(distances, printable(right.classes[c])))
        revised = min(self.revised or len(counts), len(counts))
        formula = partial(_score, np.stack(means), laws, revised, self.translation)
        return fitted(self, rows, formula, {"revised": revised})

    def _law(self, distances: FloatArray, name: str) -> Law:
        spread = float(distances[-1] - distances[0])
        if not spread > 1e-9 * max(float(distances[-1]), 1e-300):
            raise InputError(f"the logits of class {name!r} do not vary; add different pictures of it", f"score {self.name}")
        return weibull(distances, self.translation)


def _score(means: FloatArray, laws: list[Law], revised: int, translation: float, table: PredictionTable) -> FloatArray:
    logits = columns_of(table.logits)
    ranks = np.argsort(np.argsort(-logits, axis=0, kind="stable"), axis=0, kind="stable")
    unknown, known = np.zeros(logits.shape[1]), []
    for z, mean, law, rank in zip(logits, means, laws, ranks, strict=True):
        distance = np.sqrt(total((other - centre) ** 2 for other, centre in zip(logits, mean, strict=True)))
        share = law.probability(distance, translation) * np.maximum(revised - rank, 0) / revised
        unknown += z * share
        known.append(z * (1 - share))
    powers, sums, _ = exponentials(np.stack([unknown, *known]))
    return np.asarray(powers[0] / sums)
