"""Figures of the surface: the danger zone, the model's probabilities and their calibration, the response along each factor."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from robustfashion.bench.sensitivity.danger import danger_zone, published_table
from robustfashion.bench.sensitivity.judged import calibration_curve
from robustfashion.bench.sensitivity.model import Fitted, columns
from robustfashion.bench.sensitivity.modelled import Modelled
from robustfashion.bench.sensitivity.responses import Response
from robustfashion.bench.sensitivity.settings import SensitivitySettings
from robustfashion.bench.sensitivity.study import Cell, Surface
from robustfashion.bench.sensitivity.tables import EVENTS
from robustfashion.resize import is_java
from robustfashion.result import Axis, Curve, Figure, Line, curve_figure, heat_map, line_figure
from robustfashion.stats import FloatArray

__all__ = ["figures_of", "published_table"]

_MARGINS = (0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95)
"""Probability of the first class minus that of the second, rows of the heat maps."""
_DETAILS = (5, 25, 50, 75, 95)
"""Percentiles of the evaluated pictures' detail, columns of the heat maps."""
_LINES = 5
"""Lines that share a drawing."""


def figures_of(surface: Surface, found: Sequence[Response], model: Modelled, settings: SensitivitySettings) -> list[Figure]:
    """All figures, those without anything to show left out."""
    first = [settings.java_method] if settings.java_method in surface.methods else []
    plain = [method for method in surface.methods if "+" not in method]
    methods = list(dict.fromkeys([*first, *filter(is_java, plain)])) or plain
    return [*danger_zone(found, methods), *_modelled(surface, model), *_calibrations(model), *along(found, methods)]


def _modelled(surface: Surface, model: Modelled) -> list[Figure]:
    fitted = model.fitted.get("class")
    if fitted is None:
        return []
    cells = surface.learned
    detail = np.percentile(np.concatenate([cell.detail for cell in cells]), _DETAILS)
    reduced = float(np.median([cell.reduction for cell in cells]))
    return [_heat_map(fitted, detail, reduced, aliasing) for aliasing in (True, False)]


def _heat_map(fitted: Fitted, detail: FloatArray, reduced: float, aliasing: bool) -> Figure:
    """Modelled probability of another class by margin and detail, as of a network of two classes."""
    sure = np.repeat(_MARGINS, len(detail))
    logits = 2 * np.arctanh(sure)
    design = columns(logits, sure, np.zeros_like(sure), np.tile(detail, len(_MARGINS)), (reduced, float(aliasing), 0.0))
    values = fitted.probability(design).reshape(len(_MARGINS), len(detail)).tolist()
    kind = "aliasing" if aliasing else "antialiased"
    doc = (
        f"Rows: probability of the first class − of the second under the training method. Columns: detail that the reduced "
        f"picture "
        f"cannot hold, in grey levels, at percentiles {', '.join(map(str, _DETAILS))} of the evaluated pictures. Reduction "
        f"{reduced:.2f}, "
        "no JPEG, logits as of two classes. The model of all conditions whose networks have learned."
    )
    return heat_map(
        f"modelled-{kind}", f"Modelled probability that the class changes: {kind} methods", rows=[f"{m:g}" for m in _MARGINS],
        columns=_different([f"{d:.1f}" for d in detail]), values=values, unit="share", label="probability of another "
                                                                                             "class", doc=doc,
    )  # fmt: skip


def _different(names: Sequence[str]) -> list[str]:
    """The names, those that occur twice with their percentile."""
    return [name if names.count(name) == 1 else f"{name} ({p} %)" for name, p in zip(names, _DETAILS, strict=True)]


def _calibrations(model: Modelled) -> list[Figure]:
    found = []
    for event, foretold in model.foretold.items():
        assert model.lines is not None  # something was foretold
        bins = [one for one in calibration_curve(model.lines, event, foretold) if np.isfinite(one.expected)]
        xs = np.maximum.accumulate([one.expected for one in bins]).tolist()
        observed = [one.observed for one in bins]
        curve = Curve("observed", xs, [e.value for e in observed], [e.low for e in observed], [e.high for e in observed])
        top = max(xs[-1], max(e.high for e in observed))
        found.append(curve_figure(
            f"calibration-{event}", f"Foretold and observed: {EVENTS[event]}", x=Axis("foretold probability", "share"),
            y=Axis("share that changed", "share"),
            curves=[curve, Curve("as foretold", [0.0, top], [0.0, top], role="reference")],
            doc="Lines (pictures x seeds x methods) of every condition, foretold by models of the other conditions and of "
            f"other products, in {len(bins)} bins of equally many. Band: products resampled.",
        ))  # fmt: skip
    return found


