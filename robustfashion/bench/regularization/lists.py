"""Every outlier that is answered and every right answer that is refused, row by row of Table 4: for spreadsheets and scripts."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.csv_lists import csv_text
from robustfashion.bench.regularization.compared import Compared
from robustfashion.bench.regularization.confidences import certainty
from robustfashion.bench.regularization.study import Arm
from robustfashion.bench.regularization.tables import five
from robustfashion.bench.spreadsheet import harmless

ACCEPTED, LOST = "accepted_outliers.csv", "lost_products.csv"
COLUMNS = ("picture", "product", "kind", "label", "class", "row", "seed", "score", "threshold", "gate_score", "reason")
"""``score`` is the confidence of the tag (of one label against the rest: of that label), ``threshold`` the row's mean confidence,
``gate_score`` the validator's confidence that the picture is of its type (empty: no validator stands before the row); all in
0..1. ``seed`` is empty where predictions were given."""


def lists(found: Compared) -> dict[str, str]:
    """CSV texts by file name; first seed of each row, at its own threshold."""

    def accepted(arm: Arm) -> NDArray[np.bool_]:
        """Outliers that the first network answers, [n]."""
        return np.asarray(found.study.outlier & arm.answered[:, 0])

    def lost(arm: Arm) -> NDArray[np.bool_]:
        """Ordinary pictures that the first network knows and does not answer, [n]."""
        return np.asarray(found.study.right(arm)[:, 0] & ~arm.answered[:, 0])

    return {ACCEPTED: _csv(found, accepted), LOST: _csv(found, lost)}


def _csv(found: Compared, which: Callable[[Arm], NDArray[np.bool_]]) -> str:
    return csv_text(COLUMNS, (_line(found, arm, row) for arm in five(found) for row in np.flatnonzero(which(arm)).tolist()))


def _line(found: Compared, arm: Arm, row: int) -> list[str]:
    study, table = found.study, arm.trained.noisy[0]
    sure, cut = float(certainty(table.take([row]))[0]), 1 - float(arm.thresholds[0])
    gate = ""
    reason = "as sure as the threshold" if arm.answered[row, 0] else "less sure than the threshold"
    if arm.kind == "gate" and study.passes is not None:
        refused = arm.refusal[row, 0] > 1
        gate = f"{study.passes[row]:.6f}"
        reason = "refused by the validator" if refused else reason
    label = table.classes[int(table.labels[row])] if table.labels[row] >= 0 else ""
    told = table.classes[int(arm.predicted[row, 0])]
    seed = str(study.seeds[0]) if study.seeds else ""
    texts = (table.ids[row], table.products[row], str(table.outlier_kinds[row] or ""), label, told)
    return [*map(harmless, (*texts, arm.name)), seed, f"{sure:.6f}", f"{cut:.6f}", gate, reason]
