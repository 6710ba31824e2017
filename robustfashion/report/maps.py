"""Maps arranged for the template: drawings that need no script, legends, and what the script needs to bring them to life."""

import base64
import json
from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from robustfashion.report.format import visible
from robustfashion.report.map_marks import LAYERS, SIDE, Legend, legend, outlines, paths, places
from robustfashion.report.page import table_view
from robustfashion.report.views import FigureView, LayoutView, LegendView, MapView, SwatchView
from robustfashion.result import Cell, Column, Figure, MapLayout, MapPoints, ScatterMap, Table, read_figure

_NOWHERE = 65535
_SWATCH_POINTS = 1000
"""Points for which marks have the size that a legend shows."""


def map_view(figure: Figure, anchor: str) -> FigureView:
    """A map; the table counts the points of every legend entry."""
    data = read_figure(figure, ScatterMap)
    table = None
    shown: MapView | None = None
    if data.points.names:
        legends = [legend(colouring) for colouring in data.colourings]
        shown = _map(figure.title, data, legends)
        table = table_view(_counts(figure, legends, len(data.points.names)), f"{anchor}-numbers")
    return FigureView(anchor, figure.title, figure.kind, figure.doc, table=table, map=shown)


def _map(title: str, data: ScatterMap, legends: list[Legend]) -> MapView:
    names = [colouring.name for colouring in data.colourings]
    large = [layout.large for layout in data.layouts]
    if not any(large):
        large[0] = True
    first = [names.index(layout.colouring) if layout.colouring else 0 for layout in data.layouts]
    views = []
    for k, layout in enumerate(data.layouts):
        svg = _svg(title, layout, legends[first[k]], large[k])
        views.append(LayoutView(k, layout.title, layout.caption, svg, large[k], first[k]))
    sprite = data.points.thumbnails.image if data.points.thumbnails else None
    return MapView(views, [_legend(found, k in first) for k, found in enumerate(legends)], _json(data, legends), sprite)


def _svg(title: str, layout: MapLayout, shown: Legend, large: bool) -> Markup:
    """One drawing, coloured by classes."""
    at = places(layout)
    shapes = outlines(len(at), large)
    there = len(at) - at.count(None)
    label = visible(f"Map of {there:,} products: {title}. {layout.title}. Coloured by {shown.name}.")
    parts = [Markup('<svg role="img" aria-label="{}" viewBox="0 0 {} {}"><g>').format(label, SIDE, SIDE)]
    for entry, data in paths(at, shown, shapes):
        width = shapes[entry.shape][1]
        line = Markup(' stroke-width="{:g}"').format(width) if width else Markup("")
        parts.append(Markup('<path class="{} s{}"{} d="{}"/>').format(entry.colour, entry.shape, line, data))
    return Markup("").join([*parts, Markup("</g></svg>")])


def _legend(found: Legend, used: bool) -> LegendView:
    shapes = outlines(_SWATCH_POINTS, large=True)
    swatches = [
        SwatchView(entry.text, entry.count, entry.colour, entry.shape, f"M8 8{shapes[entry.shape][0]}", shapes[entry.shape][1])
        for entry in found.entries
    ]
    return LegendView(found.name, found.doc, swatches, used, found.joined)


def _json(data: ScatterMap, legends: list[Legend]) -> Markup:
    """What the script reads, as JSON that no markup can come out of."""
    points: MapPoints = data.points
    n = len(points.names)
    value = {
        "names": [visible(name) for name in points.names],
        "groups": [visible(group) for group in points.groups],
        "thumbnails": {"columns": points.thumbnails.columns, "cell": points.thumbnails.cell} if points.thumbnails else None,
        "places": [_packed([v for at in places(layout) for v in (at or (_NOWHERE, _NOWHERE))]) for layout in data.layouts],
        "layers": LAYERS,
        "shapes": {"large": outlines(n, large=True), "small": outlines(n, large=False)},
        "colourings": [
            {
                "name": visible(found.name),
                "entries": [[entry.colour, entry.shape] for entry in found.entries],
                "drawn": _packed(found.drawn),
                "words": found.words,
                "word": _packed(found.word),
            }
            for found in legends
        ],
    }
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def _packed(values: Sequence[int]) -> str:
    """Whole numbers up to 65,535 as base64 of two bytes each, the low one first."""
    return base64.b64encode(np.asarray(values, "<u2").tobytes()).decode()


def _counts(figure: Figure, legends: list[Legend], n: int) -> Table:
    columns = [Column("Coloured by", "text", ""), Column("Value", "text", ""), Column("Points", "count", "")]
    columns.append(Column("Share", "share", ""))
    rows: list[list[Cell]] = [
        [found.name, entry.text, entry.count, entry.count / n] for found in legends for entry in found.entries
    ]
    return Table(figure.id, figure.title, columns, rows, f"Of {n:,} points.")
