"""Dials and displays of watches by the cues of the display-type labels."""

from collections.abc import Callable

import numpy as np

from robustfashion.data.synthetic.curves import Points, ellipse, join, points, ribbon, rounded_box, shifted, turned
from robustfashion.data.synthetic.products.glyphs import segments, strokes
from robustfashion.data.synthetic.products.watch_case import METALS, case_outline
from robustfashion.data.synthetic.scene import Piece, flat, luma, plain, shade
from robustfashion.data.synthetic.shading import Body
from robustfashion.data.synthetic.spec import Colour, ProductSpec

_ROMAN = ("XII", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI")


def _ink(ground: Colour) -> Colour:
    return (240, 238, 232) if luma(ground) < 140 else (34, 34, 38)


def _mark(inner: float, outer: float, width: float, degrees: float) -> Points:
    return turned(points([(-width / 2, -outer), (width / 2, -outer), (width / 2, -inner), (-width / 2, -inner)]), degrees)


def _face(spec: ProductSpec) -> list[Piece]:
    radius = 0.5 * spec.number("bezel_inner")
    shadow = case_outline(spec, radius * 0.99)
    return [
        Piece("dial", (case_outline(spec, radius),), plain(spec.colour("dial")), Body(0.0, 0.05, 0.06, 6.0)),
        flat("dial_rim", [shadow], (0, 0, 0), 0.0),
    ]  # fmt: skip


def _scale(spec: ProductSpec, radius: float) -> list[Piece]:
    """Minute ticks, hour marks and numerals."""
    ink = _ink(spec.colour("dial"))
    minutes = [_mark(radius * 0.94, radius * 0.99, radius * 0.012, 6 * k) for k in range(60) if k % 5]
    hours = [_mark(radius * 0.86, radius * 0.99, radius * 0.035, 30 * k) for k in range(12)]
    parts = [flat("minutes", minutes, ink, 0.9)] if spec.word("ticks") == "minutes" else []
    kind = spec.word("numerals")
    if kind == "marks":
        return [
            *parts,
            Piece(
                "hours",
                tuple(_mark(radius * 0.74, radius * 0.96, radius * 0.06, 30 * k) for k in range(12)),
                plain(METALS["steel"] if luma(spec.colour("dial")) < 140 else ink),
                Body(0.6, 0.01, 0.3, 20),
            ),
        ]
    outlines = []
    for k in range(12):
        if kind == "quarters" and k % 3:
            continue
        text = _ROMAN[k] if kind == "roman" else str(k or 12)
        place = radius * 0.74 * np.array([np.sin(np.pi * k / 6), -np.cos(np.pi * k / 6)])
        outlines += strokes(text, place.tolist(), radius * 0.17)
    return [*parts, flat("hours", hours, ink, 0.9), flat("numerals", outlines, ink, 0.95)]


def _hand(length: float, width: float, degrees: float, tail: float = 0.12) -> Points:
    shape = points(
        [
            (-width / 2, length * tail),
            (-width / 2, -length * 0.8),
            (0, -length),
            (width / 2, -length * 0.8),
            (width / 2, length * tail),
        ]
    )
    return turned(shape, degrees)


def _hands(spec: ProductSpec, radius: float, seconds: bool) -> list[Piece]:
    rng = spec.style_stream("time")
    hour, minute, second = rng.uniform(0, 360), rng.uniform(0, 360), rng.uniform(0, 360)
    ink = _ink(spec.colour("dial"))
    both = [_hand(radius * 0.55, radius * 0.075, hour), _hand(radius * 0.85, radius * 0.055, minute)]
    parts = [
        flat("hand_shadow", [shifted(hand, 0.012, 0.016) for hand in both], (0, 0, 0), 0.28),
        Piece(
            "hands",
            tuple(both),
            plain(METALS.get(spec.word("metal"), ink) if spec.word("hands") == "metal" else ink),
            Body(0.5, 0.008, 0.2, 20),
        ),
    ]
    if seconds:
        parts.append(
            flat(
                "second_hand",
                [_hand(radius * 0.9, radius * 0.016, second, 0.25)],
                spec.colours[2],
                0.95,
            )
        )
    return [
        *parts,
        Piece(
            "pivot", (ellipse((0, 0), (radius * 0.055, radius * 0.055), 20),), plain(METALS["steel"]), Body(0.9, 0.01, 0.4, 20)
        ),
    ]


def _window(spec: ProductSpec, radius: float) -> list[Piece]:
    """Date window; a distractor on analogue dials."""
    if spec.word("date") == "none":
        return []
    box = rounded_box(radius * 0.52, -radius * 0.09, radius * 0.76, radius * 0.09, 0.008)
    text = strokes(str(1 + int(spec.style_stream("date").integers(31))), (radius * 0.64, 0), radius * 0.12)
    return [flat("date", [box], (244, 244, 240)), flat("date_text", text, (30, 30, 30))]


def _sub_dial(spec: ProductSpec, centre: tuple[float, float], radius: float, turn: float) -> list[Piece]:
    """A small dial inside the dial; fainter where the display is ambiguous."""
    faint = 1 - 0.7 * spec.doubt("display_type")
    ground, ink = spec.colour("dial"), _ink(spec.colour("dial"))
    tone = shade(ground, 0.16 * faint)
    marks = [_mark(radius * 0.72, radius * 0.92, radius * 0.07, 30 * k) + centre for k in range(12)]
    ring = ribbon(ellipse(centre, (radius, radius), 41), radius * 0.10)
    return [
        Piece("sub_dial", (ellipse(centre, (radius, radius), 40),), plain(tone), Body(-0.35, 0.012)),
        flat("sub_ring", [ring], ink, 0.75 * faint),
        flat("sub_marks", marks, ink, 0.85 * faint),
        flat("sub_hand", [_hand(radius * 0.85, radius * 0.12, turn) + centre], ink),
    ]


def _analogue(spec: ProductSpec) -> list[Piece]:
    """Hands; where ambiguous, a small second or a window as the other displays have them."""
    radius = 0.5 * spec.number("bezel_inner")
    parts = [*_face(spec), *_scale(spec, radius)]
    chronograph, digital = (spec.doubt("display_type", other) for other in ("Chronograph", "Analogue-Digital"))
    small_second = spec.word("small_second") == "yes" or chronograph > 0
    if digital > 0:
        parts += _lcd(spec, -radius * 0.2, radius * 0.36, radius * 0.4, radius * 0.05 + radius * 0.16 * digital)
    elif chronograph == 0:
        parts += _window(spec, radius)
    if small_second and digital == 0:
        parts += _sub_dial(spec, (0, radius * 0.45), radius * (0.24 + 0.04 * chronograph), 200.0)
    return [*parts, *_hands(spec, radius, not small_second)]


def _chronograph(spec: ProductSpec) -> list[Piece]:
    radius = 0.5 * spec.number("bezel_inner")
    layout = [(-0.45, 0.0), (0.45, 0.0), (0.0, 0.45)] if spec.word("sub_dials") == "three" else [(-0.45, 0.0), (0.45, 0.0)]
    turns = spec.style_stream("chronograph").uniform(0, 360, 3)
    parts = [*_face(spec), *_scale(spec, radius)]
    for (x, y), turn in zip(layout, turns, strict=False):
        parts += _sub_dial(spec, (radius * x, radius * y), radius * 0.28, float(turn))
    return [*parts, *_hands(spec, radius, True)]


def _lcd(spec: ProductSpec, left: float, top: float, width: float, height: float) -> list[Piece]:
    """A display with the time, and whatever else fits."""
    rng = spec.style_stream("time")
    glass = spec.colour("lcd")
    ink = (28, 34, 30) if luma(glass) > 110 else (236, 238, 232)
    hour, minute = int(rng.integers(10, 24)), int(rng.integers(60))
    digit = min(height * 0.52, width * 0.30)
    span = digit * 3.25
    text = segments(f"{hour:02d}:{minute:02d}", left + (width - span) / 2, top + height * 0.40, digit)
    small = segments(
        f"{int(rng.integers(1, 13))} {int(rng.integers(10, 29))}", left + width * 0.12, top + height * 0.10, height * 0.17
    )
    screen = rounded_box(left, top, left + width, top + height, 0.03)
    edge = ribbon(join(screen, screen[:1]), 0.012)
    return [
        Piece("lcd", (screen,), plain(glass), Body(-0.3, 0.02)),
        flat("lcd_edge", [edge], shade(glass, 0.6)),
        flat("segments", text + small, ink, 0.92),
    ]


def _digital(spec: ProductSpec) -> list[Piece]:
    radius = 0.5 * spec.number("bezel_inner")
    wide = 0.62 if spec.word("case") == "round" else 0.70
    frame = case_outline(spec, radius)
    parts = [Piece("dial", (frame,), plain(spec.colour("dial")), Body(0.2, 0.03))]
    label = [ribbon(points([(-radius * 0.3, y), (radius * 0.3, y)]), radius * 0.06) for y in (-radius * 0.62, radius * 0.66)]
    parts.append(flat("label", label, _ink(spec.colour("dial")), 0.6))
    doubt = spec.doubt("display_type")
    if doubt > 0:
        marks = [_mark(radius * (0.95 - 0.12 * doubt), radius * 0.97, radius * 0.04, 30 * k) for k in range(12)]
        parts.append(flat("hours", marks, _ink(spec.colour("dial")), 0.9))
    return [*parts, *_lcd(spec, -radius * wide, -radius * 0.42, 2 * radius * wide, radius * 0.84)]


def _both(spec: ProductSpec) -> list[Piece]:
    radius = 0.5 * spec.number("bezel_inner")
    size = 1 - 0.5 * spec.doubt("display_type")
    window = _lcd(spec, -radius * 0.5 * size, radius * (0.44 - 0.20 * size), radius * size, radius * 0.42 * size)
    return [*_face(spec), *_scale(spec, radius), *window, *_hands(spec, radius, spec.word("ticks") == "minutes")]


DIALS: dict[str, Callable[[ProductSpec], list[Piece]]] = {
    "Analogue": _analogue, "Chronograph": _chronograph, "Digital": _digital, "Analogue-Digital": _both,
}  # fmt: skip
"""Dials by label."""
