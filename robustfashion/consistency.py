"""How two preprocessings of the same pictures differ in what a network says of them: arrays in, numbers out.

``a`` is the reference (the training method), ``b`` the other one. Predictions int64 [n], labels int64 [n], probabilities
float [n, k]. Shares are of all n images unless said otherwise. Churn: Milani Fard et al. 2016.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.decisions import NO_TAG, Probabilities, accepted, decide

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Flips:
    """Counts of changed predictions out of n labelled images."""

    n: int
    negative: int
    """Right under a, wrong under b."""
    positive: int
    """Wrong under a, right under b."""
    wrong_to_wrong: int
    """Wrong under both, with different answers."""

    @property
    def changed(self) -> int:
        """Images whose prediction changed."""
        return self.negative + self.positive + self.wrong_to_wrong

    @property
    def churn(self) -> float:
        """Share of images whose prediction changed."""
        return self.changed / self.n


def flips(a: Labels, b: Labels, labels: Labels) -> Flips:
    """Churn of predictions split by what happened to correctness; accuracy(b) - accuracy(a) = (positive - negative) / n."""
    changed = a != b
    right_a, right_b = a == labels, b == labels
    return Flips(
        n=len(labels),
        negative=int((right_a & ~right_b).sum()),
        positive=int((~right_a & right_b).sum()),
        wrong_to_wrong=int((changed & ~right_a & ~right_b).sum()),
    )


@dataclass(frozen=True)
class Drift:
    """Change of the top-1 confidence, each in 0..1."""

    mean: float
    p95: float


def confidence_drift(a: Probabilities, b: Probabilities) -> Drift:
    """Mean and 95th percentile of |top-1 confidence under a - under b| over images."""
    difference = np.abs(a.max(axis=1).astype(np.float64) - b.max(axis=1).astype(np.float64))
    return Drift(float(difference.mean()), float(np.percentile(difference, 95)))


def decision_flips(a: Probabilities, b: Probabilities, thresholds: NDArray[np.float64] | float) -> int:
    """Images accepted under exactly one of the two; thresholds as in :func:`robustfashion.decisions.accepted`."""
    return int((accepted(a, thresholds) != accepted(b, thresholds)).sum())


def tag_changes(a: Probabilities, b: Probabilities, thresholds: NDArray[np.float64] | float) -> tuple[int, int]:
    """Images accepted under either, and how many of them carry another tag: another class, or a tag under one only.

    This is what a catalogue owner sees: a product below the threshold (one, or [k]: that of its own top class) carries no tag.
    """
    tags_a, tags_b = decide(a, thresholds), decide(b, thresholds)
    either = (tags_a != NO_TAG) | (tags_b != NO_TAG)
    return int(either.sum()), int((tags_a != tags_b).sum())


def unanimity(predictions: Labels) -> float:
    """Share of images on which all K preprocessings agree: predictions [n, K]."""
    return float((predictions == predictions[:, :1]).all(axis=1).mean())


def worst_case(correct: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Right under every one of K preprocessings: correct [n, K] -> [n]."""
    return np.asarray(correct.all(axis=1))
