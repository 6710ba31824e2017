"""Train (or load) the networks of a mitigation study and ask them: every network pass of the suite."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from robustfashion.bench.experiment.division import Division
from robustfashion.bench.experiment.network import Network
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.mitigation.passes import seconds_of_a_picture
from robustfashion.bench.mitigation.remedy import SERVED, Kind, Remedy
from robustfashion.bench.mitigation.settings import MitigationSettings
from robustfashion.bench.mitigation.study import Arm, MitigationStudy, Run, margins
from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable

NONE, CONTROL = "no remedy", "no remedy, other seeds"


@dataclass(frozen=True)
class Asking:
    """The data, the networks without a remedy, and the means to ask more."""

    session: Session
    settings: MitigationSettings
    division: Division
    task: str
    networks: Sequence[Network]
    """Without a remedy, one for each seed."""

    def preprocessings(self, methods: Sequence[str]) -> Mapping[str, Preprocessing]:
        """By name."""
        return {method: self.settings.preprocessing(method) for method in methods}

    def ask(self, network: Network, methods: Sequence[str], part: str = "test") -> dict[str, PredictionTable]:
        """Answers to a part by method."""
        what = f"asking {self.task}: {network.row.name}, seed {network.seed}" if part == "test" else ""
        return self.session.ask(network, self.division[part], self.preprocessings(methods), what)

    @property
    def reference(self) -> Preprocessing:
        """The training method."""
        return self.settings.preprocessing()


def study_of(asking: Asking) -> tuple[MitigationStudy, list[tuple[str, str]]]:
    """The study, and the remedies that could not be tried, with reasons."""
    settings = asking.settings
    answers = [asking.ask(network, settings.asked_methods) for network in asking.networks]
    plain = Arm(NONE, "none", asking.networks[0].row, tuple(
        _run(asking, network, found) for network, found in zip(asking.networks, answers, strict=True)
    ))  # fmt: skip
    arms, left_out = [plain], []
    if settings.control and settings.checkpoint is None:
        arms.append(_trained(asking, settings.plain_row, CONTROL, "control", plain))
    for remedy in settings.remedies or ():
        try:
            arms.append(_arm(asking, remedy, plain, answers))
        except InputError as error:  # the other remedies are worth as much without it
            left_out.append((f"remedy {remedy.name}", str(error)))
    if len(arms) == 1 + any(arm.kind == "control" for arm in arms):
        raise InputError(f"no remedy could be tried; the first one, {left_out[0][0]}: {left_out[0][1]}")
    trained = settings.checkpoint is None
    reference = settings.short(settings.train_method)
    return MitigationStudy(asking.task, reference, settings.serve_methods, tuple(arms), trained), left_out


def _run(asking: Asking, network: Network, found: Mapping[str, PredictionTable], reference: str = "") -> Run:
    """A network as it was trained; with another reference than the study's where it never saw that."""
    reference = reference or asking.settings.train_method
    methods, before = asking.settings.serve_methods, found[reference]
    thresholds = asking.session.thresholds(network, asking.division, asking.settings.preprocessing(reference))
    served = {method: found[method] for method in methods}
    return Run(network.seed, thresholds, before, dict.fromkeys(methods, before), served, seconds=network.seconds)


def _arm(asking: Asking, remedy: Remedy, plain: Arm, answers: Sequence[Mapping[str, PredictionTable]]) -> Arm:
    if remedy.row is not None:
        return _trained(asking, remedy.row_of(asking.settings.plain_row), remedy.name, "row", plain)
    make: dict[Kind, Callable[[], Arm]] = {
        "serve": lambda: _served(asking, remedy, plain, answers),
        "ensemble": lambda: _ensemble(asking, remedy, plain, answers),
        "recalibrate": lambda: _recalibrated(asking, remedy, plain),
        "margin": lambda: _margin(asking, remedy, plain),
    }
    return make[remedy.kind]()


