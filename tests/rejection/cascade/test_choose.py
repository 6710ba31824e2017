"""Choosing by a rule, assessing on fresh pictures, and matched coverage."""

import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.rejection.cascade import (
    MEASURES,
    ChoiceRule,
    Costs,
    Point,
    Weighing,
    assess,
    choose,
    compare,
    compare_with_no_gate,
    decided,
    error_budget,
    match_coverage,
    measure,
    promises,
    simulate,
)

from .worlds import world

WATCH = (("watch",),)
HARD = Point("hard", 0.5, WATCH, {"watch": 0.4})


@pytest.mark.parametrize("text", ["lowest-cost", "coverage-at-risk@0.05", "risk-at-coverage@0.8"])
def test_rules_have_a_text_form(text):
    assert str(ChoiceRule.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["cheapest", "lowest-cost@0.1", "coverage-at-risk", "risk-at-coverage@1.5", "coverage-at-risk@x"]
)
def test_rules_that_are_none(text):
    with pytest.raises(InputError, match="rule is"):
        ChoiceRule.parse(text)


@pytest.mark.parametrize("text", ["lowest-cost", "coverage-at-risk@0.1", "risk-at-coverage@0.7"])
def test_the_choice_is_the_best_of_all_points(text):
    simulation = simulate(world(20, ordinary=200, outliers=60), WATCH, Weighing(Costs(1, 3, 0.5)), points=20)
    choice = choose(simulation, ChoiceRule.parse(text))
    rows = [simulation.at(i) for i in range(len(simulation))]
    best = {
        "lowest-cost": lambda: min(row["cost"] for row in rows) == choice.measures["cost"],
        "coverage-at-risk@0.1": lambda: max(r["coverage"] for r in rows if r["risk"] <= 0.1) == choice.measures["coverage"],
        "risk-at-coverage@0.7": lambda: min(r["risk"] for r in rows if r["coverage"] >= 0.7) == choice.measures["risk"],
    }
    assert best[text]()
    assert choice.point == simulation.point(choice.number)
    assert (choice.pictures, choice.products) == (260, 260)
    assert choice.number in simulation.front()


def test_choices_that_cannot_be_made():
    simulation = simulate(world(0, ordinary=5, outliers=60), WATCH, points=20, modes=["no gate"])
    with pytest.raises(InputError, match=r"no point has a risk of 0 or less; the best is 0\.\d+; relax the limit"):
        choose(simulation, ChoiceRule.parse("coverage-at-risk@0"))
    nothing = simulate(world(20, outliers=0), WATCH, Weighing(outlier_share=0.1))
    with pytest.raises(InputError, match="the cost is not available, there are no outliers"):
        choose(nothing, ChoiceRule.parse("lowest-cost"))
    only = simulate(world(20, ordinary=0), WATCH)
    with pytest.raises(InputError, match="the coverage is not available, there are outliers only"):
        choose(only, ChoiceRule.parse("risk-at-coverage@0.5"))


@pytest.mark.parametrize("weighing", [Weighing(), Weighing(Costs(1, 4, 0.5, 0.1), 0.03, "products")])
def test_an_assessment_is_the_measures_with_intervals(weighing):
    case = world(21, ordinary=240, outliers=80, pictures=2)
    found = assess(HARD, case, weighing)
    expected = measure(case, decided(HARD, case.answers), weighing)
    assert not found.unknown
    for name in MEASURES:
        estimate = found.estimates[name]
        assert estimate is not None
        assert estimate.value == pytest.approx(expected[name]), name
        assert estimate.low < estimate.value < estimate.high, name
    assert found.estimates["coverage"].n == 240
    assert found.estimates["outliers_accepted"].n == 80
    assert found.budget == error_budget(case, decided(HARD, case.answers))
    assert sum(found.product_budget.values()) == 160
    assert set(promises(found)) == set(MEASURES)


