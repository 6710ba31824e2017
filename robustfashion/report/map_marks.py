"""Marks of points on a map: a colour and a shape for each category or step of a number, and the paths that draw them.

Many points share one path, and a path names no colour but a class: 5,000 points take 60 kB, in either theme.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robustfashion.report.drawing import tick
from robustfashion.report.format import number, visible
from robustfashion.report.palette import MAP_SERIES, RAMP
from robustfashion.result.scatter_maps import GRID, Colouring, MapLayout

SIDE = 1000
"""Width and height of a drawing in its own units."""
_MARGIN = 22
SHAPES = ("circle", "square", "triangle", "diamond", "triangle-down", "cross", "dot", "plus")
"""The last two are of points without a value and of those that are joined as others."""
_DOT, _PLUS = 6, 7
_OWN_SHAPES = 6
MARKS = len(MAP_SERIES) * _OWN_SHAPES
"""Categories that have a mark of their own: neither their colours nor their shapes are those of their neighbours."""
LAYERS = 6
"""Every category is drawn in so many parts, by turns: none lies on top of all others where maps are crowded."""
_LARGE_PX, _SMALL_PX = 700, 240
"""Widths for which points have their size."""

Outline = tuple[str, float]
"""How a path goes on from the place of a point, and the width of its line; 0: it is filled.

Discs and squares are the ends of lines without length: two characters a point."""


@dataclass(frozen=True)
class Entry:
    """One line of a legend."""

    text: str
    count: int
    colour: str
    """Class of its colour."""
    shape: int
    """Index into :data:`SHAPES`."""


@dataclass(frozen=True)
class Legend:
    """What a colouring shows: its entries, the entry of every point, and the value of every point in words."""

    name: str
    doc: str
    entries: list[Entry]
    drawn: list[int]
    words: list[str]
    word: list[int]
    """Of each point, index into ``words``."""
    joined: str = ""
    """Says which categories share a mark; empty: none do."""


def legend(colouring: Colouring) -> Legend:
    """Entries of a colouring; points without a value come last."""
    return _categories(colouring) if colouring.kind == "category" else _numbers(colouring)


def _categories(colouring: Colouring) -> Legend:
    counts = Counter(int(value) for value in colouring.values if value is not None)
    kept = sorted(sorted(range(len(colouring.categories)), key=lambda k: (-counts[k], k))[:MARKS])
    names = [visible(name) for name in colouring.categories]
    entries = [
        Entry(names[k], counts[k], f"c{place % len(MAP_SERIES)}", place % _OWN_SHAPES) for place, k in enumerate(kept)
    ]  # fmt: skip
    place_of = {k: place for place, k in enumerate(kept)}
    rest = [k for k in range(len(names)) if k not in place_of]
    joined = ""
    if rest:
        entries.append(Entry(f"others ({len(rest)})", sum(counts[k] for k in rest), "none", _PLUS))
        place_of |= dict.fromkeys(rest, len(kept))
        joined = f"The {len(rest)} rarest of {len(names)} share a mark; pointing at a product tells its own."
    drawn = [-1 if value is None else place_of[int(value)] for value in colouring.values]
    word = [len(names) if value is None else int(value) for value in colouring.values]
    return Legend(colouring.name, colouring.doc, *_with_none(entries, drawn, "none"), [*names, "none"], word, joined)


def _numbers(colouring: Colouring) -> Legend:
    edges, unit = colouring.edges, colouring.unit
    bins = len(edges) - 1
    inner = np.asarray(edges[1:-1])
    drawn = [-1 if value is None else int(np.searchsorted(inner, value, side="right")) for value in colouring.values]
    counts = Counter(drawn)
    colours = [f"r{round(k * (RAMP - 1) / max(bins - 1, 1))}" for k in range(bins)]
    ends = [tick(edge, unit) if unit in ("share", "number", "count") else number(edge, unit) for edge in edges]
    entries = [Entry(f"{ends[k]} to {ends[k + 1]}", counts[k], colours[k], 0) for k in range(bins)]
    texts = ["n/a" if value is None else number(value, unit) for value in colouring.values]
    words = list(dict.fromkeys(texts))
    index = {text: k for k, text in enumerate(words)}
    shown = _with_none(entries, drawn, "no value")
    return Legend(colouring.name, colouring.doc, *shown, words, [index[text] for text in texts])


def _with_none(entries: list[Entry], drawn: list[int], text: str) -> tuple[list[Entry], list[int]]:
    """An entry for the points that have none yet, where there are any."""
    missing = drawn.count(-1)
    if missing:
        entries = [*entries, Entry(text, missing, "none", _DOT)]
    return entries, [len(entries) - 1 if k == -1 else k for k in drawn]


def places(layout: MapLayout) -> list[tuple[int, int] | None]:
    """Where each point is drawn, 0 to :data:`SIDE`, rightwards and downwards; None: nowhere."""
    scale = (SIDE - 2 * _MARGIN) / (GRID - 1)
    return [
        None if x is None or y is None else (round(_MARGIN + x * scale), round(SIDE - _MARGIN - y * scale))
        for x, y in zip(layout.x, layout.y, strict=True)
    ]


def outlines(n: int, large: bool) -> list[Outline]:
    """The shapes at the size that suits ``n`` points, in the order of :data:`SHAPES`; all cover about the same area."""
    px = (2.3 if n > 2000 else 3.1 if n > 500 else 4.2 if n > 100 else 5.2) if large else (1.35 if n > 500 else 1.8)
    r = px * SIDE / (_LARGE_PX if large else _SMALL_PX)
    digits = 1 if large else 0  # of a small drawing a unit is a quarter of a pixel
    tip, foot, wide, lozenge, arm = (f"{round(f * r, digits):g}" for f in (1.4, 2.15, 1.25, 1.3, 0.95))
    base, long = (f"{2 * float(half):g}" for half in (wide, arm))
    thin = round(0.75 * r, 1)
    return [
        ("h0", round(2 * r, 1)),
        ("h0", round(1.78 * r, 1)),
        (f"m0-{tip}l{wide} {foot}h-{base}z", 0),
        (f"m0-{lozenge}l{lozenge} {lozenge}-{lozenge} {lozenge}-{lozenge}-{lozenge}z", 0),
        (f"m0 {tip}l{wide}-{foot}h-{base}z", 0),
        (f"m-{arm}-{arm}l{long} {long}m0-{long}l-{long} {long}", thin),
        ("h0", round(1.1 * r, 1)),
        (f"m-{arm} 0h{long}m-{arm}-{arm}v{long}", thin),
    ]


def paths(at: Sequence[tuple[int, int] | None], shown: Legend, shapes: Sequence[Outline]) -> list[tuple[Entry, str]]:
    """Path data by entry, in the order of drawing; an entry comes once a layer."""
    found: list[dict[int, list[str]]] = [{} for _ in range(LAYERS)]
    for i, place in enumerate(at):
        if place is not None:
            entry = shown.entries[shown.drawn[i]]
            dot = f"M{place[0]} {place[1]}{shapes[entry.shape][0]}"
            found[i % LAYERS].setdefault(shown.drawn[i], []).append(dot)
    backwards = range(len(shown.entries) - 1, -1, -1)
    return [(shown.entries[k], "".join(layer[k])) for layer in found for k in backwards if k in layer]
