"""Measures of arrays against scikit-learn and against what pairing must give."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from robustfashion.bench import measures

N = 90
GROUPS = tuple(f"p{i // 2}" for i in range(N))
LABELS = np.random.default_rng(5).integers(0, 3, N)


def answers(mistakes, seed=0):
    """Answers to LABELS of which so many are wrong."""
    wrong = np.random.default_rng(seed).permutation(N)[:mistakes]
    given = LABELS.copy()
    given[wrong] = (LABELS[wrong] + 1) % 3
    return given


def correct(mistakes, seed=0):
    return (answers(mistakes, seed) == LABELS).astype(np.float64)


def asked(right, groups=GROUPS):
    return measures.Asked(right, LABELS, groups, 3)


def test_accuracies_are_scikit_learns():
    found = measures.accuracy(correct(20))
    assert found.value == pytest.approx(70 / 90) and found.n == N and found.low < found.value < found.high
    balanced = measures.balanced_accuracy(correct(20), LABELS, GROUPS)
    assert balanced.value == pytest.approx(balanced_accuracy_score(LABELS, answers(20)))


def test_who_has_learned():
    assert asked(correct(20)).chance == pytest.approx(1 / 3)
    assert measures.has_learned(asked(correct(20)))
    assert not measures.has_learned(asked(correct(60)))
    assert not measures.has_learned(asked(correct(40))), "above chance, but by a third of what is possible"
    assert not measures.has_learned(asked((LABELS == 1).astype(np.float64)))  # one answer always


def test_change_is_paired_image_by_image_and_seed_by_seed():
    first, second = (np.stack([correct(m, seed) for seed in (0, 1)], axis=1) for m in (30, 5))
    found = measures.change(first, second, GROUPS).estimate
    assert found.value == pytest.approx(25 / 90) and 0 < found.low < found.value < found.high and found.n == N
    same = measures.change(first, first, GROUPS).estimate
    assert same.value == 0 and same.low == -same.high < 0
    unlike = measures.change(first, second[:, :1], GROUPS)
    assert unlike.estimate.value == pytest.approx(25 / 90) and not unlike.seeds_counted


def test_shared_products_are_resampled_together():
    """The same answers twice, as two classifiers of the same products, differ by nothing: with certainty."""
    a, b, better = (asked(correct(mistakes)) for mistakes in (30, 30, 5))
    same = measures.difference_of_skills([a], [b])
    assert (same.value, same.low, same.high, same.n) == (0, 0, 0, 2 * N)
    half, whole = measures.difference_of_skills([better, a], [b]), measures.difference_of_skills([better], [b])
    assert (half.value, half.low, half.high) == pytest.approx((whole.value / 2, whole.low / 2, whole.high / 2))
    gained = measures.balanced_skill(better).value - measures.balanced_skill(b).value
    assert whole.value == pytest.approx(gained) and whole.low < gained < whole.high


def test_skill_is_the_same_for_two_classes_and_three():
    """Half of what is above chance is half, however many classes there are; accuracies would say 75 and 67 %."""
    rng, n = np.random.default_rng(0), 6_000
    found = []
    for k in (2, 3):
        labels = np.arange(n) % k
        right = (rng.random(n) < 0.5) | (rng.integers(0, k, n) == labels)  # knows half, guesses the rest
        found.append(measures.Asked(right.astype(np.float64), labels, [str(i) for i in range(n)], k))
    assert [measures.balanced_skill(of).value for of in found] == pytest.approx([0.5, 0.5], abs=0.03)
    assert measures.difference_of_skills(found[:1], found[1:]).value == pytest.approx(0, abs=0.05)


def test_skill_is_scikit_learns_adjusted_balanced_accuracy():
    for mistakes in (0, 20, 60):
        wanted = balanced_accuracy_score(LABELS, answers(mistakes), adjusted=True)
        assert measures.balanced_skill(asked(correct(mistakes))).value == pytest.approx(wanted)


def test_other_products_are_independent():
    """A classifier on products of its own adds its own spread."""
    a, b = asked(correct(30)), asked(correct(30), tuple(f"q{group}" for group in GROUPS))
    found = measures.difference_of_skills([a], [b])
    assert found.value == 0 and found.low < -0.05 and found.high > 0.05
