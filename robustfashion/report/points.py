"""Points with vertical intervals, a colour and a shape for each series, some of them named; arranged for the template, too."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes

from robustfashion.report.axes import Layout, both_forms, line_style, numeric_axes, reach
from robustfashion.report.drawing import Drawing, shorten
from robustfashion.report.format import Shown, estimate, interval, number, show, visible
from robustfashion.report.labels import draw_marks
from robustfashion.report.page import ColumnView, TableView
from robustfashion.report.palette import INK, MUTED, RULE
from robustfashion.report.svg import to_svg
from robustfashion.report.views import FigureView, MarkView
from robustfashion.result import Axis, Figure, Mark, NamedPoint, Point, Points, read_figure

ROWS = 200
"""Points that the table under a drawing lists."""
_APART = 0.014
"""Distance of points that share a place, as a share of the axis; less where they would come near to the next place."""
_NEAR = 0.42
"""Share of the way to the next place that points of one place may take."""
_ASIDE = 0.16
"""Distance of the points without a place from the first that has one, as a share of the axis."""
_ROUND = (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
"""Numbers of a logarithmic axis, and their multiples by ten."""
_UNKNOWN = "not stated"


def points_view(figure: Figure, anchor: str) -> FigureView:
    """Points; the table lists all of them, named ones are explained."""
    data = read_figure(figure, Points)
    note = "Points of one place stand side by side." if _share_places(data) else ""
    if any(point.x is None for point in data.every):
        note = f"{note} Left of the line: {data.x.name} {_UNKNOWN}.".strip()
    marks = [MarkView(one.kind, one.point.name, _place(one.point, data), one.text) for one in data.named]
    table = _numbers(data, figure.title, f"{anchor}-numbers")
    drawings = draw_points(anchor, figure.title, data)
    return FigureView(anchor, figure.title, figure.kind, figure.doc, drawings, note if drawings else "", marks, table)


def draw_points(name: str, title: str, data: Points) -> list[Drawing]:
    """One drawing in a wide and a narrow form; none without a point.

    Args:
        name: prefix of the drawings' ids.
        title: what a screen reader is told.
        data: series and named points.
    """
    if not data.every:
        return []
    return both_forms(name, lambda form, layout: _draw(form, title, data, layout))


def _draw(name: str, title: str, data: Points, layout: Layout) -> Markup:
    ups = [value for point in data.every for value in (point.y, point.low, point.high) if value is not None]
    known = [_scaled(point.x, data) for point in data.every if point.x is not None]
    low, high = reach(Axis("", "number", _bound(data.x.low, data), _bound(data.x.high, data)), known)
    aside = low - _ASIDE * (high - low) if len(known) < len(data.every) else None
    left = low if aside is None else aside - 0.5 * _ASIDE * (high - low)
    y_limits = reach(data.y, ups)
    places = _spread(data, aside, _APART * (high - left))
    edges = [left, high, *(x + side for xs in places for x in xs for side in (-0.01 * (high - left), 0.01 * (high - left)))]
    figure, axes = numeric_axes(layout, data.x, data.y, [(min(edges), max(edges)), y_limits])
    _ticks(axes, data, (low, high), aside, layout)
    if y_limits[0] < 0 < y_limits[1]:
        axes.axhline(0, color=MUTED, linewidth=0.9, zorder=1)
    for k, (one, xs) in enumerate(zip(data.series, places, strict=True)):
        _series(axes, one.points, xs, line_style(k))
    busy = np.array([(x, p.y) for one, xs in zip(data.series, places, strict=True) for p, x in zip(one.points, xs, strict=True)])
    draw_marks(axes, [_mark(one, data, aside) for one in data.named], busy.reshape(-1, 2), layout.characters // 2)
    _legend(axes, data, layout)
    names = ", ".join(one.name for one in data.series)
    return to_svg(figure, name, visible(f"Points: {title}. {names}; numbers are in the table that follows."))


def _scaled(x: float, data: Points) -> float:
    return math.log(x) if data.logarithmic else x


def _bound(x: float | None, data: Points) -> float | None:
    """A bound that the axis asks for; a logarithmic one has none at 0."""
    return None if x is None or (data.logarithmic and x <= 0) else _scaled(x, data)


def _position(point: Point, data: Points, aside: float | None) -> float:
    if point.x is not None:
        return _scaled(point.x, data)
    assert aside is not None  # there is a point without a place
    return aside


def _share_places(data: Points) -> bool:
    places = [point.x for one in data.series for point in one.points]
    return len(places) > len(set(places))


def _spread(data: Points, aside: float | None, gap: float) -> list[list[float]]:
    """Places of the series' points, by series; those that share one are set side by side, in the order of the series."""
    flat = [_position(point, data, aside) for one in data.series for point in one.points]
    taken = sorted({*flat, *(_position(one.point, data, aside) for one in data.named)})
    gaps = {place: _gap(place, flat.count(place), taken, gap) for place in taken}
    at: dict[float, int] = {}
    found = []
    for place in flat:
        k = at[place] = at.get(place, -1) + 1
        found.append(place + (k - (flat.count(place) - 1) / 2) * gaps[place])
    rest = iter(found)
    return [[next(rest) for _ in one.points] for one in data.series]


