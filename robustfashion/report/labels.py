"""Marked points with their names beside them, none upon another."""

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from robustfashion.report.axes import measure
from robustfashion.report.drawing import shorten
from robustfashion.report.palette import INK, MUTED, PAGE
from robustfashion.result import Mark

_SHAPES: dict[str, dict[str, Any]] = {
    "chosen": {"marker": "o", "markersize": 9, "markerfacecolor": INK, "markeredgecolor": PAGE, "markeredgewidth": 1.6},
    "paper": {"marker": "D", "markersize": 7, "markerfacecolor": PAGE, "markeredgecolor": INK, "markeredgewidth": 1.5},
    "oracle": {"marker": "o", "markersize": 7, "markerfacecolor": PAGE, "markeredgecolor": INK, "markeredgewidth": 1.3},
    "rule": {"marker": "s", "markersize": 5, "markerfacecolor": INK, "markeredgecolor": PAGE, "markeredgewidth": 0.8},
}
_FONT = 8.5
_RINGS = (9, 18, 30, 44, 60, 80)
"""Distances of a name from its point that are tried in turn, px at 100 px per inch."""
_ANGLES = tuple(np.deg2rad([20, -20, 160, 200, 90, -90, 55, -55, 125, -125]))
_LEADER = 16
"""A name farther away than this gets a line to its point, px."""
_OVERLAP, _OUTSIDE, _LINE, _FAR = 1000.0, 1000.0, 1.5, 0.5
"""What a place costs: for each name or point it covers, outside of the axes, for each point of a line, for each px away."""


def draw_marks(axes: Axes, marks: Sequence[Mark], busy: NDArray[np.float64], width: int) -> None:
    """Draw the marks with their intervals, and their names where they cover least; the axes' limits must be final.

    Args:
        axes: to draw on.
        marks: those out of the axes' limits are left to the list beside the drawing; an empty name is not drawn.
        busy: points [k, 2] of lines and dots, in the axes' numbers, which names rather avoid.
        width: characters after which a name is broken.
    """
    box = axes.viewLim
    inside = [mark for mark in marks if box.contains(mark.x, mark.y)]
    for mark in inside:
        _mark(axes, mark)
    _name(axes, inside, busy, width)


def _mark(axes: Axes, mark: Mark) -> None:
    for (x0, y0), (x1, y1) in _bars(mark):
        axes.plot([x0, x1], [y0, y1], color=INK, linewidth=1.3, zorder=5)
    axes.plot([mark.x], [mark.y], linestyle="none", zorder=7, **_SHAPES[mark.kind])


def _bars(mark: Mark) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Ends of the lines that show its intervals."""
    found = []
    if mark.x_interval is not None:
        found.append(((mark.x_interval[0], mark.y), (mark.x_interval[1], mark.y)))
    if mark.y_interval is not None:
        found.append(((mark.x, mark.y_interval[0]), (mark.x, mark.y_interval[1])))
    return found


def _name(axes: Axes, marks: Sequence[Mark], busy: NDArray[np.float64], width: int) -> None:
    renderer = measure(axes)
    frame = axes.get_window_extent(renderer)
    places = axes.transData.transform([(mark.x, mark.y) for mark in marks]) if marks else np.empty((0, 2))
    bars = [np.linspace(*ends, 20) for mark in marks for ends in _bars(mark)]
    busy = np.concatenate([busy.reshape(-1, 2), *bars])
    lines = axes.transData.transform(busy) if len(busy) else busy
    taken = [Bbox.from_bounds(px - 5, py - 5, 10, 10) for px, py in places]
    named = [k for k, mark in enumerate(marks) if mark.name]
    for k in sorted(named, key=lambda k: (marks[k].kind != "chosen", k)):
        text = axes.text(
            0, 0, fill(shorten(marks[k].name), width), fontsize=_FONT, color=INK, zorder=6, transform=None, linespacing=1.05,
            bbox={"facecolor": PAGE, "edgecolor": "none", "pad": 1.0},
        )  # fmt: skip
        box = _best(text.get_window_extent(renderer), places[k], taken, frame, lines)
        _put(axes, text, box, places[k])
        taken.append(box)


def _best(size: Bbox, point: NDArray[np.float64], taken: Sequence[Bbox], frame: Bbox, lines: NDArray[np.float64]) -> Bbox:
    """The cheapest of all places round a point."""
    found, least = size, np.inf
    for ring in _RINGS:
        for angle in _ANGLES:
            across, up = np.cos(angle), np.sin(angle)
            x = point[0] + ring * across - size.width * (0.0 if across > 0.1 else 1.0 if across < -0.1 else 0.5)
            y = point[1] + ring * up - size.height * (0.5 - 0.5 * up)
            box = Bbox.from_bounds(x, y, size.width, size.height)
            cost = _FAR * ring + _OVERLAP * sum(box.padded(2).overlaps(other) for other in taken)
            cost += _OUTSIDE * (not (frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1))
            covered = (lines[:, 0] > box.x0) & (lines[:, 0] < box.x1) & (lines[:, 1] > box.y0) & (lines[:, 1] < box.y1)
            cost += _LINE * int(covered.sum())
            if cost < least:
                found, least = box, cost
    return found


def _put(axes: Axes, text: Text, box: Bbox, point: NDArray[np.float64]) -> None:
    """Move a name to its place; in the axes' own measure, for the drawing is written at another resolution."""
    to_axes = axes.transAxes.inverted()
    text.set_transform(axes.transAxes)
    text.set_verticalalignment("bottom")
    text.set_position(tuple(to_axes.transform((box.x0, box.y0))))
    near = np.clip(point, (box.x0, box.y0), (box.x1, box.y1))
    if np.hypot(*(near - point)) > _LEADER:
        (x0, y0), (x1, y1) = to_axes.transform([near, point])
        axes.plot([x0, x1], [y0, y1], color=MUTED, linewidth=0.7, transform=axes.transAxes, zorder=5.5)
