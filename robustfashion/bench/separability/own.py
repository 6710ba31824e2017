"""Each task's own networks, and what they make of pictures that they have not seen."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.experiment.division import Part, joined
from robustfashion.bench.experiment.noisy import drawn_noisy_set
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.separability.questions import Asked, Question
from robustfashion.bench.separability.settings import SeparabilitySettings
from robustfashion.bench.separability.study import UNSEEN, Subject
from robustfashion.bench.separability.subjects import Shown, of_question, subject_of
from robustfashion.predictions import PredictionTable

OWN = "own network"

OwnNetworks = Mapping[str, Mapping[str, Shown]]
"""By name of the features and task: pictures that the network has not seen, and its features of them."""


def own_networks(session: Session, settings: SeparabilitySettings, asked: Asked) -> OwnNetworks:
    """Each task's own networks, and what they make of pictures that they were not trained on."""
    if "own" not in settings.features:
        return {}
    wanted = dict.fromkeys(name for q in asked.questions for name in (q.task, *q.attributes))
    parts = {name: _unseen(session, settings, asked, name) for name in wanted}
    found: dict[str, dict[str, Shown]] = {}
    for seed in settings.seeds:
        title = f"own network, seed {seed}" if len(settings.seeds) > 1 else OWN
        for name in wanted:
            network = session.train(settings.own_row, seed, asked.divisions[name], name=name)
            tables = [session.predictions(network, part, session.settings.preprocessing()) for part in parts[name]]
            features = np.concatenate([own_features(table, settings.own_row.on_trunk) for table in tables])
            right = np.concatenate([table.correct for table in tables])
            found.setdefault(title, {})[name] = Shown(title, UNSEEN, parts[name], features, right)
    return found


def _unseen(session: Session, settings: SeparabilitySettings, asked: Asked, task: str) -> tuple[Part, ...]:
    """Pictures of validation and test, and those that were drawn for it where the task is of the first question."""
    division = asked.divisions[task]
    part = joined(division["validation"], division["test"])
    part = part.take(np.flatnonzero(part.labels >= 0))
    first = asked.questions[0]
    kind = asked.specs[first.task].kind
    if not settings.drawn or kind != "product type" or task not in (first.task, *first.attributes[:1]):
        return (part,)
    # Filed under the product type, whatever the task: the same pictures for both.
    more = drawn_noisy_set(session.workspace, settings.unseen, asked.specs[first.task], division, "unseen").ordinary
    return part, more


def own_features(table: PredictionTable, on_trunk: bool) -> NDArray[np.float32]:
    """What is a network's own: input of its last layer, or its logits where that input is the shared network's."""
    return np.asarray(table.logits if on_trunk else table.features, np.float32)


def own_subjects(asked: Asked, question: Question, own: OwnNetworks, name: str) -> tuple[Subject, ...]:
    """A product type and its attributes, each in its own network's features."""
    found = []
    for task in (question.task, *question.attributes):
        shown = own[name][task]
        parts = tuple(of_question(asked, question, task, part) for part in shown.parts)
        kept = {i for part in parts for i in part.ids}
        everyone = [i for part in shown.parts for i in part.ids]
        rows = [row for row, i in enumerate(everyone) if i in kept]
        assert shown.correct is not None  # a network of this task
        of = replace(shown, parts=parts, features=shown.features[rows], correct=shown.correct[rows])
        found.append(subject_of(asked, question, task, of))
    return tuple(found)
