"""Curves of numbers against numbers: a few in colours of their own, the others grey behind them, points marked."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from numpy.typing import NDArray

from robustfashion.report.axes import Layout, apart, both_forms, line_style, mark_values, numeric_axes, reach
from robustfashion.report.drawing import Drawing, shorten
from robustfashion.report.format import visible
from robustfashion.report.labels import draw_marks
from robustfashion.report.palette import CONTEXT, INK, MUTED
from robustfashion.report.simplify import simplified
from robustfashion.report.svg import to_svg
from robustfashion.result import Curve, Curves

POINTS = 200
"""Points that are drawn of one highlighted curve; muted ones get half of them."""
_GREY = {"color": CONTEXT, "linewidth": 1.1}
_OPTIMUM = {"color": MUTED, "linewidth": 1.1, "linestyle": (0, (4, 3))}


@dataclass(frozen=True)
class _Drawn:
    """What is drawn of a curve: x, y, low, high [k], NaN = n/a; and its look."""

    curve: Curve
    parts: NDArray[np.float64]
    style: dict[str, Any]


def draw_curves(name: str, title: str, data: Curves) -> list[Drawing]:
    """One drawing in a wide and a narrow form; none without a curve.

    Args:
        name: prefix of the drawings' ids.
        title: what a screen reader is told.
        data: curves of any number of points; :data:`POINTS` of each are drawn.
    """
    if not any(curve.x for curve in data.curves):
        return []
    return both_forms(name, lambda form, layout: _draw(form, title, data, layout))


def _draw(name: str, title: str, data: Curves, layout: Layout) -> Markup:
    across, up = mark_values(data.marks)
    tables = [_numbers(curve) for curve in data.curves]
    limits = [
        reach(data.x, [*across, *(v for table in tables for v in table[0])]),
        reach(data.y, [*up, *(v for table in tables for v in table[1:].ravel())]),
    ]
    drawn = _looks(data, tables, limits)
    figure, axes = numeric_axes(layout, data.x, data.y, limits)
    for one in drawn:
        _curve(axes, one)
    busy = [np.empty((0, 2)), *(_dense(one.parts[:2].T) for one in drawn if one.curve.role != "muted")]
    draw_marks(axes, data.marks, np.concatenate(busy), layout.characters // 2)
    _name_curves(axes, drawn, layout)
    names = ", ".join(curve.name for curve in data.curves)
    return to_svg(figure, name, visible(f"Curves: {title}. {names}; numbers are in the table that follows."))


def _numbers(curve: Curve) -> NDArray[np.float64]:
    """x, y, low, high [4, k]; NaN for what is n/a, or not there at all."""
    nothing = [None] * len(curve.x)
    return np.array([curve.x, curve.y, curve.low or nothing, curve.high or nothing], dtype=np.float64)


def _looks(data: Curves, tables: list[NDArray[np.float64]], limits: list[tuple[float, float]]) -> list[_Drawn]:
    """Grey ones first, so that they lie behind."""
    found, k = [], 0
    for curve, table in zip(data.curves, tables, strict=True):
        if curve.role == "highlighted":
            style, k = line_style(k) | {"markevery": (0.03 + 0.05 * k, 0.25), "zorder": 3}, k + 1
        else:
            style = dict(_GREY if curve.role == "muted" else _OPTIMUM)
        kept = _kept(table, limits, POINTS // 2 if curve.role == "muted" else POINTS)
        found.append(_Drawn(curve, table[:, kept], style))
    return sorted(found, key=lambda one: one.curve.role != "muted")


def _kept(table: NDArray[np.float64], limits: list[tuple[float, float]], most: int) -> NDArray[np.intp]:
    """The points that a drawing within the limits needs; what lies beyond them has no shape to keep."""
    (left, right), (low, high) = limits
    x = np.clip((table[0] - left) / (right - left), -0.1, 1.1)
    return simplified(x, list(np.clip((table[1:] - low) / (high - low), -0.1, 1.1)), most)


def _curve(axes: Axes, one: _Drawn) -> None:
    x, y, low, high = one.parts
    if np.isfinite(low).any() and one.curve.role != "muted":
        axes.fill_between(x, low, high, color=one.style["color"], alpha=0.16, linewidth=0)
    axes.plot(x, y, **one.style)


def _dense(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points with others between neighbours, for a straight piece of a line is in a name's way, too."""
    if len(points) < 2:
        return points
    shares = np.linspace(0, 1, 8, endpoint=False)[:, None, None]
    return (points[:-1] * (1 - shares) + points[1:] * shares).reshape(-1, 2)


def _name_curves(axes: Axes, drawn: list[_Drawn], layout: Layout) -> None:
    """Samples and names: beside the right ends of the curves, or in rows under the axes; the grey ones share a row."""
    bottom, top = axes.get_ylim()
    rows: list[tuple[float, float, str, dict[str, Any]]] = []
    for one in drawn:
        known = one.parts[1][np.isfinite(one.parts[1])]
        if known.size and one.curve.role != "muted":
            end = float(np.clip(known[-1], bottom, top))
            rows.append((end, float(known.mean()), shorten(one.curve.name), one.style))
    grey = sum(one.curve.role == "muted" for one in drawn)
    gap = (top - bottom) * 0.07
    rows = sorted(rows, key=lambda row: (round(row[0] / gap), row[1]))  # ends that nearly meet: by height along the way
    if grey:
        rows.insert(0, (bottom, 0.0, f"{grey} more (grey)", dict(_GREY)))
    if layout.beside:
        places = apart([row[0] for row in rows], top, gap)
        heights, left = [(place - bottom) / (top - bottom) for place in places], 1.02
    else:
        heights, left = [-(0.62 + 0.2 * k) / layout.inches[1] for k in reversed(range(len(rows)))], -0.08
    step = 0.23 / layout.inches[0]
    for height, (_, _, text, style) in zip(heights, rows, strict=True):
        ends = [left, left + step, left + 2 * step]
        axes.plot(ends, [height] * 3, transform=axes.transAxes, clip_on=False, **style | {"markevery": [1]})
        axes.text(ends[-1] + step / 3, height, text, transform=axes.transAxes, color=INK, va="center", fontsize=8.8)
