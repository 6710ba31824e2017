"""Train every network of the study (or find it in the cache) and ask it; then what is done with its confidences."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from robustfashion.bench.experiment.division import FREE, OUTLIERS, Division, Part
from robustfashion.bench.experiment.network import Network
from robustfashion.bench.experiment.noisy import NoisySet, drawn_noisy_set, filed_under, noisy_set_of
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.experiment.tasks import TaskSpec, task_spec
from robustfashion.bench.regularization import confidences
from robustfashion.bench.regularization.arms import UNMET, arm_of, cooled, gated
from robustfashion.bench.regularization.settings import RegularizationSettings
from robustfashion.bench.regularization.study import FITTED, INSTEAD, Arm, Kind, RegularizationStudy, Trained, strongest
from robustfashion.bench.wording import are
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.scores.temperature import best_temperature
from robustfashion.stats import FloatArray


@dataclass(frozen=True)
class _Planned:
    """A line of the study, before its networks are there."""

    name: str
    row: Row
    kind: Kind
    decay: float
    place: str


@dataclass(frozen=True)
class Sets:
    """What networks learn from and are asked about."""

    spec: TaskSpec
    division: Division
    noisy: NoisySet


def study_of(session: Session, settings: RegularizationSettings) -> tuple[RegularizationStudy, Sets]:
    """All networks and answers.

    Raises:
        InputError: the data cannot teach the task, or there is no outlier; before any network is trained.
    """
    spec = task_spec(settings.task, session.catalogue)
    division = session.divide(spec.target)
    left_out: list[tuple[str, str]] = []
    free = _free(division, spec, settings)
    if free is not None:
        division = replace(division, parts={**division.parts, FREE: free})
    elif settings.outlier_exposure > 0:
        left_out.append(("outlier exposure", _no_free(spec)))
    noisy = _noisy(session, settings, spec, division)
    sets = Sets(spec, division, noisy)
    planned = _planned(settings, free is not None)
    session.check_rows([one.row for one in planned])
    session.check_bases([one.row for one in planned], division)
    gates, passes, why = _gate(session, settings, sets)
    left_out += [] if gates else [("validator", why)]
    kept, trained, diverged = _all_trained(session, settings, sets, planned)
    left_out += diverged
    arms = _arms(kept, trained, settings, (gates, passes))
    names = {arm.name for arm in arms}
    if gates and not any(arm.kind == "gate" and arm.trained.decay > settings.weight_decays[0] for arm in arms):
        left_out.append(("gate + weight decay", "no network with weight decay has learned"))
    left_out += [(INSTEAD + arm.name, UNMET) for arm in arms if _decays(arm, settings) and INSTEAD + arm.name not in names]
    whole = trained[0].noisy[0]
    note = f"{noisy.note} Of its {len(noisy)} pictures, {are(len(noisy.outliers), 'outlier')}."
    sure = passes[0][0] if passes else None
    return RegularizationStudy(spec.name, whole, tuple(trained), arms, gates, note, settings.seeds, sure, tuple(left_out)), sets


def _noisy(session: Session, settings: RegularizationSettings, spec: TaskSpec, division: Division) -> NoisySet:
    if settings.drawn and OUTLIERS not in division.parts:
        found = drawn_noisy_set(session.workspace, settings.noisy, spec, division)
    else:
        found = noisy_set_of(division)
    if not len(found.outliers):
        raise InputError(
            f"{division.catalogue.root}: has no outlier; name some (outliers, outlier_classes, hold_out), since this suite asks "
            "what keeps a classifier from answering to them"
        )
    return found


def _free(division: Division, spec: TaskSpec, settings: RegularizationSettings) -> Part | None:
    """Ordinary training pictures of product types that the task is not of; None where there are none."""
    rows = division.catalogue.usable().ordinary().in_split("train")
    if settings.outlier_exposure == 0 or spec.kind != "attribute":
        return None
    types, own = rows.column("product_type"), filed_under(spec)
    kept = [row for row, name in enumerate(types) if name is not None and name not in own]
    part = Part(rows.take(kept), np.full(len(kept), -1, np.int64))
    return part.first_by_hash(round(settings.exposure_share * len(division["train"]))) if kept else None


def _no_free(spec: TaskSpec) -> str:
    if spec.target.positive is not None:
        return "every other class is of the rest, which the networks learn to tell, so that none is left over as free outliers"
    return "the data has no training pictures of other product types, which it learns from"


def _planned(settings: RegularizationSettings, free: bool) -> list[_Planned]:
    """Every network of the study: the grid, then the other losses on its first architecture without weight decay."""
    found = []
    for architecture, decay, place in settings.grid():
        where = "" if settings.freeze == "body" or place == "all" else f" on the {place}"
        what = f"weight decay {decay:g}{where}" if decay > settings.weight_decays[0] else "no weight decay"
        row = settings.row(architecture, decay, place)
        found.append(_Planned(_named(settings, architecture, what), row, "decay", decay, place))
    first, least, place = next(iter(settings.grid()))
    losses = {
        "label smoothing": {"label_smoothing": settings.label_smoothing},
        "confidence penalty": {"confidence_penalty": settings.confidence_penalty},
        "outlier exposure": {"outlier_exposure": settings.outlier_exposure if free else 0.0},
    }
    for what, loss in losses.items():
        (value,) = loss.values()
        if value > 0:
            name = _named(settings, first, f"{what} {value:g}")
            found.append(_Planned(name, settings.row(first, least, place, **loss), "loss", least, place))
    if settings.drop_rate > 0:
        name = _named(settings, first, f"dropout {settings.drop_rate:g}")
        found.append(_Planned(name, settings.row(first, least, place, settings.drop_rate), "loss", least, place))
    return found


def _named(settings: RegularizationSettings, architecture: str, what: str) -> str:
    return what if len(settings.architectures) == 1 else f"{architecture}, {what}"


def _gate(
    session: Session, settings: RegularizationSettings, sets: Sets
) -> tuple[tuple[Trained, ...], list[list[FloatArray]], str]:
    """Validators of the task's product types, their confidence, and why there is none where there is none.

    Of several validators the surest counts. Confidences are by seed: of the noisy set, and of the validation pictures.
    """
    if sets.spec.kind != "attribute":
        return (), [], "the task is no attribute, so that no product-type validator stands before it"
    from robustfashion.models.training import Diverged

    found: dict[str, Trained] = {}
    for name in filed_under(sets.spec):
        try:
            divisions, _ = session.divisions([name], [], balanced=True)
        except InputError as error:
            return (), [], str(error)
        ((_, division),) = divisions.items()
        first, least, place = next(iter(settings.grid()))
        one = _Planned(f"validator: {name}", settings.row(first, least, place), "gate", least, place)
        noisy = NoisySet(_unlabelled(sets.noisy.whole), sets.noisy.outliers.take([]), "")
        asked = replace(sets, division=division, noisy=noisy)
        try:
            found[name] = _trained(session, settings, asked, one, _unlabelled(sets.division["validation"]))
        except Diverged as error:
            return (), [], f"{name}: {error}"
    passes = [
        [confidences.surest({name: getattr(of, part)[seed] for name, of in found.items()}) for part in ("noisy", "validation")]
        for seed in range(len(settings.seeds))
    ]
    return tuple(found.values()), passes, ""


def _unlabelled(part: Part) -> Part:
    """Its labels are another task's."""
    return replace(part, labels=np.full(len(part), -1, np.int64))


