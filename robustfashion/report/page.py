"""A suite's result, arranged for the template: every number already text, every figure already drawn."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from robustfashion.bench.result import Cell, Claim, Column, Figure, SuiteResult, Table, Unit
from robustfashion.errors import InputError
from robustfashion.report.drawing import Drawing, heat_map, lines
from robustfashion.report.embed import Wanted
from robustfashion.report.format import UNITS, Shown, interval, number, show

SCALES = {
    "smoke": ("Smoke run", "small data and short training; read the directions, not the digits"),
    "full": ("Full scale", "the sizes and the training that the study calls for"),
    "own data": ("Own data", "numbers of these pictures and networks; the paper's are of others"),
}
REFUSED_SHOWN = 200
KNOWN_UNITS = ", ".join(sorted(UNITS))


@dataclass(frozen=True)
class ColumnView:
    """Head of a column."""

    name: str
    doc: str
    numeric: bool
    n: int | None
    """Number of items behind every interval of the column, where it is one number."""


@dataclass(frozen=True)
class TableView:
    """A table of printed cells."""

    id: str
    title: str
    columns: list[ColumnView]
    rows: list[list[Shown]]
    note: str


@dataclass(frozen=True)
class FigureView:
    """A figure: drawings and their numbers, or items with pictures."""

    id: str
    title: str
    kind: str
    doc: str
    drawings: list[Drawing] = field(default_factory=list)
    axes: str = ""
    table: TableView | None = None
    items: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class ClaimView:
    """One claim beside its measurement; ``rule`` is the letter of its rule."""

    statement: str
    verdict: str
    paper: str
    value: str
    interval: str
    n: str
    rule: str
    plot: dict[str, float] | None


@dataclass(frozen=True)
class ClaimsView:
    """All claims, how many met which verdict, and the rules by letter."""

    claims: list[ClaimView]
    counts: list[tuple[str, int]]
    rules: dict[str, str]


VERDICTS = ("reproduced", "not shown", "contradicted", "not comparable")


class Anchors:
    """Ids of a page: readable, different, whatever the result calls its parts."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, prefix: str, name: str) -> str:
        """``table-`` and the name's letters and digits; a number behind it where that is taken."""
        base = "-".join((prefix, *re.findall(r"[a-z0-9]+", name.lower())))
        number_, found = 2, base
        while found in self._taken:
            found, number_ = f"{base}-{number_}", number_ + 1
        self._taken.add(found)
        return found


