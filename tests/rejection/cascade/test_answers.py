"""Cases: joined by id, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.cascade import Answers, Case, case_of

from .worlds import world


def _table(ids, logits, classes, labels=None, kinds=()):
    logits = np.asarray(logits, np.float32)
    labels = np.full(len(ids), -1) if labels is None else np.asarray(labels)
    return PredictionTable(tuple(ids), labels, logits, np.zeros((len(ids), 0), np.float32), tuple(classes), outlier_kinds=kinds)


ATTRIBUTE = _table("abc", [[2, 0], [0, 3], [1, 0]], ("Analogue", "Digital"), [0, 0, 1], (None, None, "near/clock"))
WATCH = _table("cab", [[3, 0], [0, 2], [0, 1]], ("other", "watch"))


def test_validators_are_joined_by_id():
    case = case_of(ATTRIBUTE, {"watch": WATCH})
    expected = 1 / (1 + np.exp([-2.0, -1.0, 3.0]))
    np.testing.assert_allclose(case.answers.gates["watch"], expected, rtol=1e-6)
    assert case.truth.tolist() == [0, 0, -1], "an outlier's label is none"
    assert case.right.tolist() == [True, False, False]
    assert case.products == ("a", "b", "c")
    assert case.answers.confidence[1] == pytest.approx(1 / (1 + np.exp(-3)))


def test_a_score_is_turned_round():
    case = case_of(ATTRIBUTE, {}, np.array([0.5, -2.0, 3.0]), "energy")
    assert case.answers.confidence.tolist() == [-0.5, 2.0, -3.0]
    assert case.answers.probability is not None
    with pytest.raises(InputError, match="leave the score out"):
        case_of(ATTRIBUTE, {}, np.zeros(3), "max_softmax")


def test_tables_that_do_not_fit():
    with pytest.raises(InputError, match="answered 2 pictures, the attribute classifier 3: 'b' is in one of them only"):
        case_of(ATTRIBUTE, {"watch": WATCH.take([0, 1])})
    with pytest.raises(InputError, match="validator of 'shoe' knows no such class; its classes are other, watch"):
        case_of(ATTRIBUTE, {"shoe": WATCH})
    with pytest.raises(InputError, match="picture 'a' is ordinary and has no label"):
        case_of(replace(ATTRIBUTE, labels=np.array([-1, 0, 1])), {})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: {"ids": c.ids[:-1]}, "give as many of each"),
        (lambda c: {"ids": (c.ids[1], *c.ids[1:])}, "'picture 1' is there twice"),
        (lambda c: {"truth": np.where(c.outlier, 0, c.truth)}, "is an outlier with a label"),
        (lambda c: {"truth": np.where(c.outlier, -1, 7)}, "truth is -1 to 7 for 3 classes"),
    ],
)
def test_cases_that_are_none(change, said):
    case = world(1, ordinary=7, outliers=4)
    with pytest.raises(InputError, match=said):
        replace(case, **change(case))


def test_no_pictures():
    case = world(1)
    with pytest.raises(InputError, match="one at least"):
        case.take(np.zeros(len(case.ids), bool))


@pytest.mark.parametrize(
    ("probabilities", "gates", "said"),
    [
        ([[0.5, np.nan], [0.5, 0.5]], {}, "row 0 hold NaN"),
        ([[0.5, 0.5], [0.5, 0.5]], {"watch": [0.5, np.nan]}, "'watch' is nan in row 1"),
        ([[0.5, 0.5], [0.5, 0.5]], {"watch": [0.5, 1.5]}, "'watch' is 1.5 in row 1"),
        ([[0.5, 0.5], [0.5, 0.5]], {"watch": [0.5]}, r"shape \[1\] for 2 pictures"),
        ([0.5, 0.5], {}, r"shape \[2\] for 2 classes"),
        ([[0.5, 0.2, 0.3]], {}, r"shape \[1, 3\] for 2 classes"),
        ([[3.0, 1.0]], {}, "attribute classifier is 3.0 in row 0"),
    ],
)
def test_answers_that_are_none(probabilities, gates, said):
    with pytest.raises(InputError, match=said):
        Answers.of(np.asarray(probabilities), ("a", "b"), {name: np.asarray(values) for name, values in gates.items()})


def test_predicted_classes_that_there_are_not():
    with pytest.raises(InputError, match="0 to 2 of 2 classes"):
        Answers(("a", "b"), np.array([0, 2]), np.array([0.5, 0.5]), {})


def test_take_keeps_rows_together():
    case = world(2, ordinary=11, outliers=5)
    few = case.take(np.array([12, 3]))
    assert isinstance(few, Case)
    assert few.ids == ("picture 12", "picture 3")
    assert few.outlier.tolist() == [True, False]
    assert few.answers.gates["watch"].tolist() == case.answers.gates["watch"][[12, 3]].tolist()
