"""Curves, histograms and fronts arranged for the template: drawn twice, marked points listed, numbers in a table."""

from collections.abc import Sequence

from robustfashion.report.curves import POINTS, draw_curves
from robustfashion.report.format import Shown, estimate, interval, number, show
from robustfashion.report.fronts import DOTS, STEPS, draw_front, evenly
from robustfashion.report.histograms import BINS, draw_histogram, merged
from robustfashion.report.page import ColumnView, TableView, table_view
from robustfashion.report.views import FigureView, MarkView
from robustfashion.result import (
    Axis,
    Cell,
    Column,
    Curve,
    Curves,
    Figure,
    Front,
    Histogram,
    Mark,
    Table,
    read_figure,
)  # fmt: skip

ROWS = 20
"""Positions, bins or settings that the table under a drawing lists."""
_POINTS_EACH = 10
"""Points of a curve that are listed where the curves do not share their positions."""


def curves_view(figure: Figure, anchor: str) -> FigureView:
    """Curves; the grey ones are named in words."""
    data = read_figure(figure, Curves)
    drawings = draw_curves(anchor, figure.title, data)
    grey = [curve.name for curve in data.curves if curve.role == "muted"]
    notes = [f"Grey: {', '.join(grey)}."] if grey else []
    if any(len(curve.x) > POINTS for curve in data.curves):
        notes.append(f"Curves are drawn through up to {POINTS} points that keep their shape.")
    notes += _cut("curves", data.y, [v for curve in data.curves for v in curve.y])
    marks = [_mark(mark, data.x, data.y) for mark in data.marks]
    table = _curve_numbers(data, figure.title, f"{anchor}-numbers")
    return FigureView(anchor, figure.title, figure.kind, figure.doc, drawings, " ".join(notes), marks, table)


def histogram_view(figure: Figure, anchor: str) -> FigureView:
    """Histograms; the table has a row a bin and a column a group."""
    data = read_figure(figure, Histogram)
    note = (
        "Each row is a group, drawn to a height of its own: the number at its right is the share of the group in its fullest bin."
    )
    if len(data.edges) - 1 > BINS:
        note += f" Bins are put together to at most {BINS}."
    low, high = data.edges[0] if data.x.low is None else data.x.low, data.edges[-1] if data.x.high is None else data.x.high
    beyond = [f"{t.name} ({number(t.value, data.x.unit)})" for t in data.thresholds if not low <= t.value <= high]
    if beyond:
        note += f" Beyond the axis: {', '.join(beyond)}."
    table = _histogram_numbers(data, figure.title, f"{anchor}-numbers")
    drawings = draw_histogram(anchor, figure.title, data)
    return FigureView(anchor, figure.title, figure.kind, figure.doc, drawings, note if drawings else "", table=table)


def front_view(figure: Figure, anchor: str) -> FigureView:
    """A front; the table lists its settings."""
    data = read_figure(figure, Front)
    drawings = draw_front(anchor, figure.title, data)
    notes = ["A dot is a setting; steps join those that no other one beats."]
    if len(data.points) - len(data.front) > DOTS or len(data.front) > STEPS:
        notes.append(f"Up to {DOTS} of the {len(data.points) - len(data.front):,} others and {STEPS} steps are drawn.")
    marks = [_mark(mark, data.x, data.y) for mark in data.marks]
    axes = [data.x, data.y, *([data.cost] if data.cost else [])]
    columns = [Column("Setting", "text", ""), *(Column(axis.name, axis.unit, "") for axis in axes)]
    chosen = [data.points[k] for k in evenly(data.front, ROWS)]
    rows: list[list[Cell]] = [[p.text, p.x, p.y, *([p.cost] if data.cost else [])] for p in chosen]
    note = f"{len(chosen)} of the {len(data.front):,} settings on the front, evenly spread; result.json holds all of them."
    title = f"{figure.title}: the front"
    table = table_view(Table(figure.id, title, columns, rows, note if len(chosen) < len(data.front) else ""), f"{anchor}-numbers")
    return FigureView(
        anchor, figure.title, figure.kind, figure.doc, drawings, " ".join(notes) if drawings else "", marks, table
    )  # fmt: skip