def _trained(asking: Asking, row: Row, name: str, kind: Kind, plain: Arm) -> Arm:
    """Networks that are trained again; a control's seeds are the next ones that are not the study's."""
    settings, session = asking.settings, asking.session
    seeds = settings.seeds
    if kind == "control":
        seeds = tuple(max(seeds) + 1 + k for k in range(len(seeds)))
    runs, networks = [], []
    reference = settings.reference_of(row)
    for seed in seeds:
        network = session.train(row, seed, asking.division, name=f"{asking.task}, {name}")
        networks.append(network)
        found = asking.ask(network, tuple(dict.fromkeys((reference, *settings.serve_methods))))
        runs.append(_run(asking, network, found, reference))
    passes = 1.0
    if row.architecture != plain.row.architecture:
        side = asking.reference.size
        seconds = [seconds_of_a_picture(of, side, settings.accelerator) for of in (networks[0], asking.networks[0])]
        passes = seconds[0] / seconds[1]
    return Arm(name, kind, row, tuple(runs), passes, reference=reference if reference != settings.train_method else "")


def _served(asking: Asking, remedy: Remedy, plain: Arm, answers: Sequence[Mapping[str, PredictionTable]]) -> Arm:
    (method,) = map(asking.settings.short, remedy.methods)
    runs = tuple(
        replace(run, served=dict.fromkeys(run.served, found[method])) for run, found in zip(plain.runs, answers, strict=True)
    )
    return replace(plain, name=remedy.name, kind="serve", runs=runs, call=method)


def _ensemble(asking: Asking, remedy: Remedy, plain: Arm, answers: Sequence[Mapping[str, PredictionTable]]) -> Arm:
    def members(method: str) -> tuple[str, ...]:
        """Methods whose answers are averaged where this one serves."""
        named = (method if text == SERVED else asking.settings.short(text) for text in remedy.ensemble)
        return tuple(dict.fromkeys(named))

    runs = tuple(
        replace(run, served={method: mean_of([found[of] for of in members(method)]) for method in run.served})
        for run, found in zip(plain.runs, answers, strict=True)
    )
    return replace(plain, name=remedy.name, kind="ensemble", runs=runs, passes=float(len(remedy.ensemble)))


def mean_of(tables: Sequence[PredictionTable]) -> PredictionTable:
    """One table whose probabilities are the mean of those of several, of the same pictures by one network."""
    mean = np.mean([table.probabilities for table in tables], axis=0)
    logits = np.log(np.maximum(mean, np.finfo(np.float32).tiny)).astype(np.float32)
    return replace(tables[0], logits=logits, features=np.zeros((len(logits), 0), np.float32), last_layer=None)


def _recalibrated(asking: Asking, remedy: Remedy, plain: Arm) -> Arm:
    settings, validation = asking.settings, asking.division["validation"]
    if not len(validation):
        raise InputError("there are no validation pictures to estimate statistics on; give data with a validation split")
    runs = []
    for network, run in zip(asking.networks, plain.runs, strict=True):
        clean, served = {}, {}
        for method in settings.serve_methods:
            preprocessing = settings.preprocessing(method)
            again = asking.session.recalibrate(network, validation, preprocessing, remedy.prior)
            found = asking.ask(again, (settings.train_method, method))
            clean[method], served[method] = found[settings.train_method], found[method]
        runs.append(replace(run, clean=clean, served=served))
    return replace(plain, name=remedy.name, kind="recalibrate", runs=tuple(runs))


def _margin(asking: Asking, remedy: Remedy, plain: Arm) -> Arm:
    """The cutoff is that share of the validation pictures under the training method, else of the evaluated ones."""
    part = "validation" if len(asking.division["validation"]) else "test"
    runs = []
    for network, run in zip(asking.networks, plain.runs, strict=True):
        (table,) = asking.ask(network, (asking.settings.train_method,), part).values()
        runs.append(replace(run, cutoff=float(np.quantile(margins(table), remedy.margin or 0.0))))
    return replace(plain, name=remedy.name, kind="margin", runs=tuple(runs))
