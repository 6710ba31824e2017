"""Rates with resampled products: against the binomial law that they follow, and coverage by simulation."""

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from robustfashion.stats import cluster_bootstrap, quantile_estimate, ratio_bootstrap, share_bootstrap
from tests.stats.worlds import noise


def names(count):
    return [str(i) for i in range(count)]


def changed(count, n):
    values = np.zeros((n, 1))
    values[:count] = 1
    return values


@pytest.mark.parametrize(("count", "n"), [(0, 100), (1, 100), (7, 300), (50, 100), (100, 100)])
def test_single_pictures_are_binomial(count, n):
    (found,) = share_bootstrap(changed(count, n), np.ones((n, 1)), names(n), 0)
    low, high = (scipy_stats.binom.ppf(q, n + 2, (count + 1) / (n + 2)) / (n + 2) for q in (0.025, 0.975))
    step = 1.01 / (n + 2)  # of 2,000 resamples, a percentile may be one count off
    assert found.value == count / n and found.n == n
    assert found.low == pytest.approx(min(low, count / n), abs=step)
    assert found.high == pytest.approx(max(high, count / n), abs=step)


def test_nothing_seen_is_the_rule_of_three():
    (found,) = share_bootstrap(changed(0, 300), np.ones((300, 1)), names(300), 0)
    assert (found.value, found.low) == (0, 0) and found.high == pytest.approx(3 / 300, abs=0.001)


def test_a_share_of_hardly_anything_is_at_most_one():
    """With one product among, whole resamples have nothing to take a share of, so that nothing is known."""
    found = [share_bootstrap(changed(count, 40), changed(1, 40), names(40), 0)[0] for count in (0, 1)]
    assert [(e.value, e.low, e.high) for e in found] == [(0.0, 0.0, 1.0), (1.0, 0.0, 1.0)]


def test_only_what_is_among_counts():
    """Pictures without a tag under either method are not in the question, and do not make the answer surer."""
    among = changed(60, 60)
    some = share_bootstrap(changed(12, 60), among, names(60), 0)[0]
    more = share_bootstrap(changed(12, 600), changed(60, 600), names(600), 0)[0]
    assert some.value == more.value == pytest.approx(0.2)
    assert more.high - more.low == pytest.approx(some.high - some.low, rel=0.15)
    assert share_bootstrap(changed(0, 5), np.zeros((5, 1)), names(5), 0) == [None]


def test_copies_of_pictures_add_nothing():
    groups = np.repeat(names(80), 4)
    alone = share_bootstrap(changed(9, 80), np.ones((80, 1)), names(80), 0)[0]
    copied = share_bootstrap(np.repeat(changed(9, 80), 4, axis=0), np.ones((320, 1)), groups, 0)[0]
    assert (alone.value, alone.low, alone.high) == pytest.approx((copied.value, copied.low, copied.high), abs=0.02)
    assert copied.n == 320


def test_ratio_of_counts_against_the_log_method():
    """Ratio of two independent counts: the log of it has variance 1 / a + 1 / b."""
    n = 4000
    above, below = changed(200, n), changed(100, n)[::-1]
    (found,) = ratio_bootstrap(above, below, names(n), 0)
    half = 1.96 * math.sqrt(1 / 200 + 1 / 100)
    assert found.value == 2 and (found.low, found.high) == pytest.approx((2 * math.exp(-half), 2 * math.exp(half)), rel=0.06)


def test_ratio_to_hardly_anything_has_no_upper_bound():
    (found,) = ratio_bootstrap(changed(20, 200), changed(1, 200), names(200), 0)
    assert found.value == 20 and found.high == math.inf and 0 < found.low < 20
    assert ratio_bootstrap(changed(20, 200), changed(0, 200), names(200), 0) == [None]


def test_quantile_without_clusters_is_the_order_statistics_interval():
    values = np.random.default_rng(0).random(2000)
    found = quantile_estimate(values, names(2000), 0.95)
    assert found.value == pytest.approx(np.quantile(values, 0.95))
    ranks = scipy_stats.binom.ppf([0.025, 0.975], 2000, 0.95)
    ordered = np.sort(values)
    assert (found.low, found.high) == pytest.approx(tuple(ordered[ranks.astype(int)]), abs=0.003)
    copied = quantile_estimate(np.repeat(values, 3), np.repeat(names(2000), 3), 0.95)
    assert copied.high - copied.low == pytest.approx(found.high - found.low, rel=0.1)
    assert quantile_estimate(np.zeros(5), names(5), 0.95).high == 0


def products_that_change(rng, products, share, pictures):
    """A product's pictures change together or one by one; the share of pictures that change is ``share``."""
    together = rng.random((products, 1)) < 0.5
    draw = np.where(together, rng.random((products, 1)), rng.random((products, pictures)))
    return (draw < share).astype(float).reshape(-1, 1), np.repeat(np.arange(products), pictures).astype(str)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.01, 0.04, 0.2])
@pytest.mark.parametrize(("products", "pictures"), [(50, 1), (300, 1), (150, 3)])
def test_coverage_of_a_share(share, products, pictures):
    runs, rng, held = 600, np.random.default_rng([products, pictures, round(100 * share)]), 0
    for run in range(runs):
        values, groups = products_that_change(rng, products, share, pictures)
        (found,) = share_bootstrap(values, np.ones_like(values), groups, run)
        held += found.low <= share <= found.high
    assert held / runs > 0.95 - noise(0.05, runs)


@pytest.mark.slow
def test_the_bootstrap_before():
    """One product in a hundred changes, fifty are asked: in 60 % of cases none is seen, and the bootstrap says [0, 0]."""
    runs, rng, held = 500, np.random.default_rng(2), 0
    for run in range(runs):
        values, groups = products_that_change(rng, 50, 0.01, 1)
        found = cluster_bootstrap(values, groups, run, resamples=400)[0]
        held += found.low <= 0.01 <= found.high
    assert held / runs < 0.5


@pytest.mark.slow
@pytest.mark.parametrize("below", [0.02, 0.08])
def test_coverage_of_a_ratio(below):
    runs, rng, held = 800, np.random.default_rng(round(100 * below)), 0
    for run in range(runs):
        first, groups = products_that_change(rng, 200, 0.05, 2)
        second, _ = products_that_change(rng, 200, below, 2)
        found = ratio_bootstrap(first, second, groups, run)[0]
        held += found is None or found.low <= 0.05 / below <= found.high
    assert held / runs > 0.95 - noise(0.05, runs)


@pytest.mark.slow
@pytest.mark.parametrize(("products", "pictures"), [(80, 1), (300, 1), (100, 3)])
def test_coverage_of_a_quantile(products, pictures):
    runs, rng, held, truth = 2000, np.random.default_rng([products, pictures]), 0, -math.log(0.05)
    for _ in range(runs):
        whole, one = rng.exponential(size=(products, 1)), rng.exponential(size=(products, pictures))
        values = np.where(rng.random((products, 1)) < 0.5, whole, one).reshape(-1)
        found = quantile_estimate(values, np.repeat(np.arange(products), pictures).astype(str), 0.95)
        held += found.low <= truth <= found.high
    assert held / runs > 0.95 - noise(0.05, runs)
