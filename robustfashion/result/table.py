"""Tables of a result: typed columns, and rows in their order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from robustfashion.stats import Estimate

Unit = Literal["text", "count", "share", "points", "p", "levels", "decibel", "ratio", "seconds", "number"]
"""How a column's numbers are shown: ``share`` 0..1 as percent; ``points`` 0..1 as percentage points with its sign;
``p`` a p-value; ``levels`` 0..255 pixel levels; ``ratio`` a factor."""

Cell = None | str | int | float | Estimate
"""``None``: not applicable, shown as "n/a"."""


@dataclass(frozen=True)
class Column:
    """Name and meaning of one column; ``doc`` says how the number is computed."""

    name: str
    unit: Unit
    doc: str


@dataclass(frozen=True)
class Table:
    """Rows in the order of the columns; ``note`` is a paragraph of plain text under the table.

    Raises:
        ValueError: a row has another number of cells than there are columns.
    """

    id: str
    title: str
    columns: list[Column]
    rows: list[list[Cell]]
    note: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"table {self.id}: a row has {len(row)} cells for {len(self.columns)} columns: {row}")


Record = TypeVar("Record")
ColumnOf = tuple[str, Unit, str, Callable[[Record], Cell]]
"""Name, unit and meaning of a column, and a record's cell in it."""


def table_of(
    id: str,
    title: str,
    records: Iterable[Record],
    columns: Sequence[ColumnOf[Record]],
    note: str = "",
) -> Table:
    """A row for each record, the columns side by side with what fills them."""
    heads = [Column(name, unit, doc) for name, unit, doc, _ in columns]
    return Table(id, title, heads, [[cell(record) for *_, cell in columns] for record in records], note)
