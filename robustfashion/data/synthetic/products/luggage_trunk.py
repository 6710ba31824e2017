"""Hard cases without wheels: a flat base, latches and a handle."""

import numpy as np

from robustfashion.data.synthetic.curves import join, line, ribbon, rounded_box, spline
from robustfashion.data.synthetic.products.luggage_details import METAL, trim
from robustfashion.data.synthetic.scene import Piece, darker, fabric, flat, lighter, luma, plain
from robustfashion.data.synthetic.shading import Body
from robustfashion.data.synthetic.spec import ProductSpec


def trunk_parts(spec: ProductSpec) -> list[Piece]:
    """A lying hard case: shell with ribs and corner caps, or with a pocket in front where it is taken for a soft one."""
    wide, high, radius = 0.60, spec.number("trunk_height"), spec.number("corner")
    ground, doubt = spec.colours[0], spec.doubt("shell_type")
    trimming = trim(spec)
    gloss = max(spec.number("gloss"), spec.number("shine")) * (1 - 0.6 * doubt)
    shell = rounded_box(-wide, -high, wide, 0.0, radius)
    rim = rounded_box(-wide + 0.02, -high + 0.02, wide - 0.02, -0.02, radius)
    grip = spline(
        [(-0.16, -high + 0.01), (-0.145, -high - 0.085), (0.0, -high - 0.105), (0.145, -high - 0.085), (0.16, -high + 0.01)], 8
    )
    seam = -high * 0.72
    shade = darker(ground, 0.5) if luma(ground) > 45 else lighter(ground, 0.3)
    parts = [
        Piece("handle", (ribbon(grip, 0.045),), plain(trimming), Body(0.9, 0.02, 0.15, 14.0)),
        Piece("shell", (shell,), fabric(spec), Body(1.0, 0.07, gloss, 16.0)),
        *_ribs(spec, wide, radius, seam),
        flat("seam", [ribbon(line((-wide, seam), (wide, seam)), 0.014)], shade, 0.85),
        flat("rim", [ribbon(join(rim, rim[:1]), 0.008)], shade, 0.5),
    ]
    caps = [_cap(sx * wide, cy, -sx, sy, 0.13) for sx in (-1, 1) for cy, sy in ((-high, 1), (0.0, -1))]
    if spec.word("caps") == "caps":
        parts.append(Piece("caps", tuple(caps), plain(trimming), Body(0.8, 0.03, 0.2, 16.0), casts=0.3))
    xs = (-0.3, 0.3) if spec.word("latches") == "two" else (0.0,)
    latches = tuple(rounded_box(x - 0.05, seam - 0.05, x + 0.05, seam + 0.065, 0.012) for x in xs)
    parts.append(Piece("latches", latches, plain(METAL), Body(0.9, 0.012, 0.5, 30.0), casts=0.4))
    if doubt > 0:
        box = rounded_box(-wide * 0.6, seam + 0.12, wide * 0.6, seam + 0.12 + (high * 0.3) * doubt, 0.03)
        parts.append(Piece("front_pocket", (box,), fabric(spec, 1.0), Body(0.6, 0.03), casts=0.3))
    return parts


def _ribs(spec: ProductSpec, wide: float, radius: float, seam: float) -> list[Piece]:
    """Grooves of the mould, below the seam."""
    direction, count = spec.word("rib_direction"), int(spec.number("ribs"))
    if direction == "none":
        return []
    x = wide - radius - 0.04
    if direction == "across":
        grooves = [line((-x, y), (x, y)) for y in np.linspace(seam + 0.09, -radius - 0.03, max(count // 3, 2))]
    else:
        grooves = [line((u, seam + 0.07), (u, -radius - 0.02)) for u in np.linspace(-x, x, count)]
    width, ground = spec.number("rib_width") * 0.06, spec.colours[0]
    aside = (0.0, width) if direction == "across" else (width, 0.0)
    light = [ribbon(groove + aside, width * 0.7) for groove in grooves]
    return [
        flat("rib_light", light, lighter(ground, 0.35), 0.5),
        flat("ribs", [ribbon(g, width) for g in grooves], darker(ground, 0.45), 0.6),
    ]


def _cap(x: float, y: float, sx: float, sy: float, size: float) -> np.ndarray:
    """Quarter disc in a corner at (x, y), reaching inside along (sx, sy)."""
    angle = np.radians(np.linspace(0, 90, 12))
    ring = np.stack([x + sx * size * np.cos(angle), y + sy * size * np.sin(angle)], axis=1)
    return join([(x + sx * 0.03, y + sy * 0.03)], ring)
