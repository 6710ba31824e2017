"""Table 4: what a classifier gets wrong of what it answers, alone and behind its validator, beside the paper's lines."""

import math
from dataclasses import dataclass

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.outliers.study import OutlierStudy, Subject
from robustfashion.paper import TABLE_4, WATCHES_WITH_OUTLIERS
from robustfashion.rejection.cascade import Case, Point, decided
from robustfashion.result import Cell, Table, table_of
from robustfashion.stats import Estimate, share_bootstrap, wilson


@dataclass(frozen=True)
class Counts:
    """What became of a noisy set, in pictures."""

    pictures: int
    answered: int
    """Pictures with a tag."""
    errors: int
    """Wrong tags, those of outliers included."""
    outlier_errors: int
    """Outliers with a tag."""
    coverage: Estimate
    """Answered of all pictures."""
    risk: Estimate | None
    """Errors of answered; None: nothing is answered."""
    outlier_risk: Estimate | None
    """Outlier errors of answered."""


def counts(case: Case, point: Point) -> Counts:
    """Counts of a set at one point, with intervals that resample products."""
    tagged = decided(point, case.answers).tags >= 0
    wrong, outliers = tagged & ~case.right, tagged & case.outlier
    columns = np.stack([tagged, wrong, outliers], axis=1).astype(np.float64)
    among = np.stack([np.ones_like(tagged), tagged, tagged], axis=1).astype(np.float64)
    coverage, risk, outlier_risk = share_bootstrap(columns, among, case.products, shared.BOOTSTRAP_SEED)
    assert coverage is not None  # there are pictures
    n = int(tagged.sum())

    def of(share: Estimate | None) -> Estimate | None:
        return None if share is None else Estimate(share.value, share.low, share.high, n)

    return Counts(len(tagged), n, int(wrong.sum()), int(outliers.sum()), coverage, of(risk), of(outlier_risk))


def cut_off(errors: int, answered: int) -> str:
    """A percentage as Table 4 prints it: of what is answered, to a tenth, cut off and not rounded (47 of 637 are 7.3 %)."""
    return f"{math.floor(1000 * errors / answered) / 10:.1f} %" if answered else "n/a"


@dataclass(frozen=True)
class _Line:
    name: str
    where: str
    threshold: float
    found: Counts


def table4(study: OutlierStudy) -> Table:
    """Every classifier alone and behind its validator, then the paper's five lines."""
    lines = [line for subject in study.subjects for line in _lines(subject)] + _printed()
    rule = "; ".join(dict.fromkeys(subject.thresholds.rule for subject in study.subjects))
    gates = "; ".join(dict.fromkeys(s.gate.rule for s in study.subjects if s.gate)) or f"none: {study.no_gate}"
    note = (
        f"Threshold: {rule}. Gate: {gates}. Every line answers another share of the pictures, as in the paper: what each "
        f"is worth at "
        "one coverage, the table of operating points says. The paper does not say how many of its pictures are outliers."
    )
    return table_of("table4", "Table 4: errors of what is answered", lines, [
        ("Model", "text", "the classifier, alone or behind its validator", lambda line: line.name),
        ("Where", "text", "measured here, or printed by the paper", lambda line: line.where),
        ("Threshold", "number", "least top-1 confidence", lambda line: line.threshold),
        ("Answered", "count", "pictures with a tag", lambda line: line.found.answered),
        ("Coverage", "share", "answered of all pictures, outliers included; products resampled (the paper's: Wilson)",
         lambda line: line.found.coverage),
        ("Errors", "count", "wrong tags, those of outliers included", lambda line: line.found.errors),
        ("Errors %", "text", "of what is answered, cut off after a tenth as the paper does",
         lambda line: cut_off(line.found.errors, line.found.answered)),
        ("Risk", "share", "errors of what is answered; products resampled (the paper's: Wilson)", lambda line: line.found.risk),
        ("Outlier errors", "count", "outliers with a tag", lambda line: line.found.outlier_errors),
        ("Outlier errors %", "text", "of what is answered, cut off after a tenth",
         lambda line: cut_off(line.found.outlier_errors, line.found.answered)),
        ("Outlier risk", "share", "outlier errors of what is answered", lambda line: line.found.outlier_risk),
    ], note)  # fmt: skip


def _lines(subject: Subject) -> list[_Line]:
    found = [_Line(subject.name, "here", subject.thresholds.overall, counts(subject.case, subject.alone))]
    if subject.gated is not None and subject.gate is not None:
        name = f"{subject.name} + {subject.gate.name}"
        found.append(_Line(name, "here", subject.thresholds.overall, counts(subject.case, subject.gated)))
    return found


def _printed() -> list[_Line]:
    found = []
    for line in TABLE_4.values():
        decay = "" if line.weight_decay is None else f", weight decay {line.weight_decay:g}"
        name = f"{line.architecture}{decay}{' + validator' if line.validated else ''}"
        n = line.answered
        shares = (wilson(n, WATCHES_WITH_OUTLIERS), wilson(line.errors, n), wilson(line.outlier_errors, n))
        counted = Counts(WATCHES_WITH_OUTLIERS, n, line.errors, line.outlier_errors, *shares)
        found.append(_Line(name, "the paper", line.mean_confidence, counted))
    return found


def models(study: OutlierStudy) -> Table:
    """Whether classifiers and validators have learned."""
    rows: list[tuple[str, str, shared.Asked]] = [(s.name, study.task, s.asked) for s in study.subjects]
    gate = study.first.gate
    rows += [] if gate is None else [("validator", name, asked) for name, asked in gate.skills.items()]

    def skill(row: tuple[str, str, shared.Asked]) -> Cell:
        return shared.balanced_skill(row[2]) if len(row[2].labels) else None

    def learned(row: tuple[str, str, shared.Asked]) -> str:
        return "yes" if shared.has_learned(row[2]) else "no"

    return table_of("models", "What the networks can do", rows, [
        ("Model", "text", "the classifier, or a validator", lambda row: row[0]),
        ("Task", "text", "what it tells", lambda row: row[1]),
        ("Pictures", "count", "ordinary pictures: of the noisy set; of validators their own test "
            "pictures", lambda row: len(row[2].labels)),
        ("Accuracy", "share", "share that is right; Wilson interval", lambda row: shared.accuracy(row[2].correct)),
        ("Balanced skill", "share", "balanced accuracy above chance, as a share of what is possible above it; products "
            "resampled", skill),
        ("Learned", "text", "balanced skill of 0.6 and more, above 0 by its whole interval", learned),
    ], "A network that has not learned is unsure of everything: what its refusals are worth says nothing.")  # fmt: skip
