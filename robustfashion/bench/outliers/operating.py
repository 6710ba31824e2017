"""The cascade at work: a point chosen on one half of the outliers and products, assessed on the other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.outliers.settings import AS_TODAY, OutliersSettings
from robustfashion.bench.outliers.study import Subject, halves
from robustfashion.bench.wording import counted
from robustfashion.errors import InputError
from robustfashion.rejection.cascade import (
    OUTCOMES,
    Assessment,
    Case,
    Choice,
    ChoiceRule,
    Chosen,
    Comparison,
    OperatingPoint,
    Point,
    Simulation,
    Weighing,
    assess,
    choose,
    compare,
    decided,
    error_budget,
    match_coverage,
    measure,
    oracles,
    promises,
    simulate,
    to_yaml,
)
from robustfashion.result import Cell, Column, Table

FILE = "operating_point.yaml"
_SPLIT_SEED = 1

COLUMNS = (
    ("coverage", "Coverage", "share"), ("risk", "Risk", "share"), ("outliers_accepted", "Outliers tagged", "share"),
    ("good_lost", "Good lost", "share"), ("second_network", "Second network", "share"), ("cost", "Cost", "number"),
)  # fmt: skip


@dataclass(frozen=True)
class Operating:
    """A recommended point, and what it is held against."""

    choice: Choice | None
    reason: str
    """Why nothing could be chosen."""
    weighing: Weighing
    simulation: Simulation
    """On the half of the choice."""
    fresh: Case
    """The other half."""
    named: Mapping[str, Assessment]
    """On the fresh half: the threshold alone, behind the validator, the recommended point, oracles."""
    matched: Comparison | None
    """The threshold alone, moved to the coverage of the paper's hard gate, against that gate."""


def operate(subject: Subject, settings: OutliersSettings) -> Operating:
    """Choose on one half, assess on the other; at the outlier share of the noisy set."""
    case = subject.pool_case
    share = float(subject.outlier.mean())
    weighing = Weighing(settings.costs, share)
    first, second = halves(case.products, case.outlier, _SPLIT_SEED)
    choosing, fresh = case.take(first), case.take(second)
    levels = subject.gate.levels if subject.gate else ()
    overall = [subject.thresholds.overall]
    modes = ("no gate", "hard", "soft") if subject.gate else ("no gate",)
    simulation = simulate(choosing, levels, weighing, modes=modes, also=overall)  # type: ignore[arg-type]  # names of modes
    choice, reason = None, ""
    try:
        choice = choose(simulation, _rule(settings.choice, subject, choosing, weighing))
    except InputError as error:
        reason = str(error)
    points = {"threshold alone": subject.alone}
    points |= {f"behind the {subject.gate.name}": subject.gated} if subject.gate and subject.gated else {}
    points |= {"recommended": choice.point} if choice else {}
    named = {name: assess(point, fresh, weighing, shared.BOOTSTRAP_SEED) for name, point in points.items()}
    last = list(points.values())[-1]
    for name, oracle in oracles(fresh, last).items():
        if name != "as it is":
            named[f"{list(points)[-1]}, {name}"] = assess(oracle.point, oracle.case, weighing, shared.BOOTSTRAP_SEED)
    return Operating(choice, reason, weighing, simulation, fresh, named, matched(subject))


def _rule(text: str, subject: Subject, choosing: Case, weighing: Weighing) -> ChoiceRule:
    """The rule of the settings, with today's risk as its limit where they ask for that.

    Raises:
        InputError: nothing gets a tag today.
    """
    if text != AS_TODAY:
        return ChoiceRule.parse(text)
    risk = measure(choosing, decided(subject.alone, choosing.answers), weighing)["risk"]
    if not np.isfinite(risk):
        raise InputError("at the deployed threshold nothing gets a tag, so that there is no share of wrong tags to keep")
    return ChoiceRule("coverage-at-risk", risk)


def matched(subject: Subject) -> Comparison | None:
    """On the whole noisy set, where nothing was chosen.

    Both sides have the overall threshold only: many sets of thresholds of single classes have one coverage.
    """
    case, gated = subject.case, subject.gated
    if gated is None or case.outlier.all():
        return None
    gated = replace(gated, class_thresholds={})
    tagged = decided(gated, case.answers).tags >= 0
    coverage = float(tagged[~case.outlier].mean())
    if coverage == 0:
        return None
    return compare(match_coverage(subject.alone, case, coverage), gated, case)


