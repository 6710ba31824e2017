"""How far a network's confidence can be believed: arrays in, numbers with intervals out.

Probabilities float [n, k] in 0..1, labels int64 [n]. Confidence is the top-1 probability, for two classes too (the trap: for
binary tasks many libraries bin the probability of class 1 against the label instead). Definitions: Naeini et al. 2015 and Guo
et al. 2017 (ECE), Nguyen & O'Connor 2015 (equal mass), Brier 1950.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import optimize
from scipy import stats as scipy_stats

from robustfashion.stats import Estimate, cluster_bootstrap
from robustfashion.stats.grouping import Groups, checked, group_sums, members

Probabilities = NDArray[np.float32] | NDArray[np.float64]
Labels = NDArray[np.int64]
FloatArray = NDArray[np.float64]

BINS = 15
_CHUNK = 200
_SMALLEST = 1e-12
"""Probabilities are not taken below this, so that one impossible answer does not make the likelihood infinite."""


@dataclass(frozen=True)
class ReliabilityBin:
    """Images whose confidence lies in one interval."""

    low: float
    high: float
    n: int
    confidence: float
    """Their mean confidence."""
    accuracy: float
    """The share of them that is right."""


def top_label(probabilities: Probabilities, labels: Labels) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Confidence [n] of the predicted class, and whether it is the label [n]."""
    p = np.asarray(probabilities, dtype=np.float64)
    return p.max(axis=1), np.asarray(p.argmax(axis=1) == labels)


def bin_edges(confidence: FloatArray, mass: Literal["width", "mass"] = "width", bins: int = BINS) -> FloatArray:
    """Edges [b + 1] of intervals (low, high]: of equal width over 0..1, or holding equally many images."""
    if mass == "width":
        return np.linspace(0.0, 1.0, bins + 1)
    inner = np.quantile(confidence, np.arange(1, bins) / bins)
    return np.concatenate([[0.0], np.unique(inner[inner < 1.0]), [1.0]])


def _members(confidence: FloatArray, edges: FloatArray) -> NDArray[np.int64]:
    """Number of the interval (low, high] that each confidence lies in; 0 belongs to the first."""
    return np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, len(edges) - 2)


def reliability(confidence: FloatArray, correct: NDArray[np.bool_], edges: FloatArray) -> list[ReliabilityBin]:
    """The bins that hold images, from the least confident on."""
    member = _members(confidence, edges)
    found = []
    for b in range(len(edges) - 1):
        inside = member == b
        n = int(inside.sum())
        if n:
            found.append(
                ReliabilityBin(
                    float(edges[b]), float(edges[b + 1]), n, float(confidence[inside].mean()), float(correct[inside].mean())
                )
            )
    return found


def calibration_error(
    confidence: FloatArray, correct: NDArray[np.bool_], mass: Literal["width", "mass"] = "width", bins: int = BINS
) -> float:
    """Expected calibration error of the top label: mean over images of |accuracy - confidence| of their bin.

    As it is usually printed. It is biased upwards: a bin of few images is off by chance, a calibrated network's error is not 0.
    """
    gaps = np.bincount(_members(confidence, bin_edges(confidence, mass, bins)), weights=correct - confidence)
    return float(np.abs(gaps).sum() / len(confidence))


def debiased_calibration_error(confidence: FloatArray, correct: NDArray[np.bool_], groups: Groups, bins: int = BINS) -> Estimate:
    """Root mean square calibration error of the top label, debiased (Kumar, Liang & Ma 2019), with a 95 % interval.

    Over bins that hold equally many images, sum of (n_b / n) x (accuracy - confidence)² less what chance adds to it: the sampling
    variance of each bin's gap, whole products as clusters; 0 where that is more. Without bias in the square, where the plain
    error (:func:`calibration_error`) is above 0 for a calibrated network too. The interval inverts the law of the squared gaps, a
    scaled noncentral chi-squared with matched moments, and its upper bound is never below what a calibrated network would reach
    in every second sample: few images are no proof of calibration. A gap that changes its sign within a bin is not seen.

    Args:
        confidence: of the predicted class, 0..1 [n].
        correct: whether that is the label [n].
        groups: product of each image [n].
        bins: at most so many, and at most one for ten products.

    Raises:
        ValueError: no images, or not one group label for each.
    """
    checked(confidence, groups)
    member, count = members(groups)
    place = _members(confidence, bin_edges(confidence, "mass", _bin_count(count, bins)))
    squares, noise = _squared_gaps(correct - confidence, place, member)
    found, floor = float(squares.sum()), float(noise.sum())
    value = math.sqrt(max(found - floor, 0.0))
    if floor == 0:
        return Estimate(value, value, value, len(confidence))
    scale = float((noise**2).sum()) / floor
    freedom = floor / scale
    seen, usual = found / scale, float(scipy_stats.chi2.median(freedom))
    low, high = _noncentrality(seen, freedom, 0.975), _noncentrality(max(seen, usual), freedom, 0.025)
    return Estimate(value, min(value, math.sqrt(low * scale)), max(value, min(1.0, math.sqrt(high * scale))), len(confidence))


