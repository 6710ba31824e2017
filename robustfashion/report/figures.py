"""Figures arranged for the template: drawn, or as cards with pictures; always with their numbers or words beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from robustfashion.errors import InputError
from robustfashion.report.drawing import Drawing, named_axis
from robustfashion.report.embed import Care
from robustfashion.report.format import Shown, estimate, interval, show
from robustfashion.report.heatmap import heat_map
from robustfashion.report.lines import lines
from robustfashion.report.page import ColumnView, TableView, table_view
from robustfashion.result import Cell, Column, Figure, Table

POSITIONS = 40
"""Positions up to which the numbers of a figure of lines are listed in full."""


@dataclass(frozen=True)
class Panel:
    """One picture of a card with its caption."""

    image: str
    alt: str
    title: str = ""
    text: str = ""


@dataclass(frozen=True)
class Card:
    """One product: its pictures and what was said about it."""

    product: str
    true: str
    model: str
    panels: list[Panel]
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class FigureView:
    """A figure: drawings and their numbers, or cards."""

    id: str
    title: str
    kind: str
    doc: str
    drawings: list[Drawing] = field(default_factory=list)
    axes: str = ""
    """What runs across and up, where the drawings do not say it themselves."""
    table: TableView | None = None
    cards: list[Card] = field(default_factory=list)

    def uses(self) -> list[tuple[str, Care]]:
        """Every picture shown, and with which care: the last panel of a triptych is the amplified difference."""
        if self.kind != "triptychs":
            return [(panel.image, Care.SHOWN) for card in self.cards for panel in card.panels]
        return [
            (panel.image, Care.EXACT if panel is card.panels[-1] else Care.COMPARED)
            for card in self.cards
            for panel in card.panels
        ]


def figure_view(figure: Figure, anchor: str) -> FigureView:
    """Draw a figure.

    Raises:
        InputError: its kind is not known, or its data is not what the kind asks for.
    """
    make = {"heatmap": _heat_map, "lines": _lines, "triptychs": _triptychs, "gallery": _gallery}.get(figure.kind)
    if make is None:
        raise InputError(f"figure {figure.id}: unknown kind {figure.kind!r}; use heatmap, lines, triptychs or gallery")
    try:
        return make(figure, anchor)
    except InputError:
        raise
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        why = f"{type(error).__name__}: {error}"
        raise InputError(f"figure {figure.id}: its data is not that of a {figure.kind} ({why})") from error


def _heat_map(figure: Figure, anchor: str) -> FigureView:
    data = figure.data
    columns = [Column("", "text", ""), *(Column(str(name), data["unit"], "") for name in data["columns"])]
    rows: list[list[Cell]] = [[str(name), *values] for name, values in zip(data["rows"], data["values"], strict=True)]
    table = table_view(Table(figure.id, figure.title, columns, rows), f"{anchor}-numbers")
    drawings = [heat_map(anchor, figure.title, data)] if rows and data["columns"] else []
    return FigureView(anchor, figure.title, figure.kind, figure.doc, drawings, table=table)


def _lines(figure: Figure, anchor: str) -> FigureView:
    data = figure.data
    drawings = lines(anchor, figure.title, data)
    axes = ""
    if len(drawings) > 1:
        axes = f"Across: {data['x']}. Up: {named_axis(data)}. A panel for each line; the other lines are grey."
    table = _numbers(data, figure.title, f"{anchor}-numbers")
    return FigureView(anchor, figure.title, figure.kind, figure.doc, drawings, axes, table)


def _points(series: dict[str, Any], unit: Any) -> dict[Any, Shown]:  # noqa: ANN401 - a unit, checked by the caller's table
    """Position -> value with its band."""
    nothing = [None] * len(series["x"])
    found = {}
    for x, y, low, high in zip(
        series["x"], series["y"], series.get("low") or nothing, series.get("high") or nothing, strict=True
    ):
        banded = None not in (y, low, high)
        found[x] = Shown(estimate(y, low, high, unit), interval(low, high, unit, y), None, y) if banded else show(y, unit)
    return found


def _numbers(data: dict[str, Any], title: str, anchor: str) -> TableView:
    """A row a position and a column a line; long curves as a list of some of their points."""
    named = [(str(s["name"]), _points(s, data["unit"])) for s in data["series"]]
    positions = list(dict.fromkeys(x for _, points in named for x in points))
    if len(positions) > POSITIONS:
        return _long(named, data, title, anchor)
    columns = [ColumnView(str(data["x"]), "", True, None), *(ColumnView(name, "", True, None) for name, _ in named)]
    missing = show(None, "number")
    rows = [[_position(x), *(points.get(x, missing) for _, points in named)] for x in positions]
    return TableView(anchor, title, columns, rows, f"Values: {data['y']}.")


def _long(named: Sequence[tuple[str, dict[Any, Shown]]], data: dict[str, Any], title: str, anchor: str) -> TableView:
    heads = ("Line", False), (str(data["x"]), True), (str(data["y"]), True)
    rows = []
    for name, points in named:
        every = list(points.items())
        count = min(len(every), POSITIONS // 2)
        kept = {round(k * (len(every) - 1) / max(count - 1, 1)) for k in range(count)}
        rows += [[Shown(name), _position(every[k][0]), every[k][1]] for k in sorted(kept)]
    note = f"Up to {POSITIONS // 2} points of each line, evenly spread; result.json holds all of them."
    return TableView(anchor, title, [ColumnView(name, "", numeric, None) for name, numeric in heads], rows, note)


def _position(x: Any) -> Shown:  # noqa: ANN401 - a number or a name
    return Shown(x) if isinstance(x, str) else Shown(f"{x:g}", key=float(x))


def _triptychs(figure: Figure, anchor: str) -> FigureView:
    cards = []
    for item in figure.data["items"]:
        product = str(item["product"])
        panels = [
            Panel(str(p["image"]), f"{product}, {p['title']}: {p['text']}", str(p["title"]), str(p["text"]))
            for p in item["panels"]
        ]
        cards.append(Card(product, str(item["true"]), str(item["model"]), panels))
    return FigureView(anchor, figure.title, figure.kind, figure.doc, cards=cards)


def _gallery(figure: Figure, anchor: str) -> FigureView:
    cards = []
    for item in figure.data["items"]:
        product, true = str(item["product"]), str(item["true"])
        panels = [Panel(str(item["image"]), f"{product}, labelled {true}")]
        cards.append(Card(product, true, "", panels, [str(line) for line in item["lines"]]))
    return FigureView(anchor, figure.title, figure.kind, figure.doc, cards=cards)
