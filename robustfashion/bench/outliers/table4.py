"""Table 4: what a classifier gets wrong of what it answers, alone and behind its validator, beside the paper's lines."""

from dataclasses import dataclass

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.outliers.study import OutlierStudy, Subject
from robustfashion.bench.table4 import Line
from robustfashion.bench.table4 import table4 as table_with_the_papers
from robustfashion.rejection.cascade import Case, Point, decided
from robustfashion.result import Cell, Table, table_of
from robustfashion.stats import Estimate, share_bootstrap


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
        """The share with the number of answers that it is of."""
        return None if share is None else Estimate(share.value, share.low, share.high, n)

    return Counts(len(tagged), n, int(wrong.sum()), int(outliers.sum()), coverage, of(risk), of(outlier_risk))


def table4(study: OutlierStudy) -> Table:
    """Every classifier alone and behind its validator, then the paper's five lines."""
    rule = "; ".join(dict.fromkeys(subject.thresholds.rule for subject in study.subjects))
    gates = "; ".join(dict.fromkeys(s.gate.rule for s in study.subjects if s.gate)) or f"none: {study.no_gate}"
    note = (
        f"Threshold: {rule}. Gate: {gates}. Every line answers another share of the pictures, as in the paper: what each "
        f"is worth at "
        "one coverage, the table of operating points says. The paper does not say how many of its pictures are outliers."
    )
    return table_with_the_papers([line for subject in study.subjects for line in _lines(subject)], note)


def _lines(subject: Subject) -> list[Line]:
    found = [_line(subject, subject.name, subject.alone)]
    if subject.gated is not None and subject.gate is not None:
        found.append(_line(subject, f"{subject.name} + {subject.gate.name}", subject.gated))
    return found


def _line(subject: Subject, name: str, point: Point) -> Line:
    found = counts(subject.case, point)
    return Line(
        name, "here", subject.thresholds.overall, found.answered, found.errors, found.outlier_errors, found.coverage, found.risk,
        found.outlier_risk,
    )  # fmt: skip


def models(study: OutlierStudy) -> Table:
    """Whether classifiers and validators have learned."""
    rows: list[tuple[str, str, shared.Asked]] = [(s.name, study.task, s.asked) for s in study.subjects]
    gate = study.first.gate
    rows += [] if gate is None else [("validator", name, asked) for name, asked in gate.skills.items()]

    def skill(row: tuple[str, str, shared.Asked]) -> Cell:
        """Balanced skill; None where no picture has a label."""
        return shared.balanced_skill(row[2]) if len(row[2].labels) else None

    def learned(row: tuple[str, str, shared.Asked]) -> str:
        """Whether it has learned, in a word."""
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
