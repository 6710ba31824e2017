"""How numbers read in sentences."""

import pytest

from robustfashion.bench import wording
from robustfashion.stats import Estimate


def test_estimates():
    assert wording.share(Estimate(0.975, 0.955, 0.9861, 400)) == "97.5 % [95.5, 98.6]"
    assert wording.points(Estimate(-0.15, -0.2, 0.0004, 400)) == "−15.0 points [−20.0, 0.0]"


@pytest.mark.parametrize(
    ("number", "text"), [(1.24, "+1.2"), (-0.3, "−0.3"), (0.05, "+0.1"), (0.049, "0.0"), (-0.049, "0.0"), (0.0, "0.0")]
)
def test_signs(number, text):
    assert wording.signed(number) == text


def test_counts():
    assert [wording.counted(count, "seed") for count in (0, 1, 2)] == ["0 seeds", "1 seed", "2 seeds"]
    assert [wording.are(count) for count in (0, 1, 2)] == ["0 are", "1 is", "2 are"]
    nouns = ["0 are outliers", "1 is an outlier", "2 are outliers", "1 is a picture"]
    assert [*(wording.are(count, "outlier") for count in (0, 1, 2)), wording.are(1, "picture")] == nouns


def test_a_mean_of_counts_is_not_rounded_to_none():
    assert [wording.mean_count(mean) for mean in (0.0, 1 / 3, 2.0, 12 + 2 / 3)] == ["0", "0.3", "2", "12.7"]
