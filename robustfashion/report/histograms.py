"""Histograms of groups, one over the other on a common axis, each to its own height."""

from collections.abc import Sequence
from textwrap import wrap

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from robustfashion.report.axes import NARROW, Layout, axis_name, both_forms, dress, measure, number_ticks
from robustfashion.report.drawing import Drawing, shorten
from robustfashion.report.format import number, visible
from robustfashion.report.palette import INK, MUTED, PAGE, RULE, SERIES
from robustfashion.report.svg import to_svg
from robustfashion.result import Group, Histogram, Threshold

BINS = 60
"""Bins that are drawn; more are put together by the same number of neighbours."""
_BARS, _LINE, _GAP, _LANE = 0.42, 0.165, 0.12, 0.19
"""Inches: the tallest bar of a row, a line of text, the room between rows, a row of thresholds' names."""

_NO_BREAK = "\N{NO-BREAK SPACE}"


def draw_histogram(name: str, title: str, data: Histogram) -> list[Drawing]:
    """One drawing in a wide and a narrow form; none without a group.

    Args:
        name: prefix of the drawings' ids.
        title: what a screen reader is told.
        data: each group is drawn to a height of its own, which stands at its right.
    """
    if not data.groups:
        return []
    return both_forms(name, lambda form, layout: _draw(form, title, data, layout))


def merged(data: Histogram, most: int) -> tuple[NDArray[np.float64], list[NDArray[np.int64]]]:
    """Edges and counts of at most ``most`` bins: neighbours are put together, as many at a time as it takes."""
    bins = len(data.edges) - 1
    starts = np.arange(0, bins, -(-bins // most))
    edges = np.asarray(data.edges, dtype=np.float64)[[*starts, bins]]
    return edges, [np.add.reduceat(np.asarray(group.counts, dtype=np.int64), starts) for group in data.groups]


def _draw(name: str, title: str, data: Histogram, layout: Layout) -> Markup:
    edges, counts = merged(data, BINS)
    texts = [wrap(_about(group), layout.characters + (12 if layout.beside else 0)) for group in data.groups]
    heights = [_BARS + _GAP + _LINE * len(lines) for lines in texts]
    total = sum(heights)
    figure = Figure(figsize=(layout.inches[0], total))
    axes = figure.add_axes((0, 0, 1, 1))
    low, high = (edges[0] if data.x.low is None else data.x.low), (edges[-1] if data.x.high is None else data.x.high)
    axes.set_xlim(low, high)
    axes.set_ylim(0, total)  # upwards in inches
    axes.set_xticks(*number_ticks(low, high, data.x.unit, layout.ticks))
    axes.set_yticks([])
    dress(axes)
    axes.set_xlabel(axis_name(data.x, layout), color=MUTED, fontsize=9)
    _thresholds(axes, [t for t in data.thresholds if low <= t.value <= high], data, total)
    base, families = total, list(dict.fromkeys(group.family for group in data.groups))
    for group, count, lines, height in zip(data.groups, counts, texts, heights, strict=True):
        base -= height
        place = families.index(group.family)
        _row(axes, (group, count), edges, base, SERIES[place] if place < len(SERIES) else MUTED)
        _text(axes, 0.0, base + _BARS + 0.03, "\n".join(lines), "left")
    names = ", ".join(group.name for group in data.groups)
    return to_svg(figure, name, visible(f"Histograms: {title}. {names}; the counts are in the table that follows."))


def _about(group: Group) -> str:
    """Name, size and text; a line is broken between them rather than within."""
    parts = [shorten(group.name), f"n = {group.n:,}", visible(group.text)]
    parts += [f"{count:,} {where} the axis" for count, where in ((group.below, "below"), (group.above, "above")) if count]
    return " · ".join(part.replace(" ", _NO_BREAK) if len(part) <= NARROW.characters - 2 else part for part in parts if part)


def _row(axes: Axes, row: tuple[Group, NDArray[np.int64]], edges: NDArray[np.float64], base: float, colour: str) -> None:
    group, counts = row
    axes.axhline(base, color=RULE, linewidth=0.8, zorder=1)
    tallest = int(counts.max(initial=0))
    if tallest:
        axes.stairs(base + _BARS * counts / tallest, edges, baseline=base, fill=True, color=colour, linewidth=0, zorder=3)
        share = number(tallest / group.n, "share")
        axes.text(
            1.012, base + _BARS, share, transform=axes.get_yaxis_transform(), color=MUTED, ha="left", va="top", fontsize=8
        )  # fmt: skip
        axes.plot(
            [1.0, 1.01], [base + _BARS] * 2, transform=axes.get_yaxis_transform(), color=MUTED, linewidth=0.7, clip_on=False
        )  # fmt: skip


def _text(axes: Axes, x: float, y: float, text: str, align: str) -> None:
    axes.text(
        x, y, text, transform=axes.get_yaxis_transform(), color=INK, ha=align, va="bottom", fontsize=8.5, linespacing=1.1,
        zorder=6, bbox={"facecolor": PAGE, "edgecolor": "none", "pad": 0.6},
    )  # fmt: skip


def _thresholds(axes: Axes, thresholds: Sequence[Threshold], data: Histogram, total: float) -> None:
    """Lines through all rows, with their names in as many lanes over them as it takes for none to touch another."""
    renderer = measure(axes)
    width = axes.get_window_extent(renderer).width
    low, high = axes.get_xlim()
    lanes: list[list[tuple[float, float]]] = []
    for threshold in sorted(thresholds, key=lambda t: t.value):
        share = (threshold.value - low) / (high - low)
        text = f"{shorten(threshold.name)} {number(threshold.value, data.x.unit)}"
        label = axes.text(0, 0, text, color=INK, va="bottom", fontsize=8.5, zorder=7, clip_on=False)
        label.set_bbox({"facecolor": PAGE, "edgecolor": "none", "pad": 0.6})
        length = label.get_window_extent(renderer).width / width + 0.02
        start = min(max(share - (length if share > 0.5 else 0.0), -0.02), max(1.02 - length, -0.02))
        span = (start, start + length)
        lane = next((k for k, taken in enumerate(lanes) if all(span[1] <= a or b <= span[0] for a, b in taken)), len(lanes))
        if lane == len(lanes):
            lanes.append([])
        lanes[lane].append(span)
        height = total + 0.05 + _LANE * lane
        label.set_transform(axes.get_yaxis_transform())
        label.set_position((start + 0.01, height))
        axes.plot([threshold.value] * 2, [0, height + 0.02], color=INK, linewidth=1.0, clip_on=False, zorder=5)
