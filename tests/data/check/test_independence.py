"""Association of factors: scipy is the oracle, known dependence is found, independence is not doubted."""

import numpy as np
import pytest
from scipy import stats
from scipy.stats.contingency import association

from robustfashion.data.check.factor import Factor, table_of
from robustfashion.data.check.independence import cramers_v, determined, independence


def factor(name: str, codes: np.ndarray) -> Factor:
    return Factor(name, codes.astype(np.int32), tuple(f"{name}{k}" for k in range(int(codes.max()) + 1)))


def findings(labels, others, products=None):
    n = len(labels[0].codes)
    return {(p.first, p.second): p for p in independence(labels, others, np.arange(n) if products is None else products, seed=3)}


def test_table_ignores_missing_values():
    a = Factor("a", np.array([0, 1, 1, -1, 0], np.int32), ("x", "y"))
    b = Factor("b", np.array([2, 0, 0, 1, -1], np.int32), ("p", "q", "r"))
    assert table_of(a, b).tolist() == [[0, 0, 1], [2, 0, 0]]


def test_dependent_and_independent_factors():
    rng = np.random.default_rng(0)
    label = rng.integers(0, 3, 900)
    leaning = np.where(rng.random(900) < 0.5, label, rng.integers(0, 4, 900))
    found = findings([factor("label", label)], [factor("source", leaning), factor("kind", rng.integers(0, 5, 900))])
    assert found["label", "source"].finding == "dependent" and 0.4 < found["label", "source"].v < 0.7
    assert found["label", "kind"].v < 0.1
    assert ("source", "kind") not in found
    expected = stats.chi2_contingency(table_of(factor("a", label), factor("b", leaning)), correction=False)
    assert found["label", "source"].p == pytest.approx(expected.pvalue)


@pytest.mark.parametrize("n", [50, 400])
def test_false_alarms_are_rare(n):
    """Of 40 catalogues with six independent pairs each, at most a tenth show anything (5 % are expected to)."""
    alarms = 0
    for seed in range(40):
        rng = np.random.default_rng([seed, n])
        factors = [factor(name, rng.integers(0, 3, n)) for name in ("label", "sleeve_type", "split", "source")]
        alarms += any(p.finding != "none shown" for p in findings(factors[:2], factors[2:]).values())
    assert alarms <= 4


def test_a_weak_dependence_of_many_images_is_negligible():
    rng = np.random.default_rng(1)
    label = rng.integers(0, 2, 20_000)
    other = (rng.random(20_000) < 0.5 + 0.02 * label).astype(int)
    assert findings([factor("label", label)], [factor("source", other)])["label", "source"].finding == "negligible"


def test_images_of_one_product_count_once():
    """Twenty images of each product carry no more evidence than one."""
    rng = np.random.default_rng(2)
    label, other = rng.integers(0, 2, 60), rng.integers(0, 2, 60)
    products = np.repeat(np.arange(60), 20)
    many = findings([factor("label", np.repeat(label, 20))], [factor("source", np.repeat(other, 20))], products)
    once = findings([factor("label", label)], [factor("source", other)])
    assert many["label", "source"] == once["label", "source"]
    assert many["label", "source"].n == 60


def test_random_tables_agree_with_fisher():
    rng = np.random.default_rng(3)
    label = rng.integers(0, 2, 18)
    other = np.where(rng.random(18) < 0.7, label, 1 - label)
    found = findings([factor("label", label)], [factor("source", other)])["label", "source"]
    table = table_of(factor("a", label), factor("b", other))
    model = stats.random_table(table.sum(1), table.sum(0))
    expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
    chi2 = lambda counts: ((counts - expected) ** 2 / expected).sum()  # noqa: E731
    exact = 0.0
    for k in range(table[0].sum() + 1):
        other_table = np.array([[k, table[0].sum() - k], [table[:, 0].sum() - k, 0]])
        other_table[1, 1] = table.sum() - other_table.sum()
        if other_table.min() >= 0 and chi2(other_table) >= chi2(table) - 1e-9:
            exact += float(model.pmf(other_table))
    assert expected.min() < 5
    assert found.p == pytest.approx(exact, abs=0.015)


def test_labels_that_follow_from_each_other_are_no_fault_but_splits_are():
    label = np.array([0, 1, 2, 0, 1, 2] * 20)
    found = findings([factor("label", label), factor("product_type", label // 2)], [factor("split", (label == 2).astype(int))])
    assert found["label", "product_type"].finding == "by definition"
    assert found["label", "split"].finding == "dependent"
    assert found["label", "product_type"].p_holm is None


def test_expected_pairs_are_shown_but_not_counted():
    label = np.array([0, 1, 2, 0, 1] * 30)
    leaning = np.where(np.arange(150) % 4 == 0, 0, label)
    factors = [factor("label", label)], [factor("shape", leaning), factor("source", np.arange(150) % 7)]
    expected = frozenset({frozenset({"shape", "label"})})
    shape, source = independence(*factors, np.arange(150), 0, expected)
    assert shape.finding == "expected" and shape.v > 0.5 and shape.p_holm is None
    assert source.p_holm == source.p  # a family of one


def test_one_value_is_not_testable():
    found = findings([factor("label", np.array([0, 1] * 9))], [Factor("source", np.zeros(18, np.int32), ("one",))])
    assert found["label", "source"].finding == "not testable" and found["label", "source"].v is None


def test_v_is_scipys_without_its_bias():
    rng = np.random.default_rng(4)
    strong = np.array([[400, 20, 30], [10, 350, 40]])
    assert cramers_v(strong) == pytest.approx(association(strong, "cramer"), abs=0.01)
    null = [np.bincount(rng.integers(0, 20, 60), minlength=20).reshape(4, 5) for _ in range(200)]
    null = [t for t in null if t.sum(0).min() and t.sum(1).min()]
    assert np.mean([association(t, "cramer") for t in null]) > 0.2
    assert np.mean([cramers_v(t) for t in null]) < 0.1
    assert cramers_v(np.diag([5, 6, 7])) == pytest.approx(1)
    assert cramers_v(strong) == pytest.approx(cramers_v(strong.T))


def test_determined():
    assert determined(np.array([[3, 0], [0, 4], [5, 0]])) and determined(np.array([[3, 0, 5], [0, 4, 0]]))
    assert not determined(np.array([[3, 1], [1, 4]]))
