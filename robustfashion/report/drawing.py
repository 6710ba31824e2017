"""Heat maps and lines, drawn by seaborn and matplotlib as SVG that takes its colours from the page."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from robustfashion.bench.result import Unit
from robustfashion.report.format import NOT_APPLICABLE, number, visible
from robustfashion.report.palette import INK, MUTED, RULE, SERIES, on_scale, scale
from robustfashion.report.svg import SETTINGS, to_svg

LONGEST_NAME = 42
DIRECT = len(SERIES)
"""Up to so many lines share one drawing; more get a panel each."""
_MARKERS = ("o", "s", "^", "D", "v")
_DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.4)), (0, (6, 1.5, 1, 1.5)), (0, (3, 1, 1, 1, 1, 1)))


@dataclass(frozen=True)
class Drawing:
    """One SVG with the words over it; empty when the drawing names its lines itself."""

    title: str
    svg: Markup


@dataclass(frozen=True)
class Series:
    """One line: positions [k], values [k] and, where there are any, the bounds of its band [k]; NaN = n/a."""

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def shorten(text: str) -> str:
    """A name that fits beside a drawing; the whole one stands in the table below it."""
    text = visible(text).replace("\n", " ")
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


def heat_map(name: str, title: str, data: dict[str, Any]) -> Drawing:
    """Values [r][c] with their numbers on a scale of colours: two-sided round 0 for signed units, else rising."""
    unit: Unit = data["unit"]
    values = np.array(data["values"], dtype=np.float64).reshape(len(data["rows"]), len(data["columns"]))
    diverging = unit == "points" or bool((values < 0).any())
    low, high = _limits(values, diverging)
    colours = scale(diverging)
    rows, columns = values.shape
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(0.62 * columns, 0.36 * rows + 0.001))
        axes = figure.add_axes((0, 0, 1, 1))
        sns.heatmap(
            values, ax=axes, cmap=ListedColormap(colours), vmin=low, vmax=high, cbar=False, linewidths=1.5, linecolor="none",
        )  # fmt: skip
        _annotate(axes, values, unit, (low, high), colours)
        _name_cells(axes, data["rows"], data["columns"])
        _colour_bar(figure, (low, high), colours, unit, visible(str(data["label"])))
        label = f"Heat map: {title}. {rows} rows, {columns} columns; the numbers are in the table below it."
        return Drawing("", to_svg(figure, name, visible(label)))


def lines(name: str, title: str, data: dict[str, Any]) -> list[Drawing]:
    """One drawing while the lines are few; else one panel a line, the others behind it in grey."""
    unit: Unit = data["unit"]
    series, ticks = _read(data["series"])
    if not series:
        return []
    shown = [s.name for s in series]
    with mpl.rc_context(SETTINGS):
        if len(series) <= DIRECT:
            figure, axes = _axes(series, ticks, unit, (6.4, 3.3))
            for k, one in enumerate(series):
                _line(axes, one, k)
            _name_lines(axes, series)
            label = f"Lines: {title}. {', '.join(shown)}; the numbers are in the table below."
            return [Drawing("", to_svg(figure, name, visible(label)))]
        drawings = []
        for k, one in enumerate(series):
            figure, axes = _axes(series, ticks, unit, (2.55, 1.7))
            for other in series:
                if other is not one:
                    axes.plot(other.x, other.y, color=RULE, linewidth=1.1, zorder=1)
            _line(axes, one, 0)
            label = f"{title}: {one.name}; the numbers are in the table below."
            drawings.append(Drawing(one.name, to_svg(figure, f"{name}-{k}", visible(label))))
        return drawings


def _limits(values: NDArray[np.float64], diverging: bool) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    if not known.size:
        return (-1.0, 1.0) if diverging else (0.0, 1.0)
    if diverging:
        reach = float(np.abs(known).max()) or 0.01
        return -reach, reach
    low, high = float(known.min()), float(known.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _annotate(axes: Axes, values: NDArray[np.float64], unit: Unit, limits: tuple[float, float], colours: Sequence[str]) -> None:
    low, high = limits
    for r, row in enumerate(values):
        for c, value in enumerate(row):
            if math.isfinite(value):
                step = min(len(colours) - 1, int((value - low) / (high - low) * len(colours)))
                text, colour = _bare(float(value), unit), on_scale(colours[step])
            else:
                text, colour = NOT_APPLICABLE, MUTED
            axes.text(c + 0.5, r + 0.52, text, color=colour, ha="center", va="center", fontsize=9)


def _bare(value: float, unit: Unit) -> str:
    """Number without its unit, which the colour bar names."""
    text = number(value, unit)
    return text.removesuffix(" pp").removesuffix(" %").removesuffix(" dB").removesuffix(" ×").removesuffix(" s")


def _name_cells(axes: Axes, rows: Sequence[str], columns: Sequence[str]) -> None:
    axes.set_xticks(np.arange(len(columns)) + 0.5, [shorten(str(c)) for c in columns], rotation=40, ha="left", color=INK)
    axes.set_yticks(np.arange(len(rows)) + 0.5, [shorten(str(r)) for r in rows], rotation=0, color=INK)
    for text in axes.get_xticklabels():
        text.set_rotation_mode("anchor")
    axes.tick_params(length=0, pad=5, top=False, labeltop=True, labelbottom=False)


def _colour_bar(figure: Figure, limits: tuple[float, float], colours: Sequence[str], unit: Unit, label: str) -> None:
    """A horizontal bar of constant size under the left edge of the cells."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes((0.0, -0.3 / height, 2.6 / width, 0.11 / height))
    edges = np.linspace(*limits, len(colours) + 1)
    axes.pcolormesh(edges, [0, 1], np.arange(len(colours))[None], cmap=ListedColormap(list(colours)), edgecolors="none")
    axes.set_yticks([])
    middle = (limits[0] + limits[1]) / 2
    axes.set_xticks([limits[0], middle, limits[1]], [_bare(v, unit) for v in (limits[0], middle, limits[1])], color=MUTED)
    axes.tick_params(length=2, color=MUTED, pad=2, labelsize=8.5)
    axes.text(1.03, 0.5, label, transform=axes.transAxes, color=MUTED, va="center", ha="left", fontsize=8.5)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _read(raw: Sequence[dict[str, Any]]) -> tuple[list[Series], tuple[list[float], list[str]]]:
    """Lines with numeric positions, and the ticks: names get one place each, in order of appearance."""
    seen = list(dict.fromkeys(x for s in raw for x in s["x"]))
    named = any(isinstance(x, str) for x in seen)
    places = {x: float(k if named else x) for k, x in enumerate(seen)}
    found = []
    for s in raw:
        x = np.array([places[v] for v in s["x"]])
        y = _numbers(s["y"], len(x))
        found.append(Series(str(s["name"]), x, y, _numbers(s.get("low"), len(x)), _numbers(s.get("high"), len(x))))
    ticks = sorted(places.values()) if named or len(places) <= 8 else []
    names = {place: str(x) if named else f"{x:g}" for x, place in places.items()}
    return found, (ticks, [shorten(names[tick]) for tick in ticks])


