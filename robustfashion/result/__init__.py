"""What every suite returns: plain data, written as ``result.json``; a report is a view of it.

Here are its types, the builders of its figures, and reading it back. Nothing here draws, and nothing loads torch.
"""

from robustfashion.result.cards import Gallery, GalleryItem, Panel, Triptych, Triptychs, gallery, triptychs
from robustfashion.result.compare import differences
from robustfashion.result.documentation import Documentation, read_documentation
from robustfashion.result.figure import Figure, FigureKind
from robustfashion.result.heat_maps import HeatMap, heat_map
from robustfashion.result.kinds import read_figure
from robustfashion.result.line_figures import Line, Lines, line_figure
from robustfashion.result.load import load_result
from robustfashion.result.suite_result import FORMAT, Claim, Refused, SuiteResult, Verdict
from robustfashion.result.table import Cell, Column, ColumnOf, Table, Unit, table_of
from robustfashion.stats import Estimate

__all__ = [
    "FORMAT",
    "Cell",
    "Claim",
    "Column",
    "ColumnOf",
    "Documentation",
    "Estimate",
    "Figure",
    "FigureKind",
    "Gallery",
    "GalleryItem",
    "HeatMap",
    "Line",
    "Lines",
    "Panel",
    "Refused",
    "SuiteResult",
    "Table",
    "Triptych",
    "Triptychs",
    "Unit",
    "Verdict",
    "differences",
    "gallery",
    "heat_map",
    "line_figure",
    "load_result",
    "read_documentation",
    "read_figure",
    "table_of",
    "triptychs",
]
