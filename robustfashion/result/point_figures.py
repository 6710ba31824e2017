"""Points with vertical intervals: measurements against a number that each of them has, such as a change against a reduction."""

from collections.abc import Sequence
from dataclasses import dataclass

from robustfashion.result.axis import Axis, MarkKind, check_finite
from robustfashion.result.figure import Figure
from robustfashion.result.plain import plain

SERIES = 5
"""So many series can be told apart by colour and shape."""


@dataclass(frozen=True)
class Point:
    """One measurement; ``x`` None: not known, the point stands beside the axis. The bounds of its interval: both or none.

    Raises:
        ValueError: a number is not finite, or the interval does not hold the value.
    """

    name: str
    x: float | None
    y: float
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        check_finite(f"point {self.name!r}", (self.x, self.y, self.low, self.high))
        if (self.low is None) != (self.high is None):
            raise ValueError(f"point {self.name!r} has one bound without the other")
        if self.low is not None and self.high is not None and not self.low <= self.y <= self.high:
            raise ValueError(f"point {self.name!r} is {self.y}, outside of its interval [{self.low}, {self.high}]")


@dataclass(frozen=True)
class PointSeries:
    """Points of one sort, in a colour and shape of their own; their names stand in the table only."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True)
class NamedPoint:
    """A point whose name stands beside it: what it stands for, and a text about it."""

    point: Point
    kind: MarkKind = "rule"
    text: str = ""


@dataclass(frozen=True)
class Points:
    """Series and named points on common axes.

    Raises:
        ValueError: more than :data:`SERIES` series, or a place on a logarithmic axis that is not above 0.
    """

    x: Axis
    y: Axis
    series: Sequence[PointSeries]
    named: Sequence[NamedPoint] = ()
    logarithmic: bool = False
    """Whether equal factors are equally far apart along x."""

    def __post_init__(self) -> None:
        if len(self.series) > SERIES:
            raise ValueError(f"{len(self.series)} series; {SERIES} can be told apart")
        if self.logarithmic and any(point.x is not None and point.x <= 0 for point in self.every):
            raise ValueError(f"axis {self.x.name!r} is logarithmic; its places must be above 0")

    @property
    def every(self) -> list[Point]:
        """All points, those of the series first."""
        return [*(point for one in self.series for point in one.points), *(one.point for one in self.named)]


def point_figure(  # noqa: PLR0913 - what points consist of, by keyword
    id: str,
    title: str,
    *,
    x: Axis,
    y: Axis,
    series: Sequence[PointSeries],
    named: Sequence[NamedPoint] = (),
    logarithmic: bool = False,
    doc: str,
) -> Figure:
    """A figure of :class:`Points`, whose errors it raises; ``doc`` says what is measured and how the intervals are computed."""
    return Figure(id, title, "points", plain(Points(x, y, series, named, logarithmic)), doc)