def _numbers(values: Sequence[float | None] | None, count: int) -> NDArray[np.float64]:
    found = np.full(count, np.nan) if not values else np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    if len(found) != count:
        raise ValueError(f"{len(found)} values for {count} positions")
    return found


def _axes(
    series: Sequence[Series], ticks: tuple[list[float], list[str]], unit: Unit, inches: tuple[float, float]
) -> tuple[Figure, Axes]:
    """Axes over the range of all lines, so that panels can be compared."""
    figure = Figure(figsize=inches)
    axes = figure.add_axes((0, 0, 1, 1))
    every = np.concatenate([np.concatenate([s.y, s.low, s.high]) for s in series])
    every = every[np.isfinite(every)]
    low, high = (float(every.min()), float(every.max())) if every.size else (0.0, 1.0)
    if unit == "points":
        low, high = min(low, 0.0), max(high, 0.0)
    margin = 0.06 * (high - low) or 0.05
    axes.set_ylim(low - margin, high + margin)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(float(value), unit)))
    if ticks[0]:
        axes.set_xticks(*ticks)
    axes.grid(axis="y", color=RULE, linewidth=0.7)
    if unit == "points":
        axes.axhline(0, color=MUTED, linewidth=0.9, zorder=1.5)
    axes.set_axisbelow(True)
    sns.despine(ax=axes, left=True)
    axes.spines["bottom"].set_color(RULE)
    axes.tick_params(length=0, labelcolor=MUTED, labelsize=8.5)
    return figure, axes


def _line(axes: Axes, one: Series, k: int) -> None:
    colour = SERIES[k]
    if np.isfinite(one.low).any() and np.isfinite(one.high).any():
        axes.fill_between(one.x, one.low, one.high, color=colour, alpha=0.16, linewidth=0)
    axes.plot(one.x, one.y, color=colour, linewidth=1.8, linestyle=_DASHES[k], marker=_MARKERS[k], markersize=4.5, zorder=3)


def _name_lines(axes: Axes, series: Sequence[Series]) -> None:
    """Each line's name at its right end, pushed apart where the ends meet."""
    bottom, top = axes.get_ylim()
    gap = (top - bottom) * 0.075
    ends = [(float(s.y[np.isfinite(s.y)][-1]), k) for k, s in enumerate(series) if np.isfinite(s.y).any()]
    place = -math.inf
    for end, k in sorted(ends):
        place = max(end, place + gap)
        axes.annotate(
            shorten(series[k].name), (1, place), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points",
            color=SERIES[k], va="center", fontsize=9, annotation_clip=False,
        )  # fmt: skip