def _cut(what: str, axis: Axis, values: Sequence[float | None]) -> list[str]:
    """What an axis leaves out."""
    known = [value for value in values if value is not None]
    low, high = (bound if bound is None else number(bound, axis.unit) for bound in (axis.low, axis.high))
    found = []
    if axis.high is not None and any(value > axis.high for value in known):
        found.append(f"Parts of the {what} above {high} are cut off.")
    if axis.low is not None and any(value < axis.low for value in known):
        found.append(f"Parts of the {what} below {low} are cut off.")
    return found


def _mark(mark: Mark, x: Axis, y: Axis) -> MarkView:
    sides = ((x, mark.x, mark.x_interval), (y, mark.y, mark.y_interval))
    return MarkView(mark.kind, mark.name, "; ".join(_place(*side) for side in sides), mark.text)


def _place(axis: Axis, value: float, bounds: tuple[float, float] | None) -> str:
    if bounds is None:
        return f"{axis.name} {number(value, axis.unit)}"
    return f"{axis.name} {estimate(value, *bounds, axis.unit)} {interval(*bounds, axis.unit, value)}"


def _curve_numbers(data: Curves, title: str, anchor: str) -> TableView:
    """A row a position where all curves have the same ones, else a row for each of some points of each curve."""
    first = list(data.curves[0].x) if data.curves else []
    if all(list(curve.x) == first for curve in data.curves):
        kept = evenly(range(len(first)), ROWS)
        heads = [ColumnView(data.x.name, "", True, None), *(ColumnView(curve.name, "", True, None) for curve in data.curves)]
        rows = [[show(first[k], data.x.unit), *(_value(curve, k, data.y) for curve in data.curves)] for k in kept]
        note = f"{len(kept)} of {len(first):,} positions, evenly spread; result.json holds all of them."
        return TableView(anchor, title, heads, rows, f"Values: {data.y.name}. {note if len(kept) < len(first) else ''}".strip())
    names = (("Curve", False), (data.x.name, True), (data.y.name, True))
    rows = [
        [Shown(curve.name), show(curve.x[k], data.x.unit), _value(curve, k, data.y)]
        for curve in data.curves
        for k in evenly(range(len(curve.x)), _POINTS_EACH)
    ]
    note = f"Up to {_POINTS_EACH} points of each curve, evenly spread; result.json holds all of them."
    return TableView(anchor, title, [ColumnView(name, "", numeric, None) for name, numeric in names], rows, note)


def _value(curve: Curve, k: int, axis: Axis) -> Shown:
    value = curve.y[k]
    low, high = (bounds[k] if bounds else None for bounds in (curve.low, curve.high))
    if value is None or low is None or high is None:
        return show(value, axis.unit)
    return Shown(estimate(value, low, high, axis.unit), interval(low, high, axis.unit, value), None, value)


def _histogram_numbers(data: Histogram, title: str, anchor: str) -> TableView:
    edges, counts = merged(data, ROWS)
    heads = [ColumnView(f"{data.x.name}, from", "", True, None), ColumnView("to", "", True, None)]
    heads += [ColumnView(group.name, "", True, group.n) for group in data.groups]
    unit = data.x.unit
    rows = []
    for b in range(len(edges) - 1):
        cells = [_count(int(count[b]), group.n) for count, group in zip(counts, data.groups, strict=True)]
        rows.append([show(float(edges[b]), unit), show(float(edges[b + 1]), unit), *cells])
    for place, beyond in (("below", [g.below for g in data.groups]), ("above", [g.above for g in data.groups])):
        if any(beyond):
            cells = [_count(count, group.n) for count, group in zip(beyond, data.groups, strict=True)]
            rows.append([Shown(f"{place} the axis"), Shown(""), *cells])
    ns = ", ".join(f"{group.name} {group.n:,}" for group in data.groups)
    note = f"Members, and their share of the group. In all: {ns}." if data.groups else ""
    if len(data.edges) - 1 > ROWS:
        note += " Bins are put together; result.json holds all of them."
    return TableView(anchor, title, heads, rows, note)


def _count(count: int, n: int) -> Shown:
    return Shown(number(count, "count"), number(count / n, "share") if n else "", None, float(count))
