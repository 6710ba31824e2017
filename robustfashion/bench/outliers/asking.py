"""Open the sets, train (or load) classifiers and validators, and ask them: every network pass of the suite."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from robustfashion import taxonomy
from robustfashion.bench import measures as shared
from robustfashion.bench.experiment import overlap
from robustfashion.bench.experiment.division import OUTLIERS, Division, Part
from robustfashion.bench.experiment.division import joined as joined_parts
from robustfashion.bench.experiment.network import Network, load_network
from robustfashion.bench.experiment.noisy import NoisySet, drawn_noisy_set, filed_under, noisy_set_of
from robustfashion.bench.experiment.session import LeftOut, Session
from robustfashion.bench.experiment.settings import ON_THE_COMMAND_LINE
from robustfashion.bench.experiment.tasks import TaskSpec, spec_of_classes, task_spec
from robustfashion.bench.outliers.settings import OutliersSettings
from robustfashion.bench.outliers.study import (
    Gate,
    OutlierStudy,
    Resized,
    Subject,
    checked_noisy,
    joined,
    levels_of,
    mean_confidence_of,
    validators_of,
)
from robustfashion.data.preprocess import Preprocessing
from robustfashion.data.sources import rendered_catalogue
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.cascade import Levels


@dataclass(frozen=True)
class Sets:
    """The pictures of a study."""

    spec: TaskSpec
    division: Division
    noisy: NoisySet
    pool: Part
    """More outliers; may be empty."""
    calibration: Part
    """Ordinary pictures beside the validation part; may be empty."""
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Validators:
    """Networks before the attribute classifier."""

    levels: Levels
    networks: Mapping[str, Network]
    tests: Mapping[str, Part]
    """Test pictures of each that was trained here."""
    thresholds: Mapping[str, float]
    rule: str
    preprocessing: Preprocessing | None = None
    """That a given one was trained with; None: that of the study."""

    def asked_under(self, study: Preprocessing, method: str | None = None) -> Preprocessing:
        """The pixels that validators see: their own, with another ``method`` in place of theirs where pictures are served so."""
        own = self.preprocessing or study
        return own if method is None else Preprocessing.parse(method, own.canvas, own.size, own.policy)


def study_of(session: Session, settings: OutliersSettings, network: Network | None) -> tuple[OutlierStudy, Sets, LeftOut]:
    """The study, the pictures that it is of, and what could not be had, with reasons.

    Raises:
        InputError: data or networks that cannot be used; before any network is trained.
    """
    gate = None if settings.gate is None else load_network(settings.gate)
    sets = _sets(session, settings, network, gate)
    validators, reason = _validators(session, settings, sets, gate)
    networks = [network] if network is not None else _trained(session, settings, sets)
    subjects = tuple(_subject(session, settings, sets, one, validators) for one in networks)
    resized = _resized(session, settings, sets, networks[0], validators)
    study = OutlierStudy(sets.spec.name, subjects, reason, (*sets.notes, *_seen_otherwise(session, validators)), resized)
    return study, sets, ([("gate", reason)] if reason else [])


def _sets(session: Session, settings: OutliersSettings, network: Network | None, gate: Network | None) -> Sets:
    if network is None:
        session.check_rows([*settings.rows, settings.validator_row])
        spec = task_spec(settings.task, session.catalogue)
        division = session.check_bases(settings.rows, session.divide(spec.target))
    else:
        spec, division = spec_of_classes(network.classes), session.divide_for(network)
    # Of drawn data, too, one's own outliers (a folder, classes, held-out classes) are what is asked about.
    if settings.drawn and OUTLIERS not in division.parts:
        return _drawn_sets(session, settings, spec, division, gate)
    if gate is not None:
        made = network is None or settings.drawn or "test" in session.catalogue.ordinary().usable().column("split")
        division = overlap.heed_checkpoint(division, gate, made, settings.allow_overlap, "gate")
    noisy, nothing = noisy_set_of(division), division["test"].take([])
    return Sets(spec, division, noisy, nothing, nothing, (noisy.note,))


def _drawn_sets(session: Session, settings: OutliersSettings, spec: TaskSpec, division: Division, gate: Network | None) -> Sets:
    """A drawn noisy set, a pool of more outliers, and more ordinary pictures that set thresholds."""
    noisy = drawn_noisy_set(session.workspace, settings.noisy, spec, division)
    calibration = drawn_noisy_set(session.workspace, settings.calibration, spec, division, "calibration")
    pool = _pool(session, settings, spec)
    notes = [
        noisy.note,
        f"A pool of {len(pool)} more outliers (seed {settings.pool.seed}) serves the tables of scores and of operating points.",
        f"Thresholds are set on {len(division['validation']) + len(calibration.ordinary)} ordinary pictures: those of "
        f"validation, and "
        f"{len(calibration.ordinary)} more (seed {settings.calibration.seed}).",
    ]
    if gate is not None:
        every = joined_parts(noisy.outliers, pool)
        asked = Division(
            joined_parts(noisy.ordinary, every).catalogue, "", division.task,
            {"train": noisy.ordinary.take([]), "test": noisy.ordinary, OUTLIERS: every},
        )  # fmt: skip
        notes.append(overlap.heed_checkpoint(asked, gate, True, settings.allow_overlap, "gate").note.strip())
    return Sets(spec, division, noisy, pool, calibration.ordinary, tuple(notes))


def _pool(session: Session, settings: OutliersSettings, spec: TaskSpec) -> Part:
    """Drawn outliers alone, filed under the task's product types."""
    mix = {name: settings.synthetic.mix.get(name, 0.0) or 1.0 for name in filed_under(spec)}
    workspace = session.workspace
    drawn = rendered_catalogue(replace(settings.pool, mix=mix), workspace.cache, settings.workers, workspace.progress).usable()
    drawn = drawn.outliers()
    drawn = drawn.replace(**{name: [f"pool/{text}" for text in drawn.column(name)] for name in ("id", "group")})
    return Part(drawn, np.full(len(drawn), -1, np.int64))


