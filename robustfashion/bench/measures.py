"""What every suite measures on its answers: pure functions of arrays.

``correct`` [n] is the share of seeds that are right about each image, float64 in 0..1; ``labels`` [n] are class numbers, int64;
``groups`` names the product of each image, and intervals resample whole products. All intervals are 95 %.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.verdicts import LEARNED
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


def balanced_skill(correct: FloatArray, labels: NDArray[np.int64], groups: Sequence[str]) -> Estimate:
    """Balanced accuracy above chance as a share of what is possible above it: 0 an answer that does not look, 1 always right."""
    found, level = balanced_accuracy(correct, labels, groups), chance(labels)
    value, low, high = ((number - level) / (1 - level) if level < 1 else 0.0 for number in (found.value, found.low, found.high))
    return Estimate(value, low, high, found.n)


def has_learned(correct: FloatArray, labels: NDArray[np.int64], groups: Sequence[str]) -> bool:
    """Whether balanced skill is at least :data:`~robustfashion.bench.verdicts.LEARNED`, and above 0 by its whole interval.

    A network that always gives one answer is untouched by whatever is done to the pictures, and one that recognises an eighth of
    the dresses can hardly lose any: their stability says nothing.
    """
    found = balanced_skill(correct, labels, groups)
    return found.value >= LEARNED and found.low > 0


def change(first: FloatArray, second: FloatArray, groups: Sequence[str]) -> Change:
    """Second minus first on the same images, seed by seed [n, S] each; of their means where they have unlike numbers of seeds."""
    if first.shape == second.shape:
        return paired_change(second - first, groups)
    return paired_change((second.mean(axis=1) - first.mean(axis=1))[:, None], groups)


Answers = tuple[FloatArray, NDArray[np.int64], Sequence[str]]
"""``correct``, ``labels`` and ``groups`` of one classifier on its own test images."""


def difference_of_skills(first: Sequence[Answers], second: Sequence[Answers]) -> Estimate:
    """Mean balanced skill of some classifiers minus that of others; n is the number of answers.

    Test sets overlap (one garment has a neck and sleeves, and every validator sees it), so that skills are not independent: the
    products of all test sets together are resampled, the same for every classifier.
    """
    everyone = [*first, *second]
    products = sorted({group for _, _, groups in everyone for group in groups})
    place = {group: k for k, group in enumerate(products)}
    weights, _ = group_resamples(products, BOOTSTRAP_SEED)
    weights = np.concatenate([np.ones((1, len(products))), weights])  # the first row: the value itself
    signs = [1 / len(first)] * len(first) + [-1 / len(second)] * len(second)
    drawn = np.zeros(len(weights))
    for sign, (correct, labels, groups) in zip(signs, everyone, strict=True):
        member = np.array([place[group] for group in groups])
        drawn += sign * _resampled_skill(weights, member, correct, labels)
    low, high = np.percentile(drawn[1:], [2.5, 97.5])
    value = float(drawn[0])
    return Estimate(value, min(value, float(low)), max(value, float(high)), sum(len(correct) for correct, _, _ in everyone))


def _resampled_skill(
    weights: FloatArray, member: NDArray[np.int64], correct: FloatArray, labels: NDArray[np.int64]
) -> FloatArray:
    """Balanced skill by resample, products weighted [r, g]; a class that a resample lacks is left out of it."""
    _, column = np.unique(labels, return_inverse=True)
    k = int(column.max()) + 1
    right, there = (np.zeros((weights.shape[1], k)) for _ in range(2))
    np.add.at(right, (member, column), correct)
    np.add.at(there, (member, column), 1.0)
    counts = weights @ there
    recalls = np.divide(weights @ right, counts, out=np.full_like(counts, np.nan), where=counts > 0)
    return np.asarray((np.nanmean(recalls, axis=1) - 1 / k) / (1 - 1 / k))
