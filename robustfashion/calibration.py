"""How far a network's confidence can be believed: arrays in, numbers with intervals out.

Probabilities float [n, k] in 0..1, labels int64 [n]. Confidence is the top-1 probability, for two classes too (the trap: for
binary tasks many libraries bin the probability of class 1 against the label instead). Definitions: Naeini et al. 2015 and Guo
et al. 2017 (ECE), Nguyen & O'Connor 2015 (equal mass), Brier 1950.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from robustfashion.stats import Estimate, cluster_bootstrap, group_resamples

Probabilities = NDArray[np.float32] | NDArray[np.float64]
Labels = NDArray[np.int64]
FloatArray = NDArray[np.float64]

BINS = 15
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
    """Expected calibration error of the top label: mean over images of |accuracy - confidence| of their bin."""
    gaps, _ = _gaps(confidence, correct, bin_edges(confidence, mass, bins))
    return float(np.abs(gaps.sum(axis=0)).sum() / len(confidence))


def _gaps(confidence: FloatArray, correct: NDArray[np.bool_], edges: FloatArray) -> tuple[FloatArray, NDArray[np.int64]]:
    """(correct - confidence) of each image in the column of its bin: [n, b]; and the bins [n]."""
    member = _members(confidence, edges)
    table = np.zeros((len(confidence), len(edges) - 1))
    table[np.arange(len(confidence)), member] = correct - confidence
    return table, member


def calibration_estimate(
    confidence: FloatArray,
    correct: NDArray[np.bool_],
    groups: Sequence[str] | NDArray[np.str_],
    seed: int,
    mass: Literal["width", "mass"] = "width",
) -> Estimate:
    """Calibration error with a 95 % interval: whole products resampled, bins as they are.

    The error is biased upwards for small n (a bin of few images is off by chance), and resampling adds the same bias again: it is
    taken off once, as in the basic bootstrap, 2 x value - percentile, not below 0.
    """
    edges = bin_edges(confidence, mass)
    gaps, _ = _gaps(confidence, correct, edges)
    value = float(np.abs(gaps.sum(axis=0)).sum() / len(confidence))
    weights, member = group_resamples(groups, seed)
    sums = np.zeros((weights.shape[1], gaps.shape[1]))
    np.add.at(sums, member, gaps)
    sizes = np.bincount(member).astype(np.float64)
    drawn = np.abs(weights @ sums).sum(axis=1) / (weights @ sizes)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(value, max(0.0, min(value, 2 * value - float(high))), max(value, 2 * value - float(low)), len(confidence))


def brier_scores(probabilities: Probabilities, labels: Labels) -> FloatArray:
    """Squared distance of each image's probabilities from the truth, summed over classes: [n] in 0..2."""
    p = np.asarray(probabilities, dtype=np.float64)
    truth = np.eye(p.shape[1])[labels]
    return np.asarray(((p - truth) ** 2).sum(axis=1))


def negative_log_likelihoods(probabilities: Probabilities, labels: Labels) -> FloatArray:
    """-log of the probability of the label, in nats: [n]."""
    p = np.asarray(probabilities, dtype=np.float64)[np.arange(len(labels)), labels]
    return -np.log(np.maximum(p, _SMALLEST))


def mean_estimate(values: FloatArray, groups: Sequence[str] | NDArray[np.str_], seed: int) -> Estimate:
    """Mean of per-image scores with a 95 % interval, whole products resampled."""
    return cluster_bootstrap(values[:, None], groups, seed)[0]