def _trained(session: Session, settings: OutliersSettings, sets: Sets) -> list[Network]:
    return [session.train(row, seed, sets.division, name=sets.spec.name) for row in settings.rows for seed in settings.seeds]


def _validators(session: Session, settings: OutliersSettings, sets: Sets, gate: Network | None) -> tuple[Validators | None, str]:
    """The gate of the task, or why there is none."""
    if gate is not None:
        return _given_gate(settings, sets.spec, gate), ""
    if sets.spec.kind != "attribute":
        return (
            None,
            f"{sets.spec.name} is no attribute of a product type, so that no validator stands before it; --gate brings one",
        )
    types = taxonomy.attributes()[sets.spec.name].product_types
    try:
        divisions = dict(session.divisions(types, types, balanced=True)[0])
    except InputError as error:
        return None, f"no validator can be trained on this data: {error}"
    further = [name for name in validators_of(sets.spec.name) if name not in types]
    with suppress(InputError):  # a second level, where the data can teach it
        divisions |= session.divisions(None, further, balanced=True)[0] if further else {}
    networks, tests = {}, {}
    for spec, division in divisions.items():
        division = session.check_bases([settings.validator_row], division)
        networks[spec.name] = session.train(settings.validator_row, settings.seeds[0], division, name=f"{spec.name} validator")
        tests[spec.name] = division["test"]
    levels = levels_of(sets.spec.name, networks)
    cut, rule = (
        (0.5, "the validator's own answer") if settings.gate_threshold is None else (settings.gate_threshold, ON_THE_COMMAND_LINE)
    )
    return Validators(levels, networks, tests, dict.fromkeys(networks, cut), rule), ""


def _seen_otherwise(session: Session, gate: Validators | None) -> list[str]:
    """A note where the validator sees other pixels than the classifier."""
    usual = session.settings.preprocessing()
    if gate is None or gate.asked_under(usual) == usual:
        return []
    own = gate.asked_under(usual)
    return [
        f"The validator sees pictures as it was trained, {own.name} at {own.size} px, and the classifier {usual.name} at "
        f"{usual.size} px."
    ]


