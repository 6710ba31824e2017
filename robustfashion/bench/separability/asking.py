"""Open the data and make points of it: every network pass of the suite."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench import measures as shared
from robustfashion.bench.experiment import trunks
from robustfashion.bench.experiment.division import OUTLIERS, Part, union
from robustfashion.bench.experiment.session import LeftOut, Session
from robustfashion.bench.separability.noise import noisy_copy
from robustfashion.bench.separability.own import own_networks, own_subjects
from robustfashion.bench.separability.questions import Asked, Question, asked_of
from robustfashion.bench.separability.settings import LEAST_POINTS, SeparabilitySettings
from robustfashion.bench.separability.study import (
    ALL,
    Noisy,
    Pair,
    SeparabilityStudy,
    Strangers,
    Subject,
    Thumbnails,
    Told,
)
from robustfashion.bench.separability.subjects import Shown, of_question, subject_of, whole
from robustfashion.bench.separability.thumbnails import raw_pixels, thumbnails
from robustfashion.errors import InputError

PRETRAINED, PIXELS = "pretrained network", "raw pixels"


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
    rows = [settings.head_row, *([settings.own_row] if "own" in settings.features else [])]
    session.check_rows(rows)
    asked = asked_of(session, settings)
    _check_sizes(asked)
    asked = replace(asked, divisions={name: session.check_bases(rows, of) for name, of in asked.divisions.items()})
    everything = union([whole(division) for division in asked.divisions.values()])
    small = _thumbnails(session, everything, _outliers(asked))
    trunk = _trunk(session, settings, everything)
    ways = _ways(session, settings, asked, {"pretrained": trunk, "pixels": Space(PIXELS, _raw(small, everything), trunk.row)})
    depth = ways[0][0][:2]
    study = SeparabilityStudy(
        depth=depth,
        others=tuple(subject for way in ways[1:] for subject in way[0][:2]),
        pairs=tuple(Pair(way[k][0], second) for k in range(len(asked.questions)) for way in ways for second in way[k][1:]),
        told=tuple(_told(session, settings, asked, trunk)),
        noisy=_noisy(settings, _in(asked, asked.questions[0], trunk)[:2][-1]),
        strangers=_strangers(session, settings, asked, depth),
        thumbnails=small,
        paths=_paths(asked),
        no_pairs="" if any(q.attributes for q in asked.questions) else _alone(asked.questions[0].task),
    )
    return study, asked, asked.left_out


def _check_sizes(asked: Asked) -> None:
    """Refuse tasks of too few pictures before anything is asked about them."""
    question = asked.questions[0]
    for task in (question.task, *question.attributes[:1]):
        count = len(of_question(asked, question, task, whole(asked.divisions[task])))
        if count < LEAST_POINTS:
            raise InputError(
                f"task {task} has {count} labelled pictures; at least {LEAST_POINTS} are needed to say how separable they are"
            )


def _thumbnails(session: Session, everything: Part, outliers: Part | None) -> Thumbnails:
    preprocessing = session.settings.preprocessing()
    parts = [everything] if outliers is None else [everything, outliers]
    pixels = np.concatenate([thumbnails(session.workspace, part, preprocessing) for part in parts])
    return Thumbnails(pixels, {name: row for row, name in enumerate(i for part in parts for i in part.ids)})


def _raw(small: Thumbnails, everything: Part) -> NDArray[np.float32]:
    return raw_pixels(small.pixels[: len(everything)])


def _trunk(session: Session, settings: SeparabilitySettings, part: Part) -> Space:
    """What the shared network makes of some pictures."""
    preprocessing = session.settings.preprocessing()
    trunk = trunks.trunk_of(settings.head_row, preprocessing.size)
    features = trunks.features(session.workspace, trunk, part, [preprocessing])[preprocessing.name]
    return Space(PRETRAINED, np.asarray(features, np.float32), {name: row for row, name in enumerate(part.ids)})


Way = list[tuple[Subject, ...]]
"""For each question the product type and its attributes (or a task alone), in one kind of features."""


def _ways(session: Session, settings: SeparabilitySettings, asked: Asked, spaces: Mapping[str, Space]) -> list[Way]:
    """In the order of the features that were asked for; of own networks one for each seed."""
    own = own_networks(session, settings, asked)
    found: list[Way] = []
    for kind in settings.features:
        if kind == "own":
            found += [[own_subjects(asked, question, own, name) for question in asked.questions] for name in own]
        else:
            found.append([_in(asked, question, spaces[kind]) for question in asked.questions])
    return found


def _in(asked: Asked, question: Question, space: Space) -> tuple[Subject, ...]:
    """A product type and its attributes in one space, or a task alone."""
    found = []
    for task in (question.task, *question.attributes):
        part = of_question(asked, question, task, whole(asked.divisions[task]))
        features = space.features[[space.row[name] for name in part.ids]]
        found.append(subject_of(asked, question, task, Shown(space.name, ALL, (part,), features)))
    return tuple(found)


def _told(session: Session, settings: SeparabilitySettings, asked: Asked, space: Space) -> list[Told]:
    """Heads on the shared network for every task, as the accuracy suite fits them, and their skill on test pictures."""
    found = []
    for name, division in asked.divisions.items():
        network = session.train(settings.head_row, settings.seeds[0], division, name=name)
        test = division["test"]
        table = session.predictions(network, test.take(np.flatnonzero(test.labels >= 0)), session.settings.preprocessing())
        answers = shared.Asked(table.correct.astype(np.float64), table.labels, table.products, len(table.classes))
        (subject,) = _in(asked, Question(name), space)
        found.append(Told(subject, shared.balanced_skill(answers), settings.head_row.architecture))
    return found


def _noisy(settings: SeparabilitySettings, subject: Subject) -> Noisy | None:
    if not settings.drawn or not settings.label_noise or subject.kind != "attribute":
        return None
    return noisy_copy(settings.synthetic, settings.label_noise, subject)


def _outliers(asked: Asked) -> Part | None:
    part = asked.divisions[asked.questions[0].task].parts.get(OUTLIERS)
    return part if part is not None and len(part) else None


def _strangers(
    session: Session, settings: SeparabilitySettings, asked: Asked, depth: tuple[Subject, ...]
) -> dict[str, Strangers]:
    """The data's outliers, in the features of the shared network; the same ones for each task."""
    part = _outliers(asked)
    if part is None or depth[0].features != PRETRAINED:
        return {}
    found = Strangers(_trunk(session, settings, part).features, part.ids, part.texts("outlier_kind"))
    return {subject.task: found for subject in depth}


def _paths(asked: Asked) -> dict[str, str]:
    found: dict[str, str] = {}
    for division in asked.divisions.values():
        usable = division.catalogue.usable()
        found |= {str(i): str(path) for i, path in zip(usable.column("id"), usable.column("path"), strict=True)}
    return found


def _alone(task: str) -> str:
    return f"the data knows no product type whose attribute is {task}, nor an attribute of {task}"