def _bin_count(products: int, bins: int) -> int:
    return int(np.clip(products // 10, 1, bins))


def _squared_gaps(residuals: FloatArray, place: NDArray[np.int64], member: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """Squared gap of each bin and the part of it that is chance, both times the bin's share of images: [b] each."""
    inside = np.eye(int(place.max()) + 1)[place]
    n_b = np.maximum(inside.sum(axis=0), 1)
    images = group_sums(inside, member)
    there = (images > 0).sum(axis=0)
    gap = residuals @ inside / n_b
    deviations = (group_sums(residuals[:, None] * inside, member) - images * gap) ** 2
    # A bin of one product has no spread to estimate: its whole gap may be chance.
    variance = np.where(there > 1, deviations.sum(axis=0) / n_b**2 * there / np.maximum(there - 1, 1), gap**2)
    weight = inside.sum(axis=0) / len(member)
    return weight * gap**2, weight * variance


def _noncentrality(seen: float, freedom: float, share: float) -> float:
    """The noncentrality under which a share of noncentral chi-squared values lies below ``seen``; 0 where none is that small."""
    if scipy_stats.chi2.cdf(seen, freedom) <= share:
        return 0.0
    end = 4.0 * (seen + freedom + 10.0)
    return float(optimize.brentq(lambda x: float(scipy_stats.ncx2.cdf(seen, freedom, x)) - share, 1e-12, end))


def calibration_p_value(
    confidence: FloatArray, correct: NDArray[np.bool_], groups: Groups, seed: int, draws: int = 1999
) -> float:
    """P-value that the network is calibrated: its squared gaps against those of answers drawn as its confidences say.

    Pictures of one product are right or wrong together as often as they were: a share of products, estimated from the pairs of
    pictures, draws once for all of its pictures.

    Args:
        confidence: of the predicted class, 0..1 [n].
        correct: whether that is the label [n].
        groups: product of each image [n].
        seed: of the draws.
        draws: how many sets of answers.

    Raises:
        ValueError: no images, or not one group label for each.
    """
    checked(confidence, groups)
    member, count = members(groups)
    place = _members(confidence, bin_edges(confidence, "mass", _bin_count(count, BINS)))
    bins = np.eye(int(place.max()) + 1)[place]
    sizes = np.maximum(bins.sum(axis=0), 1)
    together = _together(confidence, correct - confidence, member)
    rng = np.random.default_rng(np.random.SeedSequence([seed, draws]))
    seen, as_far = float(((((correct - confidence) @ bins) ** 2) / sizes).sum()) * (1 - _SMALLEST), 1
    for start in range(0, draws, _CHUNK):
        rows = min(_CHUNK, draws - start)
        alike, common, own = rng.random((rows, count)) < together, rng.random((rows, count)), rng.random((rows, len(member)))
        right = np.where(alike[:, member], common[:, member], own) < confidence
        gaps = (right - confidence) @ bins
        as_far += int(((gaps**2 / sizes).sum(axis=1) >= seen).sum())
    return as_far / (draws + 1)


def _together(confidence: FloatArray, residuals: FloatArray, member: NDArray[np.int64]) -> float:
    """Share 0..1 of products whose pictures are right together, by the covariance of pairs of pictures of a product."""
    covariance = most = 0.0
    order = np.argsort(member, kind="stable")
    for images in np.split(order, np.cumsum(np.bincount(member))[:-1]):
        r, c = residuals[images], np.sort(confidence[images])
        covariance += float(r.sum() ** 2 - (r**2).sum())
        # One draw for both gives min(p, q) - p q: each confidence is the smaller one of the pairs with those above it.
        most += 2 * float((c * np.arange(len(c))[::-1]).sum()) - float(c.sum() ** 2 - (c**2).sum())
    return float(np.clip(covariance / most, 0.0, 1.0)) if most > _SMALLEST else 0.0


def brier_scores(probabilities: Probabilities, labels: Labels) -> FloatArray:
    """Squared distance of each image's probabilities from the truth, summed over classes: [n] in 0..2."""
    p = np.asarray(probabilities, dtype=np.float64)
    truth = np.eye(p.shape[1])[labels]
    return np.asarray(((p - truth) ** 2).sum(axis=1))


def negative_log_likelihoods(probabilities: Probabilities, labels: Labels) -> FloatArray:
    """-log of the probability of the label, in nats: [n]."""
    p = np.asarray(probabilities, dtype=np.float64)[np.arange(len(labels)), labels]
    return -np.log(np.maximum(p, _SMALLEST))


def mean_estimate(values: FloatArray, groups: Groups, seed: int) -> Estimate:
    """Mean of per-image scores with a 95 % interval, whole products resampled."""
    return cluster_bootstrap(values[:, None], groups, seed)[0]
