"""Lines of Table 4: what classifiers get wrong of what they answer, those measured here beside the paper's."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from robustfashion.paper import TABLE_4, WATCHES_WITH_OUTLIERS
from robustfashion.result import Table, table_of
from robustfashion.stats import Estimate, wilson


@dataclass(frozen=True)
class Line:
    """One line of Table 4; counts are of pictures."""

    name: str
    where: str
    """``here`` or ``the paper``."""
    threshold: float
    """Least top-1 confidence that is answered, 0..1."""
    answered: int
    errors: int
    """Wrong answers, those to outliers included."""
    outlier_errors: int
    """Answers to outliers."""
    coverage: Estimate
    """Answered of all pictures, outliers included."""
    risk: Estimate | None
    """Errors of what is answered; None: nothing is."""
    outlier_risk: Estimate | None
    """Outlier errors of what is answered."""


def cut_off(errors: int, answered: int) -> str:
    """A percentage as Table 4 prints it: of what is answered, to a tenth, cut off and not rounded (47 of 637 are 7.3 %)."""
    return f"{math.floor(1000 * errors / answered) / 10:.1f} %" if answered else "n/a"


def printed() -> list[Line]:
    """The paper's lines, with Wilson intervals of its counts: it prints none."""
    found = []
    for line in TABLE_4.values():
        decay = "" if line.weight_decay is None else f", weight decay {line.weight_decay:g}"
        name = f"{line.architecture}{decay}{' + validator' if line.validated else ''}"
        n, errors, outliers = line.answered, line.errors, line.outlier_errors
        shares = wilson(n, WATCHES_WITH_OUTLIERS), wilson(errors, n), wilson(outliers, n)
        found.append(Line(name, "the paper", line.mean_confidence, n, errors, outliers, *shares))
    return found


def table4(lines: Sequence[Line], note: str) -> Table:
    """These lines, then the paper's."""
    return table_of("table4", "Table 4: errors of what is answered, each line at its own threshold", [*lines, *printed()], [
        ("Model", "text", "the classifier, alone or behind its validator", lambda line: line.name),
        ("Where", "text", "measured here, or printed by the paper", lambda line: line.where),
        ("Threshold", "number", "least top-1 confidence that is answered", lambda line: line.threshold),
        ("Answered", "count", "pictures from the threshold on", lambda line: line.answered),
        ("Coverage", "share", "answered of all pictures, outliers included; products resampled (the paper's: Wilson)",
         lambda line: line.coverage),
        ("Errors", "count", "wrong answers, those to outliers included", lambda line: line.errors),
        ("Errors %", "text", "of what is answered, cut off after a tenth as the paper does",
         lambda line: cut_off(line.errors, line.answered)),
        ("Risk", "share", "errors of what is answered; products resampled (the paper's: Wilson)", lambda line: line.risk),
        ("Outlier errors", "count", "answers to outliers", lambda line: line.outlier_errors),
        ("Outlier errors %", "text", "of what is answered, cut off after a tenth",
         lambda line: cut_off(line.outlier_errors, line.answered)),
        ("Outlier risk", "share", "outlier errors of what is answered", lambda line: line.outlier_risk),
    ], note)  # fmt: skip
