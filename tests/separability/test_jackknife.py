import numpy as np
import pytest

from robustfashion.separability.jackknife import interval, standard_error
from robustfashion.stats import wilson


def test_of_a_mean_it_is_the_textbook_error():
    values = np.random.default_rng(0).normal(size=12)
    without = (values.sum() - values) / 11
    assert standard_error(without) == pytest.approx(values.std(ddof=1) / np.sqrt(12))
    found = interval(np.concatenate([[values.mean()], without]), n=12)
    assert (found.high - found.low) / 2 == pytest.approx(2.200985 * values.std(ddof=1) / np.sqrt(12), rel=1e-5)
    assert found.n == 12


def test_a_share_that_was_never_missed_is_not_certain():
    found = interval(np.ones(21), n=200, share=True, most=100)
    assert found.high == 1
    assert 0.93 < found.low < wilson(100, 100).low
    assert interval(np.zeros(21), n=200, share=True, most=100).high == pytest.approx(1 - found.low)


def test_a_share_stays_within_its_range():
    values = np.concatenate([[0.97], np.linspace(0.96, 0.98, 20)])
    found = interval(values, n=50, share=True, most=50)
    assert 0.5 < found.low < 0.97 < found.high < 1


def test_one_picture_missed_tells_no_more_than_none():
    """50 products of 20 pictures: that one picture is missed says of the next product what no miss says."""
    never = interval(np.ones(21), n=1000, share=True, most=50)
    once = interval(np.r_[0.999, [1.0], np.full(19, 0.99895)], n=1000, share=True, most=50)
    assert once.low <= never.low
    of_products = interval(np.r_[0.5, np.full(20, 0.5001)], n=1000, share=True, most=50, items=50)
    assert of_products.high - of_products.low > 0.2


def test_one_group_is_refused():
    with pytest.raises(ValueError, match="1 groups"):
        standard_error(np.ones(1))


def test_a_share_near_one_that_varies_a_little():
    values = np.r_[0.9993, 0.9993 - 0.003 * (np.arange(20) == 7)]
    found = interval(values, n=800, share=True, most=400)
    assert 0.97 < found.low < 0.9993 <= found.high <= 1
