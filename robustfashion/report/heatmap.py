"""Heat maps, drawn by seaborn with their numbers in the cells."""

import math
from collections.abc import Sequence

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from robustfashion.report.colour_bar import Scale, colour_bar
from robustfashion.report.drawing import Drawing, bare, shorten
from robustfashion.report.format import NOT_APPLICABLE, visible
from robustfashion.report.palette import INK, MUTED, PAGE, on_scale, scale
from robustfashion.report.svg import own_settings, to_svg
from robustfashion.result import HeatMap, Unit

_CELL_INCHES = (0.62, 0.36)
_BAR_INCHES = 2.6
_SMALLEST_REACH = 0.05
"""Five percentage points either way: differences of no weight must not be given the strongest colours."""


def draw_heat_map(name: str, title: str, data: HeatMap) -> Drawing:
    """Values [r][c] on a scale of colours: two-sided round 0 for signed units and negative numbers, else rising.

    Args:
        name: prefix of the drawing's ids.
        title: what a screen reader is told.
        data: at least one row and one column.
    """
    unit = data.unit
    values = np.array(data.values, dtype=np.float64)
    diverging = unit == "points" or bool((values < 0).any())
    limits, colours = _limits(values, diverging, _SMALLEST_REACH if unit == "points" else 0.0), scale(diverging)
    rows, columns = values.shape
    with own_settings():
        figure = Figure(figsize=(_CELL_INCHES[0] * columns, _CELL_INCHES[1] * rows))
        axes = figure.add_axes((0, 0, 1, 1))
        sns.heatmap(
            values, ax=axes, cmap=ListedColormap(colours), vmin=limits[0], vmax=limits[1], cbar=False,
            linewidths=1.5, linecolor=PAGE,
        )  # fmt: skip
        _annotate(axes, values, unit, limits, colours)
        _name_cells(axes, data.rows, data.columns)
        colour_bar(figure, Scale(limits, colours, unit, visible(data.label)), 0.3, _BAR_INCHES)
        label = f"Heat map: {title}. {rows} rows, {columns} columns; its numbers are in the table that follows."
        return Drawing("", to_svg(figure, name, visible(label)))


def _limits(values: NDArray[np.float64], diverging: bool, reach: float) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    if not known.size:
        return (-1.0, 1.0) if diverging else (0.0, 1.0)
    if diverging:
        reach = max(reach, float(np.abs(known).max())) or 1.0
        return -reach, reach
    low, high = float(known.min()), float(known.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _annotate(axes: Axes, values: NDArray[np.float64], unit: Unit, limits: tuple[float, float], colours: Sequence[str]) -> None:
    low, high = limits
    for (r, c), value in np.ndenumerate(values):
        if math.isfinite(value):
            step = min(len(colours) - 1, int((value - low) / (high - low) * len(colours)))
            text, colour = bare(float(value), unit), on_scale(colours[step])
        else:
            text, colour = NOT_APPLICABLE, MUTED
        axes.text(c + 0.5, r + 0.52, text, color=colour, ha="center", va="center", fontsize=9)


def _name_cells(axes: Axes, rows: Sequence[str], columns: Sequence[str]) -> None:
    axes.set_xticks(np.arange(len(columns)) + 0.5, [shorten(c) for c in columns], rotation=40, ha="left", color=INK)
    axes.set_yticks(np.arange(len(rows)) + 0.5, [shorten(r) for r in rows], rotation=0, color=INK)
    for text in axes.get_xticklabels():
        text.set_rotation_mode("anchor")
    axes.tick_params(length=0, pad=5, top=False, labeltop=True, labelbottom=False)
