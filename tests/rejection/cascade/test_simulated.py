"""A point chosen on pictures must not be reported on them: what intervals cover, over made-up sets of known truth."""

import numpy as np
import pytest

from robustfashion.rejection.cascade import (
    ChoiceRule,
    Costs,
    Weighing,
    assess,
    choose,
    compare_with_no_gate,
    decided,
    measure,
    simulate,
)

from .worlds import world

WATCH = (("watch",),)
WEIGHING = Weighing(Costs(1.0, 3.0, 0.4))
RUNS = 300


def _covers(estimate, truth):
    return bool(estimate.low <= truth <= estimate.high)


@pytest.mark.slow
@pytest.mark.parametrize(("text", "name"), [("coverage-at-risk@0.05", "risk"), ("lowest-cost", "cost")])
def test_fresh_pictures_cover_and_those_of_the_choice_do_not(text, name):
    """120 ordinary pictures and 20 outliers each: what docs/rejection.md prints."""
    population = world(999, ordinary=60_000, outliers=10_000)
    same, fresh, optimism = [], [], []
    for seed in range(RUNS):
        chosen_on, others = (world(1000 + 2 * seed + i, ordinary=120, outliers=20) for i in (0, 1))
        choice = choose(simulate(chosen_on, WATCH, WEIGHING, points=30), ChoiceRule.parse(text))
        truth = measure(population, decided(choice.point, population.answers), WEIGHING)[name]
        same.append(_covers(assess(choice.point, chosen_on, WEIGHING, seed).estimates[name], truth))
        fresh.append(_covers(assess(choice.point, others, WEIGHING, seed).estimates[name], truth))
        optimism.append(truth - choice.measures[name])
    error = np.std(optimism) / np.sqrt(RUNS)
    assert np.mean(optimism) > 5 * error, "the choice flatters itself"
    assert np.mean(fresh) >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / RUNS)
    assert np.mean(same) < np.mean(fresh) - 0.03


@pytest.mark.slow
def test_the_difference_to_no_gate_covers():
    """Outliers accepted behind a gate minus without one at the same coverage, 120 ordinary pictures and 30 outliers."""
    population = world(998, ordinary=60_000, outliers=10_000)
    point = simulate(population, WATCH, WEIGHING, points=10).point(10 + 10 * 4 + 3)
    truth = compare_with_no_gate(point, population).changes["outliers_accepted"].estimate.value
    assert truth < -0.1
    found = []
    for seed in range(RUNS):
        change = compare_with_no_gate(point, world(5000 + seed, ordinary=120, outliers=30)).changes["outliers_accepted"]
        found.append(_covers(change.estimate, truth))
    assert np.mean(found) >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / RUNS)
