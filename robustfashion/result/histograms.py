"""Histograms: how a score is distributed in groups of very different size."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from robustfashion.result.axis import Axis, check_finite
from robustfashion.result.figure import Figure
from robustfashion.result.plain import plain


@dataclass(frozen=True)
class Group:
    """Counts [b] of one group, how many lie below the first and above the last edge, and a text about it.

    Groups of one ``family`` share a colour.

    Raises:
        ValueError: a count is negative.
    """

    name: str
    counts: Sequence[int]
    family: str = ""
    text: str = ""
    below: int = 0
    above: int = 0

    def __post_init__(self) -> None:
        if any(count < 0 for count in (*self.counts, self.below, self.above)):
            raise ValueError(f"group {self.name!r} has a negative count")

    @property
    def n(self) -> int:
        """Members, those beyond the edges included."""
        return sum(self.counts) + self.below + self.above


@dataclass(frozen=True)
class Threshold:
    """A named place on the axis.

    Raises:
        ValueError: the place is not finite.
    """

    name: str
    value: float

    def __post_init__(self) -> None:
        check_finite(f"threshold {self.name!r}", (self.value,))


@dataclass(frozen=True)
class Histogram:
    """Groups by common bins: bin b reaches from ``edges[b]`` to below ``edges[b + 1]``, the last one to its upper edge.

    Raises:
        ValueError: the edges do not rise, or a group has another number of counts than there are bins.
    """

    x: Axis
    edges: Sequence[float]
    groups: Sequence[Group]
    thresholds: Sequence[Threshold] = ()

    def __post_init__(self) -> None:
        check_finite("edges", self.edges)
        if len(self.edges) < 2 or not all(a < b for a, b in pairwise(self.edges)):
            raise ValueError("edges must be two or more numbers that rise")
        for group in self.groups:
            if len(group.counts) != len(self.edges) - 1:
                raise ValueError(f"group {group.name!r} has {len(group.counts)} counts for {len(self.edges) - 1} bins")


def histogram(
    id: str,
    title: str,
    *,
    x: Axis,
    edges: Sequence[float],
    groups: Sequence[Group],
    thresholds: Sequence[Threshold] = (),
    doc: str,
) -> Figure:
    """A figure of :class:`Histogram`, whose errors it raises; ``doc`` says what the groups are."""
    return Figure(id, title, "histogram", plain(Histogram(x, edges, groups, thresholds)), doc)
