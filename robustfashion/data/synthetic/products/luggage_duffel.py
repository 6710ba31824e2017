"""Duffel bags: soft, lying, without wheels."""

import numpy as np

from robustfashion.data.synthetic.curves import Points, join, line, points, ribbon, rounded_box, spline
from robustfashion.data.synthetic.products.luggage_details import METAL, trim
from robustfashion.data.synthetic.scene import Piece, darker, fabric, flat, plain, shade
from robustfashion.data.synthetic.shading import Body, ridges
from robustfashion.data.synthetic.spec import ProductSpec

_WIDE = 0.62
"""Half width."""


def _barrel(high: float) -> Points:
    size = (_WIDE, high)
    top = spline(points([(-1, -0.55), (-0.92, -0.93), (-0.5, -1), (0, -1.015), (0.5, -1), (0.92, -0.93), (1, -0.55)]) * size, 8)
    low = [(1, -0.55), (0.98, -0.1), (0.85, 0.0), (-0.85, 0.0), (-0.98, -0.1), (-1, -0.55)]
    return join(top, spline(points(low) * size, 8)[1:-1])


def _grip(high: float) -> Points:
    ends = [(0.26, -high * 0.62), (0.23, -high - 0.05), (0.12, -high - 0.2)]
    return spline([*[(-x, y) for x, y in ends], *ends[::-1]], 8)


def duffel_parts(spec: ProductSpec) -> list[Piece]:
    """Barrel body, two handles, zip, end panels; stiff and shallowly ribbed where it is taken for a hard case."""
    wide, high, doubt = _WIDE, spec.number("duffel_height"), spec.doubt("shell_type")
    ground = spec.colours[0]
    trimming = trim(spec)
    seam = shade(ground, 0.45)
    sag, depth = ridges(spec.view_stream("sag"), (-wide, -high, wide, 0.0), 12, (30.0, 60.0)), 0.6 * spec.number("thickness")
    depth *= 1 - 0.8 * doubt
    body = Body(0.9, 0.07, spec.number("gloss") + 0.25 * doubt, 6.0 + 8.0 * doubt, lambda x, y: depth * sag(x, y))
    grip = _grip(high)
    bands = [
        points([(s * 0.23, -high * 0.99), (s * 0.29, -high * 0.99), (s * 0.29, -0.002), (s * 0.23, -0.002)]) for s in (-1, 1)
    ]
    ends = [ribbon(line((s * wide * 0.80, -high * 0.96), (s * wide * 0.78, -0.005), 6), 0.006) for s in (-1, 1)]
    zip_line = spline([(-wide * 0.8, -high * 0.93), (0, -high * 0.97), (wide * 0.8, -high * 0.93)], 8)
    ribs = [ribbon(line((-wide * 0.7, y), (wide * 0.7, y)), 0.014) for y in np.linspace(-high * 0.85, -0.08, 6)]
    return [
        Piece("handle_far", (ribbon(grip * (0.94, 1) - (0, 0.03), 0.04),), plain(darker(trimming, 0.3)), Body(0.8, 0.02)),
        Piece("shell", (_barrel(high),), fabric(spec), body),
        *([flat("ribs", ribs, seam, 0.5 * doubt)] if doubt > 0 else []),
        flat("zip", [ribbon(zip_line, 0.016)], seam, 0.9),
        flat("panels", ends, seam, 0.6),
        Piece("bands", tuple(bands), plain(trimming), Body(0.6, 0.02), casts=0.3),
        Piece("handle", (ribbon(grip, 0.045),), plain(trimming), Body(0.9, 0.02, 0.1, 12.0), casts=0.3),
        *_buckles(high),
        *_pocket(spec, high),
    ]


def _buckles(high: float) -> list[Piece]:
    """Where the handles meet the bands."""
    frames = [rounded_box(x - 0.055, -high * 0.66, x + 0.055, -high * 0.66 + 0.10, 0.02) for x in (-0.26, 0.26)]
    holes = [rounded_box(x - 0.03, -high * 0.66 + 0.03, x + 0.03, -high * 0.66 + 0.07, 0.01) for x in (-0.26, 0.26)]
    return [Piece("buckles", tuple(frames), plain(METAL), Body(0.9, 0.012, 0.5, 30.0), tuple(holes), casts=0.3)]


def _pocket(spec: ProductSpec, high: float) -> list[Piece]:
    if spec.word("pockets") == "none":
        return []
    box = rounded_box(-0.19, -high * 0.58, 0.19, -0.06, 0.03)
    zip_line = line((-0.17, -high * 0.52), (0.17, -high * 0.52))
    return [
        Piece("pocket", (box,), fabric(spec, 1.0), Body(0.5, 0.025), casts=0.3),
        flat("pocket_zip", [ribbon(zip_line, 0.012)], shade(spec.colours[0], 0.5), 0.85),
    ]