def _given_gate(settings: OutliersSettings, spec: TaskSpec, network: Network) -> Validators:
    """A user's checkpoint as the gate.

    Raises:
        InputError: its classes are of no product type of the task.
    """
    wanted = validators_of(spec.name) if spec.kind == "attribute" else tuple(c for c in network.classes if c != "other")
    types = [name for name in wanted if name in network.classes]
    if not types:
        raise InputError(
            f"{settings.gate}: its classes are {', '.join(network.classes[:10])}, and {spec.name} stands behind "
            f"{' or '.join(wanted)}; give a validator of that product type"
        )
    if spec.kind != "attribute" and len(types) > 1:
        raise InputError(
            f"{settings.gate}: it tells {', '.join(types[:10])} apart; a gate of {spec.name} tells one type from the rest"
        )
    # Of a network that tells both levels apart, shoes and sandals, the deeper one is the gate: its classes exclude each other.
    types = list(levels_of(spec.name, types)[-1])
    thresholds, rule = dict.fromkeys(types, 0.5), "the validator's own answer"
    if settings.gate_threshold is not None:
        thresholds, rule = dict.fromkeys(types, settings.gate_threshold), ON_THE_COMMAND_LINE
    elif network.thresholds is not None:
        given = network.thresholds
        thresholds, rule = {name: given.by_class.get(name, given.overall) for name in types}, given.rule
    return Validators((tuple(types),), dict.fromkeys(types, network), {}, thresholds, rule, network.preprocessing)


def _subject(session: Session, settings: OutliersSettings, sets: Sets, network: Network, gate: Validators | None) -> Subject:
    usual, division = session.settings.preprocessing(), sets.division

    def ask(one: Network, part: Part, preprocessing: Preprocessing = usual) -> PredictionTable:
        """One network's answers about a part, from the cache where it knows them."""
        return session.predictions(one, part, preprocessing)

    calibration = [ask(network, part) for part in (division["validation"], sets.calibration) if len(part)]
    fit = ask(network, division["train"])
    fit = fit.take(np.flatnonzero(fit.labels >= 0))
    noisy = checked_noisy(ask(network, sets.noisy.whole), division.catalogue.root)
    pool = ask(network, sets.pool)
    known = joined(*calibration) if calibration else noisy.take([])
    given = session.given_thresholds(network)
    thresholds = given or (
        mean_confidence_of(known, "on validation images (the paper's rule)")
        if len(known.ids)
        else mean_confidence_of(noisy.ordinary(), "on the evaluated images")
    )
    asked = None
    if gate is not None:
        skills = {name: _asked(ask(gate.networks[name], part)) for name, part in gate.tests.items()}
        tables = [
            {name: ask(one, part, gate.asked_under(usual)) for name, one in gate.networks.items()}
            for part in (_unlabelled(sets.noisy.whole), sets.pool)
        ]
        asked = Gate(gate.levels, gate.thresholds, tables[0], tables[1], gate.rule, skills)
    many = len(settings.seeds) > 1 and settings.checkpoint is None
    name = f"{network.row.name}, seed {network.seed}" if many else network.row.name
    return Subject(name, network.seed, fit, known, noisy, pool, thresholds, asked, network.row.name)


def _unlabelled(part: Part) -> Part:
    """The same pictures for a validator, whose classes are others."""
    return Part(part.catalogue, np.full(len(part), -1, np.int64))


def _asked(table: PredictionTable) -> shared.Asked:
    return shared.Asked(table.correct.astype(np.float64), table.labels, table.products, len(table.classes))


def _resized(
    session: Session, settings: OutliersSettings, sets: Sets, network: Network, gate: Validators | None
) -> dict[str, Resized]:
    """The noisy set under every other method."""
    wanted = {method: session.settings.preprocessing(method) for method in settings.serve_methods}
    wanted = {name: p for name, p in wanted.items() if p != session.settings.preprocessing()}
    if not wanted:
        return {}
    whole = sets.noisy.whole
    tables = session.ask(network, whole, wanted, f"asking {sets.spec.name}")
    others: dict[str, dict[str, PredictionTable]] = {}
    if gate is not None:
        under = {method: gate.asked_under(session.settings.preprocessing(), method) for method in wanted}
        others = {name: session.ask(one, _unlabelled(whole), under, f"asking {name}") for name, one in gate.networks.items()}
    return {method: Resized(tables[method], {name: of[method] for name, of in others.items()}) for method in wanted}
