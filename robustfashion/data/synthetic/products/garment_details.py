"""What makes a garment look made: seams, belt, buttons, pocket, print, collar, hanger."""

from dataclasses import replace

import numpy as np

from robustfashion.data.synthetic.curves import (
    Points,
    along,
    arc,
    ellipse,
    join,
    line,
    points,
    ribbon,
    rounded_box,
    shifted,
    spline,
)
from robustfashion.data.synthetic.products.necks import Neck
from robustfashion.data.synthetic.products.silhouette import Silhouette
from robustfashion.data.synthetic.scene import Piece, Surface, darker, fabric, flat, lighter, luma, plain
from robustfashion.data.synthetic.shading import Body
from robustfashion.data.synthetic.spec import ProductSpec

_SHOULDERED = ("Round Neck", "V-Neck", "Square", "Boat Neck", "Asymmetric", "Collared", "Turtleneck", "High Neck")
_BANDED = ("Round Neck", "V-Neck", "Square", "Boat Neck", "Asymmetric")


def stroke(name: str, curve: Points, width: float, spec: ProductSpec, opacity: float = 0.45) -> Piece:
    """A seam or stitch line along a curve."""
    ground = spec.colours[0]
    return flat(name, [ribbon(curve, width)], darker(ground, 0.6) if luma(ground) > 50 else lighter(ground, 0.25), opacity)


def hanger_parts(spec: ProductSpec) -> list[Piece]:
    """A hanger, for garments shown on one."""
    if spec.word("hanger") == "none":
        return []
    hook = spline([(0.0, -0.02), (0.0, -0.07), *arc((0.022, -0.10), (0.024, 0.026), 160, 370, 8).tolist()], 4)
    bar = ribbon(spline([(-0.15, 0.055), (-0.06, 0.012), (0.0, -0.008), (0.06, 0.012), (0.15, 0.055)], 8), 0.022)
    wood = (164, 122, 80) if spec.word("hanger") == "wood" else (40, 40, 42)
    return [
        Piece("hook", (ribbon(hook, 0.0075),), plain((188, 190, 194)), Body(1.0, 0.004, 0.4, 20.0)),
        Piece("hanger", (bar,), plain(wood), Body(0.9, 0.012, 0.15, 16.0)),
    ]


