"""What every suite returns: plain data, written as ``result.json``; a report is a view of it.

Here are its types, the builders of its figures, and reading it back. Nothing here draws, and nothing loads torch.
"""

from robustfashion.result.axis import Axis, Mark, MarkKind
from robustfashion.result.cards import (
    Gallery,
    GalleryItem,
    Outcome,
    Pair,
    PairMember,
    Pairs,
    Panel,
    Triptych,
    Triptychs,
    gallery,
    pairs,
    triptychs,
)
from robustfashion.result.compare import differences
from robustfashion.result.curves import HIGHLIGHTED, Curve, CurveRole, Curves, curve_figure
from robustfashion.result.documentation import Documentation, read_documentation
from robustfashion.result.figure import Figure, FigureKind
from robustfashion.result.fronts import Front, FrontPoint, front_figure, pareto_front
from robustfashion.result.heat_maps import HeatMap, heat_map
from robustfashion.result.histograms import Group, Histogram, Threshold, histogram
from robustfashion.result.kinds import read_figure
from robustfashion.result.line_figures import Line, Lines, line_figure
from robustfashion.result.load import load_result
from robustfashion.result.point_figures import NamedPoint, Point, Points, PointSeries, point_figure
from robustfashion.result.scatter_maps import (
    Colouring,
    MapLayout,
    MapPoints,
    ScatterMap,
    Thumbnails,
    by_category,
    by_number,
    map_figure,
    map_layout,
)
from robustfashion.result.suite_result import FORMAT, Claim, Refused, SuiteResult, Verdict
from robustfashion.result.table import Cell, Column, ColumnOf, Table, Unit, table_of
from robustfashion.stats import Estimate

__all__ = [
    "FORMAT",
    "HIGHLIGHTED",
    "Axis",
    "Cell",
    "Claim",
    "Colouring",
    "Column",
    "ColumnOf",
    "Curve",
    "CurveRole",
    "Curves",
    "Documentation",
    "Estimate",
    "Figure",
    "FigureKind",
    "Front",
    "FrontPoint",
    "Gallery",
    "GalleryItem",
    "Group",
    "HeatMap",
    "Histogram",
    "Line",
    "Lines",
    "MapLayout",
    "MapPoints",
    "Mark",
    "MarkKind",
    "NamedPoint",
    "Outcome",
    "Pair",
    "PairMember",
    "Pairs",
    "Panel",
    "Point",
    "PointSeries",
    "Points",
    "Refused",
    "ScatterMap",
    "SuiteResult",
    "Table",
    "Threshold",
    "Thumbnails",
    "Triptych",
    "Triptychs",
    "Unit",
    "Verdict",
    "by_category",
    "by_number",
    "curve_figure",
    "differences",
    "front_figure",
    "gallery",
    "heat_map",
    "histogram",
    "line_figure",
    "load_result",
    "map_figure",
    "map_layout",
    "pairs",
    "pareto_front",
    "point_figure",
    "read_documentation",
    "read_figure",
    "table_of",
    "triptychs",
]