def words(point: Point) -> str:
    """A point in words: ``watch at 0.62 or surer, then display type at 0.55 or surer``."""
    if point.mode == "no gate":
        return f"no validator, a tag from a confidence of {point.threshold:.3f} on"
    types = " and ".join(" or ".join(level) for level in point.levels)
    if point.mode == "soft":
        return f"a tag where P({types}) · P(class) is {point.threshold:.3f} or more"
    gates = sorted({f"{value:.3f}" for value in point.gate_thresholds.values()})
    return f"the {types} validator at {' / '.join(gates)}, then a tag from a confidence of {point.threshold:.3f} on"


def points_table(found: Operating) -> Table:
    """A line for each point, all on the same fresh half."""
    docs = {
        "coverage": "ordinary pictures that get a tag", "risk": "tags that are wrong, at the noisy set's share of outliers",
        "outliers_accepted": "outliers that get a tag", "good_lost": "ordinary pictures that the classifier knows and "
            "that get no tag",
        "second_network": "pictures on which the classifier has to run at "
            "all", "cost": "mean cost of a picture, in the currency of --costs",
    }  # fmt: skip
    columns = [
        Column("Point", "text", "thresholds; oracles cannot be had: they say what a better stage could gain"),
        Column("In words", "text", "what has to be set"),
        *[Column(title, unit, f"{docs[name]}; products resampled") for name, title, unit in COLUMNS],  # type: ignore[arg-type]
    ]
    rows: list[list[Cell]] = []
    for name, assessment in found.named.items():
        rows.append([name, words(assessment.point), *[assessment.estimates[key] for key, _, _ in COLUMNS]])
    unknown = {f"{name}: {why}" for assessment in found.named.values() for name, why in assessment.unknown.items()}
    n = len(found.fresh.ids)
    note = (
        f"Assessed on {n} pictures of {len(set(found.fresh.products))} products; the recommended point was chosen on as "
        f"many others. "
        f"Outliers weigh {100 * (found.weighing.outlier_share or 0):.1f} %, as in the noisy set. "
        + " ".join(f"n/a: {text}." for text in sorted(unknown))
        + (f" Nothing is recommended: {found.reason}." if found.reason else "")
    )
    return Table("points", "Points of operation", columns, rows, note.strip())


def budget_table(found: Operating) -> Table:
    """Where each picture of the fresh half went, by point."""
    named = {name: of.point for name, of in found.named.items() if "perfect" not in name}
    budgets = {name: error_budget(found.fresh, decided(point, found.fresh.answers)) for name, point in named.items()}
    columns = [
        Column("Outcome", "text", "what became of a picture"),
        Column("Meaning", "text", "in words"),
        *[Column(name, "count", "pictures of the fresh half, pool included") for name in budgets],
    ]
    rows: list[list[Cell]] = [[name, text, *[of[name] for of in budgets.values()]] for name, text in OUTCOMES.items()]
    rows.append(["all pictures", "each counted once", *[sum(of.values()) for of in budgets.values()]])
    return Table(
        "budget", "Error budget", columns, rows, "Every picture of the fresh half once; outliers of the pool are among them."
    )


def operating_point(found: Operating, subject: Subject, task: str, made_by: Mapping[str, str]) -> str | None:
    """The YAML that the tagging system loads; None: nothing is recommended, or it is not known which networks answered."""
    if found.choice is None:
        return None
    choice, assessment = found.choice, found.named["recommended"]
    gates = subject.gate.noisy if subject.gate else {}
    used = {name for level in choice.point.levels for name in level}
    if not all(table.origin.network for table in (subject.noisy, *(gates[name] for name in used))):
        return None
    chosen = Chosen(
        choice.rule, found.weighing, choice.pictures, choice.products, "half of the products of the noisy set and the pool"
    )
    point = OperatingPoint(
        attribute=task,
        classes=subject.noisy.classes,
        point=choice.point,
        network=subject.noisy.origin.network,
        validators={name: table.origin.network for name, table in gates.items() if name in used},
        preprocessing=subject.noisy.origin.preprocessing,
        chosen=chosen,
        promised=promises(assessment),
        assessed_on=f"the other half, {counted(len(found.fresh.ids), 'picture')}",
        made_by=dict(made_by),
    )
    return to_yaml(point)
