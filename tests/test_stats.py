"""Statistics against scipy, published worked examples and invariances."""

import numpy as np
import pytest
from scipy import stats as scipy_stats
from sklearn.metrics import balanced_accuracy_score

from robustfashion.stats import balanced_accuracy_bootstrap, cluster_bootstrap, cochran_q, holm, mcnemar, wilson


def test_wilson_worked_example():
    # 47 errors of 637 covered watches (Table 4): METRICS reference 7.4 % [5.6, 9.7].
    estimate = wilson(47, 637)
    assert (round(100 * estimate.value, 1), round(100 * estimate.low, 1), round(100 * estimate.high, 1)) == (7.4, 5.6, 9.7)
    with pytest.raises(ValueError, match="n"):
        wilson(3, 0)


@pytest.mark.parametrize(("k", "n"), [(0, 1), (1, 1), (3, 41), (999, 1000), (17, 17)])
def test_wilson_against_scipy(k, n):
    expected = scipy_stats.binomtest(k, n).proportion_ci(method="wilson")
    found = wilson(k, n)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_complement():
    yes, no = wilson(3, 41), wilson(38, 41)
    assert yes.low == pytest.approx(1 - no.high)
    assert wilson(0, 9).low == 0 and wilson(9, 9).high == 1


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


def test_cochran_q_is_mcnemar_for_two_conditions():
    correct = np.array([[1, 0]] * 7 + [[0, 1]] * 2 + [[1, 1]] * 5 + [[0, 0]] * 3, dtype=bool)
    q, p = cochran_q(correct)
    assert q == pytest.approx((7 - 2) ** 2 / (7 + 2))
    assert p == pytest.approx(scipy_stats.chi2.sf(25 / 9, 1))


def test_cochran_q_against_direct_formula_and_order():
    rng = np.random.default_rng(3)
    correct = rng.random((53, 4)) < np.array([0.9, 0.8, 0.6, 0.85])
    rows, columns = correct.sum(1), correct.sum(0)
    expected = 4 * 3 * ((columns - columns.mean()) ** 2).sum() / (4 * rows - rows**2).sum()
    assert cochran_q(correct)[0] == pytest.approx(expected)
    assert cochran_q(correct[:, [2, 0, 3, 1]]) == pytest.approx(cochran_q(correct))
    assert cochran_q(np.ones((5, 3), dtype=bool)) == (0.0, 1.0)


def test_holm_worked_example():
    # Ordered p 0.005, 0.01, 0.03, 0.04 with m = 4: 0.02, 0.03, 0.06, 0.06.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert max(holm([0.9, 0.8])) == 1.0


def test_cluster_bootstrap_without_clusters_agrees_with_normal_theory():
    rng = np.random.default_rng(0)
    values = rng.random((800, 2)) < np.array([0.3, 0.9])
    first, second = cluster_bootstrap(values.astype(float), [str(i) for i in range(800)], seed=5)
    half_width = 1.96 * np.sqrt(0.3 * 0.7 / 800)
    assert (first.high - first.low) / 2 == pytest.approx(half_width, rel=0.15)
    assert second.low < second.value < second.high and first.n == 800


def test_cluster_bootstrap_widens_with_copies():
    rng = np.random.default_rng(1)
    base = (rng.random((100, 1)) < 0.5).astype(float)
    copies = np.repeat(base, 4, axis=0)
    alone = cluster_bootstrap(copies, [str(i) for i in range(400)], seed=2)[0]
    clustered = cluster_bootstrap(copies, [str(i // 4) for i in range(400)], seed=2)[0]
    assert clustered.high - clustered.low > 1.6 * (alone.high - alone.low)
    with pytest.raises(ValueError, match="label per row"):
        cluster_bootstrap(base, ["a"], seed=0)


def test_balanced_accuracy_against_scikit_learn_and_within_bounds():
    rng = np.random.default_rng(3)
    labels = rng.choice(3, 120, p=[0.7, 0.25, 0.05])
    answers = np.where(rng.random(120) < 0.97, labels, (labels + 1) % 3)
    groups = [str(i // 2) for i in range(120)]
    found = balanced_accuracy_bootstrap((answers == labels).astype(float), labels, groups, seed=0)
    assert found.value == pytest.approx(balanced_accuracy_score(labels, answers))
    assert 0 <= found.low <= found.value <= found.high <= 1
    even = np.array([0, 1] * 60)
    right = (rng.random(120) < 0.7).astype(float)
    alone = [str(i) for i in range(120)]
    balanced = balanced_accuracy_bootstrap(right, even, alone, seed=0)
    plain = cluster_bootstrap(right[:, None], alone, seed=0)[0]
    assert (balanced.low, balanced.high) == pytest.approx((plain.low, plain.high), abs=0.02), "equal classes: as accuracy"
