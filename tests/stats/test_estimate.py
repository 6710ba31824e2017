"""Wilson's interval against scipy and a worked example."""

import pytest
from scipy import stats as scipy_stats

from robustfashion.stats import wilson


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
