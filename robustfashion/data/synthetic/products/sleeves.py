"""Sleeves: tapered tubes from the shoulder along an arm that hangs aside and bends a little."""

import numpy as np

from robustfashion.data.synthetic.curves import Points, join, ribbon, spline
from robustfashion.data.synthetic.products.necks import ARMPIT_Y, Yoke
from robustfashion.data.synthetic.scene import Piece, darker, fabric, flat, lighter, luma, plain
from robustfashion.data.synthetic.shading import Body, ridges
from robustfashion.data.synthetic.spec import ProductSpec

_ARM = 0.60
"""Length of the arm in product units."""


def _arm(yoke: Yoke, angle: float, bend: float, low: bool) -> tuple[Points, Points]:
    """Centre of the right arm at 41 equal steps from shoulder to wrist, and its outward normals."""
    start = np.array([(yoke.shoulder + yoke.chest) / 2 + 0.002, 0.175 if low else 0.13])
    share = np.linspace(0, 1, 41)
    direction = np.radians(angle - bend * np.clip((share - 0.4) / 0.2, 0, 1))
    step = np.stack([np.sin(direction), np.cos(direction)], axis=1) * _ARM / 40
    centre = start + np.concatenate([[[0, 0]], np.cumsum(step[:-1], axis=0)])
    return centre, np.stack([np.cos(direction), -np.sin(direction)], axis=1)


def _widths(spec: ProductSpec, end: float) -> np.ndarray:
    share = np.linspace(0, 1, 41)
    base = spec.number("sleeve_width") * np.interp(share, [0, 0.2, 0.55, 1], [1.12, 1.0, 0.84, 0.66])
    kind = spec.word("sleeve_cut")
    if kind == "bell":
        base = base * (1 + 0.75 * np.clip(share / end, 0, 1) ** 3)
    if kind == "puff":
        base = base * (1 + 0.45 * np.sin(np.pi * np.clip(share / min(end, 0.35), 0, 1)))
    return base


def _outline(spec: ProductSpec, yoke: Yoke, angle: float, end: float, low: bool) -> tuple[Points, Points, float]:
    """Outline of the right sleeve, its cuff line from inside to outside, and the direction of the forearm."""
    centre, normal = _arm(yoke, angle, spec.number("elbow"), low)
    half = _widths(spec, end)[:, None] / 2
    last = max(round(40 * end), 2)
    knots = sorted({min(5, last - 1), last // 2, last})
    outer, inner = centre + normal * half, centre - normal * half
    # The armpit's fold keeps the inner edge outside the body.
    inner[:, 0] = np.maximum(inner[:, 0], yoke.chest - 0.04)
    top = (yoke.shoulder + 0.03, 0.125) if low else (yoke.shoulder, 0.045)
    upper = spline([(yoke.shoulder - 0.04, top[1] - 0.006), top, *outer[knots].tolist()], 8)
    lower = spline([*inner[knots[::-1]].tolist(), (yoke.chest - 0.03, ARMPIT_Y + 0.02)], 8)
    cuff = spline([inner[last], (inner[last] + outer[last]) / 2 + 0.010 * _down(normal[last]), outer[last]], 6)
    outline = join(upper, cuff[::-1][1:-1], lower)
    return outline, cuff, float(np.degrees(np.arctan2(-normal[min(last, 30)][1], normal[min(last, 30)][0])))


def _down(normal: Points) -> Points:
    return np.array([-normal[1], normal[0]])


def sleeve_parts(spec: ProductSpec, yoke: Yoke) -> list[Piece]:
    """Both sleeves with seams and cuffs; none when the garment is sleeveless."""
    end = spec.number("sleeve_length")
    if end < 0.1:
        return []
    sides = (1.0,) if spec.word("neck_style") == "One-Shoulder" else (-1.0, 1.0)
    rng = spec.view_stream("arms")
    return [part for side in sides for part in _one_sleeve(spec, yoke, side, spec.number("arm") + float(rng.normal(0, 2)))]


def _one_sleeve(spec: ProductSpec, yoke: Yoke, side: float, angle: float) -> list[Piece]:
    end, ground = spec.number("sleeve_length"), spec.colour("sleeve_colour")
    outline, cuff, direction = _outline(spec, yoke, angle, end, spec.word("neck_style") == "Off the Shoulder")
    low, high = outline.min(axis=0), outline.max(axis=0)
    rng = spec.view_stream(f"sleeve{side}")
    folds = ridges(rng, (low[0], low[1], high[0], high[1]), 8 if end > 0.5 else 4, (-25.0, 30.0))
    flip = (side, 1.0)
    depth = spec.number("thickness")
    body = Body(0.75, 0.05, spec.number("gloss"), 6.0, lambda x, y: depth * folds(x * side, y))
    surface = fabric(spec, -side * direction) if spec.word("sleeve_colour") == "ground" else plain(spec.colour("sleeve_colour"))
    dark = darker(ground, 0.6) if luma(ground) > 50 else lighter(ground, 0.25)
    parts = [
        Piece("sleeve", (outline * flip,), surface, body),
        flat("sleeve_inside", [ribbon(cuff * flip, 0.006)], darker(ground, 0.65)),
        flat("sleeve_stitch", [ribbon((cuff - (0, 0.018)) * flip, 0.0024)], dark, 0.45),
    ]
    if spec.word("sleeve_cut") == "cuffed" and end > 0.5:
        band = join(cuff, (cuff - 0.045 * _up(cuff))[::-1])
        parts.append(Piece("cuff", (band * flip,), surface, Body(0.6, 0.02), casts=0.3))
    return parts


def _up(cuff: Points) -> Points:
    across = (cuff[-1] - cuff[0]) / np.hypot(*(cuff[-1] - cuff[0]))
    return np.array([-across[1], across[0]])
