"""A suite's result, arranged for the template: words for its scale, ids, tables of printed cells."""

import json
import re
from dataclasses import dataclass
from typing import Any

from robustfashion.errors import InputError
from robustfashion.report.format import UNITS, Shown, show
from robustfashion.result import SuiteResult, Table
from robustfashion.stats import Estimate

SCALES = {
    "smoke": ("Smoke run", "a small drawn catalogue, in minutes; read the directions, not the digits"),
    "cpu": ("Middle scale", "trainings that fit an hour on two CPU cores; the settings tell sizes and steps"),
    "full": ("Full scale", "the sizes and the training that the study calls for"),
    "own data": ("Own data", "numbers of these pictures alone; the paper's are of others"),
}
"""Scale -> its badge and what it means."""
REFUSED_SHOWN = 200
WIDE, WIDEST = 8, 16
"""Columns from which paper is turned, and from which intervals are broken, when a table is printed."""


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
    note: str = ""

    @property
    def width(self) -> str:
        """Class by which a printer chooses paper and size."""
        count = len(self.columns)
        return "widest" if count > WIDEST else "wide" if count > WIDE else ""

    @property
    def meanings(self) -> list[tuple[str, str]]:
        """(names, how they are computed); neighbours that mean the same stand together."""
        found: list[tuple[list[str], str]] = []
        for column in self.columns:
            text = f"{column.doc}; n = {column.n:,}" if column.n is not None else column.doc
            if column.doc and found and found[-1][1] == text:
                found[-1][0].append(column.name)
            elif column.doc:
                found.append(([column.name], text))
        return [(", ".join(names), text) for names, text in found]


def _check_cells(table: Table) -> None:
    for row in table.rows:
        for cell, column in zip(row, table.columns, strict=True):
            if not isinstance(cell, None | str | int | float | Estimate):
                raise InputError(f"table {table.id}, column {column.name!r}: {cell!r} is no cell; run the suite again")


class Anchors:
    """Ids of a page: readable, all different, whatever the result calls its parts."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, prefix: str, name: str) -> str:
        """``prefix`` and the name's letters and digits; a number behind them where that is taken."""
        base = "-".join((prefix, *re.findall(r"[a-z0-9]+", name.lower())))
        count, found = 1, base
        while found in self._taken:
            count += 1
            found = f"{base}-{count}"
        self._taken.add(found)
        return found


def table_view(table: Table, anchor: str) -> TableView:
    """Print every cell.

    Raises:
        InputError: a column has a unit that is not known.
    """
    for column in table.columns:
        if column.unit not in UNITS:
            known = ", ".join(sorted(UNITS))
            raise InputError(f"table {table.id}, column {column.name!r}: unknown unit {column.unit!r}; use one of {known}")
    _check_cells(table)
    rows = [[show(cell, column.unit) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows]
    columns = []
    for k, column in enumerate(table.columns):
        ns = {row[k].n for row in rows} - {None}
        columns.append(ColumnView(column.name, column.doc, column.unit != "text", ns.pop() if len(ns) == 1 else None))
    return TableView(anchor, table.title, columns, rows, table.note)


def check(result: SuiteResult) -> None:
    """Refuse a result whose parts are not what they should be: it may come from a file that somebody edited.

    Raises:
        InputError: naming the field.
    """
    texts: dict[str, list[Any]] = {"head": [result.suite, result.title, result.question, result.scale]}
    texts["headline"] = result.headline if isinstance(result.headline, list) else [None]
    texts["glossary"] = [text for entry in result.glossary for text in entry]
    texts["refused"] = [text for item in result.refused for text in (item.item, item.reason)]
    texts["tables"] = [text for table in result.tables for text in (table.id, table.title, table.note)]
    texts["columns"] = [text for table in result.tables for column in table.columns for text in (column.name, column.doc)]
    texts["figures"] = [text for figure in result.figures for text in (figure.id, figure.title, figure.doc)]
    texts["claims"] = [text for claim in result.claims for text in (claim.id, claim.statement, claim.rule)]
    for name, found in texts.items():
        if not all(isinstance(text, str) for text in found):
            raise InputError(f"result of suite {result.suite!r}: {name} holds something other than text; run the suite again")
    objects: dict[str, Any] = {"provenance": result.provenance, "settings": result.settings}
    if isinstance(result.provenance, dict):
        objects["versions"] = result.provenance.get("versions", {})
    for name, value in objects.items():
        if not isinstance(value, dict):
            raise InputError(f"result of suite {result.suite!r}: {name} is not an object; run the suite again")


def plain_value(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """A setting as text: ``none``, strings as they are, ``key: value`` of objects, lists with commas or, of objects, in lines.

    What lies deeper stands in its brackets, as JSON.
    """
    if value is None:
        return "none"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_inner(item)}" for key, item in value.items()) or "none"
    if isinstance(value, list | tuple):
        between = "\n" if any(isinstance(item, dict) for item in value) else ", "
        return between.join(plain_value(item) for item in value) or "none"
    return value if isinstance(value, str) else json.dumps(value)


def _inner(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | tuple) else plain_value(value)


def date_of(result: SuiteResult) -> str:
    """The day that the result is of, where its provenance tells; else empty."""
    extra = result.provenance.get("extra")
    found = result.provenance.get("date") or (extra.get("date") if isinstance(extra, dict) else None)
    return str(found) if found else ""