def _all_trained(
    session: Session, settings: RegularizationSettings, sets: Sets, planned: Sequence[_Planned]
) -> tuple[list[_Planned], list[Trained], list[tuple[str, str]]]:
    """Every row with its networks, and the rows of which one diverged, which is a finding and stops no other.

    Raises:
        InputError: a row without weight decay diverged, which others are compared with.
    """
    from robustfashion.models.training import Diverged

    kept, trained, diverged = [], [], []
    for one in planned:
        try:
            trained.append(_trained(session, settings, sets, one))
            kept.append(one)
        except Diverged as error:
            if one.kind == "decay" and one.decay == settings.weight_decays[0]:
                raise
            diverged.append((one.name, str(error)))
    return kept, trained, diverged


def _trained(
    session: Session, settings: RegularizationSettings, sets: Sets, one: _Planned, validation: Part | None = None
) -> Trained:
    """The networks of one row, asked.

    Args:
        session: of the run.
        settings: of the suite.
        sets: what they learn from, and the noisy set.
        one: how they are made.
        validation: other pictures than the division's to be asked about, of a gate.
    """
    division = sets.division
    if not one.row.on_trunk:
        session = session.at(max_steps=_steps(settings, one.row, division))
    networks: list[Network] = []
    for seed in settings.seeds:
        networks.append(session.train(one.row, seed, division, name=one.name))
    pixels = settings.preprocessing()

    def ask(part: Part) -> tuple[PredictionTable, ...]:
        """Answers of every seed's network about a part."""
        return tuple(session.predictions(network, part, pixels) for network in networks)

    histories = [network.history() for network in networks]
    return Trained(
        one.name, one.row.architecture, one.decay, one.place, one.row,
        ask(sets.noisy.whole), ask(division["validation"] if validation is None else validation), ask(division["test"]),
        tuple(history[-1] for history in histories if history),
    )  # fmt: skip


def _steps(settings: RegularizationSettings, row: Row, division: Division) -> int | None:
    """Of a row's training, at most; with free outliers as many more as these take: labelled pictures are seen as often."""
    steps = settings.steps_of(row.architecture)
    if row.exposure == 0 or steps is None or steps < 0:
        return steps
    return round(steps * (1 + len(division.parts[FREE]) / max(1, len(division["train"]))))


def _arms(
    planned: Sequence[_Planned],
    trained: Sequence[Trained],
    settings: RegularizationSettings,
    gates: tuple[tuple[Trained, ...], list[list[FloatArray]]],
) -> tuple[Arm, ...]:
    plain = [arm_of(one.name, one.kind, networks) for one, networks in zip(planned, trained, strict=True)]
    first = plain[0].trained
    fitted = tuple(best_temperature(table.take(np.flatnonzero(table.labels >= 0))) for table in first.validation)
    found = [*plain, arm_of(_named(settings, first.architecture, FITTED), "temperature", first, fitted)]
    for arm in plain:
        if _decays(arm, settings):
            found += cooled(arm, next(t for t in trained if t.architecture == arm.trained.architecture))
    if not gates[0]:
        return tuple(found)
    decayed = [arm for arm in plain[1:] if arm.kind == "decay" and arm.trained.architecture == first.architecture]
    most = strongest(decayed)
    for arm in [plain[0], *([most] if most is not None and most.learned else [])]:
        found += [gated(arm, gates, settings, kind) for kind in ("hard", "soft")]
    return tuple(found)


def _decays(arm: Arm, settings: RegularizationSettings) -> bool:
    return arm.kind == "decay" and arm.trained.decay > settings.weight_decays[0]
