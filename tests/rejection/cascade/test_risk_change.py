"""The paired difference of risk between two points: by hand, at any outlier share, and whether its interval holds."""

import logging

import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.rejection.cascade import Point, Weighing, compare, compare_with_no_gate, decided, measure

from .worlds import repeated, world

LOG = logging.getLogger(__name__)
HARD = Point("hard", 0.5, (("watch",),), {"watch": 0.4})
OPEN = Point("no gate", 0.4)
RUNS = 300


def risks(points, case, share=None):
    return [measure(case, decided(point, case.answers), Weighing(outlier_share=share))["risk"] for point in points]


@pytest.mark.parametrize("share", [None, 0.0, 0.07, 0.4, 1.0])
def test_it_is_the_difference_of_the_two_risks(share):
    case = world(41, ordinary=180, outliers=50)
    change = compare(OPEN, HARD, case, share).changes["risk"]
    first, second = risks((OPEN, HARD), case, share)
    assert change.estimate.value == pytest.approx(second - first)
    assert change.estimate.low <= change.estimate.value <= change.estimate.high
    back = compare(HARD, OPEN, case, share).changes["risk"].estimate
    assert (back.low, back.high) == pytest.approx((-change.estimate.high, -change.estimate.low))


def test_pictures_of_a_product_that_are_answered_alike_add_no_certainty():
    case = world(42, ordinary=90, outliers=31)
    one, three = (compare(OPEN, HARD, of, 0.1).changes["risk"] for of in (case, repeated(case, np.full(121, 3))))
    assert three.products == one.products == 121 and three.estimate.n == 3 * one.estimate.n
    assert three.standard_error == pytest.approx(one.standard_error) and three.df == pytest.approx(one.df)


def test_points_that_are_alike_are_not_certainly_so():
    change = compare(HARD, HARD, world(43, ordinary=60, outliers=20), 0.1).changes["risk"]
    assert change.estimate.value == 0 and change.estimate.low < -0.02 and change.estimate.high > 0.02


def test_what_is_not_known_is_none():
    alone, nothing = world(44, ordinary=60, outliers=0), Point("no gate", 1.0)
    assert compare(OPEN, HARD, alone, 0.1).changes["risk"] is None
    assert compare(OPEN, HARD, alone).changes["risk"] is not None
    assert compare(nothing, HARD, world(44), 0.1).changes["risk"] is None
    with pytest.raises(InputError, match=r"outlier share is 1\.5"):
        compare(OPEN, HARD, world(44), 1.5)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.05, 0.3])
@pytest.mark.parametrize(("ordinary", "outliers"), [(120, 30), (400, 60)])
@pytest.mark.parametrize("mode", ["hard", "soft"])
def test_its_interval_holds(mode, ordinary, outliers, share):
    """A gate against none at the same coverage; products of one to three pictures that are answered alike."""
    point = HARD if mode == "hard" else Point("soft", 0.3, (("watch",),))
    population, held = world(998, ordinary=60_000, outliers=20_000), 0
    first, second = risks((compare_with_no_gate(point, population).first, point), population, share)
    for seed in range(RUNS):
        sizes = np.random.default_rng(seed).integers(1, 4, ordinary + outliers)
        case = repeated(world(9000 + seed, ordinary=ordinary, outliers=outliers), sizes)
        found = compare_with_no_gate(point, case, share).changes["risk"].estimate
        held += found.low <= second - first <= found.high
    LOG.info("%s, %d + %d, outlier share %g: %.3f", mode, ordinary, outliers, share, held / RUNS)
    assert held / RUNS >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / RUNS)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.05, 0.3])
def test_two_validators_of_one_law_are_seldom_told_apart(share):
    alarms = 0
    gates = [Point("hard", 0.5, ((name,),), {name: 0.5}) for name in ("watch", "clock")]
    for seed in range(RUNS):
        case = world(15_000 + seed, ordinary=150, outliers=50, levels=(("watch",), ("clock",)))
        found = compare(*gates, case, share).changes["risk"].estimate
        alarms += not found.low <= 0 <= found.high
    LOG.info("outlier share %g: false alarms %.3f", share, alarms / RUNS)
    assert alarms / RUNS <= 0.05 + 3 * np.sqrt(0.95 * 0.05 / RUNS)
