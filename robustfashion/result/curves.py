"""Curves: a number against a number, such as risk against coverage, with bands, a reference and marked points."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from robustfashion.result.axis import Axis, Mark, check_finite
from robustfashion.result.figure import Figure
from robustfashion.result.plain import plain

CurveRole = Literal["highlighted", "muted", "reference"]
"""How a curve is drawn: in a colour of its own, in grey behind these, or as the thin dashed line of an optimum."""

HIGHLIGHTED = 5
"""So many curves can be told apart by colour and dash."""


@dataclass(frozen=True)
class Curve:
    """Positions x [k], never falling; values y [k] and the bounds of its band [k] (None = n/a; empty: no band).

    Raises:
        ValueError: the lengths differ, one bound is without the other, x falls, or a number is not finite.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()
    role: CurveRole = "highlighted"

    def __post_init__(self) -> None:
        if len(self.y) != len(self.x):
            raise ValueError(f"curve {self.name!r} has {len(self.y)} values for {len(self.x)} positions")
        for bound, values in (("low", self.low), ("high", self.high)):
            if len(values) not in (0, len(self.x)):
                raise ValueError(f"curve {self.name!r} has {len(values)} bounds ({bound}) for {len(self.x)} positions")
        if len(self.low) != len(self.high):
            raise ValueError(f"curve {self.name!r} has one bound without the other")
        for part, values in (("x", self.x), ("y", self.y), ("low", self.low), ("high", self.high)):
            check_finite(f"curve {self.name!r}, {part},", values)
        fall = next((k for k in range(1, len(self.x)) if self.x[k] < self.x[k - 1]), None)
        if fall is not None:
            raise ValueError(f"curve {self.name!r}: x falls from {self.x[fall - 1]} to {self.x[fall]} at position {fall}")


@dataclass(frozen=True)
class Curves:
    """Curves on common axes, and points of interest.

    Raises:
        ValueError: more than :data:`HIGHLIGHTED` curves are highlighted.
    """

    x: Axis
    y: Axis
    curves: Sequence[Curve]
    marks: Sequence[Mark] = ()

    def __post_init__(self) -> None:
        count = sum(curve.role == "highlighted" for curve in self.curves)
        if count > HIGHLIGHTED:
            raise ValueError(f"{count} curves are highlighted; {HIGHLIGHTED} can be told apart: mute the others")


def curve_figure(
    id: str,
    title: str,
    *,
    x: Axis,
    y: Axis,
    curves: Sequence[Curve],
    marks: Sequence[Mark] = (),
    doc: str,
) -> Figure:
    """A figure of :class:`Curves`, whose errors it raises; ``doc`` says how the numbers and the bands are computed."""
    return Figure(id, title, "curves", plain(Curves(x, y, curves, marks)), doc)
