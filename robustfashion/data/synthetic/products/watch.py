"""Wrist watches from the front; 1 unit is the case's diameter, (0, 0) the middle of the dial."""

from collections.abc import Callable

import numpy as np

from robustfashion.data.synthetic.curves import Points, arc, ellipse, join, line, points, ribbon, rounded_box, shifted, turned
from robustfashion.data.synthetic.products.dials import DIALS
from robustfashion.data.synthetic.products.watch_case import case_outline, fittings, metal_body
from robustfashion.data.synthetic.scene import Piece, Product, darker, fabric, flat, lighter, luma, plain, shade
from robustfashion.data.synthetic.shading import Array, Body
from robustfashion.data.synthetic.spec import ProductSpec


def _half_width(spec: ProductSpec, y: Array) -> Array:
    """Half width of the strap at a distance from the middle."""
    share = np.clip((np.abs(y) - 0.4) / 1.4, 0, 1)
    return spec.number("strap_width") / 2 * (1 - spec.number("taper") * share)


def _strap_outline(spec: ProductSpec, sign: float, length: float) -> Points:
    y = np.linspace(0.30, length, 16)
    half = _half_width(spec, y)
    right = np.stack([half, sign * y], axis=1)
    end = arc((0, sign * length), (half[-1], 0.10 if spec.word("strap_end") == "round" else 0.02), 0, 180 * sign, 12)
    return join(right, end[1:-1], right[::-1] * (-1.0, 1.0))


def _curved(spec: ProductSpec) -> Body:
    """The strap bends away from the camera towards its ends."""
    gloss = max(spec.number("gloss"), 0.22 if spec.word("strap") == "leather" else 0.0)
    fall = spec.number("bend")

    def relief(_x: Array, y: Array) -> Array:
        """Height of the bent strap."""
        return -fall * np.maximum(np.abs(y) - 0.45, 0) ** 2

    return Body(0.55, 0.05, gloss, 20.0, relief)


def _cloth_strap(spec: ProductSpec, length: float) -> list[Piece]:
    body = _curved(spec)
    surface = fabric(spec)
    outlines = [_strap_outline(spec, sign, reach) for sign, reach in ((-1.0, length * 0.88), (1.0, length))]
    parts = [Piece("strap", tuple(outlines), surface, body)]
    ground = spec.colours[0]
    thread = lighter(ground, 0.55) if luma(ground) < 140 else darker(ground, 0.4)
    if spec.word("strap") == "leather":
        y = np.linspace(0.5, length * 0.85, 30)
        inset = _half_width(spec, y) - 0.03
        seams = [ribbon(np.stack([side * inset, sign * y], axis=1), 0.010) for side in (-1, 1) for sign in (-1, 1)]
        parts.append(flat("strap_stitch", seams, thread, 0.8))
    holes = [ellipse((0, y), (0.017, 0.024), 14) for y in np.arange(length * 0.62, length * 0.95, 0.095)]
    return [*parts, flat("holes", holes, (20, 20, 22), 0.75), *_buckle(spec, length * 0.88)]


def _buckle(spec: ProductSpec, length: float) -> list[Piece]:
    half = float(_half_width(spec, np.array([length]))[0])
    frame = rounded_box(-half - 0.035, -length - 0.14, half + 0.035, -length + 0.02, 0.04)
    hole = rounded_box(-half + 0.01, -length - 0.10, half - 0.01, -length - 0.02, 0.02)
    metal = plain(fittings(spec))
    pin = points([(-0.014, -length - 0.13), (0.014, -length - 0.13), (0.014, -length + 0.02), (-0.014, -length + 0.02)])
    return [Piece("buckle", (frame,), metal, metal_body(), (hole,), casts=0.2), Piece("pin", (pin,), metal, metal_body())]