def table_view(table: Table, anchor: str) -> TableView:
    """Print every cell.

    Raises:
        InputError: a column has a unit that is not known.
    """
    for column in table.columns:
        if column.unit not in UNITS:
            raise InputError(f"table {table.id}, column {column.name!r}: unknown unit {column.unit!r}; use one of {KNOWN_UNITS}")
    rows = [[show(cell, column.unit) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows]
    columns = []
    for k, column in enumerate(table.columns):
        ns = {row[k].n for row in rows} - {None}
        columns.append(ColumnView(column.name, column.doc, column.unit != "text", ns.pop() if len(ns) == 1 else None))
    return TableView(anchor, table.title, columns, rows, table.note)


def figure_view(figure: Figure, anchor: str) -> FigureView:
    """Draw a figure.

    Raises:
        InputError: its data is not what its kind asks for.
    """
    make = {"heatmap": _heat_map, "lines": _lines, "triptychs": _items, "gallery": _items}.get(figure.kind)
    if make is None:
        raise InputError(f"figure {figure.id}: unknown kind {figure.kind!r}")
    try:
        return make(figure, anchor)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        if isinstance(error, InputError):
            raise
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
    columns = [Column("Line", "text", ""), Column(data["x"], "text", ""), Column(data["y"], data["unit"], "")]
    columns += [Column("Low", data["unit"], "lower bound"), Column("High", data["unit"], "upper bound")]
    rows: list[list[Cell]] = []
    for s in data["series"]:
        nothing = [None] * len(s["x"])
        bounds = (s.get("low") or nothing, s.get("high") or nothing)
        rows += [[str(s["name"]), str(x), *rest] for x, *rest in zip(s["x"], s["y"], *bounds, strict=True)]
    table = table_view(Table(figure.id, figure.title, columns, rows), f"{anchor}-numbers")
    axes = f"Across: {data['x']}. Up: {data['y']}."
    return FigureView(anchor, figure.title, figure.kind, figure.doc, lines(anchor, figure.title, data), axes, table)


def _items(figure: Figure, anchor: str) -> FigureView:
    items = figure.data["items"]
    wanted_pictures(figure)
    return FigureView(anchor, figure.title, figure.kind, figure.doc, items=items)


def wanted_pictures(figure: Figure) -> Wanted:
    """Pictures that a figure shows; the last panel of a triptych is its difference."""
    if figure.kind == "gallery":
        return Wanted(shown=frozenset(item["image"] for item in figure.data["items"]))
    if figure.kind != "triptychs":
        return Wanted()
    panels = [[panel["image"] for panel in item["panels"]] for item in figure.data["items"]]
    exact = frozenset(names[-1] for names in panels if names)
    return Wanted(exact, frozenset(name for names in panels for name in names) - exact)


def all_wanted(figures: Sequence[Figure]) -> Wanted:
    """Union over figures; a picture is treated as its strictest use asks."""
    found = [wanted_pictures(figure) for figure in figures]
    exact = frozenset[str]().union(*(w.exact for w in found))
    compared = frozenset[str]().union(*(w.compared for w in found)) - exact
    return Wanted(exact, compared, frozenset[str]().union(*(w.shown for w in found)) - exact - compared)


def claims_view(claims: Sequence[Claim]) -> ClaimsView:
    """Claims with their rules by letter, and a common scale for the claims of one unit."""
    letters: dict[str, str] = {}
    for claim in claims:
        letters.setdefault(claim.rule, chr(ord("A") + len(letters)))
    counts = [(verdict, sum(claim.verdict == verdict for claim in claims)) for verdict in VERDICTS]
    views = [_claim(claim, letters[claim.rule], _range(claims, claim.unit)) for claim in claims]
    return ClaimsView(views, [pair for pair in counts if pair[1]], {letter: rule for rule, letter in letters.items()})


def _range(claims: Sequence[Claim], unit: Unit) -> tuple[float, float]:
    numbers = [0.0] if unit == "points" else []
    for claim in claims:
        if claim.unit == unit:
            numbers += [v for v in (claim.paper, claim.value, *(claim.interval or ())) if v is not None]
    return (min(numbers), max(numbers)) if numbers else (0.0, 1.0)


def _claim(claim: Claim, rule: str, limits: tuple[float, float]) -> ClaimView:
    if claim.verdict not in VERDICTS or claim.unit not in UNITS:
        raise InputError(f"claim {claim.id}: verdict {claim.verdict!r} or unit {claim.unit!r} is not known; run the suite again")
    value = show(claim.value, claim.unit).text
    bounds = interval(*claim.interval, claim.unit, claim.value if claim.value is not None else 0.0) if claim.interval else ""
    paper = show(claim.paper, claim.unit).text
    n = number(claim.n, "count") if claim.n is not None else ""
    return ClaimView(claim.statement, claim.verdict, paper, value, bounds, n, rule, _plot(claim, limits))


def _plot(claim: Claim, limits: tuple[float, float]) -> dict[str, float] | None:
    """Places 0..100 of value, bounds, the paper's value and zero on a common scale; None when there is nothing to draw."""
    if claim.value is None:
        return None
    low, high = limits
    span = (high - low) or 1.0
    low_bound, high_bound = claim.interval or (claim.value, claim.value)
    places = {"value": claim.value, "low": low_bound, "high": high_bound}
    if claim.paper is not None:
        places["paper"] = claim.paper
    if low < 0 < high or claim.unit == "points":
        places["zero"] = 0.0
    return {key: round(100 * (v - low) / span, 2) for key, v in places.items()}


def plain_value(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """A setting as text: strings as they are, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def date_of(result: SuiteResult) -> str:
    """The day the result is of, where its provenance tells; else empty."""
    extra = result.provenance.get("extra")
    found = result.provenance.get("date") or (extra.get("date") if isinstance(extra, dict) else None)
    return str(found) if found else ""
