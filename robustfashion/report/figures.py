"""Figures arranged for the template: drawn, or as cards with pictures; always with their numbers or words beside them."""

from collections.abc import Callable, Sequence

from robustfashion.errors import InputError
from robustfashion.report.charts import curves_view, front_view, histogram_view
from robustfashion.report.drawing import named_axis
from robustfashion.report.format import Shown, estimate, interval, show
from robustfashion.report.heatmap import draw_heat_map
from robustfashion.report.lines import draw_lines
from robustfashion.report.maps import map_view
from robustfashion.report.page import ColumnView, TableView, table_view
from robustfashion.report.points import points_view
from robustfashion.report.views import CardView, FigureView, PanelView
from robustfashion.result import (
    Cell,
    Column,
    Figure,
    FigureKind,
    Gallery,
    HeatMap,
    Line,
    Lines,
    Pairs,
    Table,
    Triptychs,
    Unit,
    read_figure,
)  # fmt: skip
from robustfashion.result.decode import Damaged

POSITIONS = 40
"""Positions up to which the numbers of a figure of lines are listed in full."""


def figure_view(figure: Figure, anchor: str) -> FigureView:
    """Draw a figure.

    Raises:
        InputError: its kind is not known, or its data is not what the kind asks for.
    """
    make = VIEWS.get(figure.kind)
    if make is None:
        raise InputError(f"figure {figure.id}: unknown kind {figure.kind!r}; use {', '.join(VIEWS)}")
    try:
        return make(figure, anchor)
    except Damaged as error:
        raise InputError(f"figure {figure.id}: its data is not that of a {figure.kind} ({error})") from error


def _heat_map(figure: Figure, anchor: str) -> FigureView:
    data = read_figure(figure, HeatMap)
    columns = [Column("", "text", ""), *(Column(name, data.unit, "") for name in data.columns)]
    rows: list[list[Cell]] = [[name, *values] for name, values in zip(data.rows, data.values, strict=True)]
    table = table_view(Table(figure.id, figure.title, columns, rows), f"{anchor}-numbers")
    drawings = [draw_heat_map(anchor, figure.title, data)] if data.rows and data.columns else []
    return FigureView(anchor, figure.title, figure.kind, figure.doc, drawings, table=table)


def _lines(figure: Figure, anchor: str) -> FigureView:
    data = read_figure(figure, Lines)
    drawings = draw_lines(anchor, figure.title, data)
    axes = ""
    if len(drawings) > 1:
        axes = f"Across: {data.x}. Up: {named_axis(data.y, data.unit)}. A panel for each line; the other lines are grey."
    table = _numbers(data, figure.title, f"{anchor}-numbers")
    return FigureView(anchor, figure.title, figure.kind, figure.doc, drawings, axes, table=table)


def _points(line: Line, unit: Unit) -> dict[float | str, Shown]:
    """Position -> value with its band."""
    nothing = [None] * len(line.x)
    found = {}
    for x, y, low, high in zip(line.x, line.y, line.low or nothing, line.high or nothing, strict=True):
        if y is None or low is None or high is None:
            found[x] = show(y, unit)
        else:
            found[x] = Shown(estimate(y, low, high, unit), interval(low, high, unit, y), None, y)
    return found


def _numbers(data: Lines, title: str, anchor: str) -> TableView:
    """A row a position and a column a line; long curves as a list of some of their points."""
    named = [(line.name, _points(line, data.unit)) for line in data.series]
    positions = list(dict.fromkeys(x for _, points in named for x in points))
    if len(positions) > POSITIONS:
        return _long(named, data, title, anchor)
    columns = [ColumnView(data.x, "", True, None), *(ColumnView(name, "", True, None) for name, _ in named)]
    missing = show(None, "number")
    rows = [[_position(x), *(points.get(x, missing) for _, points in named)] for x in positions]
    return TableView(anchor, title, columns, rows, f"Values: {data.y}.")


def _long(named: Sequence[tuple[str, dict[float | str, Shown]]], data: Lines, title: str, anchor: str) -> TableView:
    heads = ("Line", False), (data.x, True), (data.y, True)
    rows = []
    for name, points in named:
        every = list(points.items())
        count = min(len(every), POSITIONS // 2)
        kept = {round(k * (len(every) - 1) / max(count - 1, 1)) for k in range(count)}
        rows += [[Shown(name), _position(every[k][0]), every[k][1]] for k in sorted(kept)]
    note = f"Up to {POSITIONS // 2} points of each line, evenly spread; result.json holds all of them."
    return TableView(anchor, title, [ColumnView(name, "", numeric, None) for name, numeric in heads], rows, note)


def _position(x: float | str) -> Shown:
    return Shown(x) if isinstance(x, str) else Shown(f"{x:g}", key=float(x))


def _triptychs(figure: Figure, anchor: str) -> FigureView:
    cards = []
    for item in read_figure(figure, Triptychs).items:
        panels = [PanelView(p.image, f"{item.product}, {p.title}: {p.text}", p.title, p.text) for p in item.panels]
        cards.append(CardView(item.product, item.true, item.model, panels))
    return FigureView(anchor, figure.title, figure.kind, figure.doc, cards=cards)


def _gallery(figure: Figure, anchor: str) -> FigureView:
    cards = []
    for item in read_figure(figure, Gallery).items:
        said = f"labelled {item.true}" if item.true else "without a label"
        panels = [PanelView(item.image, f"{item.product}, {said}")]
        cards.append(CardView(item.product, item.true, "", panels, list(item.lines), item.kind, item.outcome))
    return FigureView(anchor, figure.title, figure.kind, figure.doc, cards=cards)


def _pairs(figure: Figure, anchor: str) -> FigureView:
    cards = []
    for item in read_figure(figure, Pairs).items:
        both = (item.left, item.right)
        panels = [PanelView(m.image, f"{m.product}, labelled {m.label}", m.label, m.product) for m in both]
        cards.append(CardView(item.text, "", "", panels, list(item.lines)))
    return FigureView(anchor, figure.title, figure.kind, figure.doc, cards=cards)


VIEWS: dict[FigureKind, Callable[[Figure, str], FigureView]] = {
    "heatmap": _heat_map, "lines": _lines, "curves": curves_view, "histogram": histogram_view, "front": front_view,
    "points": points_view, "map": map_view, "triptychs": _triptychs, "gallery": _gallery, "pairs": _pairs,
}  # fmt: skip
"""How each kind of figure is shown."""
