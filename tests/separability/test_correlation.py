import numpy as np
import pytest
from scipy.stats import spearmanr

from robustfashion.errors import InputError
from robustfashion.separability.correlation import rank_correlation
from tests.stats.worlds import noise


def pair(rng, correlation, n=14):
    x = rng.normal(size=n)
    return x, correlation * x + np.sqrt(1 - correlation**2) * rng.normal(size=n)


def test_value_is_spearmans():
    x, y = pair(np.random.default_rng(0), 0.7)
    found = rank_correlation(x.tolist(), y.tolist())
    assert found.value == pytest.approx(spearmanr(x, y).statistic)
    assert found.low < found.value < found.high
    assert found.n == 14
    assert rank_correlation((-x).tolist(), y.tolist()).high == pytest.approx(-found.low)


def test_perfect_ranks_are_not_certain():
    found = rank_correlation(range(14), range(14))
    assert found.value == found.high == pytest.approx(1)
    assert 0.5 < found.low < 0.99


@pytest.mark.parametrize("correlation", [0.0, 0.6, 0.9])
def test_coverage_with_fourteen_tasks(correlation):
    runs, rng = 400, np.random.default_rng(1)
    truth = 6 / np.pi * np.arcsin(correlation / 2)  # of a normal pair
    found = [rank_correlation(*pair(rng, correlation)) for _ in range(runs)]
    assert np.mean([e.low <= truth <= e.high for e in found]) >= 0.95 - noise(0.05, runs)


def test_bad_input():
    with pytest.raises(InputError, match="4 tasks"):
        rank_correlation([1, 2, 3, 4], [1, 2, 3, 4])
    with pytest.raises(InputError, match="same for all 5 tasks"):
        rank_correlation([1, 2, 3, 4, 5], [2] * 5)
    with pytest.raises(InputError, match="one of the 5 tasks is not finite"):
        rank_correlation([1, 2, 3, 4, float("nan")], [1, 2, 3, 4, 5])
    with pytest.raises(ValueError, match="5 and 4"):
        rank_correlation([1, 2, 3, 4, 5], [1, 2, 3, 4])
