"""What is decided: against a loop over pictures in plain Python, by hand for two levels, at ties; and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from robustfashion.decisions import NO_TAG
from robustfashion.decisions import decide as decide_by_threshold
from robustfashion.errors import InputError
from robustfashion.rejection.cascade import REASONS, Answers, Point, decide, decided, strength

from .worlds import CLASSES, world

SLEEVES = (("top", "dress"),)
BOOTS = (("shoe",), ("boot",))


def _by_hand(point, case):
    """Tag and reason of each picture, one by one."""
    found = []
    for i in range(len(case.ids)):
        predicted, top = int(case.answers.predicted[i]), float(case.answers.confidence[i])
        levels = [[(name, float(case.answers.gates[name][i])) for name in level] for level in point.levels]
        needed = point.class_thresholds.get(case.answers.classes[predicted], point.threshold)
        if point.mode == "soft":
            joint = 1.0
            for level in levels:
                joint *= max(value for _, value in level)
            passes, sure = joint >= point.threshold, joint * top >= point.threshold
        else:
            passes = all(any(value >= point.gate_thresholds[name] for name, value in level) for level in levels)
            sure = top >= needed
        reason = "refused by the gate" if not passes else "tagged" if sure else "refused by the attribute classifier"
        found.append((predicted if reason == "tagged" else NO_TAG, reason))
    return found


@pytest.mark.parametrize("rough", [False, True])
@pytest.mark.parametrize(
    "point",
    [
        Point("no gate", 0.625),
        Point("no gate", 0.625, class_thresholds={"Digital": 0.875}),
        Point("hard", 0.5, SLEEVES, {"top": 0.6, "dress": 0.9}),
        Point("hard", 0.5, BOOTS, {"shoe": 0.5, "boot": 0.7}, {"Analogue": 0.75}),
        Point("soft", 0.45, SLEEVES),
        Point("soft", 0.35, BOOTS),
    ],
    ids=lambda point: f"{point.mode}-{len(point.levels)}",
)
def test_decided_is_a_loop_over_pictures(point, rough):
    case = world(3, levels=point.levels or None, rough=rough)
    got = decided(point, case.answers)
    expected = _by_hand(point, case)
    assert [(tag, REASONS[reason]) for tag, reason in zip(got.tags.tolist(), got.reasons.tolist(), strict=True)] == expected
    assert got.second.tolist() == [reason != "refused by the gate" for _, reason in expected]
    assert len({reason for _, reason in expected}) == (2 if point.mode == "no gate" else 3), "the case shows every reason"
    if not point.class_thresholds:
        assert ((strength(point, case.answers) >= point.threshold) == (got.tags != NO_TAG)).all()


def test_two_levels_by_hand():
    """A boot; a shoe that is no boot; a hat that looks like a boot; a boot of unsure style."""
    gates = {"shoe": np.array([0.9, 0.9, 0.2, 0.8]), "boot": np.array([0.8, 0.3, 0.9, 0.8])}
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.45, 0.55]])
    hard = decide(Point("hard", 0.6, BOOTS, {"shoe": 0.5, "boot": 0.5}), probabilities, ("Chelsea", "Snow"), gates)
    assert hard.tags.tolist() == [0, -1, -1, -1]
    assert hard.reasons.tolist() == [0, 1, 1, 2]
    assert hard.second.tolist() == [True, False, False, True]
    soft = decide(Point("soft", 0.9 * 0.8 * 0.9, BOOTS), probabilities, ("Chelsea", "Snow"), gates)
    assert soft.tags.tolist() == [0, -1, -1, -1]
    assert soft.reasons.tolist() == [0, 1, 1, 1], "P(boot) of the last is 0.64, below what is asked for"


def test_any_validator_of_a_level_lets_pass():
    gates = {"top": np.array([0.9, 0.1, 0.1]), "dress": np.array([0.1, 0.9, 0.1])}
    probabilities = np.tile([0.2, 0.8], (3, 1))
    point = Point("hard", 0.5, SLEEVES, {"top": 0.5, "dress": 0.5})
    assert decide(point, probabilities, ("Long", "Short"), gates).tags.tolist() == [1, 1, -1]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_threshold_that_is_met_passes_in_either_precision(dtype):
    probabilities, gates = np.array([[0.3, 0.7]], dtype), {"watch": np.array([0.6], dtype)}
    point = Point("hard", 0.7, (("watch",),), {"watch": 0.6})
    assert decide(point, probabilities, ("a", "b"), gates).tags.tolist() == [1]
    above = replace(point, threshold=float(np.nextafter(dtype(0.7), dtype(1))))
    assert decide(above, probabilities, ("a", "b"), gates).tags.tolist() == [NO_TAG]


def test_without_a_gate_it_is_the_decision_by_threshold():
    case = world(5)
    probabilities = np.random.default_rng(1).dirichlet([1, 1, 1], 40)
    got = decide(Point("no gate", 0.6), probabilities, CLASSES, case.take(np.arange(40)).answers.gates)
    assert (got.tags == decide_by_threshold(probabilities, 0.6)).all()


def test_none_of_the_labels_is_no_tag():
    probabilities = np.array([[0.95, 0.05], [0.2, 0.8], [0.45, 0.55]])
    got = decide(Point("no gate", 0.6), probabilities, ("other", "dress"), {})
    assert got.tags.tolist() == [-1, 1, -1]
    assert [REASONS[i] for i in got.reasons] == ["none of the labels", "tagged", "refused by the attribute classifier"]


def test_a_score_of_rejection_passes_up_to_its_threshold():
    probabilities, score = np.tile([0.2, 0.8], (3, 1)), np.array([-4.0, -3.5, -3.0])
    got = decide(Point("no gate", 3.5, score="energy"), probabilities, ("a", "b"), {}, score)
    assert got.tags.tolist() == [1, 1, -1]
    with pytest.raises(InputError, match="max_softmax"):
        decide(Point("no gate", 0.5), probabilities, ("a", "b"), {}, score)
    with pytest.raises(InputError, match="energy"):
        decide(Point("no gate", 3.5, score="energy"), probabilities, ("a", "b"), {})
    # The soft gate reads probabilities, whatever else there is.
    answers = Answers.scored(probabilities, ("a", "b"), {"watch": np.full(3, 0.9)}, score, "energy")
    assert decided(Point("soft", 0.7, (("watch",),)), answers).tags.tolist() == [1, 1, 1]
    with pytest.raises(InputError, match="needs probabilities"):
        decided(Point("soft", 0.7, (("watch",),)), replace(answers, probability=None))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("hart", 0.5), "mode is 'hart'"),
        (("no gate", 0.5, (("watch",),)), "no gate has no level"),
        (("hard", 0.5), "a level has a validator"),
        (("hard", 0.5, (("watch",), ())), "a level has a validator"),
        (("hard", 0.5, (("watch",),)), "needs those of"),
        (("soft", 0.5, (("watch",),), {"watch": 0.5}), "needs those of"),
        (("soft", 0.5, (("watch",),), {}, {"Digital": 0.5}), "one threshold"),
        (("hard", 0.5, (("watch",),), {"watch": 1.2}), "gate threshold of 'watch' is 1.2"),
        (("no gate", 0.0), "threshold is 0.0"),
        (("no gate", float("nan")), "threshold is nan"),
        (("no gate", True), "threshold is True"),
        (("no gate", 0.5, (), {}, {"Digital": -1.0}), "class 'Digital' is -1.0"),
        (("no gate", float("inf"), (), {}, {}, "energy"), "a finite number"),
    ],
)
def test_points_that_are_none(arguments, said):
    with pytest.raises(InputError, match=said):
        Point(*arguments)


def test_answers_that_do_not_fit_the_point():
    answers = world(0).answers
    with pytest.raises(InputError, match="no answers of the validator 'shoe'; there are watch"):
        decided(Point("hard", 0.5, (("shoe",),), {"shoe": 0.5}), answers)
    with pytest.raises(InputError, match="of the score 'energy'"):
        decided(Point("no gate", 0.5, score="energy"), answers)
    with pytest.raises(InputError, match="'Sundial'"):
        decided(Point("no gate", 0.5, class_thresholds={"Sundial": 0.5}), answers)
