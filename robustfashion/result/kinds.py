"""What each kind of figure shows. A new kind: its dataclass and builder, an entry here, and a view in ``report.figures``."""

from typing import Any, TypeVar

from robustfashion.result.cards import Gallery, Pairs, Triptychs
from robustfashion.result.curves import Curves
from robustfashion.result.decode import decode
from robustfashion.result.figure import Figure, FigureKind
from robustfashion.result.fronts import Front
from robustfashion.result.heat_maps import HeatMap
from robustfashion.result.histograms import Histogram
from robustfashion.result.line_figures import Lines
from robustfashion.result.point_figures import Points
from robustfashion.result.scatter_maps import ScatterMap

KINDS: dict[FigureKind, type[Any]] = {
    "heatmap": HeatMap, "lines": Lines, "curves": Curves, "histogram": Histogram, "front": Front,
    "points": Points, "map": ScatterMap, "triptychs": Triptychs, "gallery": Gallery, "pairs": Pairs,
}  # fmt: skip

Content = TypeVar("Content")


def read_figure(figure: Figure, content: type[Content]) -> Content:
    """A figure's data as the dataclass of its kind.

    Raises:
        Damaged: it is not of that form; names the field.
    """
    return decode(content, figure.data, "data")
