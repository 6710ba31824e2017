"""Heat maps: a number for each pair of names."""

from collections.abc import Sequence
from dataclasses import dataclass

from robustfashion.result.figure import Figure
from robustfashion.result.plain import plain
from robustfashion.result.table import Unit


@dataclass(frozen=True)
class HeatMap:
    """Values [r][c] (None = n/a) by the names of rows [r] and columns [c]; ``label`` names the colour bar.

    Raises:
        ValueError: the values are not rows x columns.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float | None]]
    unit: Unit
    label: str

    def __post_init__(self) -> None:
        if len(self.values) != len(self.rows):
            raise ValueError(f"values of {len(self.values)} rows for {len(self.rows)} names")
        for name, row in zip(self.rows, self.values, strict=True):
            if len(row) != len(self.columns):
                raise ValueError(f"row {name!r} has {len(row)} values for {len(self.columns)} columns")


def heat_map(  # noqa: PLR0913 - what a heat map consists of, by keyword
    id: str,
    title: str,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[float | None]],
    unit: Unit,
    label: str,
    doc: str,
) -> Figure:
    """A figure of :class:`HeatMap`, whose errors it raises; ``doc`` says how the numbers are computed and of what."""
    return Figure(id, title, "heatmap", plain(HeatMap(rows, columns, values, unit, label)), doc)
