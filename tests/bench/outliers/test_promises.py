"""Promises of threshold rules are judged as they are made: by product, over calibrations, by class, and all lines together."""

import numpy as np
import pytest

from robustfashion.bench.outliers.promises import Kept, judged, kept
from robustfashion.bench.outliers.scoring import scored
from robustfashion.bench.outliers.study import Subject
from robustfashion.decisions import Thresholds
from robustfashion.rejection.thresholds import Calibration, Promise, Rate, Threshold, parse_rule
from tests.bench.outliers.samples import CLASSES, table


def world(rng, products, shift=0.0, outliers=0):
    """Fresh answers and scores: half of the products have one picture, half five, and those of five score higher."""
    sizes = np.repeat([1, 5], products // 2)
    names = np.repeat([f"{rng.integers(1 << 40)}-{i}" for i in range(products)], sizes)
    level = np.repeat(rng.normal(size=products) + shift + np.where(sizes == 5, 1.0, 0.0), sizes)
    scores = np.r_[level + 0.3 * rng.normal(size=len(names)), rng.normal(9, 1, outliers)]
    n = len(scores)
    predicted = rng.integers(0, 3, n)
    labels = np.where(rng.random(n) < 0.02 + 0.1 * (scores > 1), (predicted + 1) % 3, predicted)
    kinds = (None,) * len(names) + ("far/noise",) * outliers
    of = table(predicted, np.full(n, 0.8), np.where(np.arange(n) < len(names), labels, -1), kinds=kinds, features=False)
    groups = (*names.tolist(), *(f"o{i}" for i in range(outliers)))
    return type(of)(of.ids, of.labels, of.logits, of.features, of.classes, groups, (), kinds), scores


def line(rule, rng, shift=0.0, products=120, outliers=0):
    known, scores = world(rng, products)
    calibration = Calibration.of(known, scores)
    fresh, new = world(rng, products, shift, outliers)
    return judged(rule, calibration, parse_rule(rule).calibrate(calibration), fresh, new)


@pytest.mark.parametrize("rule", ["quantile@0.2", "per-class:quantile@0.2", "target-risk@0.2/0.05"])
def test_a_promise_that_holds_is_hardly_ever_called_broken(rule):
    rng = np.random.default_rng(7)
    lines = [line(rule, rng) for _ in range(150)]
    assert np.mean([one.verdict == "broken" for one in lines]) <= 0.05
    if rule == "quantile@0.2":
        assert np.mean([one.achieved.value for one in lines]) == pytest.approx(0.2, abs=0.02), "of pictures it is 0.28"


@pytest.mark.parametrize("rule", ["quantile@0.2", "per-class:quantile@0.2"])
def test_a_promise_is_broken_where_ordinary_pictures_have_changed(rule):
    rng = np.random.default_rng(8)
    lines = [line(rule, rng, shift=1.2) for _ in range(20)]
    assert np.mean([one.verdict == "broken" for one in lines]) > 0.8
    assert all(one.of_class in CLASSES for one in lines if rule.startswith("per-class"))


def test_where_less_is_refused_than_promised_nothing_is_broken():
    found = line("quantile@0.2", np.random.default_rng(9), shift=-3)
    assert found.verdict == "kept" and found.p_value == 1.0


def test_one_batch_proves_nothing_of_a_false_discovery_rate():
    found = line("conformal-bh@0.1", np.random.default_rng(10), outliers=40)
    assert found.verdict == "one batch: no verdict" and found.p_value is None and found.achieved is not None


def test_verdicts_are_adjusted_for_all_lines():
    rng = np.random.default_rng(11)
    confidence = rng.uniform(0.4, 1, 200)
    of = table(rng.integers(0, 3, 200), confidence, rng.integers(0, 3, 200))
    fresh = table(rng.integers(0, 3, 90), rng.uniform(0.37, 0.74, 90), rng.integers(0, 3, 90), first=500)
    subject = Subject("net", 0, of, of, fresh, fresh.take([]), Thresholds(0.5))
    found = scored(subject, ("max_softmax",))
    few, many = (kept(subject, found, ["quantile@0.2"] * k, ["max_softmax"]) for k in (1, 4))
    assert 0 < few[0].p_value < 0.25 and many[0].p_value == pytest.approx(4 * few[0].p_value)


@pytest.mark.parametrize(
    ("p_value", "achieved", "verdict"),
    [
        (0.6, (0.02, 0.01, 0.04), "kept"),
        (0.4, (0.06, 0.04, 0.09), "consistent with its promise"),
        (0.06, (0.10, 0.06, 0.15), "consistent with its promise"),
        (0.04, (0.10, 0.06, 0.15), "broken"),
    ],
)
def test_a_promise_is_broken_only_by_a_test(p_value, achieved, verdict):
    threshold = Threshold("max_softmax", "rule", ("a", "b"), -0.5, promise=Promise("ordinary refused", 0.05))
    found = Kept("rule", "max_softmax", threshold, achieved=Rate(*achieved, 90, 90, 90.0), p_value=p_value)
    assert found.verdict == verdict
