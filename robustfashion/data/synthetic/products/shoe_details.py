"""What shoes share: closed uppers, stitches, laces, overlays."""

import numpy as np

from robustfashion.data.synthetic.curves import Points, along, ellipse, join, line, points, ribbon, shifted, spline
from robustfashion.data.synthetic.products.heels import Last
from robustfashion.data.synthetic.scene import Piece, Surface, darker, fabric, flat, lighter, luma, plain, shade
from robustfashion.data.synthetic.shading import Body, ridges
from robustfashion.data.synthetic.spec import Colour, ProductSpec


def stitch(spec: ProductSpec, curve: Points, opacity: float = 0.4) -> Piece:
    """A seam along a curve."""
    ground = spec.colours[0]
    return flat("stitch", [ribbon(curve, 0.0045)], darker(ground, 0.6) if luma(ground) > 50 else lighter(ground, 0.3), opacity)


def _body(spec: ProductSpec, area: tuple[float, float, float, float]) -> Body:
    depth = 0.5 * spec.number("thickness")
    creases = ridges(spec.view_stream("creases"), area, 5, (60.0, 30.0))
    gloss = max(spec.number("gloss"), spec.number("shine"))
    return Body(0.8, 0.07, gloss, 14.0, lambda x, y: depth * creases(x, y))


def closed_upper(spec: ProductSpec, last: Last, topline: Points, vamp: Points, far: float) -> list[Piece]:
    """A closed upper: the lining seen over the topline, then the near side."""
    surface = fabric(spec)
    outline = join(topline, vamp, last.bed(0.0, 1.0))
    lining = join(
        topline,
        (topline * (1, 1) + np.stack([np.zeros(len(topline)), -far * np.sin(np.linspace(0, np.pi, len(topline)))], axis=1))[::-1],
    )
    inside = lighter(spec.colours[2], 0.35) if spec.word("lining") == "bright" else darker(spec.colours[0], 0.5)
    low, high = outline.min(axis=0), outline.max(axis=0)
    body = _body(spec, (0.2, low[1], 0.55, high[1]))
    return [
        Piece("lining", (lining,), plain(inside), Body(0.3, 0.03)),
        Piece("upper", (outline,), surface, body),
        stitch(spec, shifted(topline[2:-2], 0, 0.014)),
    ]


def over(last: Last, *places: tuple[float, float]) -> list[tuple[float, float]]:
    """Points (x, height above the foot bed)."""
    return [(x, last.y(min(max(x, 0.0), 1.0)) - up) for x, up in places]


def trim(spec: ProductSpec) -> Colour:
    """Colour of laces, gores and straps: one of the shoe's colours, in shade where it is the upper's."""
    return shade(spec.colours[0]) if spec.word("trim") == "ground" else spec.colour("trim")


def lace_parts(spec: ProductSpec, low: tuple[float, float], high: tuple[float, float], count: int) -> list[Piece]:
    """Laces across the throat from ``low`` to ``high``, with eyelets on the near side."""
    centres = along(line(low, high), count)
    across = np.array([-(high[1] - low[1]), high[0] - low[0]])
    across = across / np.hypot(*across) * 0.05
    bars = [ribbon(spline([c - across * 0.7, c + across * 0.3 - (0.006, 0.006), c + across * 1.25], 5), 0.016) for c in centres]
    eyelets = [ellipse(c + across * 1.35, (0.008, 0.008), 14) for c in centres]
    stay = Piece(
        "eyestay",
        (ribbon(line(np.array(low) + across * 1.3, np.array(high) + across * 1.3, 8), 0.045),),
        plain(darker(spec.colours[0], 0.2)),
        Body(0.5, 0.012, 0.05, 14.0),
        casts=0.2,
    )
    dark = Piece("eyelets", tuple(eyelets), plain((60, 58, 58)), None)
    return [stay, dark, Piece("laces", tuple(bars), plain(trim(spec)), Body(0.9, 0.010), casts=0.5)]


def sneaker_details(spec: ProductSpec, base: float, high: float) -> list[Piece]:
    """Toe cap, side emblem, heel patch, laces."""
    parts: list[Piece] = []
    overlay = plain(spec.colours[1] if spec.word("overlay") == "contrast" else darker(spec.colours[0], 0.18))
    body = Body(0.55, 0.02, max(spec.number("gloss"), 0.05), 14.0)
    if spec.word("toe_cap") == "cap":
        cap = join(
            spline([(-0.008, base - 0.03), (0.03, base - 0.095), (0.12, base - 0.115), (0.19, base - 0.09), (0.215, base)], 6)
        )
        parts.append(Piece("toe_cap", (cap,), overlay, body, casts=0.25))
    patch = spline(
        [
            (1.012, base - 0.02),
            (0.985, base - 0.18),
            (0.985, base - 0.28 - high),
            (0.91, base - 0.265 - high),
            (0.86, base - 0.12),
            (0.80, base - 0.01),
        ],
        6,
    )
    parts.append(Piece("heel_patch", (join(patch, [(0.8, base), (1.0, base)]),), overlay, body, casts=0.25))
    parts += _emblem(spec, base, overlay)
    return [*parts, *lace_parts(spec, (0.27, base - 0.195 - high * 0.3), (0.50, base - 0.325 - high), 5 + round(high * 20))]


def _emblem(spec: ProductSpec, base: float, overlay: Surface) -> list[Piece]:
    kind = spec.word("emblem")
    if kind == "stripes":
        bars = [
            points(
                [
                    (0.44 + 0.07 * k, base - 0.02),
                    (0.48 + 0.07 * k, base - 0.02),
                    (0.545 + 0.06 * k, base - 0.20),
                    (0.51 + 0.06 * k, base - 0.20),
                ]
            )
            for k in range(3)
        ]
        return [Piece("emblem", tuple(bars), overlay, Body(0.4, 0.01), casts=0.15)]
    if kind == "wave":
        upper = spline([(0.36, base - 0.03), (0.46, base - 0.07), (0.68, base - 0.13), (0.86, base - 0.20)], 8)
        lower = spline([(0.86, base - 0.20), (0.66, base - 0.08), (0.48, base - 0.02), (0.36, base - 0.03)], 8)
        return [Piece("emblem", (join(upper, lower),), overlay, Body(0.4, 0.01), casts=0.15)]
    if kind == "disc":
        return [Piece("emblem", (ellipse((0.70, base - 0.12), (0.052, 0.052)),), overlay, Body(0.3, 0.01), casts=0.15)]
    return []
