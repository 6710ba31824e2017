"""Curves against definitions written out, and differences with known truth."""

import numpy as np
import pytest

from robustfashion.bench.regularization.drawn import Curve, difference, estimate, resampled


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


def outliers_never_answered(outliers=63, products=63):
    """90 ordinary pictures, right and answered; outliers last."""
    outlier = np.arange(90 + outliers) >= 90
    names = [f"p{i}" if i < 90 else f"o{i % products}" for i in range(len(outlier))]
    return outlier, resampled(names, outlier, 2000)


def test_no_outlier_answered_of_63_is_not_certainly_none():
    outlier, drawn = outliers_never_answered()
    found = Curve.of(outlier.astype(float), outlier, drawn)
    for point in (found.at_threshold(0.5, padded=True), found.at_coverage(0.5, padded=True)):
        answered = estimate(point.accepted[:, None], 63, drawn.outlier_products)
        assert answered.value == answered.low == 0 and answered.high == pytest.approx(3 / 63, abs=0.02)
        risk = estimate(point.risk[:, None], 153, 63)
        assert risk.value == 0 and 0.01 < risk.high < 0.1


def test_of_few_products_less_is_known():
    highs = []
    for products in (63, 7):
        outlier, drawn = outliers_never_answered(products=products)
        point = Curve.of(outlier.astype(float), outlier, drawn).at_threshold(0.5, padded=True)
        highs.append(estimate(point.accepted[:, None], 63, drawn.outlier_products).high)
    assert highs[0] < 0.1 < 0.3 < highs[1]


@pytest.mark.parametrize("coverage", [0.001, 0.3, 0.7, 0.999])
def test_padded_levels_are_those_of_rows_that_are_really_there(coverage):
    """Pseudo-products written out as pictures before and behind all others."""
    refusal, error, outlier, products = world(levels=9)
    drawn = resampled(products, outlier, 100)
    padded = Curve.of(refusal, error, drawn)
    row = int(np.argmax((drawn.pseudo > 0).all(axis=1)))
    assert (drawn.pseudo[row] > 0).all()
    every = np.concatenate([refusal, [-1, 2, -1, 2]])
    weights = np.concatenate([drawn.weights[row], drawn.pseudo[row]])
    wrong, out = np.concatenate([error, [True, False, True, True]]), np.concatenate([outlier, [False, False, True, True]])
    whole = drawn._replace(weights=weights[None].astype(np.float64), outlier=out, pseudo=np.zeros((1, 4)))
    written = Curve.of(every, wrong, whole)
    pairs = [(padded.at_coverage(coverage, True), written.at_coverage(coverage))]
    pairs.append((padded.at_threshold(coverage, True), written.at_threshold(coverage)))
    for one, two in pairs:
        for name in one._fields:
            assert getattr(one, name)[row] == pytest.approx(getattr(two, name)[0], abs=1e-5), name


def test_padded_intervals_cover_a_small_share():
    """Four in a hundred outliers are answered, of 60: 95 % of the intervals hold that."""
    covered = 0
    for run in range(300):
        rng = np.random.default_rng(run)
        outlier = np.arange(160) >= 100
        refusal = np.where(outlier, np.where(rng.random(160) < 0.04, 0.1, 0.9), rng.random(160))
        drawn = resampled([f"p{i}" for i in range(160)], outlier, 200)
        point = Curve.of(refusal, outlier, drawn).at_threshold(0.5, padded=True)
        found = estimate(point.accepted[:, None], 60, 60)
        covered += found.low <= 0.04 <= found.high
    assert covered >= 276


def test_who_answers_nothing_has_no_risk():
    refusal, error, outlier, products = world()
    point = curve(refusal, error, outlier, products).at_threshold(-1.0)
    assert np.isnan(point.risk[0]) and np.isnan(point.outlier_errors[0]) and point.coverage[0] == 0 == point.accepted[0]
    seeds = np.stack([point.risk, np.full(101, 0.5)], axis=1)
    assert estimate(seeds, 90, 40) is None
    assert difference(np.full((101, 2), 0.5), seeds, 90, 40) is None


def test_outliers_of_a_part_are_answered_as_in_the_whole():
    refusal, error, outlier, products = world(levels=7)
    found, drawn = curve(refusal, error, outlier, products), resampled(products, outlier, 100)
    rows = np.flatnonzero(outlier)
    parts = rows[::2], rows[1::2]
    for coverage in (0.2, 0.63):
        taken = sum(found.accepted_among(refusal[part], drawn.weights[:, part], coverage) for part in parts)
        assert taken / drawn.weights[:, rows].sum(axis=1) == pytest.approx(found.at_coverage(coverage).accepted, abs=1e-4)


def test_a_chosen_difference_is_as_wide_as_all_that_it_was_chosen_from():
    rng = np.random.default_rng(1)
    values = rng.normal(0.1, 0.04, (501, 3))
    values[0] = 0.1
    one, chosen = (difference(np.zeros((501, 3)), values, 200, 100, of) for of in (1, 20))
    assert chosen.estimate.low < one.estimate.low < one.estimate.high < chosen.estimate.high
    assert chosen.p == pytest.approx(min(1, 20 * one.p))
