"""Margins: moving the log-odds by less than the margin keeps the tag, by more does not."""

import numpy as np
import pytest

from robustfashion.bench.sensitivity.forecast.margins import class_margin, tag_margin
from robustfashion.decisions import Thresholds, tags
from tests.bench.sensitivity.forecast.samples import table


def test_known_margins():
    found = table([[3.0, 1.0, 0.0], [0.5, 0.5, -2.0]])
    assert class_margin(found).tolist() == [2.0, 0.0]
    assert class_margin(table([[1.0], [2.0]], classes=("a",))).tolist() == [np.inf, np.inf]


@pytest.mark.parametrize("classes", [("other", "dress"), ("coat", "dress")])
def test_of_two_classes_the_tag_flips_at_the_margin(classes):
    """Of two classes the log-odds are the difference of the logits: shifting it by the margin is just enough."""
    thresholds = Thresholds(0.7, {"dress": 0.8})
    logits = np.stack([np.zeros(400), np.random.default_rng(2).normal(0, 3, 400)], axis=1)
    answers = table(logits, classes=classes)
    margin = tag_margin(answers, thresholds)
    before = tags(answers.probabilities, thresholds, classes)
    moved = margin < 1e-3  # below what float32 can shift
    for way in (-1, 1):
        for part, moves in ((0.98, False), (1.02, True)):
            shifted = table(logits + np.stack([np.zeros(400), way * part * margin], 1), classes=classes)
            changed = tags(shifted.probabilities, thresholds, classes) != before
            if not moves:
                assert not changed.any()
            moved |= changed
    assert moved.all(), "one of the two ways changes each tag"


def test_the_rest_is_no_tag():
    """A sure "other" is as far from a tag as the dress is from its threshold, not as far as from being unsure."""
    thresholds = Thresholds(0.8)
    (found,) = tag_margin(table([[2.0, 0.0]], classes=("other", "dress")), thresholds)
    assert found == pytest.approx(2.0 + np.log(4), abs=1e-5)  # from log-odds −2 to log(0.8 / 0.2)


def test_threshold_and_rival():
    near_threshold, near_rival = tag_margin(table([[2.0, 0.0, 0.0], [5.0, 4.9, -9.0]]), Thresholds(0.5))
    odds = np.log(np.exp(2) / 2)
    assert near_threshold == pytest.approx(odds, abs=1e-5) and near_rival == pytest.approx(0.1, abs=1e-5)
