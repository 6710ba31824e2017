"""Pareto fronts: what can be had of two goods at once, at which cost, and what was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from robustfashion.result.axis import Axis, Mark, check_finite
from robustfashion.result.figure import Figure
from robustfashion.result.plain import plain


@dataclass(frozen=True)
class FrontPoint:
    """One setting: where it lies, its third number (None: not known), and the setting in words.

    Raises:
        ValueError: a number is not finite.
    """

    x: float
    y: float
    cost: float | None = None
    text: str = ""

    def __post_init__(self) -> None:
        check_finite(f"point {self.text!r}", (self.x, self.y, self.cost))


@dataclass(frozen=True)
class Front:
    """Settings, the indices of those that no other one beats in x and y (by rising x), and points of interest.

    Raises:
        ValueError: an axis does not say which end is better, or ``front`` is not the front of the points.
    """

    x: Axis
    y: Axis
    cost: Axis | None
    points: Sequence[FrontPoint]
    front: Sequence[int]
    marks: Sequence[Mark] = ()

    def __post_init__(self) -> None:
        for axis in (self.x, self.y):
            if axis.better is None:
                raise ValueError(f"axis {axis.name!r} does not say which end is better")
        if list(self.front) != pareto_front(self.points, self.x, self.y):
            raise ValueError("front does not name the points that no other one beats")


def pareto_front(points: Sequence[FrontPoint], x: Axis, y: Axis) -> list[int]:
    """Indices, by rising x, of the points that no other one beats: as good in both and better in one. Of equals the first."""
    across, up = (1.0 if axis.better == "low" else -1.0 for axis in (x, y))
    found: list[int] = []
    best = float("inf")
    for k in sorted(range(len(points)), key=lambda k: (across * points[k].x, up * points[k].y, k)):
        if up * points[k].y < best:
            best = up * points[k].y
            found.append(k)
    return found if x.better == "low" else found[::-1]


def front_figure(  # noqa: PLR0913 - what a front consists of, by keyword
    id: str,
    title: str,
    *,
    x: Axis,
    y: Axis,
    points: Sequence[FrontPoint],
    cost: Axis | None = None,
    marks: Sequence[Mark] = (),
    doc: str,
) -> Figure:
    """A figure of :class:`Front`, whose errors it raises; the front is found here, ``doc`` says what the settings are."""
    return Figure(id, title, "front", plain(Front(x, y, cost, points, pareto_front(points, x, y), marks)), doc)
