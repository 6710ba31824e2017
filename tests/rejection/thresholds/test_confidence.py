"""Cuts of -confidence and thresholds on the confidence accept the very same rows, at the cut as well."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robustfashion.decisions import Thresholds, accepted
from robustfashion.errors import InputError
from robustfashion.rejection.thresholds import Threshold, from_decisions, parse_rule, to_decisions
from tests.rejection.thresholds.worlds import rows

CLASSES = ("a", "b", "c")


def neighbours(value, steps=4):
    """A float64 with its nearest ones below and above."""
    found = [value]
    for _ in range(steps):
        found = [np.nextafter(found[0], 0), *found, np.nextafter(found[-1], 1)]
    return np.array(found)


def probabilities(confidence):
    """Rows [n, 3] of this top-1 confidence, above a third."""
    rest = (1 - confidence) / 2
    return np.stack([rest, confidence, rest], axis=1)


@given(st.floats(-1, -0.35))
def test_cuts_become_thresholds(cut):
    threshold = Threshold("max_softmax", "given", CLASSES, cut)
    deployed = to_decisions(threshold)
    shown = probabilities(np.unique(np.concatenate([neighbours(-cut), neighbours(deployed.overall), [0.4, 0.7, 1.0]])))
    predicted = np.ones(len(shown), np.int64)
    expected = threshold.accepts(-shown.max(axis=1), predicted)
    np.testing.assert_array_equal(accepted(shown, deployed.of(CLASSES)), expected)


@given(st.floats(0.35, 1))
def test_thresholds_become_cuts(value):
    deployed = Thresholds(0.9, {"b": value})
    threshold = from_decisions(deployed, CLASSES)
    shown = probabilities(np.unique(np.append(neighbours(value), [0.4, 1.0])))
    expected = accepted(shown, deployed.of(CLASSES))
    np.testing.assert_array_equal(threshold.accepts(-shown.max(axis=1), np.ones(len(shown), np.int64)), expected)
    assert to_decisions(threshold).by_class["b"] == value


def test_every_confidence_is_accepted():
    """Every top-1 confidence of three classes is above a quarter."""
    assert to_decisions(Threshold("max_softmax", "given", CLASSES, -0.1)).overall == 0.25


def test_what_is_lost_on_calibration_rows_is_said():
    row = rows(np.random.default_rng(0), 200, classes=3)
    row = replace(row, scores=-1 + 0.6 * row.scores)
    found = from_decisions(Thresholds(0.75, {"b": 0.5}, "by hand"), CLASSES, row)
    assert found.rule == "by hand" and found.rows == 200 and 0.5 < found.refused.value < 0.8
    assert from_decisions(Thresholds(0.75), CLASSES).refused is None


def test_what_cannot_be_said_as_a_confidence():
    row = rows(np.random.default_rng(0), 200, classes=3)
    for threshold, message in (
        (Threshold("energy", "given", CLASSES, 0.5), "is a threshold on 'energy'"),
        (
            Threshold("max_softmax", "given", CLASSES, 0.5, {"b": -np.inf}),
            "the cut of class 'b' is -inf: no confidence reaches it",
        ),
        (parse_rule("conformal-bh@0.1").calibrate(row), "is about a batch"),
    ):
        with pytest.raises(InputError, match=message):
            to_decisions(threshold)
    with pytest.raises(InputError, match="class_thresholds names 'hat'"):
        from_decisions(Thresholds(0.5, {"hat": 0.5}), CLASSES)
