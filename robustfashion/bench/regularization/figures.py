"""Figures of the regularization suite as data."""

import numpy as np

from robustfashion.bench.regularization.compared import Compared
from robustfashion.bench.regularization.study import HARD, SOFT, Arm
from robustfashion.bench.regularization.tables import five
from robustfashion.result import Axis, Curve, CurveRole, Figure, Mark, curve_figure

_POINTS = 101


def risk_coverage(found: Compared) -> Figure:
    """Wrong answers over coverage."""
    return _curves(found, "risk", "risk-coverage", "Wrong answers by coverage", "wrong answers of the answers")


def outliers_coverage(found: Compared) -> Figure:
    """Outliers answered over coverage."""
    return _curves(found, "accepted", "outliers-coverage", "Outliers answered by coverage", "answered share of the outliers")


def _shown(found: Compared) -> tuple[list[Arm], list[Arm]]:
    """Highlighted and muted arms: those that have learned."""
    study = found.study
    wanted = [study.plain.name, *[a.name for a in (found.best_decay,) if a], HARD, SOFT]
    wanted += [arm.name for arm in study.arms if "outlier exposure" in arm.name]
    known = study.compared
    return [a for a in known if a.name in wanted[:5]], [a for a in known if a.name not in wanted[:5]]


def _curves(found: Compared, measure: str, name: str, title: str, axis: str) -> Figure:
    grid = np.linspace(0.01, 1, _POINTS - 1)
    bright, muted = _shown(found)
    curves = []
    roles: tuple[tuple[list[Arm], CurveRole], ...] = ((muted, "muted"), (bright, "highlighted"))
    for arms, role in roles:
        for arm in arms:
            seen = found.seen(arm)
            values = [float(np.mean([getattr(one.at_coverage(c), measure)[0] for one in seen])) for c in grid.tolist()]
            curves.append(Curve(arm.name, grid.tolist(), values, role=role))
    marks = []
    for arm in five(found):
        if arm.learned:
            point = found.at(arm, None)
            x, y = float(point.coverage[0].mean()), float(getattr(point, measure)[0].mean())
            if not np.isnan(y):  # some pictures are answered
                marks.append(Mark(arm.name, x, y, "paper", "at its own mean confidence"))
    doc = (
        "Pictures are answered from the surest on; coverage is of all pictures, outliers included. Every answer to an outlier is "
        "wrong. Means over seeds; marked: each row of Table 4 at its own mean confidence. Networks that have not learned are "
        "left out."
    )
    return curve_figure(
        name, title, x=Axis("coverage of all pictures", "share", 0, 1, better="high"), y=Axis(axis, "share", better="low"),
        curves=curves, marks=marks, doc=doc,
    )  # fmt: skip