def _gap(place: float, count: int, taken: Sequence[float], usual: float) -> float:
    """Distance of the points of one place: the usual one, or less, so that they stay apart from their neighbours'."""
    nearest = min((abs(place - other) for other in taken if other != place), default=math.inf)
    return min(usual, 2 * _NEAR * nearest / count) if count else usual


def _series(axes: Axes, points: Sequence[Point], xs: Sequence[float], style: dict[str, Any]) -> None:
    for x, point in zip(xs, points, strict=True):
        if point.low is not None and point.high is not None:
            axes.plot([x, x], [point.low, point.high], color=style["color"], linewidth=1.0, zorder=2)
    look = {"marker": style["marker"], "color": style["color"], "markersize": 4.5}
    axes.plot(xs, [point.y for point in points], linestyle="none", zorder=3, **look)


def _mark(one: NamedPoint, data: Points, aside: float | None) -> Mark:
    point = one.point
    side = None if point.low is None or point.high is None else (point.low, point.high)
    # Points without a place lie upon one another: their names are left to the list below the drawing.
    return Mark("" if point.x is None else point.name, _position(point, data, aside), point.y, one.kind, y_interval=side)


def _ticks(axes: Axes, data: Points, limits: tuple[float, float], aside: float | None, layout: Layout) -> None:
    """Numbers of a logarithmic axis, and the place of points without one."""
    places, texts = [float(v) for v in axes.get_xticks()], [text.get_text() for text in axes.get_xticklabels()]
    if data.logarithmic:
        values = [float(f"{base * 10.0**power:g}") for power in range(-3, 5) for base in _ROUND]
        inside = [v for v in values if limits[0] <= math.log(v) <= limits[1]]
        step = max(1, math.ceil(len(inside) / (layout.ticks + 2)))
        places, texts = [math.log(v) for v in inside[::step]], [f"{v:g}" for v in inside[::step]]
    else:
        kept = [k for k, place in enumerate(places) if place >= limits[0]]
        places, texts = [places[k] for k in kept], [texts[k] for k in kept]
    if aside is not None:
        places, texts = [aside, *places], [_UNKNOWN.replace(" ", "\n"), *texts]
        axes.axvline((aside + limits[0]) / 2, color=RULE, linewidth=0.9)
    axes.set_xticks(places, texts)


def _legend(axes: Axes, data: Points, layout: Layout) -> None:
    """Samples and names, beside the axes or in rows under them."""
    step = 0.23 / layout.inches[0]
    for k, one in enumerate(data.series):
        height, left = (0.97 - 0.07 * k, 1.02) if layout.beside else (-(0.75 + 0.2 * k) / layout.inches[1], -0.08)
        style = line_style(k) | {"linestyle": "none", "markevery": [1]}
        axes.plot([left, left + step, left + 2 * step], [height] * 3, transform=axes.transAxes, clip_on=False, **style)
        text = shorten(one.name)
        axes.text(left + 2 * step + step / 3, height, text, transform=axes.transAxes, color=INK, va="center", fontsize=8.8)


def _place(point: Point, data: Points) -> str:
    where = _UNKNOWN if point.x is None else number(point.x, data.x.unit)
    value = number(point.y, data.y.unit)
    if point.low is not None and point.high is not None:
        both = (point.low, point.high, data.y.unit)
        value = f"{estimate(point.y, *both)} {interval(*both, point.y)}"
    return f"{data.x.name} {where}; {data.y.name} {value}"


def _numbers(data: Points, title: str, anchor: str) -> TableView:
    """A row for each point."""
    heads = [
        ColumnView("Points", "", False, None), ColumnView("Name", "", False, None),
        ColumnView(data.x.name, "", True, None), ColumnView(data.y.name, "", True, None),
    ]  # fmt: skip
    points = [(one.name, point) for one in data.series for point in one.points]
    points += [("named", one.point) for one in data.named]
    rows = [[Shown(name), Shown(point.name), _across(point, data.x), _up(point, data.y)] for name, point in points[:ROWS]]
    note = f"{ROWS} of {len(points):,} points; result.json holds all of them." if len(points) > ROWS else ""
    return TableView(anchor, title, heads, rows, note)


def _across(point: Point, axis: Axis) -> Shown:
    return Shown(_UNKNOWN) if point.x is None else show(point.x, axis.unit)


def _up(point: Point, axis: Axis) -> Shown:
    if point.low is None or point.high is None:
        return show(point.y, axis.unit)
    both = (point.low, point.high, axis.unit)
    return Shown(estimate(point.y, *both), interval(*both, point.y), None, point.y)
