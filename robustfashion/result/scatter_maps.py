"""Maps: the same products laid out in a plane in several ways, and what they can be coloured by."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from robustfashion.result.axis import check_finite
from robustfashion.result.cards import bare
from robustfashion.result.figure import Figure
from robustfashion.result.plain import plain
from robustfashion.result.table import Unit
from robustfashion.stats import FloatArray

GRID = 4096
"""Places along either side of a layout: finer than any screen."""
MOST_POINTS = 20_000
"""A page holds no more; draw a sample of a larger set."""
MOST_BINS = 7
"""Colours of a scale of numbers that are told apart."""
_BINS = 5
_DIGITS = 4
"""Significant digits of the numbers that colour points."""


@dataclass(frozen=True)
class Thumbnails:
    """One picture that holds a small picture of every point, row by row in their order.

    Raises:
        ValueError: ``image`` is not a bare file name, or a size is not positive.
    """

    image: str
    """Name of a file in ``images/``."""
    columns: int
    cell: int
    """Width and height of each small picture, px."""

    def __post_init__(self) -> None:
        bare(self.image)
        if self.columns < 1 or self.cell < 1:
            raise ValueError(f"thumbnails of {self.columns} columns and {self.cell} px: both are at least 1")


@dataclass(frozen=True)
class MapPoints:
    """Products on a map: their names, the group of each (empty: none are told), their pictures (None: there are none)."""

    names: Sequence[str]
    groups: Sequence[str] = ()
    thumbnails: Thumbnails | None = None

    def __post_init__(self) -> None:
        if len(self.names) > MOST_POINTS:
            raise ValueError(f"a map shows at most {MOST_POINTS:,} points, not {len(self.names):,}: draw a sample")
        if self.groups and len(self.groups) != len(self.names):
            raise ValueError(f"{len(self.groups)} groups for {len(self.names)} points")


@dataclass(frozen=True)
class MapLayout:
    """Where each point lies: whole numbers from 0 to :data:`GRID` - 1, rightwards and upwards; None: it is not on this map.

    :func:`map_layout` makes one of real positions.

    Raises:
        ValueError: ``x`` and ``y`` do not belong together, or a place is off the grid.
    """

    title: str
    x: Sequence[int | None]
    y: Sequence[int | None]
    caption: str
    """Stands under the map: how faithful it is, and what is so in the original space."""
    large: bool = False
    colouring: str = ""
    """Name of the colouring in which it is drawn until the reader chooses one; empty: the first."""

    def __post_init__(self) -> None:
        if [x is None for x in self.x] != [y is None for y in self.y]:
            raise ValueError(f"layout {self.title!r}: x and y are not known of the same points")
        off = [v for v in (*self.x, *self.y) if v is not None and not 0 <= v < GRID]
        if off:
            raise ValueError(f"layout {self.title!r} has a point at {off[0]}; places are 0 to {GRID - 1}")


@dataclass(frozen=True)
class Colouring:
    """What the points can be coloured by; :func:`by_category` and :func:`by_number` make one.

    Raises:
        ValueError: a value is no category, is not finite or lies outside of the edges; edges that do not rise, or too many.
    """

    name: str
    kind: Literal["category", "number"]
    values: Sequence[float | None]
    """Of each point: the index of its category, or its number; None: it has none."""
    doc: str
    categories: Sequence[str] = ()
    unit: Unit = "number"
    edges: Sequence[float] = ()
    """Numbers between which points get the same colour, from the lowest to the highest."""

    def __post_init__(self) -> None:
        check_finite(f"colouring {self.name!r}", self.values)
        known = [value for value in self.values if value is not None]
        if self.kind == "category":
            if not all(isinstance(v, int) and 0 <= v < len(self.categories) for v in known):
                raise ValueError(f"colouring {self.name!r} has a value that is none of its {len(self.categories)} categories")
            return
        check_finite(f"edges of colouring {self.name!r}", self.edges)
        if not 2 <= len(self.edges) <= MOST_BINS + 1 or not all(a < b for a, b in pairwise(self.edges)):
            raise ValueError(f"colouring {self.name!r} needs 2 to {MOST_BINS + 1} rising edges, not {list(self.edges)}")
        if known and not self.edges[0] <= min(known) <= max(known) <= self.edges[-1]:
            raise ValueError(f"colouring {self.name!r} has values from {min(known)} to {max(known)}, beyond its edges")


@dataclass(frozen=True)
class ScatterMap:
    """The same points in several layouts; the first colouring is the one that is drawn, the others can be chosen.

    Raises:
        ValueError: no layout or no colouring, one that is not of as many points, or a layout's colouring that is not there.
    """

    points: MapPoints
    layouts: Sequence[MapLayout]
    colourings: Sequence[Colouring]

    def __post_init__(self) -> None:
        n = len(self.points.names)
        if not self.layouts or not self.colourings:
            raise ValueError("a map needs a layout and a colouring")
        counts = {f"layout {layout.title!r}": len(layout.x) for layout in self.layouts}
        counts |= {f"colouring {colouring.name!r}": len(colouring.values) for colouring in self.colourings}
        for where, count in counts.items():
            if count != n:
                raise ValueError(f"{where} is of {count} points, not {n}")
        names = {"", *(colouring.name for colouring in self.colourings)}
        for layout in self.layouts:
            if layout.colouring not in names:
                raise ValueError(f"layout {layout.title!r}: there is no colouring {layout.colouring!r}")


def map_layout(title: str, positions: FloatArray, *, caption: str, large: bool = False, colouring: str = "") -> MapLayout:
    """A layout of real positions, shifted and scaled to the grid; distances keep their proportions.

    Args:
        title: what made it, such as ``t-SNE, perplexity 30, seed 0``.
        positions: [n, 2], rightwards and upwards; a row with NaN is a point that is not on this map.
        caption: how faithful it is, and the number that answers the question in the original space.
        large: draw it large; where no layout is, the first is.
        colouring: as in :class:`MapLayout`.

    Raises:
        ValueError: ``positions`` is of another shape, or infinite.
    """
    positions = np.asarray(positions, np.float64)
    if positions.ndim != 2 or positions.shape[1] != 2 or np.isinf(positions).any():
        raise ValueError(f"layout {title!r}: positions {positions.shape} are not finite numbers [n, 2]")
    there = ~np.isnan(positions).any(axis=1)
    nowhere: list[int | None] = [None] * len(positions)
    x, y = list(nowhere), list(nowhere)
    if there.any():
        known = positions[there]
        low, high = known.min(axis=0), known.max(axis=0)
        extent = float((high - low).max()) or 1.0
        placed = np.rint(((known - (low + high) / 2) / extent + 0.5) * (GRID - 1)).astype(int)
        for i, (across, up) in zip(np.flatnonzero(there).tolist(), placed.tolist(), strict=True):
            x[i], y[i] = across, up
    return MapLayout(title, x, y, caption, large, colouring)


def by_category(name: str, labels: Sequence[str | None], *, categories: Sequence[str] = (), doc: str) -> Colouring:
    """Colour points by a label.

    Args:
        name: what it is called where it is chosen.
        labels: of each point; None: it has none.
        categories: labels in the order of the legend; default: those that occur, the most frequent first.
        doc: what the labels mean.

    Raises:
        ValueError: a label is no category.
    """
    counts = Counter(label for label in labels if label is not None)
    order = list(categories) or sorted(counts, key=lambda label: (-counts[label], label))
    index = {label: k for k, label in enumerate(order)}
    for label in counts:
        if label not in index:
            raise ValueError(f"colouring {name!r}: label {label!r} is none of its {len(order)} categories")
    return Colouring(name, "category", [None if label is None else index[label] for label in labels], doc, order)


def by_number(
    name: str, values: Sequence[float | None] | FloatArray, *, unit: Unit, edges: Sequence[float] = (), doc: str
) -> Colouring:
    """Colour points by a number.

    Args:
        name: what it is called where it is chosen.
        values: of each point, in ``unit``; None or NaN: it has none. Four significant digits are kept.
        unit: of the numbers.
        edges: two to eight rising numbers between which points get the same colour; default: five equal steps, of a share from
            0 to 1, else from the lowest to the highest value.
        doc: what the numbers mean.

    Raises:
        ValueError: as :class:`Colouring`.
    """
    kept = [None if v is None or np.isnan(v) else float(f"{float(v):.{_DIGITS}g}") for v in values]
    found = [float(edge) for edge in edges] or _steps([v for v in kept if v is not None], unit)
    return Colouring(name, "number", kept, doc, unit=unit, edges=found)


def _steps(values: Sequence[float], unit: Unit) -> list[float]:
    check_finite("values", values)
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if unit == "share" and 0 <= low <= high <= 1:
        low, high = 0.0, 1.0
    if low == high:
        low, high = low - 0.5, high + 0.5
    return [float(f"{edge:.6g}") for edge in np.linspace(low, high, _BINS + 1)]


def map_figure(
    id: str,
    title: str,
    *,
    points: MapPoints,
    layouts: Sequence[MapLayout],
    colourings: Sequence[Colouring],
    doc: str,
) -> Figure:
    """A figure of :class:`ScatterMap`, whose errors it raises; ``doc`` says which points these are and what to read from them."""
    return Figure(id, title, "map", plain(ScatterMap(points, layouts, colourings)), doc)
