"""A point of operation and what it decides: which pictures get which tag, and at which stage the others are refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from robustfashion.decisions import NO_TAG, check_class_names
from robustfashion.errors import InputError, printable
from robustfashion.rejection.cascade.answers import MAX_SOFTMAX, Answers
from robustfashion.rejection.cascade.registry import Floats, Levels, joint_levels, weakest_level
from robustfashion.stats import FloatArray

Mode = Literal["no gate", "hard", "soft"]
"""``hard``: the gate passes the picture and the attribute classifier is sure of its class (the paper's). ``soft``: one threshold
on P(type) · P(class | type), which is the probability that the tag is right as both networks see it: the attribute classifier
has learned among pictures of the type, so that its softmax is conditional on it. Nothing is to be tuned but the threshold."""

MODES: tuple[Mode, ...] = get_args(Mode)

TAGGED, BY_GATE, BY_ATTRIBUTE, NONE_OF_THE_LABELS = range(4)

REASONS = ("tagged", "refused by the gate", "refused by the attribute classifier", "none of the labels")
"""By number: what happened to a picture."""


@dataclass(frozen=True)
class Point:
    """Thresholds of a cascade. A confidence that equals its threshold passes.

    Raises:
        InputError: thresholds missing, too many, or outside their range.
    """

    mode: Mode
    threshold: float
    """Least confidence of the attribute classifier (``no gate``, ``hard``) or least joint probability (``soft``)."""
    levels: Levels = ()
    gate_thresholds: Mapping[str, float] = field(default_factory=dict)
    """``hard``: least confidence of each validator, in 0..1."""
    class_thresholds: Mapping[str, float] = field(default_factory=dict)
    """``no gate``, ``hard``: by class name, instead of ``threshold``."""
    score: str = MAX_SOFTMAX

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise InputError(f"mode is {self.mode!r:.80}; use one of {', '.join(MODES)}")
        if (self.mode == "no gate") != (not self.levels) or not all(self.levels):
            raise InputError(
                f"mode is {self.mode} with levels {self.levels!r:.200}; a level has a validator at least, no gate has no level"
            )
        validators = {name for level in self.levels for name in level} if self.mode == "hard" else set()
        if set(self.gate_thresholds) != validators:
            raise InputError(
                f"gate thresholds are of {sorted(self.gate_thresholds)!r:.200}; "
                f"the mode {self.mode} needs those of {sorted(validators)!r:.200}"
            )
        if self.mode == "soft" and self.class_thresholds:
            raise InputError("class thresholds with a soft gate: it has one threshold, on the joint probability")
        self._check_ranges()

    def _check_ranges(self) -> None:
        for name, value in self.gate_thresholds.items():
            _check_number(f"gate threshold of {printable(name)!r:.80}", value, 0.0, 1.0)
        low, high = (np.nextafter(0, 1), 1.0) if self.score == MAX_SOFTMAX or self.mode == "soft" else (-np.inf, np.inf)
        _check_number("threshold", self.threshold, low, high)
        for name, value in self.class_thresholds.items():
            _check_number(f"threshold of the class {printable(name)!r:.80}", value, low, high)


@dataclass(frozen=True)
class Decisions:
    """What becomes of pictures."""

    tags: NDArray[np.int64]
    """Class numbers [n], or :data:`~robustfashion.decisions.NO_TAG`."""
    reasons: NDArray[np.int8]
    """[n], numbers of :data:`REASONS`."""
    second: NDArray[np.bool_]
    """Whether the attribute classifier had to run at all [n]: a picture that the gate refuses does not need it."""


def decide(
    point: Point,
    probabilities: Floats,
    classes: Sequence[str],
    gates: Mapping[str, Floats],
    score: FloatArray | None = None,
) -> Decisions:
    """Tags of pictures: what the tagging system calls, and what :func:`decided` says of the same answers.

    Args:
        point: thresholds.
        probabilities: of the attribute classifier [n, k].
        classes: its classes.
        gates: by validator, P(type) [n].
        score: of rejection [n], higher = more likely to be refused; only where ``point.score`` is not max softmax.

    Raises:
        InputError: a score that the point does not use or that is missing, a validator that is missing, NaN.
    """
    if (score is None) != (point.score == MAX_SOFTMAX):
        raise InputError(
            f"the point's score is {printable(point.score)!r:.80}; one is given for all but {MAX_SOFTMAX}, and for these always"
        )
    if score is None:
        return decided(point, Answers.of(probabilities, classes, gates))
    return decided(point, Answers.scored(probabilities, classes, gates, score, point.score))


def decided(point: Point, answers: Answers) -> Decisions:
    """Tags for answers.

    Raises:
        InputError: answers of another score, of other classes, or without a validator of the point.
    """
    check_answers(point, answers)
    passed, sure = _passes_gate(point, answers), _is_sure(point, answers)
    said_none = np.zeros(len(passed), np.bool_) if answers.rest is None else answers.predicted == answers.rest
    reasons = np.select([~passed, said_none, ~sure], [BY_GATE, NONE_OF_THE_LABELS, BY_ATTRIBUTE], TAGGED).astype(np.int8)
    tags = np.where(reasons == TAGGED, answers.predicted, NO_TAG)
    return Decisions(np.asarray(tags, np.int64), reasons, passed)


def strength(point: Point, answers: Answers) -> Floats:
    """The number [n] that ``point.threshold`` is held against.

    -inf where no threshold gives a tag: refused by a hard gate, or said to be none of the labels.
    """
    check_answers(point, answers)
    values = _joint(point, answers) if point.mode == "soft" else answers.confidence
    possible = _passes_gate(point, answers) if point.mode == "hard" else np.ones(len(values), np.bool_)
    if answers.rest is not None:
        possible &= answers.predicted != answers.rest
    return np.asarray(np.where(possible, values, values.dtype.type(-np.inf)))


def check_answers(point: Point, answers: Answers) -> None:
    """Check that a point can be applied to answers.

    Raises:
        InputError: answers of another score, of other classes, or without a validator of the point.
    """
    if point.score != answers.score and point.mode != "soft":
        raise InputError(
            f"the point is of the score {printable(point.score)!r:.80}, the answers of {printable(answers.score)!r:.80}"
        )
    check_class_names(point.class_thresholds, answers.classes)
    for level in point.levels:
        for name in level:
            if name not in answers.gates:
                have = ", ".join(map(printable, answers.gates)) or "none"
                raise InputError(f"no answers of the validator {printable(name)!r:.80}; there are {have}")
    if point.mode == "soft" and answers.probability is None:
        raise InputError(f"a soft gate needs probabilities; the answers have the score {printable(answers.score)!r:.80} alone")


def meets(values: Floats, threshold: FloatArray | float) -> NDArray[np.bool_]:
    """Whether values [n] are at least the threshold, in their own precision, so that a float32 0.7 meets 0.7."""
    return np.asarray(values >= np.asarray(threshold).astype(values.dtype))


def _passes_gate(point: Point, answers: Answers) -> NDArray[np.bool_]:
    if point.mode == "no gate":
        return np.ones(len(answers.predicted), np.bool_)
    if point.mode == "soft":
        # No class can lift the joint probability above P(type), so that the attribute classifier need not run below it.
        return meets(joint_levels(point.levels, answers.gates), point.threshold)
    found = [[meets(answers.gates[name], point.gate_thresholds[name]) for name in level] for level in point.levels]
    return np.asarray(np.all([np.any(level, axis=0) for level in found], axis=0))


def _is_sure(point: Point, answers: Answers) -> NDArray[np.bool_]:
    if point.mode == "soft":
        return meets(_joint(point, answers), point.threshold)
    by_class = np.array([point.class_thresholds.get(name, point.threshold) for name in answers.classes], np.float64)
    return meets(answers.confidence, by_class[answers.predicted])


def _joint(point: Point, answers: Answers) -> FloatArray:
    assert answers.probability is not None  # checked with the answers
    return np.asarray(joint_levels(point.levels, answers.gates) * answers.probability.astype(np.float64))


def gate_strength(levels: Levels, answers: Answers, mode: Mode) -> Floats:
    """The number [n] that the gate's one threshold is held against: the weakest level's confidence, or P(type)."""
    return weakest_level(levels, answers.gates) if mode == "hard" else joint_levels(levels, answers.gates)


def _check_number(what: str, value: object, low: float, high: float) -> None:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float | np.floating)
        or not (low <= value <= high and np.isfinite(value))
    ):
        meant = "a finite number" if np.isinf(high) else f"a confidence in {'[' if low == 0 else '('}0, 1]"
        raise InputError(f"{what} is {value!r:.80}; it is {meant}")
