"""The danger zone: change of accuracy and of classes by the reduction of the last resize, beside what others have published."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from robustfashion.bench.sensitivity.responses import Response
from robustfashion.paper import PROTOCOL, TABLE_2
from robustfashion.published import REPORTED, SYSNOISE
from robustfashion.result import Axis, Figure, NamedPoint, Point, PointSeries, Table, point_figure, table_of
from robustfashion.result.point_figures import SERIES
from robustfashion.stats import Estimate

_SHOWN = ("ResNet-18", "ResNet-18 x 0.25", "MobileNetV2 x 0.5")
"""SysNoise's networks that are named in the figure: the paper's own, and the two that lose most."""
_NETWORKS = {"resnet18": "ResNet-18", "googlenet": "GoogLeNet", "alexnet": "AlexNet"}

_LEAST, _MOST = 1.0, 8.0
"""Reductions of a figure whose points have one only."""


@dataclass(frozen=True)
class Own:
    """The user's own network under one method."""

    label: str
    reduction: float
    classes: Estimate
    """Share of pictures whose class changes."""
    delta: Estimate | None = None
    """Change of accuracy; None: the pictures have no labels."""


def danger_zone(found: Sequence[Response], methods: Sequence[str], own: Sequence[Own] = ()) -> list[Figure]:
    """Two figures: change of accuracy, and of classes.

    Args:
        found: responses of the design; those of networks that have not learned are left out, and may be none at all.
        methods: serving methods to show, a series each; the first :data:`~robustfashion.result.point_figures.SERIES` of them.
        own: the user's points.
    """
    shown = [response for response in found if response.cell.learned]
    labelled = not shown or any(response.delta is not None for response in shown)
    figures = []
    if labelled and (shown or any(one.delta for one in own) or not own):
        figures.append(_figure("accuracy", shown, methods[:SERIES], own))
    return [*figures, _figure("classes", shown, methods[:SERIES], own)]


def _figure(of: Literal["accuracy", "classes"], found: Sequence[Response], methods: Sequence[str], own: Sequence[Own]) -> Figure:
    accuracy = of == "accuracy"
    series = [PointSeries(method, [p for r in found if r.method == method and (p := _point(r, accuracy))]) for method in methods]
    named = [*(_papers() if accuracy else []), *(_sysnoise() if accuracy else [])]
    named += [NamedPoint(p, "chosen", "your own network") for one in own if (p := _own(one, accuracy))]
    doc = (
        "Each point is one task of one condition of the design, all seeds together; networks that have not learned are left "
        "out. "
        "Bars: 95 % intervals, each by itself"
    )
    if accuracy:
        doc += (
            " (t intervals over products; the paper's: sampling errors of a fifth of its images, and rounding). Diamonds: "
            "Table 2 of "
            "the paper. Squares: SysNoise, mean over its resizers, bars: their standard deviation; it states no reduction."
        )
    else:
        doc += " (products resampled)."
    y = Axis("change of accuracy", "points") if accuracy else Axis("pictures with another class", "share", low=0.0)
    title = "The danger zone: accuracy" if accuracy else "The danger zone: classes that change"
    return point_figure(
        f"danger-zone-{of}", title, x=_across(found, own), y=y,
        series=[one for one in series if one.points], named=named, logarithmic=True, doc=doc,
    )  # fmt: skip


def _across(found: Sequence[Response], own: Sequence[Own]) -> Axis:
    """As the points ask; the design's range where there are the user's alone, which have one reduction."""
    name = "reduction of the last resize"
    if found or not own:
        return Axis(name, "ratio")
    alone = [one.reduction for one in own]
    return Axis(name, "ratio", min(_LEAST, *alone), max(_MOST, *alone))


def _point(of: Response, accuracy: bool) -> Point | None:
    found = of.accuracy if accuracy else of.classes
    return None if found is None else Point(of.cell.name, of.cell.reduction, found.value, found.low, found.high)


def _own(one: Own, accuracy: bool) -> Point | None:
    found = one.delta if accuracy else one.classes
    return None if found is None else Point(one.label, one.reduction, found.value, found.low, found.high)


def papers_reduction() -> float:
    """Of the paper's last resize, for pictures that are fitted into or fill its canvas."""
    return PROTOCOL.canvas_px / PROTOCOL.input_px


def _papers() -> list[NamedPoint]:
    found = []
    for (architecture, recipe, base), line in TABLE_2.items():
        more = " + augmentation" if recipe == "robust" else ""
        name = f"paper: {_NETWORKS[architecture]}{more}{' + base' if base != 'none' else ''}"
        printed = line.printed_change
        half = 1.96 * printed.error + printed.rounding
        point = Point(name, papers_reduction(), line.change, line.change - half, line.change + half)
        found.append(
            NamedPoint(point, "paper", f"{100 * line.python:.0f} % with Python's resizer, {100 * line.java:.0f} % with Java's")
        )
    return found


def _sysnoise() -> list[NamedPoint]:
    found = []
    for one in SYSNOISE:
        if one.network in _SHOWN:
            low, high = (None, None) if one.spread is None else (one.change - one.spread, one.change + one.spread)
            point = Point(f"SysNoise: {one.network}", one.reduction, one.change, low, high)
            found.append(NamedPoint(point, "rule", f"{one.task}; {one.source}"))
    return found


def published_table() -> Table:
    """Every published figure, those that the figure leaves out, too."""
    return table_of("published", "What others have published", [*SYSNOISE, *REPORTED], [
        ("Network", "text", "as its source names it", lambda of: of.network),
        ("Task", "text", "data and measure", lambda of: of.task),
        ("Change", "points", "accuracy with another resizer minus with the training's; of SysNoise the mean over resizers",
         lambda of: of.change),
        ("Spread", "points", "standard deviation over resizers; n/a: not stated", lambda of: of.spread),
        ("Reduction", "ratio", "of the resize; n/a: not stated", lambda of: of.reduction),
        ("Source", "text", "where it stands", lambda of: of.source),
    ])  # fmt: skip
