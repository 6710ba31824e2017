"""Lines with bands: numbers along a scale or along names."""

from collections.abc import Sequence
from dataclasses import dataclass

from robustfashion.result.figure import Figure
from robustfashion.result.plain import plain
from robustfashion.result.table import Unit


@dataclass(frozen=True)
class Line:
    """Positions x [k] (numbers or names), values y [k] and the bounds of its band [k] (None = n/a; empty: no band).

    Raises:
        ValueError: the lengths differ.
    """

    name: str
    x: Sequence[float | str]
    y: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()

    def __post_init__(self) -> None:
        if len(self.y) != len(self.x):
            raise ValueError(f"line {self.name!r} has {len(self.y)} values for {len(self.x)} positions")
        for bound, values in (("low", self.low), ("high", self.high)):
            if len(values) not in (0, len(self.x)):
                raise ValueError(f"line {self.name!r} has {len(values)} bounds ({bound}) for {len(self.x)} positions")


@dataclass(frozen=True)
class Lines:
    """Lines on common axes: ``x`` and ``y`` name them, ``unit`` is that of the values."""

    x: str
    y: str
    unit: Unit
    series: Sequence[Line]


def line_figure(
    id: str,
    title: str,
    *,
    x: str,
    y: str,
    unit: Unit,
    lines: Sequence[Line],
    doc: str,
) -> Figure:
    """A figure of :class:`Lines`; ``doc`` says how the numbers and the bands are computed."""
    return Figure(id, title, "lines", plain(Lines(x, y, unit, lines)), doc)
