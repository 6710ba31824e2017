"""A scale of colours with its numbers, under a drawing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from robustfashion.report.drawing import bare
from robustfashion.report.palette import MUTED
from robustfashion.result import Unit

_THICK_INCHES = 0.11


@dataclass(frozen=True)
class Scale:
    """Colours from the lower to the upper limit, of numbers in a unit, and what they say."""

    limits: tuple[float, float]
    colours: Sequence[str]
    unit: Unit
    label: str

    def colour(self, value: float) -> str:
        """That of a number within the limits."""
        low, high = self.limits
        return self.colours[min(len(self.colours) - 1, int((value - low) / (high - low) * len(self.colours)))]


def colour_bar(figure: Figure, scale: Scale, below: float, long: float) -> None:
    """A horizontal bar under the left edge of the axes, its label at its right; sizes in inches whatever the figure's."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes((0.0, -below / height, long / width, _THICK_INCHES / height))
    limits = scale.limits
    edges = np.linspace(*limits, len(scale.colours) + 1)
    axes.pcolormesh(edges, [0, 1], np.arange(len(scale.colours))[None], cmap=ListedColormap(list(scale.colours)))
    axes.set_yticks([])
    marks = [limits[0], (limits[0] + limits[1]) / 2, limits[1]]
    axes.set_xticks(marks, [bare(mark, scale.unit) for mark in marks], color=MUTED)
    axes.tick_params(length=2, color=MUTED, pad=2, labelsize=8.5)
    y, align = (-0.2, "bottom") if "\n" in scale.label else (0.5, "center")  # lines of text keep off the last number
    axes.text(1.05, y, scale.label, transform=axes.transAxes, color=MUTED, va=align, ha="left", fontsize=8.5)
    for spine in axes.spines.values():
        spine.set_visible(False)
