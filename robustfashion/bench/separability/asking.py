"""Open the data and make points of it: every network pass of the suite."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench import measures as shared
from robustfashion.bench.experiment import trunks
from robustfashion.bench.experiment.division import OUTLIERS, Division, Part, joined, union
from robustfashion.bench.experiment.session import LeftOut, Session
from robustfashion.bench.separability.noise import noisy_copy
from robustfashion.bench.separability.questions import Asked, Question, asked_of
from robustfashion.bench.separability.settings import LEAST_POINTS, SeparabilitySettings
from robustfashion.bench.separability.study import (
    ALL,
    UNSEEN,
    Noisy,
    Pair,
    SeparabilityStudy,
    Strangers,
    Subject,
    Thumbnails,
    Told,
)
from robustfashion.bench.separability.thumbnails import raw_pixels, thumbnails
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.separability.points import Points

PRETRAINED, PIXELS = "pretrained network", "raw pixels"
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Space:
    """Features of every picture of the data that is in any task."""

    name: str
    features: NDArray[np.float32]
    """[N, d]."""
    row: Mapping[str, int]
    """By id."""


def study_of(session: Session, settings: SeparabilitySettings) -> tuple[SeparabilityStudy, Asked, LeftOut]:
    """The study, the divided data, and what was left out, with reasons.

    Raises:
        InputError: data or settings that cannot be used; before any network is trained.
    """
    session.check_rows([settings.head_row, *([settings.row] if "own" in settings.features else [])])
    asked = asked_of(session, settings)
    _check_sizes(asked)
    checked = {name: session.check_bases([settings.head_row, settings.row], of) for name, of in asked.divisions.items()}
    asked = replace(asked, divisions=checked)
    spaces, small = _spaces(session, settings, asked)
    main = spaces[0]
    first = asked.questions[0]
    depth = _subjects(asked, first, main)[:2]
    own = _own_networks(session, settings, asked)
    study = SeparabilityStudy(
        depth=depth,
        others=tuple(_others(asked, first, spaces[1:], own)),
        pairs=tuple(_pairs(asked, spaces, own)),
        told=tuple(_told(session, settings, asked, main)),
        noisy=_noisy(settings, depth[-1]),
        strangers=_strangers(session, settings, asked, depth) if main.name == PRETRAINED else {},
        thumbnails=small,
        paths=_paths(asked),
        no_pairs="" if any(q.attributes for q in asked.questions) else _alone(asked),
    )
    return study, asked, asked.left_out


def whole(division: Division) -> Part:
    """All ordinary pictures of a task that have a label."""
    part = joined(*(division[split] for split in SPLITS))
    return part.take(np.flatnonzero(part.labels >= 0))


def _check_sizes(asked: Asked) -> None:
    for question in asked.questions[:1]:
        for name in (question.task, *question.attributes[:1]):
            count = len(whole(asked.divisions[name]))
            if count < LEAST_POINTS:
                raise InputError(
                    f"task {name} has {count} labelled pictures; at least {LEAST_POINTS} are needed to say how separable they are"
                )


def _spaces(session: Session, settings: SeparabilitySettings, asked: Asked) -> tuple[list[Space], Thumbnails]:
    """Features that all tasks share, and thumbnails of everything."""
    everything = union([whole(division) for division in asked.divisions.values()])
    row = {name: k for k, name in enumerate(everything.ids)}
    preprocessing = session.settings.preprocessing()
    small = thumbnails(session.workspace, everything, preprocessing)
    found = []
    if "pretrained" in settings.features or settings.features == ("own",):
        trunk = trunks.trunk_of(settings.head_row, preprocessing.size)
        features = trunks.features(session.workspace, trunk, everything, [preprocessing])[preprocessing.name]
        found.append(Space(PRETRAINED, np.asarray(features, np.float32), row))
    if "pixels" in settings.features:
        found.append(Space(PIXELS, raw_pixels(small), row))
    return found, Thumbnails(small, row)


def _subjects(asked: Asked, question: Question, space: Space) -> tuple[Subject, ...]:
    """A product type and its attributes in one space, or a task alone."""
    found = []
    for task in (question.task, *question.attributes):
        part = _of_question(asked, question, task, whole(asked.divisions[task]))
        features = space.features[[space.row[name] for name in part.ids]]
        found.append(subject_of(asked, question, task, part, features, space.name, ALL))
    return tuple(found)


def _of_question(asked: Asked, question: Question, task: str, part: Part) -> Part:
    """Of an attribute's pictures those of the product type: it may be an attribute of another one, too."""
    if task == question.task:
        return part
    target = asked.specs[question.task].target
    truth = part.catalogue.truth(target.column, target.positive).to_pylist()
    return part.take(np.flatnonzero([value == target.positive for value in truth]))


def subject_of(
    asked: Asked, question: Question, task: str, part: Part, features: NDArray[np.float32], name: str, which: str
) -> Subject:
    """Labelled pictures with their features as a subject; classes that none of them has are left out.

    Raises:
        InputError: features that are NaN or infinite.
    """
    classes = asked.divisions[task].task.classes
    there = np.unique(part.labels)
    labels = np.searchsorted(there, part.labels).astype(np.int64)
    points = Points(features, labels, tuple(classes[k] for k in there), part.groups)
    splits = tuple(part.catalogue.column("split"))
    of = question.task if task != question.task else ""
    return Subject(task, asked.specs[task].kind, name, points, part.ids, splits, which, of)


