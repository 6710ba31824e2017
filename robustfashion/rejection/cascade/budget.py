"""Where each picture went: every one once, by what it is and by the stage that decided; and what perfect stages would change."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from robustfashion.rejection.cascade.answers import MAX_SOFTMAX, Answers, Case
from robustfashion.rejection.cascade.point import Decisions, Point, decided
from robustfashion.rejection.cascade.registry import Floats

Unit = Literal["pictures", "products"]

OUTCOMES: dict[str, str] = {
    "outlier accepted": "an outlier gets a tag",
    "ordinary mistake": "an ordinary picture gets a wrong tag",
    "good lost at the gate": "the class is right, and the gate refuses",
    "good lost at the attribute": "the class is right, and the attribute classifier is not sure enough",
    "good lost as none of the labels": "the picture has a label, and the attribute classifier says that it has none",
    "mistake refused at the gate": "the class is wrong, and the gate refuses",
    "mistake refused at the attribute": "the class is wrong, and the attribute classifier is not sure enough",
    "outlier refused at the gate": "as it should be",
    "outlier refused at the attribute": "as it should be, one network later",
    "outlier refused as none of the labels": "as it should be, by the answer itself",
    "rightly none of the labels": "the picture has no label, and gets none",
    "right tag": "an ordinary picture gets its tag",
}
"""What can become of a picture, worst first; a product is counted under the worst of its pictures."""

_NUMBER = {name: i for i, name in enumerate(OUTCOMES)}

_BY_REASON: dict[str, tuple[str, str, str, str]] = {
    "outlier": (
        "outlier accepted",
        "outlier refused at the gate",
        "outlier refused at the attribute",
        "outlier refused as none of the labels",
    ),
    "good": ("right tag", "good lost at the gate", "good lost at the attribute", "good lost as none of the labels"),
    "mistake": ("ordinary mistake", "mistake refused at the gate", "mistake refused at the attribute", "ordinary mistake"),
    "no label": ("rightly none of the labels",) * 4,
}
"""Outcome by what a picture is, and by what happened to it (in the order of ``REASONS``). Good: the class is right, or a picture
that has a label is said to have none; a mistake names a wrong label, so that it is never refused as none of them."""

_TABLE = np.array([[_NUMBER[name] for name in row] for row in _BY_REASON.values()], np.int8)


def outcomes(case: Case, decisions: Decisions) -> NDArray[np.int8]:
    """The outcome of each picture: numbers in the order of :data:`OUTCOMES`, int8 [n]."""
    right, rest = case.right, case.is_rest
    sort = np.select([case.outlier, right & rest, right | rest], [0, 3, 1], 2)
    return np.asarray(_TABLE[sort, decisions.reasons])


def error_budget(case: Case, decisions: Decisions, unit: Unit = "pictures") -> dict[str, int]:
    """How many pictures, or products, came to each of :data:`OUTCOMES`; the counts add up to all there are."""
    found = outcomes(case, decisions)
    if unit == "products":
        _, member = np.unique(np.asarray(case.products), return_inverse=True)
        worst = np.full(member.max() + 1, len(OUTCOMES), np.int8)
        np.minimum.at(worst, member, found)
        found = worst
    counts = Counter(found.tolist())
    return {name: counts[number] for name, number in _NUMBER.items()}


@dataclass(frozen=True)
class Oracle:
    """A cascade of which a stage is perfect: the case and the point that show it."""

    case: Case
    point: Point

    @property
    def decisions(self) -> Decisions:
        """What it decides."""
        return decided(self.point, self.case.answers)


def oracles(case: Case, point: Point) -> dict[str, Oracle]:
    """The cascade as it is, and with perfect stages at the same thresholds: what the best gate or classifier could gain.

    A perfect gate is sure of every ordinary picture and of no outlier. A perfect attribute classifier is sure of the right class
    of every ordinary picture; of outliers, for which no class is right, it thinks what it thought. Where there is no gate, the
    perfect one is put before.
    """
    gate, both = _with_perfect_gate(case, point), _with_perfect_gate(_with_perfect_attribute(case), point)
    return {
        "as it is": Oracle(case, point),
        "perfect gate": gate,
        "perfect attribute": Oracle(_with_perfect_attribute(case), point),
        "both perfect": both,
    }


def _with_perfect_gate(case: Case, point: Point) -> Oracle:
    sure = np.where(case.outlier, 0.0, 1.0)
    answers = replace(case.answers, gates={"perfect": sure})
    levels = (("perfect",),)
    if point.mode == "soft":
        return Oracle(replace(case, answers=answers), replace(point, levels=levels))
    return Oracle(replace(case, answers=answers), replace(point, mode="hard", levels=levels, gate_thresholds={"perfect": 1.0}))


def _with_perfect_attribute(case: Case) -> Case:
    answers: Answers = case.answers
    top = 1.0 if answers.score == MAX_SOFTMAX else float(np.finfo(answers.confidence.dtype).max)
    predicted = np.where(case.outlier, answers.predicted, case.truth)
    probability = None if answers.probability is None else _for_ordinary(case, answers.probability, 1.0)
    confidence = _for_ordinary(case, answers.confidence, top)
    return replace(case, answers=replace(answers, predicted=predicted, confidence=confidence, probability=probability))


def _for_ordinary(case: Case, values: Floats, value: float) -> Floats:
    return np.asarray(np.where(case.outlier, values, values.dtype.type(value)))
