"""The table of promises: forecasts of a study held against the pictures that were not drawn."""

import numpy as np
import pytest

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.study import Classifier, ResizeStudy, Run
from robustfashion.bench.sensitivity.forecast.promise import kept, promise_table
from robustfashion.bench.sensitivity.forecast.sample import chosen
from robustfashion.decisions import Thresholds
from robustfashion.stats.unseen import sampled, share_unseen
from tests.bench.sensitivity.forecast.samples import METHODS, world


def study(n=300, labelled=True, scale=0.6, seeds=(0, 1)):
    runs = tuple(Run(seed, Thresholds(0.6), world(n, seed=seed, labelled=labelled, scale=scale)) for seed in seeds)
    return ResizeStudy.of(METHODS[0], METHODS, [Classifier("label", Row("resnet18"), runs)])


def test_kept_by_hand():
    """Two draws of a tiny catalogue, worked out with the same functions one by one."""
    changed = (np.random.default_rng(1).random((40, 1)) < 0.3).astype(float)
    groups = tuple(f"p{i // 2}" for i in range(40))
    found = kept(changed, groups, 20, 2)
    held, errors = [], []
    for seed in range(2):
        seen = np.isin(np.arange(40), chosen(groups, 20, seed))
        of = share_unseen(sampled(changed[seen, 0], np.array(groups)[seen]), 20)
        truth = changed[~seen].mean()
        held.append(of.low <= truth <= of.high)
        errors.append(abs(of.value - truth))
    assert (found.held[0], found.errors[0], found.forecasts) == (np.mean(held), pytest.approx(np.mean(errors)), 2)
    assert found.truths[0] == changed.mean()


def test_table_of_conditions():
    found = promise_table({"=easy": study(), "hard": study(260, scale=1.5)}, pictures=100, draws=40)
    lines = [dict(zip([c.name for c in found.columns], row, strict=True)) for row in found.rows]
    assert [(line["Condition"], line["Of"]) for line in lines] == [
        ("=easy", "tags"), ("=easy", "classes"), ("hard", "tags"), ("hard", "classes"),
    ]  # fmt: skip
    assert all(line["Forecasts"] == 40 * 2 * 2 and line["Drawn"] == "100" for line in lines)
    assert all(line["Interval held"] > 0.9 and line["Error"] < line["Half width"] for line in lines)
    assert lines[2]["Changes, most"] > lines[0]["Changes, most"] > lines[0]["Changes, least"] > 0
    assert lines[0]["Held in the worst case"].n == 40


def test_a_wrong_forecast_would_show(monkeypatch):
    """Pictures that are not drawn at random are not foreseen, and the table says so."""
    monkeypatch.setattr("robustfashion.bench.sensitivity.forecast.promise.chosen", lambda _, pictures, __: np.arange(pictures))
    changed = np.zeros((200, 1))
    changed[100:] = 1
    assert kept(changed, tuple(map(str, range(200))), 100, 3).held[0] == 0


def test_half_of_few_and_none_of_too_few():
    few = promise_table({"a": study(60)}, draws=3)
    assert few.rows[0][3] == "30"
    assert promise_table({"a": study(30)}, draws=3) is None
    idle = study(labelled=True)
    wrong = ResizeStudy.of(METHODS[0], METHODS[:1], idle.everyone)
    assert promise_table({"a": wrong}, draws=3) is None
