"""Every outlier with a tag and every good product without, as tables for spreadsheets and scripts."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from robustfashion.bench.csv_lists import csv_text
from robustfashion.bench.outliers.operating import Operating
from robustfashion.bench.outliers.study import Mask, Subject
from robustfashion.bench.spreadsheet import harmless
from robustfashion.rejection.cascade import REASONS, Decisions, Point, decided
from robustfashion.rejection.cascade.registry import weakest_level

ACCEPTED, LOST = "accepted_outliers.csv", "lost_products.csv"

COLUMNS = (
    "picture", "product", "kind", "label", "class", "point", "score", "threshold", "gate_score", "gate_threshold", "reason",
)  # fmt: skip
"""``score`` is the top-1 confidence, ``gate_score`` the confidence of the validator that is surest of the picture, of the less
sure level where there are two, both in 0..1; with a soft gate ``threshold`` is that of their product."""


def lists(subject: Subject, operating: Operating) -> dict[str, str]:
    """CSV texts by file name: a line for each picture of the noisy set and point."""
    points = {name: assessment.point for name, assessment in operating.named.items() if "perfect" not in name}
    case = subject.case
    good = case.right & ~case.is_rest

    def accepted(decisions: Decisions) -> Mask:
        """Outliers that get a tag, [n]."""
        return np.asarray(case.outlier & (decisions.tags >= 0))

    def lost(decisions: Decisions) -> Mask:
        """Ordinary pictures whose class is right and who get no tag, [n]."""
        return np.asarray(good & (decisions.tags < 0))

    return {ACCEPTED: _csv(subject, points.items(), accepted), LOST: _csv(subject, points.items(), lost)}


def _csv(subject: Subject, points: Iterable[tuple[str, Point]], which: Callable[[Decisions], Mask]) -> str:
    return csv_text(COLUMNS, _lines(subject, points, which))


def _lines(subject: Subject, points: Iterable[tuple[str, Point]], which: Callable[[Decisions], Mask]) -> Iterator[list[str]]:
    case, table = subject.case, subject.noisy
    gates = weakest_level(subject.gate.levels, case.answers.gates) if subject.gate else None
    for name, point in points:
        decisions = decided(point, case.answers)
        gate = f"{min(point.gate_thresholds.values()):.6f}" if point.gate_thresholds else ""
        for row in np.flatnonzero(which(decisions)).tolist():
            told = table.classes[int(case.answers.predicted[row])]
            threshold = point.class_thresholds.get(told, point.threshold)
            label = table.classes[int(table.labels[row])] if table.labels[row] >= 0 else ""
            yield [
                *map(harmless, (table.ids[row], table.products[row], str(table.outlier_kinds[row] or ""), label, told, name)),
                f"{float(case.answers.confidence[row]):.6f}", f"{threshold:.6f}",
                "" if gates is None else f"{float(gates[row]):.6f}", gate, REASONS[int(decisions.reasons[row])],
            ]  # fmt: skip
