"""Temperatures and gates on made-up answers."""

import numpy as np
import pytest

from robustfashion.bench.regularization.confidences import (
    confidence,
    hard_gate,
    soft_gate,
    surest,
    temperature_of_confidence,
)
from robustfashion.predictions import PredictionTable


def table(logits, labels=None, classes=("a", "b", "c")) -> PredictionTable:
    logits = np.asarray(logits, np.float32)
    n = len(logits)
    labels = np.full(n, -1, np.int64) if labels is None else np.asarray(labels, np.int64)
    return PredictionTable(tuple(f"p{i}" for i in range(n)), labels, logits, np.zeros((n, 0), np.float32), classes)


def test_a_mean_confidence_is_met():
    found = table(np.random.default_rng(1).normal(0, 5, (200, 3)))
    for wanted in (0.4, 0.7, 0.95):
        degree = temperature_of_confidence(found, wanted)
        assert confidence(found, degree).mean() == pytest.approx(wanted, abs=1e-4)
    assert temperature_of_confidence(found, 0.1) is None and temperature_of_confidence(found, 1.5) is None


def test_two_classes_keep_their_order_at_any_temperature_three_do_not():
    rng = np.random.default_rng(2)
    for k, same in ((2, True), (3, False)):
        found = table(rng.normal(0, 3, (300, k)), classes=("a", "b", "c")[:k])
        orders = [np.argsort(confidence(found, t), kind="stable").tolist() for t in (1.0, 7.0)]
        assert (orders[0] == orders[1]) is same


def test_a_hard_gate_refuses_after_everything_that_it_passes():
    refusal, passes = np.array([0.9, 0.1, 0.2, 0.5]), np.array([0.8, 0.2, 0.1, 0.5])
    found = hard_gate(refusal, passes, 0.5)
    assert found.tolist() == [0.9, 2.8, 2.9, 0.5]


def test_a_soft_gate_multiplies_and_a_sure_gate_changes_nothing():
    assert soft_gate(np.array([0.2, 0.2]), np.array([1.0, 0.5])).tolist() == pytest.approx([0.2, 0.6])


def test_of_two_validators_the_surest_counts():
    top, dress = (
        table(logits, classes=("other", name)) for logits, name in (([[0, 0], [9, 0]], "top"), ([[9, 0], [0, 0]], "dress"))
    )
    assert surest({"top": top, "dress": dress}).tolist() == pytest.approx([0.5, 0.5])
    three = table([[0, np.log(3)]], classes=("other", "watch"))
    assert surest({"watch": three}).tolist() == pytest.approx([0.75])
