"""The error of a threshold that stays as it was chosen, in resamples of products."""

import numpy as np
import pytest

from robustfashion.rejection.intervals import Strata
from robustfashion.rejection.judged import Judged
from robustfashion.rejection.least_error import KeptThresholds, raised
from robustfashion.rejection.measures import Levels, measure_all
from robustfashion.rejection.resampled import resampled

PRIOR = 0.3


def judged(seed=0, ordinary=70, outliers=23, levels=None):
    """Two scores of products of one to three rows, some of them with rows of both kinds."""
    rng = np.random.default_rng(seed)
    outlier = rng.permutation(np.arange(ordinary + outliers) >= ordinary)
    scores = rng.normal(size=(ordinary + outliers, 2)) + outlier[:, None] * [1.0, 2.0]
    if levels:
        scores = np.round(scores * levels) / levels
    products = tuple(f"p{i}" for i in rng.integers(0, 50, ordinary + outliers))
    return Judged(scores, ("one", "two"), outlier, np.zeros(len(outlier), bool), products)


@pytest.mark.parametrize("levels", [None, 2])
def test_as_drawn_it_is_the_detection_error(levels):
    case = judged(levels=levels)
    strata = Strata.of(case)
    kept = KeptThresholds.of(case, strata, PRIOR)
    (found,) = kept.errors(np.ones((1, strata.products), np.uint16), np.zeros((1, 4)))
    for error, name in zip(found, case.names, strict=True):
        wanted = measure_all(case.column(name), case.outlier, case.wrong, Levels(prior=PRIOR))["detection_error"]
        assert error == pytest.approx(wanted)


def test_resamples_and_pseudo_products_are_counted_as_rows():
    case = judged(3)
    strata = Strata.of(case)
    kept = KeptThresholds.of(case, strata, PRIOR)
    rng = np.random.default_rng(5)
    weights, pseudo = rng.integers(0, 4, (9, strata.products)).astype(np.uint16), rng.integers(0, 3, (9, 4)).astype(float)
    found = kept.errors(weights, pseudo)
    points = np.unique(case.column("one"))
    for b in range(9):
        times = weights[b][strata.member]

        def at(cut, times=times, extra=pseudo[b]):
            """Error of one threshold, row by row."""
            refused, outlier = case.column("one") > cut, case.outlier
            lost = (times[refused & ~outlier].sum() + extra[1]) / (times[~outlier].sum() + extra[:2].sum())
            let_in = (times[~refused & outlier].sum() + extra[2]) / (times[outlier].sum() + extra[2:].sum())
            return (1 - PRIOR) * lost + PRIOR * let_in

        plain = [at(cut, np.ones(len(case.products)), np.zeros(4)) for cut in points]
        assert found[b, 0] == pytest.approx(at(points[int(np.argmin(plain))]))
        assert found[b, 0] >= min(map(at, points)) - 1e-12


def test_errors_are_raised_by_the_gain_of_choosing_anew():
    errors, least = np.array([0.2, 0.3, np.nan]), np.array([0.1, 0.28, np.nan])
    assert raised(errors, least)[:2] == pytest.approx([0.26, 0.36])
    assert np.isnan(raised(np.full(2, np.nan), np.full(2, np.nan))).all()


def test_the_detection_errors_upper_bound_is_raised_and_no_other_is():
    case = judged(7, ordinary=150, outliers=60)
    found = resampled(case, None, 0, Levels(prior=PRIOR), 400)
    strata = Strata.of(case)
    errors = KeptThresholds.of(case, strata, PRIOR).errors(np.ones((1, strata.products), np.uint16), np.zeros((1, 4)))[0]
    for place, name in enumerate(case.names):
        estimate = found.values["detection_error"][name].estimate
        assert estimate.value == pytest.approx(errors[place]) and estimate.low < estimate.value < estimate.high
        assert estimate.high - estimate.value > estimate.value - estimate.low, "the least of a sample is too small, not too large"
