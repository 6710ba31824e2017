"""Pareto fronts: every setting as a dot shaded by its cost, the best ones joined by steps, points marked."""

from collections.abc import Sequence
from textwrap import fill
from typing import Literal

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes

from robustfashion.report.axes import Layout, both_forms, mark_values, numeric_axes, reach
from robustfashion.report.colour_bar import Scale, colour_bar
from robustfashion.report.drawing import Drawing, named_axis
from robustfashion.report.format import visible
from robustfashion.report.labels import draw_marks
from robustfashion.report.palette import CONTEXT, MUTED, SERIES, scale
from robustfashion.report.svg import to_svg
from robustfashion.result import Axis, Front, FrontPoint

DOTS = 300
"""Settings behind the front that are drawn; of more, a part that covers the same area."""
STEPS = 150
"""Settings of the front that are drawn."""
_CELLS = (60, 36)
"""Of dots within one such cell of the drawing one is enough."""


def draw_front(name: str, title: str, data: Front) -> list[Drawing]:
    """One drawing in a wide and a narrow form; none without a point.

    Args:
        name: prefix of the drawings' ids.
        title: what a screen reader is told.
        data: any number of settings; :data:`DOTS` behind the front and :data:`STEPS` on it are drawn.
    """
    if not data.points:
        return []
    return both_forms(name, lambda form, layout: _draw(form, title, data, layout))


def _draw(name: str, title: str, data: Front, layout: Layout) -> Markup:
    across, up = mark_values(data.marks)
    limits = [reach(data.x, [*across, *(p.x for p in data.points)]), reach(data.y, [*up, *(p.y for p in data.points)])]
    figure, axes = numeric_axes(layout, data.x, data.y, limits)
    shades = _scale(data, layout)
    front = [data.points[k] for k in evenly(data.front, STEPS)]
    behind = _thinned([point for k, point in enumerate(data.points) if k not in set(data.front)], limits)
    _dots(axes, behind, shades, 3.2, 2.0)
    _steps(axes, front, data.x)
    _dots(axes, front, shades, 5.6, 4.0)
    if shades is not None:
        colour_bar(figure, shades, 0.78 if layout.beside else 0.92, 2.6 if layout.beside else 1.3)
    busy = np.array([(point.x, point.y) for point in (*front, *behind)])
    draw_marks(axes, data.marks, busy, layout.characters // 2)
    label = f"Pareto front: {title}. {len(data.front)} of {len(data.points)} settings are on it, see the table that follows."
    return to_svg(figure, name, visible(label))


def _scale(data: Front, layout: Layout) -> Scale | None:
    """Shades of the costs; None where there is no cost to show."""
    costs = [point.cost for point in data.points if point.cost is not None]
    if data.cost is None or not costs:
        return None
    low, high = min(costs), max(costs)
    low, high = (low, high) if high > low else (low - 0.5, high + 0.5)
    label = fill(visible(named_axis(data.cost.name, data.cost.unit)), 60 if layout.beside else 22)
    return Scale((low, high), scale(diverging=False), data.cost.unit, label)


def evenly(indices: Sequence[int], most: int) -> list[int]:
    """At most ``most`` of the indices, evenly spread, the first and the last among them."""
    count = min(len(indices), most)
    return [indices[k] for k in sorted({round(k * (len(indices) - 1) / max(count - 1, 1)) for k in range(count)})]


def _thinned(points: list[FrontPoint], limits: list[tuple[float, float]]) -> list[FrontPoint]:
    if len(points) <= DOTS:
        return points
    (left, right), (low, high) = limits
    cells = {
        (int((p.x - left) / (right - left) * _CELLS[0]), int((p.y - low) / (high - low) * _CELLS[1])): p for p in reversed(points)
    }
    found = list(cells.values())
    return [found[k] for k in evenly(range(len(found)), DOTS)]


def _dots(axes: Axes, points: list[FrontPoint], shades: Scale | None, size: float, zorder: float) -> None:
    """A line of dots for each shade: the drawing names a colour once, not with every dot."""
    by_colour: dict[str, list[FrontPoint]] = {}
    for point in points:
        colour = CONTEXT if shades is None or point.cost is None else shades.colour(point.cost)
        by_colour.setdefault(colour, []).append(point)
    for colour, same in sorted(by_colour.items()):
        axes.plot(
            [p.x for p in same], [p.y for p in same], linestyle="none", marker="o", markersize=size, zorder=zorder,
            markerfacecolor=colour, markeredgecolor=MUTED, markeredgewidth=0.6 if size > 4 else 0.25,
        )  # fmt: skip


def _steps(axes: Axes, front: list[FrontPoint], x: Axis) -> None:
    """Between two points of the front, what the one with the worse x attains."""
    where: Literal["pre", "post"] = "post" if x.better == "low" else "pre"
    axes.step([p.x for p in front], [p.y for p in front], where=where, color=SERIES[0], linewidth=1.6, zorder=3)
