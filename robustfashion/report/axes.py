"""What drawings with axes share: their look, their ticks, and how lines are told apart."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

import numpy as np
import seaborn as sns
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from robustfashion.report.drawing import Drawing, named_axis
from robustfashion.report.format import MINUS, visible
from robustfashion.report.palette import MUTED, RULE, SERIES
from robustfashion.report.svg import own_settings
from robustfashion.result import Axis, Mark, Unit

STEPS = (1, 2, 2.5, 5, 10)
"""Distances of ticks, but for powers of ten."""
_MOST_DECIMALS = 6
_MARKERS = ("o", "s", "^", "D", "v")
_DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.4)), (0, (6, 1.5, 1, 1.5)), (0, (3, 1, 1, 1, 1, 1)))


@dataclass(frozen=True)
class Layout:
    """One of the two forms of a drawing: the size of its axes, ticks across, characters of a line of text."""

    inches: tuple[float, float]
    ticks: int
    characters: int
    beside: bool
    """Names stand beside the axes, else under them."""


WIDE = Layout((6.4, 3.7), 6, 60, beside=True)
NARROW = Layout((2.72, 2.5), 4, 38, beside=False)
"""Fits a screen 360 px wide at the same size of text."""


def both_forms(name: str, draw: Callable[[str, Layout], Markup]) -> list[Drawing]:
    """One drawing in its wide and its narrow form.

    Args:
        name: prefix of the drawings' ids.
        draw: from a form's own prefix and layout to its SVG.
    """
    with own_settings():
        wide, narrow = (draw(f"{name}{form}", layout) for form, layout in (("", WIDE), ("-narrow", NARROW)))
    return [Drawing("", wide, narrow)]


_MARGIN = 0.04


def dress(axes: Axes) -> None:
    """A thin rule at every tick of the upward axis, no frame, muted numbers."""
    axes.grid(axis="y", color=RULE, linewidth=0.7)
    axes.set_axisbelow(True)
    sns.despine(ax=axes, left=True)
    axes.spines["bottom"].set_color(RULE)
    axes.tick_params(length=0, labelcolor=MUTED, labelsize=8.5)


def numeric_axes(layout: Layout, x: Axis, y: Axis, limits: Sequence[tuple[float, float]]) -> tuple[Figure, Axes]:
    """Axes of two numbers: ``limits`` of x and of y are final; the axes' names stand under and over them."""
    figure = Figure(figsize=layout.inches)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(*limits[0])
    axes.set_ylim(*limits[1])
    axes.set_xticks(*number_ticks(*limits[0], x.unit, layout.ticks))
    axes.set_yticks(*number_ticks(*limits[1], y.unit, 5))
    dress(axes)
    axes.set_xlabel(axis_name(x, layout), color=MUTED, fontsize=9)
    axes.set_title(axis_name(y, layout), loc="left", color=MUTED, fontsize=9)
    return figure, axes


def measure(axes: Axes) -> Any:  # noqa: ANN401 - matplotlib has no type for its renderers
    """What tells how large a text will be."""
    return FigureCanvasAgg(axes.get_figure(root=True)).get_renderer()  # type: ignore[no-untyped-call]


def axis_name(axis: Axis, layout: Layout) -> str:
    """Name, unit and which end is better, broken to the layout's width."""
    better = f" ({axis.better}er is better)" if axis.better else ""
    return fill(visible(named_axis(axis.name, axis.unit) + better), layout.characters)


def reach(axis: Axis, values: Iterable[float]) -> tuple[float, float]:
    """Limits of an axis with a margin: those that it asks for, else those of the values; 0 to 1 where there are none."""
    known = [value for value in values if np.isfinite(value)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    low, high = low if axis.low is None else axis.low, high if axis.high is None else axis.high
    margin = _MARGIN * (high - low) if high > low else abs(low) * _MARGIN or _MARGIN
    return min(low, high) - margin, max(low, high) + margin


def mark_values(marks: Iterable[Mark]) -> tuple[list[float], list[float]]:
    """All positions along x and along y that marks and their intervals take."""
    marks = list(marks)
    across = [v for mark in marks for v in (mark.x, *(mark.x_interval or ()))]
    return across, [v for mark in marks for v in (mark.y, *(mark.y_interval or ()))]


def number_ticks(low: float, high: float, unit: Unit, most: int) -> tuple[list[float], list[str]]:
    """Round places within the limits, at most ``most`` steps of them, and their numbers with the decimals that they need."""
    if unit == "share":  # a margin beyond 0 or 100 % is room for dots, not a number
        low, high = max(low, 0.0), min(high, 1.0)
    slack = 1e-9 * (high - low)
    places = [float(v) for v in MaxNLocator(most, steps=STEPS).tick_values(low, high) if low - slack <= v <= high + slack]
    scaled = [place * (100.0 if unit in ("share", "points") else 1.0) for place in places]
    step = float(np.diff(scaled).min()) if len(scaled) > 1 else 1.0
    decimals = next((d for d in range(_MOST_DECIMALS) if all(abs(v - round(v, d)) < 1e-6 * step for v in scaled)), _MOST_DECIMALS)
    return places, [_tick(value, decimals, unit) for value in scaled]


def _tick(value: float, decimals: int, unit: Unit) -> str:
    value = round(value, decimals) + 0.0  # no "-0"
    sign = "+" if unit == "points" and value > 0 else ""
    return f"{sign}{value:,.{decimals}f}".replace("-", MINUS) + (" %" if unit == "share" else "")


def line_style(k: int) -> dict[str, Any]:
    """Colour, dash and marker of the k-th line."""
    return {"color": SERIES[k], "linewidth": 1.8, "linestyle": _DASHES[k], "marker": _MARKERS[k], "markersize": 4.5}


def apart(places: Sequence[float], top: float, gap: float) -> list[float]:
    """Rising places moved apart to at least ``gap``: upwards, and back down where that passes the top."""
    found = list(places)
    for k in range(1, len(found)):
        found[k] = max(found[k], found[k - 1] + gap)
    limit = top
    for k in reversed(range(len(found))):
        found[k] = min(found[k], limit)
        limit = found[k] - gap
    return found
