"""Curves against definitions written out, and differences with known truth."""

import numpy as np
import pytest

from robustfashion.bench.regularization.drawn import Curve, difference, resampled


def world(n=90, seed=0, levels=None):
    rng = np.random.default_rng(seed)
    outlier = rng.random(n) < 0.2
    error = outlier | (rng.random(n) < 0.3)
    refusal = rng.random(n) if levels is None else rng.integers(0, levels, n) / levels
    return refusal, error, outlier, [f"p{i // 2}{'o' if outlier[i] else ''}" for i in range(n)]


def curve(refusal, error, outlier, products):
    return Curve.of(refusal, error, resampled(products, outlier, 100))


def test_at_a_threshold_and_at_its_coverage_counts_are_those_written_out():
    refusal, error, outlier, products = world()
    found = curve(refusal, error, outlier, products)
    taken = refusal <= 0.6
    for point in (found.at_threshold(0.6), found.at_coverage(float(taken.mean()))):
        assert point.coverage[0] == pytest.approx(taken.mean(), abs=1e-6)
        assert point.risk[0] == pytest.approx((error & taken).sum() / taken.sum(), abs=1e-5)
        assert point.outlier_errors[0] == pytest.approx((outlier & taken).sum() / taken.sum(), abs=1e-5)
        assert point.accepted[0] == pytest.approx((outlier & taken).sum() / outlier.sum(), abs=1e-5)


@pytest.mark.parametrize("levels", [None, 4])
def test_areas_and_coverages_are_the_mean_over_orders_of_equal_rows(levels):
    refusal, error, outlier, products = world(levels=levels)
    found = curve(refusal, error, outlier, products)
    rng, areas, risks, n = np.random.default_rng(3), [], [], len(refusal)
    for _ in range(3000):
        order = np.lexsort((rng.random(n), refusal))
        wrong = np.concatenate([[0], np.cumsum(error[order])]) / n
        areas.append(((wrong[1:] + wrong[:-1]) / 2).mean())
        risks.append(wrong[45] / 0.5)
    assert found.augrc()[0] == pytest.approx(np.mean(areas), abs=1e-3)
    assert found.at_coverage(0.5).risk[0] == pytest.approx(np.mean(risks), abs=5e-3)


def test_neither_order_of_rows_nor_a_rising_transform_changes_anything():
    refusal, error, outlier, products = world(levels=12)
    found = curve(refusal, error, outlier, products)
    other = curve(refusal**3, error, outlier, products)
    assert np.allclose(found.augrc(), other.augrc())
    back = slice(None, None, -1)
    turned = curve(refusal[back], error[back], outlier[back], products[back])
    assert turned.augrc()[0] == pytest.approx(found.augrc()[0])


def test_all_refusals_equal_give_the_share_of_errors_at_every_coverage():
    _, error, outlier, products = world()
    found = curve(np.zeros(len(error)), error, outlier, products)
    for coverage in (0.1, 0.5, 1.0):
        assert found.at_coverage(coverage).risk[0] == pytest.approx(error.mean(), abs=1e-6)
        assert found.at_coverage(coverage).accepted[0] == pytest.approx(coverage, abs=1e-6)


def test_outliers_are_resampled_apart_by_whole_products():
    _, _, outlier, products = world()
    drawn = resampled(products, outlier, 50)
    assert (drawn.weights[0] == 1).all() and drawn.outlier_products == len({p for p in products if p.endswith("o")})
    for product in set(products):
        rows = [i for i, name in enumerate(products) if name == product]
        assert (drawn.weights[:, rows] == drawn.weights[:, rows[:1]]).all()


def test_no_difference_is_not_a_certain_one():
    """Where nothing flips, the bootstrap alone says [0, 0]."""
    same = np.full((201, 3), 0.5)
    found = difference(same, same, 60, 40)
    assert found.estimate.value == 0 and found.estimate.low < -0.02 and found.estimate.high > 0.02 and found.p == 1


def test_seeds_that_disagree_widen_the_interval():
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.01, (201, 3))
    noise[0] = 0
    agreeing, split = noise + 0.1, noise + np.array([-0.2, 0.1, 0.4])
    narrow, wide = (difference(np.zeros((201, 3)), values, 500, 0).estimate for values in (agreeing, split))
    assert narrow.value == pytest.approx(wide.value) == pytest.approx(0.1)
    assert narrow.low > 0 > wide.low


def test_false_alarms_of_the_paired_difference_are_few():
    """Two rows of answers that differ by chance alone: outliers answered, products of two pictures, three seeds."""
    alarms = 0
    for run in range(120):
        rng = np.random.default_rng(run)
        outlier = np.arange(240) < 60
        products = [f"p{i // 2}" for i in range(240)]
        drawn = resampled(products, outlier, 100)
        hard = np.repeat(rng.random(120), 2)
        values = []
        for _ in range(2):
            columns = [Curve.of(hard + rng.normal(0, 0.3, 240), outlier, drawn).at_coverage(0.6).accepted for _ in range(3)]
            values.append(np.stack(columns, axis=1))
        alarms += difference(values[0], values[1], 60, drawn.outlier_products).p < 0.05
    assert alarms <= 12