@dataclass(frozen=True)
class Factor:
    """A number that conditions of the design differ in."""

    name: str
    of: Callable[[Cell], float]
    without: Callable[[Cell], tuple[object, ...]]
    """All that must be equal between cells of one line."""


def _rest(cell: Cell, *ignored: str) -> tuple[object, ...]:
    """All that a cell is made of but its seeds, its added methods and what the factor itself changes.

    Each dial of the drawn catalogue is a part of its own, so that nothing else differs along one of them.
    """
    condition, own = cell.condition, cell.settings
    values = {
        "row": cell.row, "training": condition.training_pictures, "canvas": own.canvas, "size": own.size,
        "reduction": round(cell.reduction, 6), "train": own.train_method, "steps": own.max_steps, "epochs": own.max_epochs,
        **{of.name: str(getattr(own.synthetic, of.name)) for of in fields(own.synthetic)},
    }  # fmt: skip
    return (cell.task, *(value for name, value in values.items() if name not in ignored))


FACTORS: tuple[Factor, ...] = (
    Factor("reduction of the last resize", lambda cell: cell.reduction, lambda cell: _rest(cell, "canvas", "reduction")),
    Factor("input size, px", lambda cell: float(cell.settings.preprocessing().size), lambda cell: _rest(cell, "size", "canvas")),
    Factor("training pictures", lambda cell: float(cell.training), lambda cell: _rest(cell, "training")),
    Factor("epochs, at most", lambda cell: float(cell.settings.max_epochs), lambda cell: _rest(cell, "epochs")),
    Factor(
        "share of fine patterns", lambda cell: cell.settings.synthetic.fine_pattern_share,
        lambda cell: _rest(cell, "fine_pattern_share"),
    ),
)  # fmt: skip


def along(found: Sequence[Response], methods: Sequence[str]) -> list[Figure]:
    """Change of accuracy (of classes without labels) along each factor that two conditions differ in alone; learned networks."""
    figures = []
    for factor in FACTORS:
        lines = _lines_along(factor, [r for r in found if r.cell.learned and r.method in methods[:1]])
        if lines:
            labelled = all(r.delta is not None for r in found)
            figures.append(line_figure(
                f"along-{factor.name.split(',')[0].replace(' ', '-')}", f"Along one factor: {factor.name}", x=factor.name,
                y="Δ accuracy" if labelled else "share of pictures with another class", unit="points" if labelled else "share",
                lines=lines, doc=f"Served with {methods[0]}. Conditions that differ in nothing else; networks that have not "
                                 f"learned are "
                "left out. Bands: 95 % intervals, each by itself.",
            ))  # fmt: skip
    return figures


def _lines_along(factor: Factor, found: Sequence[Response]) -> list[Line]:
    groups: dict[tuple[object, ...], dict[float, Response]] = defaultdict(dict)
    for response in found:
        groups[factor.without(response.cell)].setdefault(factor.of(response.cell), response)
    shown = {key: points for key, points in groups.items() if len(points) > 1}
    kinds = {next(iter(points.values())).cell.kind for points in shown.values()}
    lines = []
    for key, points in shown.items():
        ordered = [points[x] for x in sorted(points)]
        estimates = [r.accuracy or r.classes for r in ordered]
        name = str(key[0]) if len(kinds) == 1 else f"{key[0]}: {ordered[0].cell.kind}"
        values, lows, highs = ([getattr(e, bound) for e in estimates] for bound in ("value", "low", "high"))
        lines.append(Line(name, sorted(points), values, lows, highs))
    return _named_apart(lines)[:_LINES]


def _named_apart(lines: Sequence[Line]) -> list[Line]:
    """Lines whose names differ: a number behind those that occur again."""
    seen: dict[str, int] = {}
    found = []
    for line in lines:
        seen[line.name] = seen.get(line.name, 0) + 1
        found.append(line if seen[line.name] == 1 else replace(line, name=f"{line.name} ({seen[line.name]})"))
    return found
