"""Look-alikes of watches and luggage."""

import numpy as np

from robustfashion.data.synthetic.curves import ellipse, line, points, ribbon, rounded_box, shifted, spline
from robustfashion.data.synthetic.products.dials import DIALS
from robustfashion.data.synthetic.products.watch_case import METALS, case_outline
from robustfashion.data.synthetic.scene import Piece, Product, darker, fabric, flat, lighter, luma, plain
from robustfashion.data.synthetic.shading import Body, ridges
from robustfashion.data.synthetic.spec import Colour, ProductSpec


def bangle(spec: ProductSpec) -> Product:
    """A bracelet seen from above at an angle: a ring, some with stones."""
    tilt, thick = spec.number("tilt"), spec.number("thickness_of_ring")
    metal = plain(METALS[spec.word("metal")])
    outer, inner = ellipse((0, 0), (0.5, 0.5 * tilt), 72), ellipse((0, 0), (0.5 - thick * 0.55, 0.5 * tilt - thick * 0.5), 72)
    wall = ellipse((0, thick * 0.9), (0.5, 0.5 * tilt), 72)
    parts = [
        Piece("ring_far", (outer,), plain(darker(METALS[spec.word("metal")], 0.35)), Body(0.6, 0.03, 0.3, 20.0), (inner,)),
        Piece("ring", (wall,), metal, Body(1.0, 0.06, 0.5, 22.0), (shifted(inner, 0, thick * 0.15),), casts=0.2),
    ]
    count = int(spec.number("stones"))
    angles = np.radians(np.linspace(55, 125, count)) if count > 1 else np.radians([90.0] * count)
    size = thick * 0.3
    stones = tuple(ellipse((0.47 * np.cos(a), thick * 0.65 + 0.47 * tilt * np.sin(a)), (size, size), 16) for a in angles)
    if stones:
        parts.append(Piece("stones", stones, plain(spec.colours[2]), Body(0.8, 0.02, 0.7, 40.0), casts=0.3))
    return Product(tuple(parts))


def wall_clock(spec: ProductSpec) -> Product:
    """A clock without strap, lugs or crown."""
    case = Piece("case", (case_outline(spec, 0.5),), plain(spec.colour("casing")), Body(1.0, 0.045, 0.35, 22.0), casts=0.4)
    return Product((case, *DIALS["Analogue"](spec)), written=True)


def _trim(spec: ProductSpec) -> Colour:
    ground = spec.colours[0]
    return darker(ground, 0.5) if luma(ground) > 60 else lighter(ground, 0.22)


def handbag(spec: ProductSpec) -> Product:
    """A lady's bag with one arched handle."""
    wide, high, top = spec.number("wide"), spec.number("high"), spec.number("narrowing")
    size, reach = (wide, high), spec.number("grip")
    body = spline(points([(-top, -1), (top, -1), (1, -0.3), (0.94, 0), (-0.94, 0), (-1, -0.3)]) * size, 6, closed=True)
    lift = points([(0, 0), (0, reach * 0.8), (0, reach), (0, reach * 0.8), (0, 0)])
    grip = spline(points([(-0.5, -0.9), (-0.42, -1), (0, -1), (0.42, -1), (0.5, -0.9)]) * size - lift, 8)
    rings = tuple(ellipse((s * wide * 0.5, -high * 0.88), (0.03, 0.03), 20) for s in (-1, 1))
    parts = [
        Piece("grip", (ribbon(grip, 0.04),), plain(_trim(spec)), Body(0.9, 0.02, 0.15, 14.0)),
        Piece("bag", (body,), fabric(spec), Body(0.9, 0.09, max(spec.number("gloss"), 0.12), 12.0)),
        Piece("rings", rings, plain((206, 190, 140)), Body(0.9, 0.01, 0.5, 30.0)),
    ]
    if spec.word("flap") == "flap":
        corners = points([(-top, -1), (top, -1), (0.9, -0.62), (0, -0.42), (-0.9, -0.62)])
        flap = spline(corners * size, 6, closed=True)
        parts.append(Piece("flap", (flap,), fabric(spec, 2.0), Body(0.6, 0.04, 0.12, 12.0), casts=0.4))
    clasp = rounded_box(-0.045, -high * 0.52, 0.045, -high * 0.40, 0.015)
    parts.append(Piece("clasp", (clasp,), plain((206, 190, 140)), Body(0.9, 0.012, 0.5, 30.0), casts=0.3))
    return Product(tuple(parts), stands=True)


def backpack(spec: ProductSpec) -> Product:
    """A rucksack from the front."""
    wide, dome, high = spec.number("wide"), spec.number("dome"), spec.number("pocket")
    trim, across = _trim(spec), (wide, 1.0)
    folds = ridges(spec.view_stream("sag"), (-wide, -1.0, wide, 0.0), 9, (20.0, 60.0))
    edge = [(-0.98, 0), (-1, -1 + dome), (-0.55, -1), (0, -1.03), (0.55, -1), (1, -1 + dome), (0.98, 0)]
    outline = spline(points(edge) * across, 8)
    pocket = rounded_box(-wide * 0.78, -high - 0.04, wide * 0.78, -0.05, 0.06)
    loop = spline([(-0.09, -1.0), (-0.08, -1.12), (0.08, -1.12), (0.09, -1.0)], 8)
    bends = [[(s * wide * 0.9, -0.75), (s * (wide + 0.07), -0.5), (s * wide * 0.98, -0.12)] for s in (-1, 1)]
    straps = tuple(ribbon(spline(bend, 8), spec.number("straps")) for bend in bends)
    arch = spline(points([(-0.93, -0.5), (-0.85, -0.86), (0, -0.95), (0.85, -0.86), (0.93, -0.5)]) * across, 8)
    y = -high + 0.03
    puller = points([(wide * 0.6, y), (wide * 0.64, y), (wide * 0.62, y + 0.07)])
    parts = (
        Piece("straps", straps, plain(darker(trim, 0.2)), Body(0.8, 0.02)),
        Piece("loop", (ribbon(loop, 0.04),), plain(trim), Body(0.9, 0.02)),
        Piece("bag", (outline,), fabric(spec), Body(0.95, 0.09, spec.number("gloss"), 6.0, lambda x, y: 0.7 * folds(x, y))),
        flat("zip", [ribbon(arch, 0.016)], darker(spec.colours[0], 0.6), 0.85),
        Piece("pocket", (pocket,), fabric(spec, 1.0), Body(0.8, 0.05), casts=0.4),
        flat("pocket_zip", [ribbon(line((-wide * 0.7, y), (wide * 0.7, y)), 0.014), puller], (170, 170, 172), 0.9),
    )
    return Product(parts, stands=True)
