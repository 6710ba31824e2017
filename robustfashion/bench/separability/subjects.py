"""From pictures of a division and somebody's features of them to a subject."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench import measures as shared
from robustfashion.bench.experiment.division import Division, Part, joined
from robustfashion.bench.separability.questions import Asked, Question
from robustfashion.bench.separability.study import Subject
from robustfashion.separability.points import Points

SPLITS = ("train", "validation", "test")


def whole(division: Division) -> Part:
    """All ordinary pictures of a task that have a label."""
    part = joined(*(division[split] for split in SPLITS))
    return part.take(np.flatnonzero(part.labels >= 0))


def of_question(asked: Asked, question: Question, task: str, part: Part) -> Part:
    """Of an attribute's pictures those of the product type: it may be an attribute of another one, too."""
    if task == question.task:
        return part
    target = asked.specs[question.task].target
    truth = part.catalogue.truth(target.column, target.positive).to_pylist()
    return part.take(np.flatnonzero([value == target.positive for value in truth]))


@dataclass(frozen=True)
class Shown:
    """Pictures of a task, and somebody's features of them."""

    features_of: str
    which: str
    parts: tuple[Part, ...]
    features: NDArray[np.float32]
    """[n, d], those of the first part first."""
    correct: NDArray[np.bool_] | None = None
    """Whether the network is right [n]; None: it is no network of this task."""


def subject_of(asked: Asked, question: Question, task: str, shown: Shown) -> Subject:
    """Labelled pictures with their features as a subject; classes that none of them has are left out.

    Raises:
        InputError: features that are NaN or infinite.
    """
    classes, parts = asked.divisions[task].task.classes, shown.parts
    numbers = np.concatenate([part.labels for part in parts])
    there = np.unique(numbers)
    labels = np.searchsorted(there, numbers).astype(np.int64)
    groups = tuple(name for part in parts for name in part.groups)
    answers = None
    if shown.correct is not None:
        answers = shared.Asked(shown.correct.astype(np.float64), numbers, groups, len(classes))
    points = Points(shown.features, labels, tuple(classes[k] for k in there), groups)
    return Subject(
        task=task, kind=asked.specs[task].kind, features=shown.features_of, points=points,
        ids=tuple(name for part in parts for name in part.ids),
        splits=tuple(split for part in parts for split in part.catalogue.column("split")),
        filed=tuple(str(label) for part in parts for label in part.catalogue.column("label")),
        which=shown.which, product_type=question.task if task != question.task else "", answers=answers,
    )  # fmt: skip
