"""What every suite measures on its answers: pure functions of arrays.

``correct`` [n] is the share of seeds that are right about each image, float64 in 0..1; ``labels`` [n] are class numbers, int64;
``groups`` names the product of each image, and intervals resample whole products. All intervals are 95 %.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from robustfashion.stats import (
    Change,
    Estimate,
    FloatArray,
    balanced_accuracy_bootstrap,
    group_resamples,
    paired_change,
    wilson_share,
)

BOOTSTRAP_SEED = 0
"""Of every resampling, so that equal answers give equal intervals in every suite."""


def accuracy(correct: FloatArray) -> Estimate:
    """Mean over seeds, with the Wilson interval of one network on n images."""
    return wilson_share(float(correct.mean()), len(correct))


def balanced_accuracy(correct: FloatArray, labels: NDArray[np.int64], groups: Sequence[str]) -> Estimate:
    """Mean over classes of the share that is right; bootstrap over products, mean over seeds."""
    return balanced_accuracy_bootstrap(correct, labels, groups, BOOTSTRAP_SEED)


def chance(labels: NDArray[np.int64]) -> float:
    """Balanced accuracy of an answer that does not look, 0..1."""
    return 1 / len(np.unique(labels))


def has_learned(correct: FloatArray, labels: NDArray[np.int64], groups: Sequence[str]) -> bool:
    """Whether balanced accuracy is above chance by its whole interval.

    A network that always gives one answer is untouched by whatever is done to the pictures: its stability says nothing.
    """
    return balanced_accuracy(correct, labels, groups).low > chance(labels)


def change(first: FloatArray, second: FloatArray, groups: Sequence[str]) -> Change:
    """Second minus first on the same images, seed by seed [n, S] each; of their means where they have unlike numbers of seeds."""
    if first.shape == second.shape:
        return paired_change(second - first, groups)
    return paired_change((second.mean(axis=1) - first.mean(axis=1))[:, None], groups)


Answers = tuple[FloatArray, Sequence[str]]
"""``correct`` and ``groups`` of one classifier on its own test images."""


def difference_of_means(first: Sequence[Answers], second: Sequence[Answers]) -> Estimate:
    """Mean accuracy of some classifiers minus that of others; n is the number of answers.

    Test sets overlap (one garment has a neck and sleeves, and every validator sees it), so that accuracies are not independent:
    the products of all test sets together are resampled, the same for every classifier.
    """
    everyone = [*first, *second]
    products = sorted({group for _, groups in everyone for group in groups})
    place = {group: k for k, group in enumerate(products)}
    weights, _ = group_resamples(products, BOOTSTRAP_SEED)
    signs = [1 / len(first)] * len(first) + [-1 / len(second)] * len(second)
    value, drawn = 0.0, np.zeros(len(weights))
    for sign, (correct, groups) in zip(signs, everyone, strict=True):
        member = np.array([place[group] for group in groups])
        right = np.bincount(member, weights=correct, minlength=len(products))
        there = np.bincount(member, minlength=len(products))
        value += sign * float(correct.mean())
        drawn += sign * (weights @ right) / (weights @ there)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(value, float(low), float(high), sum(len(correct) for correct, _ in everyone))
