"""Lines with their bands: told apart by marker, dash and name, never by colour alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from robustfashion.report.axes import STEPS, apart, dress, line_style
from robustfashion.report.drawing import Drawing, named_axis, shorten, tick
from robustfashion.report.format import visible
from robustfashion.report.palette import CONTEXT, INK, MUTED, SERIES
from robustfashion.report.svg import own_settings, to_svg
from robustfashion.result import Lines, Unit

TOGETHER = len(SERIES)
"""Up to so many lines share one drawing; more get a panel each."""
_MANY_POINTS = 15
_MARKED, _NARROWEST = 6, 12
"""Positions that are marked each, at most; none is nearer to its neighbour than this part of the axis."""


@dataclass(frozen=True)
class Series:
    """One line: positions [k], values [k] and the bounds of its band [k]; NaN = n/a."""

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True)
class Frame:
    """What all panels of a figure have in common."""

    unit: Unit
    limits: tuple[float, float]
    ticks: list[float]
    """Positions to mark; empty: as matplotlib finds best."""
    names: list[str]


def draw_lines(name: str, title: str, data: Lines) -> list[Drawing]:
    """One drawing while the lines are few; else one panel a line, with the others behind it in grey.

    Args:
        name: prefix of the drawings' ids.
        title: what a screen reader is told.
        data: positions may be names instead of numbers.
    """
    series, frame = _read(data)
    if not series:
        return []
    tail = "the numbers are in the table that follows."
    with own_settings():
        if len(series) <= TOGETHER:
            figure, axes = _axes(frame, (6.4, 3.3))
            for k, one in enumerate(series):
                _line(axes, one, k)
            _name_lines(axes, series)
            axes.set_xlabel(visible(data.x), color=MUTED, fontsize=9)
            axes.set_title(visible(named_axis(data.y, data.unit)), loc="left", color=MUTED, fontsize=9)
            names = ", ".join(one.name for one in series)
            return [Drawing("", to_svg(figure, name, visible(f"Lines: {title}. {names}; {tail}")))]
        drawings = []
        for k, one in enumerate(series):
            figure, axes = _axes(frame, (2.55, 1.7))
            for other in (s for s in series if s is not one):
                axes.plot(other.x, other.y, color=CONTEXT, linewidth=1.0, zorder=1)
            _line(axes, one, 0)
            drawings.append(Drawing(one.name, to_svg(figure, f"{name}-{k}", visible(f"{title}: {one.name}; {tail}"))))
        return drawings


def _read(data: Lines) -> tuple[list[Series], Frame]:
    """Lines with numeric positions and their frame; named positions get one place each, in order of appearance."""
    seen = list(dict.fromkeys(x for line in data.series for x in line.x))
    named = any(isinstance(x, str) for x in seen)
    places = {x: float(k if named else x) for k, x in enumerate(seen)}
    found = []
    for line in data.series:
        x = np.array([places[v] for v in line.x], dtype=np.float64)
        found.append(Series(line.name, x, *(_numbers(values, len(x)) for values in (line.y, line.low, line.high))))
    marked = sorted(places, key=lambda x: places[x]) if named or _apart(list(places.values())) else []
    names = [shorten(x if isinstance(x, str) else f"{x:.4g}" if abs(x) < 1000 else f"{x:,.0f}") for x in marked]
    return found, Frame(data.unit, _limits(found, data.unit), [places[x] for x in marked], names)


def _apart(places: Sequence[float]) -> bool:
    """Whether positions are so few, and so far from each other, that each can be marked."""
    gaps = np.diff(np.sort(places))
    return len(places) <= _MARKED and bool((gaps >= gaps.sum() / _NARROWEST).all())


def _numbers(values: Sequence[float | None], count: int) -> NDArray[np.float64]:
    """NaN for what is n/a, or not there at all."""
    return np.array([np.nan if v is None else v for v in values] or [np.nan] * count, dtype=np.float64)


def _limits(series: Sequence[Series], unit: Unit) -> tuple[float, float]:
    """Range of all lines and bands, with a margin; signed units show zero."""
    every = np.concatenate([np.empty(0), *(part for s in series for part in (s.y, s.low, s.high))])
    every = every[np.isfinite(every)]
    low, high = (float(every.min()), float(every.max())) if every.size else (0.0, 1.0)
    if unit == "points":
        low, high = min(low, 0.0), max(high, 0.0)
    margin = 0.06 * (high - low) or 0.05
    return low - margin, high + margin


def _axes(frame: Frame, inches: tuple[float, float]) -> tuple[Figure, Axes]:
    figure = Figure(figsize=inches)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_ylim(*frame.limits)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=STEPS))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: tick(float(value), frame.unit)))
    if frame.ticks:
        crowded = sum(map(len, frame.names)) > 9 * inches[0]
        axes.set_xticks(frame.ticks, frame.names, rotation=35 if crowded else 0, ha="right" if crowded else "center")
    else:
        axes.xaxis.set_major_locator(MaxNLocator(5, steps=STEPS))
    if frame.unit == "points":
        axes.axhline(0, color=MUTED, linewidth=0.9, zorder=1.5)
    dress(axes)
    return figure, axes


def _line(axes: Axes, one: Series, k: int) -> None:
    if np.isfinite(one.low).any() and np.isfinite(one.high).any():
        axes.fill_between(one.x, one.low, one.high, color=SERIES[k], alpha=0.16, linewidth=0)
    step = max(1, len(one.x) // 8)
    every: int | tuple[int, int] = 1 if len(one.x) <= _MANY_POINTS else (k * step // TOGETHER, step)
    axes.plot(one.x, one.y, markevery=every, zorder=3, **line_style(k))


def _name_lines(axes: Axes, series: Sequence[Series]) -> None:
    """Names and samples of the lines beside their right ends."""
    known = [(s.y[np.isfinite(s.y)], k) for k, s in enumerate(series)]
    ends = sorted((float(y[-1]), float(y.mean()), k) for y, k in known if y.size)
    bottom, top = axes.get_ylim()
    places = apart([end for end, _, _ in ends], top, (top - bottom) * 0.078)
    across = axes.get_yaxis_transform()
    for place, (_, _, k) in zip(places, ends, strict=True):
        axes.plot([1.02, 1.055, 1.09], [place] * 3, markevery=[1], transform=across, clip_on=False, **line_style(k))
        axes.text(1.105, place, shorten(series[k].name), transform=across, color=INK, va="center", fontsize=9)