def seam_parts(spec: ProductSpec, cut: Silhouette, neck: Neck, hem: Points) -> list[Piece]:
    """Hem, armholes, neck band, waist."""
    parts = [stroke("hem_stitch", shifted(hem[3:-3], 0, -0.016), 0.0022, spec)]
    style, edge = spec.word("neck_style"), neck.edge
    if style in _SHOULDERED:
        tip = max(int(np.argmax(edge[: len(edge) // 2, 0] < -spec.number("shoulder") + 0.001)), 12)
        parts += [stroke("armhole", edge[:tip], 0.0028, spec), stroke("armhole", edge[-tip:], 0.0028, spec)]
    if style in _BANDED:
        inner = edge[np.abs(edge[:, 0]) < spec.number("shoulder") * 0.93]
        parts.append(stroke("neck_band", shifted(inner, 0, 0.012), 0.0026, spec))
    half = float(cut.half_width(np.array([cut.waist_y]))[0])
    waist = spline([(-half, cut.waist_y), (0, cut.waist_y + 0.012), (half, cut.waist_y)], 10)
    if spec.word("waist_detail") == "seam":
        parts.append(stroke("waist_seam", waist, 0.003, spec, 0.6))
    if spec.word("waist_detail") == "belt":
        parts += _belt(spec, waist)
    return parts


def _belt(spec: ProductSpec, waist: Points) -> list[Piece]:
    width = spec.number("belt")
    belt = Piece("belt", (ribbon(waist, width),), plain(spec.colours[2]), Body(0.8, 0.012, 0.15, 20), casts=0.4)
    y, h = float(waist[len(waist) // 2, 1]), width * 0.62
    outer, inner = rounded_box(-h, y - h, h, y + h, h * 0.3), rounded_box(-h * 0.6, y - h * 0.6, h * 0.6, y + h * 0.6, h * 0.2)
    return [belt, Piece("buckle", (outer,), plain((196, 186, 160)), Body(0.9, 0.006, 0.5, 40), (inner,))]


def front_parts(spec: ProductSpec, cut: Silhouette, neck: Neck, cloth: Body) -> list[Piece]:
    """Placket with buttons, chest pocket, or print."""
    middle = float(neck.edge[np.argmin(np.abs(neck.edge[:, 0]))][1]) + 0.02
    if spec.word("neck_style") == "Collared" or spec.word("front") == "buttons":
        return _placket(spec, middle, cut.hem_y if spec.word("placket") == "full" else min(middle + 0.2, cut.waist_y))
    if spec.word("front") == "pocket":
        outline = points([(0.05, 0.25), (0.115, 0.25), (0.115, 0.315), (0.0825, 0.335), (0.05, 0.315)])
        return [
            Piece("pocket", (outline,), fabric(spec, 3.0), Body(0.25, 0.01), casts=0.3),
            stroke("pocket_hem", line((0.05, 0.262), (0.115, 0.262)), 0.002, spec),
        ]
    return _print(spec, middle, cloth) if spec.word("front") == "print" else []


def _placket(spec: ProductSpec, top: float, bottom: float) -> list[Piece]:
    edges = [stroke("placket", line((x, top), (x, bottom)), 0.0026, spec, 0.5) for x in (-0.016, 0.016)]
    dots = [ellipse((0.0, y), (0.0085, 0.0085), 16) for y in np.arange(top + 0.015, bottom - 0.01, 0.075)]
    if not dots:
        return edges
    colour = (236, 232, 222) if luma(spec.colours[0]) < 120 else (70, 62, 58)
    shade = flat("button_shadow", [shifted(dot, 0.002, 0.003) for dot in dots], (0, 0, 0), 0.35)
    return [*edges, shade, Piece("buttons", tuple(dots), plain(colour), Body(0.6, 0.006, 0.3, 20))]


def _print(spec: ProductSpec, neckline: float, cloth: Body) -> list[Piece]:
    """Lines of lettering or a round badge on the chest, lit like the cloth below."""
    rng, lit = spec.style_stream("print"), replace(cloth, bulge=0.0)
    size = float(rng.uniform(0.045, 0.085))
    top = max(neckline + 0.045, 0.20)
    if rng.random() < 0.5:
        return [Piece("print", tuple(_lettering(rng, size, top)), plain(spec.colours[1]), lit, opacity=0.92)]
    centre, rays = (0.0, top + size), int(rng.integers(5, 12))
    radius = np.where(np.arange(2 * rays) % 2, 0.85, float(rng.uniform(0.35, 0.6))) * size * 0.85
    angle = np.linspace(0, 2 * np.pi, 2 * rays, endpoint=False)
    star = points(np.stack([np.cos(angle) * radius, np.sin(angle) * radius + centre[1]], axis=1))
    disc = Piece("print", (ellipse(centre, (size, size)),), plain(spec.colours[1]), lit, opacity=0.92)
    return [disc, Piece("emblem", (star,), plain(spec.colours[2]), lit, opacity=0.95)]


def _lettering(rng: np.random.Generator, size: float, top: float) -> list[Points]:
    """Boxes of the size of words."""
    outlines = []
    for row in range(int(rng.integers(1, 4))):
        height = 0.022 if row else 0.034
        x, reach = -size * rng.uniform(0.7, 1.2), size * rng.uniform(0.7, 1.2)
        while x < reach:
            wide = min(float(rng.uniform(0.012, 0.02)) * (1 if row else 1.5), reach - x)
            outlines.append(rounded_box(x, top, x + wide, top + height, 0.003))
            x += wide + 0.006
        top += height + 0.014
    return outlines


def neck_parts(spec: ProductSpec, neck: Neck, surface: Surface) -> list[Piece]:
    """Collar or tube."""
    parts = []
    for name, outline in neck.pieces:
        parts.append(
            Piece(
                name,
                (outline,),
                surface,
                Body(0.35 if name.startswith("collar") else 0.6, 0.03, spec.number("gloss"), 6.0),
                casts=0.35,
            )
        )
        if name in ("collar_left", "collar_right"):
            edge = along(join(outline[1:4]), 12)
            parts.append(stroke("collar_stitch", shifted(edge * (0.97, 1), 0, -0.008), 0.002, spec, 0.35))
    return parts