def test_what_is_not_available_has_a_reason():
    ordinary = assess(HARD, world(22, outliers=0))
    assert ordinary.estimates["outliers_accepted"] is None
    assert ordinary.unknown == {"outliers_accepted": "there are no outliers"}
    assert ordinary.estimates["risk"].value == pytest.approx(ordinary.estimates["ordinary_risk"].value)
    expected = assess(HARD, world(22, outliers=0), Weighing(outlier_share=0.1))
    assert set(expected.unknown) == {"outliers_accepted", "tagged", "risk", "second_network", "cost"}
    only = assess(HARD, world(22, ordinary=0, outliers=30))
    assert set(only.unknown) == {"coverage", "ordinary_risk", "good_lost"}
    none = assess(Point("no gate", 1.0), world(22))
    assert none.unknown == {"risk": "nothing is tagged", "ordinary_risk": "nothing is tagged"}
    assert set(promises(none)) == set(MEASURES) - {"risk", "ordinary_risk"}


def test_a_share_of_none_or_all_keeps_the_measures_of_the_other_kind():
    none, everything = (assess(HARD, world(23), Weighing(outlier_share=share)) for share in (0.0, 1.0))
    assert none.estimates["outliers_accepted"].value == everything.estimates["outliers_accepted"].value
    assert none.estimates["coverage"].value == everything.estimates["coverage"].value
    assert none.estimates["risk"].value == pytest.approx(none.estimates["ordinary_risk"].value)
    assert everything.estimates["risk"].value == 1.0


@pytest.mark.parametrize("rough", [False, True])
@pytest.mark.parametrize("point", [Point("no gate", 1.0), HARD, Point("soft", 0.9, WATCH)], ids=lambda point: point.mode)
def test_coverage_is_matched_as_nearly_as_ties_allow(point, rough):
    case = world(24, ordinary=97, outliers=30, rough=rough)
    for target in (0.01, 0.31, 0.8, 1.0):
        matched = match_coverage(point, case, target)
        got = measure(case, decided(matched, case.answers))["coverage"]
        reachable = simulate(case, WATCH, points=1000, modes=[point.mode])
        rows = [i for i in range(len(reachable)) if point.mode != "hard" or reachable.gate_thresholds[i] >= 0.4]
        gate = min((reachable.gate_thresholds[i] for i in rows), default=0) if point.mode == "hard" else None
        coverages = [reachable.measures["coverage"][i] for i in rows if gate is None or reachable.gate_thresholds[i] == gate]
        assert abs(got - target) == pytest.approx(min(abs(one - target) for one in coverages if one > 0), abs=1e-9)


def test_against_no_gate_at_the_same_coverage():
    case = world(25, ordinary=400, outliers=100, pictures=2)
    found = compare_with_no_gate(HARD, case)
    assert found.coverages[0] == pytest.approx(found.coverages[1])
    first, second = (decided(point, case.answers).tags != -1 for point in (found.first, found.second))
    assert found.changes["outliers_accepted"].estimate.value == pytest.approx(second[400:].mean() - first[400:].mean())
    assert found.changes["outliers_accepted"].estimate.high < 0, "a gate of this world does stop outliers"
    assert found.changes["coverage"].estimate.value == pytest.approx(0)
    bad = case.answers.predicted != case.truth
    assert found.changes["wrong_tags"].estimate.value == pytest.approx((second & bad).mean() - (first & bad).mean())
    assert found.changes["wrong_tags"].products == 250
    same = compare(HARD, HARD, case)
    assert all(change.estimate.value == 0 for change in same.changes.values())
    assert compare_with_no_gate(HARD, world(25, outliers=0)).changes["outliers_accepted"] is None


def test_coverages_that_cannot_be_matched():
    with pytest.raises(InputError, match="outliers only"):
        compare_with_no_gate(HARD, world(26, ordinary=0, outliers=9))
    with pytest.raises(InputError, match="nothing to match"):
        compare_with_no_gate(Point("no gate", 1.0), world(26))
    refusing = Point("hard", 0.5, WATCH, {"watch": 1.0})
    with pytest.raises(InputError, match="at any threshold"):
        match_coverage(refusing, world(26), 0.5)


def test_the_choice_is_told_products_not_pictures():
    simulation = simulate(world(27, ordinary=80, outliers=20, pictures=4), WATCH, points=5)
    choice = choose(simulation, ChoiceRule("lowest-cost"))
    assert (choice.pictures, choice.products) == (100, 25)
    assert np.isfinite(choice.measures["cost"])
