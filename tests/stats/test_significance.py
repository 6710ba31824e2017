"""Tests of paired outcomes: against scipy's, against enumeration, and their false alarms by simulation."""

import itertools

import numpy as np
import pytest
from scipy import stats as scipy_stats

from robustfashion.stats import cochran_q, holm, mcnemar, sign_flip_test
from tests.stats.worlds import flips, noise


def names(count):
    return [str(i) for i in range(count)]


@pytest.mark.parametrize(("b", "c"), [(0, 0), (1, 9), (9, 1), (12, 12), (3, 40), (40, 3), (30, 30)])
def test_mcnemar(b, c):
    assert mcnemar(b, c) == mcnemar(c, b)
    if 0 < b + c < 25:
        assert mcnemar(b, c) == pytest.approx(scipy_stats.binomtest(b, b + c).pvalue)
    assert 0 < mcnemar(b, c) <= 1


def test_mcnemar_mid_p_worked_example():
    # Fagerland, Lydersen & Laake 2013: b = 1, c = 7 gives exact 0.0703; their larger tables use mid-p.
    assert mcnemar(1, 7) == pytest.approx(0.0703125)
    assert mcnemar(59, 6) < scipy_stats.binomtest(6, 65).pvalue


@pytest.mark.parametrize(("b", "c"), [(15, 15), (40, 40), (14, 16), (6, 59)])
def test_mid_p_counts_half_of_every_point_that_is_as_likely(b, c):
    """Mid-p by its definition: more extreme tables whole, equally extreme ones half."""
    p = scipy_stats.binom.pmf(np.arange(b + c + 1), b + c, 0.5)
    distance, seen = np.abs(2 * np.arange(b + c + 1) - (b + c)), abs(b - c)
    assert mcnemar(b, c) == pytest.approx(p[distance > seen].sum() + p[distance == seen].sum() / 2)


@pytest.mark.parametrize(("b", "c"), [(0, 0), (1, 9), (12, 12), (3, 40), (200, 150)])
def test_single_pictures_give_mcnemars_exact_test(b, c):
    values = np.array([1.0] * b + [-1.0] * c + [0.0] * 20)
    expected = scipy_stats.binomtest(b, b + c).pvalue if b + c else 1.0
    assert sign_flip_test(values, names(len(values))) == pytest.approx(expected, rel=1e-9)


def test_products_against_scipys_permutations():
    rng = np.random.default_rng(1)
    values, groups = rng.choice([-1.0, 0.0, 1.0], (30, 3), p=[0.4, 0.4, 0.2]), np.repeat(names(10), 3)
    sums = values.reshape(10, 9).sum(axis=1)
    expected = scipy_stats.permutation_test((sums,), np.sum, permutation_type="samples", n_resamples=np.inf).pvalue
    assert sign_flip_test(values, groups) == pytest.approx(expected)
    patterns = np.array(list(itertools.product((-1, 1), repeat=10)))
    assert expected == pytest.approx((np.abs(patterns @ sums) >= abs(sums.sum())).mean())


@pytest.mark.parametrize("lost", [21, 25, 30])
def test_drawn_patterns_agree_with_the_exact_distribution(lost):
    values, groups = np.array([1.0] * 15 + [-1.0] * lost), names(15 + lost)
    exact, drawn = sign_flip_test(values, groups), sign_flip_test(values * 0.3, groups)
    assert drawn == pytest.approx(exact, abs=3 * np.sqrt(exact / 9999)) and 0.01 < exact < 0.5
    assert sign_flip_test(values * 0.3, groups) == drawn


def test_copies_of_pictures_are_no_evidence():
    values, groups = flips(np.random.default_rng(3), 60, 0.2)
    assert sign_flip_test(np.repeat(values, 5, axis=0), np.repeat(groups, 5)) == pytest.approx(sign_flip_test(values, groups))


def test_seeds_that_contradict_each_other_are_no_evidence():
    """Each seed by itself is significant, one each way; the largest p over seeds could not tell."""
    values = np.zeros((100, 2))
    values[:30, 0], values[30:60, 1] = 1, -1
    assert mcnemar(30, 0) < 1e-6
    assert sign_flip_test(values, names(100)) == 1.0


def test_cochran_q_is_mcnemar_for_two_conditions():
    correct = np.array([[1, 0]] * 7 + [[0, 1]] * 2 + [[1, 1]] * 5 + [[0, 0]] * 3, dtype=bool)
    q, p = cochran_q(correct, names(17))
    assert q == pytest.approx((7 - 2) ** 2 / (7 + 2))
    assert p == pytest.approx(scipy_stats.binomtest(2, 9).pvalue, abs=0.015)


def test_cochran_q_against_direct_formula_and_chi_squared():
    rng = np.random.default_rng(3)
    correct = rng.random((253, 4)) < np.array([0.8, 0.75, 0.7, 0.72])
    rows, columns = correct.sum(1), correct.sum(0)
    expected = 4 * 3 * ((columns - columns.mean()) ** 2).sum() / (4 * rows - rows**2).sum()
    q, p = cochran_q(correct, names(253))
    assert q == pytest.approx(expected)
    assert p == pytest.approx(scipy_stats.chi2.sf(q, 3), abs=0.03), "unlike conditions, single pictures: as chi-squared"
    assert cochran_q(correct[:, [2, 0, 3, 1]], names(253)) == pytest.approx((q, p), abs=1e-9)
    assert cochran_q(np.ones((5, 3), dtype=bool), names(5)) == (0.0, 1.0)


def test_holm_worked_example():
    # Ordered p 0.005, 0.01, 0.03, 0.04 with m = 4: 0.02, 0.03, 0.06, 0.06.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert max(holm([0.9, 0.8])) == 1.0


@pytest.mark.slow
@pytest.mark.parametrize(("pictures", "before"), [(1, (0.0, 0.06)), (2, (0.07, 0.2)), (6, (0.35, 0.55))])
def test_false_alarms_with_several_pictures_a_product(pictures, before):
    """Nothing changes on the whole, but the pictures of a product flip together."""
    runs, rng, ours, by_picture = 3000, np.random.default_rng(pictures), 0, 0
    for _ in range(runs):
        values, groups = flips(rng, 150, 0.1, 0.1, pictures=pictures)
        ours += sign_flip_test(values, groups) < 0.05
        by_picture += mcnemar(int((values > 0).sum()), int((values < 0).sum())) < 0.05
    assert ours / runs < 0.05 + noise(0.05, runs)
    assert before[0] <= by_picture / runs <= before[1]


def families(rng, products):
    """Twelve methods in two families, nearly identical within; all equally often right."""
    right = rng.random((products, 2)) < 0.8
    table = np.repeat(right, [10, 2], axis=1)
    return table ^ (rng.random(table.shape) < 0.002)


@pytest.mark.slow
def test_false_alarms_of_cochrans_q_among_near_copies():
    runs, rng, ours, before = 600, np.random.default_rng(5), 0, 0
    for _ in range(runs):
        q, p = cochran_q(families(rng, 200), names(200), seed=int(rng.integers(1_000_000)))
        ours += p < 0.05
        before += scipy_stats.chi2.sf(q, 11) < 0.05
    assert ours / runs < 0.05 + noise(0.05, runs)
    assert before / runs > 0.09, "chi-squared takes near copies for independent methods"
