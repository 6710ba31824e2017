"""Churn and drift: identities between the numbers, and hand-counted cases."""

import numpy as np
import pytest

from robustfashion.consistency import confidence_drift, decision_flips, flips, tag_changes, unanimous, worst_case
from robustfashion.decisions import decide


def _softmax(logits):
    e = np.exp(logits - logits.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


@pytest.fixture
def tables():
    rng = np.random.default_rng(11)
    logits = rng.normal(size=(37, 5))
    return _softmax(logits), _softmax(logits + rng.normal(scale=0.8, size=(37, 5))), rng.integers(0, 5, 37)


def test_flips_split_the_churn(tables):
    a, b, labels = tables
    fa, fb = a.argmax(1), b.argmax(1)
    found = flips(fa, fb, labels)
    np.testing.assert_array_equal(found.changed, fa != fb)
    assert found.changed.any()
    assert found.positive.mean() - found.negative.mean() == pytest.approx((fb == labels).mean() - (fa == labels).mean())
    back = flips(fb, fa, labels)
    np.testing.assert_array_equal(back.negative, found.positive)
    np.testing.assert_array_equal(back.wrong_to_wrong, found.wrong_to_wrong)


def test_flips_by_hand():
    found = flips(np.array([0, 0, 1, 2, 2]), np.array([0, 1, 0, 1, 2]), np.array([0, 0, 0, 0, 1]))
    numbers = [np.flatnonzero(mask).tolist() for mask in (found.negative, found.positive, found.wrong_to_wrong, found.changed)]
    assert numbers == [[1], [2], [3], [1, 2, 3]]


def test_drift_and_decisions_by_hand():
    a = np.array([[0.9, 0.1], [0.6, 0.4], [0.5, 0.5]])
    b = np.array([[0.2, 0.8], [0.55, 0.45], [0.95, 0.05]])
    assert confidence_drift(a, b) == pytest.approx([0.1, 0.05, 0.45])
    assert decision_flips(a, b, 0.7).tolist() == [False, False, True]
    either, changed = tag_changes(decide(a, 0.7), decide(b, 0.7))  # image 0 keeps a tag but another one; image 2 gains one
    assert either.tolist() == changed.tolist() == [True, False, True]
    assert not np.any(tag_changes(decide(a, 0.99), decide(b, 0.99)))


def test_same_input_changes_nothing(tables):
    a, _, labels = tables
    assert not flips(a.argmax(1), a.argmax(1), labels).changed.any()
    assert not confidence_drift(a, a).any() and not decision_flips(a, a, 0.5).any()


def test_unanimous_and_worst_case():
    predictions = np.array([[1, 1, 1], [0, 1, 0], [2, 2, 2], [0, 0, 1]])
    assert unanimous(predictions).tolist() == [True, False, True, False]
    np.testing.assert_array_equal(worst_case(predictions == np.array([1, 0, 0, 0])[:, None]), [True, False, False, False])
