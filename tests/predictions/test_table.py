"""Prediction table: softmax against scipy, rows taken, what does not belong together."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax

from robustfashion.predictions import PredictionTable
from tests.predictions.samples import assert_equal, plain, whole


def test_probabilities_are_softmax():
    table = plain()
    np.testing.assert_allclose(table.probabilities, softmax(table.logits.astype(float), axis=1), rtol=1e-12)
    np.testing.assert_array_equal(table.predicted, table.probabilities.argmax(1))
    np.testing.assert_array_equal(table.correct, table.predicted == table.labels)


def test_the_lower_class_wins_a_tie():
    table = replace(plain(n=1), logits=np.array([[1, 5, 5]], np.float32))
    assert table.predicted.tolist() == [1]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"ids": ("a",)}, "belong together"),
        ({"labels": np.zeros(3, np.int64)}, "belong together"),
        ({"logits": np.zeros((7, 2), np.float32)}, "belong together"),
        ({"features": np.zeros((6, 4), np.float32)}, "belong together"),
        ({"groups": ("a",)}, "1 groups"),
        ({"splits": ("test",)}, "1 splits"),
        ({"outlier_kinds": (None,)}, "1 outlier_kinds"),
        ({"features": np.zeros((7, 5), np.float32)}, "last layer"),
        ({"labels": np.full(7, 3)}, "labels are 3 to 3 for 3 classes"),
        ({"labels": np.full(7, -2)}, "a label is -1 to 2"),
        ({"logits": np.full((7, 3), np.nan, np.float32)}, "diverged"),
        ({"logits": np.full((7, 3), np.inf, np.float32)}, "diverged"),
    ],
)
def test_mismatch_and_divergence_are_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        replace(whole(), **changed)


def test_rows_carry_everything():
    table = whole()
    found = table.take([6, 1])
    assert found.ids == (table.ids[6], table.ids[1]) and found.groups == (table.groups[6], table.groups[1])
    assert found.splits == ("test", None) and found.outlier_kinds == (None, "person")
    np.testing.assert_array_equal(found.logits, table.logits[[6, 1]])
    np.testing.assert_array_equal(found.features, table.features[[6, 1]])
    assert found.last_layer is table.last_layer and found.origin is table.origin
    assert table.in_split("test").ids == table.ids[2:]
    assert table.ordinary().ids == (table.ids[0], *table.ids[2:])


def test_what_is_not_known_selects_nothing_or_everything():
    table = plain()
    assert table.in_split("test").ids == ()
    assert_equal(table.ordinary(), table)
    assert table.products == table.ids and whole().products == whole().groups
    assert isinstance(table.take([]), PredictionTable)
