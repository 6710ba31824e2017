"""When a prediction becomes a tag: against a loop over rows, and what is refused."""

import subprocess
import sys

import numpy as np
import pytest

from robustfashion.consistency import decision_flips, tag_changes
from robustfashion.decisions import (
    NO_TAG,
    Thresholds,
    accepted,
    decide,
    mean_confidence,
    mean_confidence_thresholds,
    rest_of,
    tags,
)
from robustfashion.errors import InputError

CLASSES = ("other", "dress", "top", "shoe")


def _probabilities(seed: int, n: int = 53) -> np.ndarray:
    values = np.exp(np.random.default_rng(seed).normal(scale=1.5, size=(n, len(CLASSES))))
    return values / values.sum(axis=1, keepdims=True)


def _tags(probabilities, by_class) -> list[int]:
    """Row by row, in plain Python."""
    tags = []
    for row in probabilities.tolist():
        top = row.index(max(row))
        tags.append(top if row[top] >= by_class[top] else NO_TAG)
    return tags


@pytest.mark.parametrize("values", [[0.5] * 4, [0.3, 0.9, 0.6, 1.0], [1.0, 0.2, 0.7, 0.55]])
def test_decide_is_a_loop_over_rows(values):
    probabilities = _probabilities(1)
    found = decide(probabilities, np.array(values))
    wanted = _tags(probabilities, values)
    assert found.dtype == np.int64 and found.tolist() == wanted and NO_TAG in wanted and max(wanted) > 0
    assert accepted(probabilities, np.array(values)).tolist() == [tag != NO_TAG for tag in wanted]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_one_threshold_is_k_equal_ones(kind):
    probabilities = np.array([[0.7, 0.3], [0.3, 0.7], [0.31, 0.69]], kind)
    assert decide(probabilities, 0.7).tolist() == decide(probabilities, np.full(2, 0.7)).tolist() == [0, 1, NO_TAG]


def test_rows_do_not_depend_on_the_batch():
    probabilities, thresholds = _probabilities(2), np.array([0.4, 0.8, 0.6, 0.5])
    alone = [int(decide(row[None], thresholds)[0]) for row in probabilities]
    assert decide(probabilities, thresholds).tolist() == alone


def test_renumbered_classes():
    probabilities, thresholds, order = _probabilities(3), np.array([0.4, 0.8, 0.6, 0.5]), np.array([2, 0, 3, 1])
    found = decide(probabilities[:, order], thresholds[order])
    assert np.where(found == NO_TAG, NO_TAG, order[found]).tolist() == decide(probabilities, thresholds).tolist()


def test_no_rows():
    assert decide(np.zeros((0, 3)), np.full(3, 0.5)).shape == (0,)


@pytest.mark.parametrize("values", [[0.5] * 4, [0.3, 0.9, 0.6, 0.8]])
def test_consistency_with_thresholds_of_classes(values):
    a, b = _probabilities(4), _probabilities(5)
    a[::3] = b[::3]
    tags_a, tags_b = _tags(a, values), _tags(b, values)
    pairs = list(zip(tags_a, tags_b, strict=True))
    crossed, (either, changed) = (
        decision_flips(a, b, np.array(values)),
        tag_changes(*(decide(p, np.array(values)) for p in (a, b))),
    )
    assert crossed.tolist() == [(x == NO_TAG) != (y == NO_TAG) for x, y in pairs] and crossed.any()
    assert either.tolist() == [x != NO_TAG or y != NO_TAG for x, y in pairs]
    assert changed.tolist() == [x != y for x, y in pairs]
    if len(set(values)) == 1:
        np.testing.assert_array_equal(decision_flips(a, b, values[0]), decision_flips(a, b, np.array(values)))


def test_to_be_none_of_one_label_is_no_tag():
    probabilities = np.array([[0.95, 0.05], [0.1, 0.9], [0.4, 0.6]])
    assert tags(probabilities, Thresholds(0.8), ("other", "dress")).tolist() == [NO_TAG, 1, NO_TAG]
    assert tags(probabilities, Thresholds(0.8), ("long", "short")).tolist() == [0, 1, NO_TAG]
    assert rest_of(("other", "dress")) == 0 and rest_of(("dress", "other")) == 1 and rest_of(("other", "a", "b")) is None
    turned = tags(probabilities[:, ::-1], Thresholds(0.8), ("dress", "other"))
    assert turned.tolist() == [NO_TAG, 0, NO_TAG], "another team's columns, in the order of the alphabet"


def test_thresholds_in_class_order():
    found = Thresholds(0.5, {"top": 0.75, "other": 1}).of(CLASSES)
    assert found.dtype == np.float64 and found.tolist() == [1.0, 0.5, 0.75, 0.5]


@pytest.mark.parametrize("value", [0, -0.1, 1.01, float("nan"), True, "0.5", None])
def test_thresholds_outside_are_refused(value):
    with pytest.raises(InputError, match=r"^threshold is .*; a confidence lies in \(0, 1\]"):
        Thresholds(value)
    with pytest.raises(InputError, match=r"^class_thresholds\['top'\] is .*; a confidence lies in \(0, 1\]"):
        Thresholds(0.5, {"top": value})


def test_unknown_class():
    with pytest.raises(InputError, match="class_thresholds names 'hat'; the classes are other, dress, top, shoe"):
        Thresholds(0.5, {"hat": 0.7}).of(CLASSES)


@pytest.mark.parametrize("thresholds", [0, 1.5, float("nan"), np.array([0.5, 0.5, 0.5, 2])])
def test_arrays_outside_are_refused(thresholds):
    with pytest.raises(InputError, match=r"a confidence lies in \(0, 1\]"):
        decide(_probabilities(6), thresholds)


def test_arrays_of_another_length_are_refused():
    with pytest.raises(InputError, match=r"thresholds have shape \[3\]; give one, or one for each of 4 classes"):
        accepted(_probabilities(6), np.full(3, 0.5))


def test_mean_confidence():
    probabilities = _probabilities(7)
    wanted = sum(max(row) for row in probabilities.tolist()) / len(probabilities)
    assert mean_confidence(probabilities) == pytest.approx(wanted, rel=1e-12)
    found = mean_confidence_thresholds(probabilities)
    assert found.overall == mean_confidence(probabilities) and not found.by_class and "the paper's rule" in found.rule
    assert mean_confidence_thresholds(probabilities, rule="as agreed").rule == "as agreed"
    with pytest.raises(InputError, match="no predictions"):
        mean_confidence(probabilities[:0])


def test_importing_loads_numpy_only():
    code = "import sys, robustfashion.decisions; sys.exit(any(n in sys.modules for n in ('torch', 'scipy', 'pyarrow', 'rich')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
