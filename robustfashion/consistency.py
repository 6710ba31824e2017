"""How two preprocessings of the same pictures differ in what a network says of them: arrays in, numbers out.

``a`` is the reference (the training method), ``b`` the other one. Predictions int64 [n], labels int64 [n], probabilities
float [n, k]. Shares are of all n images unless said otherwise. Churn: Milani Fard et al. 2016.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.decisions import NO_TAG, Probabilities, accepted

Labels = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Flips:
    """Which of n labelled images change their prediction, by what happens to correctness: bool [n] each."""

    negative: Mask
    """Right under a, wrong under b."""
    positive: Mask
    """Wrong under a, right under b."""
    wrong_to_wrong: Mask
    """Wrong under both, with different answers."""

    @property
    def changed(self) -> Mask:
        """Images whose prediction changed; their share is the churn."""
        return self.negative | self.positive | self.wrong_to_wrong


def flips(a: Labels, b: Labels, labels: Labels) -> Flips:
    """Churn of predictions split by what happened to correctness; accuracy(b) - accuracy(a) = mean(positive) - mean(negative)."""
    right_a, right_b = a == labels, b == labels
    return Flips(right_a & ~right_b, ~right_a & right_b, (a != b) & ~right_a & ~right_b)


def confidence_drift(a: Probabilities, b: Probabilities) -> NDArray[np.float64]:
    """|top-1 confidence under a - under b| of each image: [n] in 0..1."""
    return np.asarray(np.abs(a.max(axis=1).astype(np.float64) - b.max(axis=1).astype(np.float64)))


def decision_flips(a: Probabilities, b: Probabilities, thresholds: NDArray[np.float64] | float) -> Mask:
    """Images accepted under exactly one of the two [n]; thresholds as in :func:`robustfashion.decisions.accepted`."""
    return np.asarray(accepted(a, thresholds) != accepted(b, thresholds))


def tag_changes(a: Labels, b: Labels) -> tuple[Mask, Mask]:
    """Images that carry a tag under either [n], and those that carry another one [n]: another class, or a tag under one only.

    This is what a catalogue owner sees: a product below the threshold carries no tag.

    Args:
        a: tags under the reference, as :func:`robustfashion.decisions.tags` gives them, :data:`NO_TAG` among them.
        b: tags under the other.
    """
    return (a != NO_TAG) | (b != NO_TAG), np.asarray(a != b)


def unanimous(predictions: Labels) -> Mask:
    """Images on which all K preprocessings agree: predictions [n, K] -> [n]."""
    return np.asarray((predictions == predictions[:, :1]).all(axis=1))


def worst_case(correct: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Right under every one of K preprocessings: correct [n, K] -> [n]."""
    return np.asarray(correct.all(axis=1))
