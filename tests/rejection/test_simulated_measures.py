"""Do the intervals of measures hold? Data sets drawn from a law whose measures are known, by seeds.

``pytest -n 0 -m slow --log-cli-level=INFO`` shows what is found of every measure.
"""

import logging

import numpy as np
import pytest
from scipy import stats as scipy_stats

from robustfashion.rejection.judged import Judged
from robustfashion.rejection.measures import MEASURES, Levels, measure_all
from robustfashion.rejection.resampled import resampled

LOG = logging.getLogger(__name__)
RUNS = 100
"""Data sets of each case: docs/rejection.md's figures are of 400."""
BY_CHANCE = 3.0
"""Standard errors of so many runs by which a share may miss what is promised."""
RESAMPLES = 500
LEVELS = Levels(outlier_share=0.08)
SIZES = [(600, 20, 1), (600, 60, 1), (600, 300, 1), (250, 60, 3)]
"""Products of ordinary rows, of outliers, and pictures of each."""
PROMISED = ("auroc", "ood_accepted@id95", "augrc", "coverage@risk", "scod_risk", "detection_error")
"""Measures whose intervals must hold in 95 %, but for chance; of the others, docs/rejection.md says what was found."""
SHARED = 0.7
"""Part of the variance that the pictures of a product have in common."""


def draw(rng, ordinary, outliers, pictures, apart, second=(0.6, 0.8)):
    """Two scores and a network that errs in 8 %; ``apart``: how far outliers lie above ordinary rows, in their SD."""
    products = np.repeat(np.arange(ordinary + outliers), pictures)
    outlier = products >= ordinary

    def normal():
        own, common = rng.normal(size=len(products)), rng.normal(size=ordinary + outliers)[products]
        return own if pictures == 1 else np.sqrt(SHARED) * common + np.sqrt(1 - SHARED) * own

    wrong = (normal() < scipy_stats.norm.ppf(0.08)) & ~outlier
    base, shift = normal(), apart * outlier + 1.2 * wrong
    common, own = second
    first = base if second == (0.6, 0.8) else common * base + own * normal()
    scores = np.stack([first + shift, common * base + own * normal() + shift], axis=1)
    return Judged(scores, ("first", "second"), outlier, wrong, tuple(products.astype(str)))


def truth(size, apart):
    """Measures of both scores in a sample so large that its own error does not matter."""
    ordinary, outliers, _ = size
    big = draw(np.random.default_rng(1), 1_000_000, round(1_000_000 * outliers / ordinary), 1, apart)
    return [measure_all(big.column(name), big.outlier, big.wrong, LEVELS) for name in big.names]


@pytest.mark.slow
@pytest.mark.parametrize("apart", [1.6, 2.6])
@pytest.mark.parametrize("size", SIZES)
def test_intervals_cover(size, apart):
    first, second = truth(size, apart)
    held, differences = dict.fromkeys(MEASURES, 0), dict.fromkeys(MEASURES, 0)
    for run in range(RUNS):
        found = resampled(draw(np.random.default_rng([2, run]), *size, apart), "first", run, LEVELS, RESAMPLES)
        for name in MEASURES:
            of, change = found.values[name]["first"].estimate, found.differences[name]["second"].estimate
            held[name] += of.low - 1e-9 <= first[name] <= of.high + 1e-9
            differences[name] += change.low <= second[name] - first[name] <= change.high
    shares = {name: (held[name] / RUNS, differences[name] / RUNS) for name in MEASURES}
    LOG.info("%s, %s apart: %s", size, apart, shares)
    least = 0.95 - BY_CHANCE * np.sqrt(0.95 * 0.05 / RUNS)
    assert all(shares[name][0] >= least for name in PROMISED), shares
    assert shares["auroc"][1] >= least, shares


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_false_alarms(size):
    """Two scores of one law, so that neither is better."""
    alarms = dict.fromkeys(MEASURES, 0)
    for run in range(RUNS):
        judged = draw(np.random.default_rng([3, run]), *size, 1.6, second=(0.7, 0.7))
        found = resampled(judged, "first", run, LEVELS, RESAMPLES)
        for name in MEASURES:
            alarms[name] += found.differences[name]["second"].p_value < 0.05
    LOG.info("%s: %s", size, {name: count / RUNS for name, count in alarms.items()})
    assert alarms["auroc"] <= RUNS * (0.05 + BY_CHANCE * np.sqrt(0.05 * 0.95 / RUNS)), alarms
