"""Open or draw the pictures of every condition, train its networks (or find them in the cache) and ask them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from robustfashion.bench.experiment.detail import detail_of
from robustfashion.bench.experiment.division import Division, Part
from robustfashion.bench.experiment.network import Network
from robustfashion.bench.experiment.originals import originals
from robustfashion.bench.experiment.session import Divisions, Session
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.experiment.tasks import TaskSpec
from robustfashion.bench.resize.asking import Plan, ask_all
from robustfashion.bench.resize.study import Classifier, Run
from robustfashion.bench.sensitivity.condition import Condition
from robustfashion.bench.sensitivity.settings import SensitivitySettings
from robustfashion.bench.sensitivity.study import Cell, Surface
from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError

LeftOut = list[tuple[str, str]]


@dataclass(frozen=True)
class Opened:
    """A condition whose pictures are there."""

    condition: Condition
    session: Session
    settings: SensitivitySettings
    divisions: Divisions


def open_all(first: Session, settings: SensitivitySettings) -> tuple[list[Opened], LeftOut]:
    """Every condition with its pictures, divided for its tasks, and what was left out; nothing is trained yet.

    Raises:
        InputError: rows that cannot be trained, tasks that the data cannot teach, a base that has seen the test pictures.
    """
    sessions = {settings.synthetic.digest(): first}
    all_settings = {condition.label: condition.settings(settings) for condition in settings.design}
    for own in all_settings.values():
        Session(own, first.workspace.progress).check_rows([own.usual_row])
    opened, left_out = [], []
    for condition in settings.design:
        own = all_settings[condition.label]
        known = sessions.setdefault(own.synthetic.digest(), Session(own, first.workspace.progress))
        session = known.at(**_values(own))
        divisions, missing = session.divisions(own.named_tasks, own.usual_tasks)
        limited = {spec: limited_training(division, condition.training_pictures) for spec, division in divisions.items()}
        checked = {spec: session.check_bases([own.usual_row], division) for spec, division in limited.items()}
        opened.append(Opened(condition, session, own, checked))
        left_out += [(f"{condition.label}: {item}", reason) for item, reason in missing]
    return opened, left_out


def _values(settings: SensitivitySettings) -> dict[str, object]:
    return {of.name: getattr(settings, of.name) for of in fields(settings)}


def limited_training(division: Division, pictures: int | None) -> Division:
    """The division with at most so many training pictures, whole products in the order of a hash; the other parts stay.

    The first product of each class comes first, so that no class is lost. A smaller choice is part of every larger one.

    Args:
        division: for one task.
        pictures: at most; None: all.
    """
    train = division["train"]
    if pictures is None or len(train) <= pictures:
        return division
    kept = np.sort(_by_hash(train, pictures))
    return replace(division, parts={**division.parts, "train": train.take(kept)})


def _by_hash(train: Part, pictures: int) -> np.ndarray:
    members: dict[str, list[int]] = {}
    for row, group in enumerate(train.groups):
        members.setdefault(group, []).append(row)
    order = sorted(members, key=lambda group: hashlib.sha256(group.encode()).digest())
    firsts: dict[int, str] = {}
    for group in order:
        for row in members[group]:
            firsts.setdefault(int(train.labels[row]), group)
    chosen: list[int] = []
    for group in dict.fromkeys([*firsts.values(), *order]):
        if len(chosen) + len(members[group]) > pictures:
            break
        chosen += members[group]
    return np.array(chosen, dtype=np.int64)


def ask_surface(opened: list[Opened]) -> tuple[Surface, LeftOut]:
    """Every network of every condition, asked under every method, and what could not be measured."""
    cells: list[Cell] = []
    left_out: LeftOut = []
    for one in opened:
        found, missing = _cells(one)
        cells += found
        left_out += missing
    return Surface(cells), left_out


def _cells(one: Opened) -> tuple[list[Cell], LeftOut]:
    own, session = one.settings, one.session
    preprocessings = {method: own.preprocessing(method) for method in own.methods}
    study = ask_all(session, one.divisions, Plan([own.usual_row], own.reference, preprocessings))
    cells, left_out = [], []
    for classifier, (spec, division) in zip(study.everyone, one.divisions.items(), strict=True):
        again = None
        if own.recalibrate:
            again, why = _recalibrated(one, spec, classifier, preprocessings)
            left_out += [(f"{one.condition.label}, {spec.name}: BatchNorm re-estimated", why)] if why else []
        cells.append(Cell(
            one.condition, own, study, classifier, reduction(own, division["test"]), len(division["train"]),
            detail_of(session.workspace, division["test"], own.preprocessing()), division.catalogue.fingerprint(), again,
        ))  # fmt: skip
    return cells, left_out


def reduction(settings: ExperimentSettings, test: Part) -> float:
    """Factor by which the last resize makes pictures smaller; of a policy the median over the test pictures."""
    trained = settings.preprocessing()
    if trained.policy is None:
        return trained.canvas / trained.size
    scaling, side = trained.policy.scaling, trained.policy.side
    sides = [of.shorter_px if scaling == "shorter" else of.longer_px for of in originals(test, trained, settings.workers)]
    return float(np.median(sides)) / side


def _recalibrated(
    one: Opened, spec: TaskSpec, classifier: Classifier, preprocessings: Mapping[str, Preprocessing]
) -> tuple[Classifier | None, str]:
    """The same networks with BatchNorm statistics of unlabelled served pictures; None and the reason where there are none."""
    own, session, division = one.settings, one.session, one.divisions[spec]
    served = division["validation"]
    if not len(served):
        return None, "there are no validation pictures to estimate the statistics on"
    runs = []
    for run in classifier.runs:
        network = session.train(own.usual_row, run.seed, division, own.reference, spec.name)
        tables = {own.reference: run.tables[own.reference]}
        for method in own.methods[1:]:
            try:
                again: Network = session.recalibrate(network, served, preprocessings[method])
            except InputError as error:
                return None, str(error)
            tables[method] = session.predictions(again, division["test"], preprocessings[method])
        runs.append(Run(run.seed, run.thresholds, tables))
    return Classifier(spec.name, own.usual_row, tuple(runs), classifier.name), ""
