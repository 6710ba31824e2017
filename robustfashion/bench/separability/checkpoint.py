"""The study on a network that somebody brings: its features of pictures that it has not been trained on."""

from contextlib import suppress
from dataclasses import replace

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.experiment import overlap
from robustfashion.bench.experiment.division import Division
from robustfashion.bench.experiment.network import Network
from robustfashion.bench.experiment.session import LeftOut, Session
from robustfashion.bench.experiment.tasks import TaskSpec, spec_of_classes, task_spec
from robustfashion.bench.separability.questions import Asked, Question, attributes_of, product_types_of
from robustfashion.bench.separability.settings import LEAST_POINTS, SeparabilitySettings
from robustfashion.bench.separability.study import UNSEEN, Pair, SeparabilityStudy, Subject, Thumbnails, Told
from robustfashion.bench.separability.subjects import Shown, of_question, subject_of
from robustfashion.bench.separability.thumbnails import thumbnails
from robustfashion.errors import InputError

CHECKPOINT = "given network"


def study_of(session: Session, settings: SeparabilitySettings, network: Network) -> tuple[SeparabilityStudy, Asked, LeftOut]:
    """Its own task, and beside it the product type of its attribute (or an attribute of its product type) where the data has one.

    Raises:
        InputError: data that cannot be used, or pictures that the network was trained on.
    """
    spec = spec_of_classes(network.classes)
    division = session.divide_for(network, settings.max_images)
    if int((division["test"].labels >= 0).sum()) < LEAST_POINTS:
        raise InputError(
            f"{division.catalogue.root}: fewer than {LEAST_POINTS} labelled pictures to ask about, too few to say how "
            "separable they are"
        )
    specs, divisions = {spec.name: spec}, {spec.name: division}
    other = _other(session, settings, network, spec)
    if other is not None:
        specs[other[0].name], divisions[other[0].name] = other
    question = _question(spec, None if other is None else other[0])
    asked = Asked((question,), divisions, specs, ())
    depth = tuple(_subject(session, network, asked, question, task) for task in (question.task, *question.attributes))
    table = session.predictions(network, division["test"], session.settings.preprocessing())
    known = table.take(np.flatnonzero(table.labels >= 0))
    answers = shared.Asked(known.correct.astype(np.float64), known.labels, known.products, len(known.classes))
    own = next(subject for subject in depth if subject.task == spec.name)
    study = SeparabilityStudy(
        depth, pairs=(Pair(*depth),) if len(depth) > 1 else (),
        told=(Told(own, shared.balanced_skill(answers), network.row.architecture),),
        thumbnails=_thumbnails(session, divisions), paths=_paths(divisions),
        no_pairs="" if len(depth) > 1 else f"the data has no related task of {spec.name} that can be told on its test pictures",
    )  # fmt: skip
    return study, asked, ()


def _other(
    session: Session, settings: SeparabilitySettings, network: Network, spec: TaskSpec
) -> tuple[TaskSpec, Division] | None:
    """The task that the network's own is held against, on test pictures that the network has not seen; None: there is none."""
    brings_test = settings.drawn or "test" in session.catalogue.ordinary().usable().column("split")
    if not brings_test:
        return None  # splits made now would know nothing of what the network was trained on
    for name in (*product_types_of(spec.name), *attributes_of(spec.name)):
        with suppress(InputError):
            other = task_spec(name, session.catalogue)
            division = session.divide(other.target, session._even(other.target, settings.max_images))
            return other, overlap.heed_checkpoint(division, network, True, settings.allow_overlap)
    return None


def _question(spec: TaskSpec, other: TaskSpec | None) -> Question:
    if other is None:
        return Question(spec.name)
    return Question(other.name, (spec.name,)) if spec.kind == "attribute" else Question(spec.name, (other.name,))


def _subject(session: Session, network: Network, asked: Asked, question: Question, task: str) -> Subject:
    part = asked.divisions[task]["test"]
    part = of_question(asked, question, task, part.take(np.flatnonzero(part.labels >= 0)))
    unlabelled = replace(part, labels=np.full(len(part), -1, np.int64))  # of another task than the network's
    table = session.predictions(network, unlabelled, session.settings.preprocessing())
    return subject_of(asked, question, task, Shown(CHECKPOINT, UNSEEN, (part,), np.asarray(table.features, np.float32)))


def _thumbnails(session: Session, divisions: dict[str, Division]) -> Thumbnails:
    preprocessing = session.settings.preprocessing()
    parts = [division["test"] for division in divisions.values()]
    pixels = np.concatenate([thumbnails(session.workspace, part, preprocessing) for part in parts])
    return Thumbnails(pixels, {name: row for row, name in enumerate(i for part in parts for i in part.ids)})


def _paths(divisions: dict[str, Division]) -> dict[str, str]:
    found: dict[str, str] = {}
    for division in divisions.values():
        part = division["test"].catalogue
        found |= {str(i): str(path) for i, path in zip(part.column("id"), part.column("path"), strict=True)}
    return found
