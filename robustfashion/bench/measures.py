"""What every suite measures on its answers: pure functions of arrays.

``correct`` [n] is the share of seeds that are right about each image, float64 in 0..1; ``labels`` [n] are class numbers, int64;
``groups`` names the product of each image, and intervals resample whole products. All intervals are 95 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Asked:
    """One classifier's answers to its own test images."""

    correct: FloatArray
    labels: NDArray[np.int64]
    groups: Sequence[str]
    classes: int
    """That it tells apart; not all of them need occur among the images."""

    @property
    def chance(self) -> float:
        """Balanced accuracy of an answer that does not look, 0..1."""
        return 1 / self.classes


def balanced_skill(asked: Asked) -> Estimate | None:
    """Balanced accuracy above chance as a share of what is possible above it: 0 an answer that does not look, 1 always right.

    None where the images are of one class only: to name that class always would then be right always.
    """
    if len(np.unique(asked.labels)) < 2:
        return None
    found, level = balanced_accuracy(asked.correct, asked.labels, asked.groups), asked.chance
    value, low, high = ((number - level) / (1 - level) for number in (found.value, found.low, found.high))
    return Estimate(value, low, high, found.n)


def has_learned(asked: Asked) -> bool:
    """Whether balanced skill is at least :data:`~robustfashion.bench.verdicts.LEARNED`, and above 0 by its whole interval.

    Granted where it cannot be known, on images of one class.

    A network that always gives one answer is untouched by whatever is done to the pictures, and one that recognises an eighth of
    the dresses can hardly lose any: their stability says nothing.
    """
    found = balanced_skill(asked)
    return found is None or is_enough(found)


def is_enough(skill: Estimate) -> bool:
    """Whether a balanced skill is that of a network that has learned."""
    return skill.value >= LEARNED and skill.low > 0


def change(first: FloatArray, second: FloatArray, groups: Sequence[str]) -> Change:
    """Second minus first on the same images, seed by seed [n, S] each; of their means where they have unlike numbers of seeds."""
    if first.shape == second.shape:
        return paired_change(second - first, groups)
    return paired_change((second.mean(axis=1) - first.mean(axis=1))[:, None], groups)


def difference_of_skills(first: Sequence[Asked], second: Sequence[Asked]) -> Estimate:
    """Mean balanced skill of some classifiers minus that of others; n is the number of answers.

    Test sets overlap (one garment has a neck and sleeves, and every validator sees it), so that skills are not independent: the
    products of all test sets together are resampled, the same for every classifier.
    """
    everyone = [*first, *second]
    products = sorted({group for asked in everyone for group in asked.groups})
    place = {group: k for k, group in enumerate(products)}
    weights, _ = group_resamples(products, BOOTSTRAP_SEED)
    weights = np.concatenate([np.ones((1, len(products))), weights])  # the first row: the value itself
    signs = [1 / len(first)] * len(first) + [-1 / len(second)] * len(second)
    drawn = np.zeros(len(weights))
    for sign, asked in zip(signs, everyone, strict=True):
        drawn += sign * _resampled_skill(weights, np.array([place[group] for group in asked.groups]), asked)
    low, high = np.percentile(drawn[1:], [2.5, 97.5])
    value = float(drawn[0])
    return Estimate(value, min(value, float(low)), max(value, float(high)), sum(len(asked.correct) for asked in everyone))


def _resampled_skill(weights: FloatArray, member: NDArray[np.int64], asked: Asked) -> FloatArray:
    """Balanced skill by resample, products weighted [r, g]; a class that a resample lacks is left out of it."""
    _, column = np.unique(asked.labels, return_inverse=True)
    k = int(column.max()) + 1
    right, there = (np.zeros((weights.shape[1], k)) for _ in range(2))
    np.add.at(right, (member, column), asked.correct)
    np.add.at(there, (member, column), 1.0)
    counts = weights @ there
    recalls = np.divide(weights @ right, counts, out=np.full_like(counts, np.nan), where=counts > 0)
    return np.asarray((np.nanmean(recalls, axis=1) - asked.chance) / (1 - asked.chance))