OwnNetworks = Mapping[str, Mapping[str, tuple[Part, NDArray[np.float32]]]]
"""By name of the features and task: pictures that the network has not seen, and its features of them."""


def _own_networks(session: Session, settings: SeparabilitySettings, asked: Asked) -> OwnNetworks:
    """Each task's own networks, and what they make of pictures that they were not trained on."""
    if "own" not in settings.features:
        return {}
    wanted = dict.fromkeys(name for q in asked.questions for name in (q.task, *q.attributes))
    found: dict[str, dict[str, tuple[Part, NDArray[np.float32]]]] = {}
    for seed in settings.seeds:
        of = found.setdefault(f"own network, seed {seed}" if len(settings.seeds) > 1 else "own network", {})
        for name in wanted:
            division = asked.divisions[name]
            unseen = joined(division["validation"], division["test"])
            unseen = unseen.take(np.flatnonzero(unseen.labels >= 0))
            network = session.train(settings.row, seed, division, name=name)
            table = session.predictions(network, unseen, session.settings.preprocessing())
            of[name] = unseen, own_features(table, settings.row.on_trunk)
    return found


def own_features(table: PredictionTable, on_trunk: bool) -> NDArray[np.float32]:
    """What is a network's own: input of its last layer, or its logits where that input is the shared network's."""
    return np.asarray(table.logits if on_trunk else table.features, np.float32)


def _own(asked: Asked, question: Question, own: OwnNetworks, name: str) -> tuple[Subject, ...]:
    """A product type and its attributes, each in its own network's features."""
    found = []
    for task in (question.task, *question.attributes):
        part, features = own[name][task]
        kept = _of_question(asked, question, task, part)
        place = {i: row for row, i in enumerate(part.ids)}
        rows = [place[i] for i in kept.ids]
        found.append(subject_of(asked, question, task, kept, features[rows], name, UNSEEN))
    return tuple(found)


def _others(asked: Asked, question: Question, spaces: list[Space], own: OwnNetworks) -> list[Subject]:
    found = [subject for space in spaces for subject in _subjects(asked, question, space)[:2]]
    return found + [subject for name in own for subject in _own(asked, question, own, name)[:2]]


def _pairs(asked: Asked, spaces: list[Space], own: OwnNetworks) -> list[Pair]:
    found = []
    for question in asked.questions:
        everyone = [_subjects(asked, question, space) for space in spaces]
        everyone += [_own(asked, question, own, name) for name in own]
        found += [Pair(first, second) for first, *rest in everyone for second in rest]
    return sorted(found, key=lambda pair: [q.task for q in asked.questions].index(pair.first.task))


def _told(session: Session, settings: SeparabilitySettings, asked: Asked, space: Space) -> list[Told]:
    """Heads on the shared network for every task, as the accuracy suite fits them, and their skill on test pictures."""
    found = []
    for name, division in asked.divisions.items():
        network = session.train(settings.head_row, settings.seeds[0], division, name=name)
        test = division["test"]
        table = session.predictions(network, test.take(np.flatnonzero(test.labels >= 0)), session.settings.preprocessing())
        answers = shared.Asked(table.correct.astype(np.float64), table.labels, table.products, len(table.classes))
        (subject,) = _subjects(asked, Question(name), space)
        found.append(Told(subject, shared.balanced_skill(answers), settings.head_row.architecture))
    return found


def _noisy(settings: SeparabilitySettings, subject: Subject) -> Noisy | None:
    if not settings.drawn or not settings.label_noise or subject.kind != "attribute":
        return None
    return noisy_copy(settings.synthetic, settings.label_noise, subject)


def _strangers(
    session: Session, settings: SeparabilitySettings, asked: Asked, depth: tuple[Subject, ...]
) -> dict[str, Strangers]:
    """The data's outliers, in the features of the shared network; the same ones for each task."""
    part = asked.divisions[depth[0].task].parts.get(OUTLIERS)
    if part is None or not len(part):
        return {}
    preprocessing = session.settings.preprocessing()
    trunk = trunks.trunk_of(settings.head_row, preprocessing.size)
    features = trunks.features(session.workspace, trunk, part, [preprocessing])[preprocessing.name]
    found = Strangers(np.asarray(features, np.float32), part.ids, part.texts("outlier_kind"))
    return {subject.task: found for subject in depth}


def _paths(asked: Asked) -> dict[str, str]:
    found: dict[str, str] = {}
    for division in asked.divisions.values():
        usable = division.catalogue.usable()
        found |= {str(i): str(path) for i, path in zip(usable.column("id"), usable.column("path"), strict=True)}
    return found


def _alone(asked: Asked) -> str:
    name = asked.questions[0].task
    return f"the data has no product type of which {name} is an attribute, nor attributes of it: there is nothing to hold it against"