def _bracelet(spec: ProductSpec, length: float) -> list[Piece]:
    """Links in three columns, rows of equal height, of metal or resin in the watch's colour."""
    metal = spec.colours[0]
    body = Body(0.6, 0.06, 0.35, 40.0, _curved(spec).relief)
    parts = [Piece("strap", tuple(_strap_outline(spec, sign, length) for sign in (-1.0, 1.0)), plain(metal), body)]
    pitch = spec.number("link")
    rows = np.arange(0.46, length, pitch)
    gaps, middle = [], []
    for sign in (-1, 1):
        for y in rows:
            half = float(_half_width(spec, np.array([y]))[0])
            gaps.append(ribbon(line((-half, sign * y), (half, sign * y)), pitch * 0.12))
            inner = half * 0.42
            if y + pitch < length:
                middle.append(
                    rounded_box(
                        -inner,
                        min(sign * (y + pitch * 0.5), sign * (y + pitch * 1.42)),
                        inner,
                        max(sign * (y + pitch * 0.5), sign * (y + pitch * 1.42)),
                        0.02,
                    )
                )
    parts.append(flat("link_gaps", gaps, shade(metal, 0.6), 0.85))
    if spec.word("link_style") == "three":
        tone = spec.colours[2] if spec.word("two_tone") == "yes" else metal
        parts.append(Piece("links", tuple(middle), plain(tone), Body(0.9, 0.025, 0.4, 40.0)))
    return parts


STRAPS: dict[str, Callable[[ProductSpec, float], list[Piece]]] = {
    "leather": _cloth_strap, "fabric": _cloth_strap, "rubber": _cloth_strap, "metal": _bracelet,
}  # fmt: skip
"""Straps by material."""


def _lugs(spec: ProductSpec) -> list[Points]:
    half = spec.number("strap_width") / 2
    if spec.word("case") == "cushion":
        return [rounded_box(-half - 0.05, -0.60, half + 0.05, 0.60, 0.08)]
    lug = points([(half, 0.30), (half + 0.085, 0.28), (half + 0.055, 0.60), (half - 0.005, 0.60)])
    return [lug * (s, t) for s in (-1, 1) for t in (-1, 1)]


def _knobs(spec: ProductSpec, edge: float) -> list[Points]:
    """Crown, pushers of a chronograph, or the four buttons of a display; ``edge`` is the case's half width."""
    if spec.word("display_type") in ("Digital", "Analogue-Digital"):
        button = rounded_box(edge, -0.055, edge + 0.05, 0.055, 0.02)
        return [shifted(button, 0, y) * (s, 1) for s in (-1, 1) for y in (-0.22, 0.22)]
    knobs = [rounded_box(edge - 0.02, -0.06, edge + 0.07, 0.06, 0.02)]
    if spec.word("display_type") == "Chronograph":
        knobs += [turned(rounded_box(edge - 0.04, -0.045, edge + 0.06, 0.045, 0.015), angle) for angle in (-32, 32)]
    return knobs


def _case(spec: ProductSpec) -> list[Piece]:
    casing = plain(spec.colour("casing"))
    body, outline = metal_body(), case_outline(spec, 0.5)
    parts = [
        Piece("lugs", tuple(_lugs(spec)), casing, body),
        Piece("crown", tuple(_knobs(spec, float(np.max(outline[:, 0])))), casing, body),
        Piece("case", (outline,), casing, body, casts=0.5),
    ]
    ring = spec.colour("ring")
    inner = case_outline(spec, 0.5 * spec.number("bezel_inner"))
    parts.append(Piece("bezel", (case_outline(spec, 0.47),), plain(ring), Body(0.8, 0.03, 0.4, 50.0), (inner,)))
    if spec.word("bezel") == "diver":
        mark = lighter(ring, 0.8) if luma(ring) < 150 else darker(ring, 0.7)
        middle = (0.47 + 0.5 * spec.number("bezel_inner")) / 2
        bar = points([(-0.008, -middle - 0.02), (0.008, -middle - 0.02), (0.008, -middle + 0.02), (-0.008, -middle + 0.02)])
        parts.append(flat("bezel_marks", [turned(bar, 6 * k) for k in range(0, 60, 2)], mark, 0.85))
    return parts


def _glass(spec: ProductSpec) -> list[Piece]:
    radius = 0.5 * spec.number("bezel_inner")
    gleam = points(
        [
            (-radius * 0.75, -radius * 0.1),
            (-radius * 0.05, -radius * 0.8),
            (radius * 0.28, -radius * 0.72),
            (-radius * 0.6, radius * 0.3),
        ]
    )
    return [flat("gleam", [turned(gleam, spec.number("gleam_angle"))], (255, 255, 255), spec.number("gleam"))]


def watch(spec: ProductSpec) -> Product:
    """Parts of a watch: strap, case, dial or display, glass."""
    length = spec.number("strap_length")
    parts = [*STRAPS[spec.word("strap")](spec, length), *_case(spec), *DIALS[spec.word("display_type")](spec), *_glass(spec)]
    return Product(tuple(parts), written=True)
