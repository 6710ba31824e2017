"""What makes a shoe look made: stitches, laces, overlays, elastic, zips, buckles."""

import numpy as np

from robustfashion.data.synthetic.curves import Points, along, ellipse, join, line, points, ribbon, spline
from robustfashion.data.synthetic.products.heels import Last
from robustfashion.data.synthetic.scene import Part, Surface, darker, fabric, flat, lighter, luma, plain
from robustfashion.data.synthetic.shading import Body
from robustfashion.data.synthetic.spec import Colour, ProductSpec


def stitch(spec: ProductSpec, curve: Points, opacity: float = 0.4) -> Part:
    """A seam along a curve."""
    ground = spec.colours[0]
    return flat("stitch", [ribbon(curve, 0.0045)], darker(ground, 0.6) if luma(ground) > 50 else lighter(ground, 0.3), opacity)


def _lace_colour(spec: ProductSpec) -> Colour:
    return (242, 241, 238) if luma(spec.colours[0]) < 175 else darker(spec.colours[0], 0.55)


def lace_parts(spec: ProductSpec, low: tuple[float, float], high: tuple[float, float], count: int) -> list[Part]:
    """Laces across the throat from ``low`` to ``high``, with eyelets on the near side."""
    centres = along(line(low, high), count)
    across = np.array([-(high[1] - low[1]), high[0] - low[0]])
    across = across / np.hypot(*across) * 0.05
    bars = [ribbon(spline([c - across * 0.7, c + across * 0.3 - (0.006, 0.006), c + across * 1.25], 5), 0.016) for c in centres]
    eyelets = [ellipse(c + across * 1.35, (0.008, 0.008), 14) for c in centres]
    stay = Part(
        "eyestay",
        (ribbon(line(np.array(low) + across * 1.3, np.array(high) + across * 1.3, 8), 0.045),),
        plain(darker(spec.colours[0], 0.2)),
        Body(0.5, 0.012, 0.05, 14.0),
        casts=0.2,
    )
    dark = Part("eyelets", tuple(eyelets), plain((60, 58, 58)), None)
    return [stay, dark, Part("laces", tuple(bars), plain(_lace_colour(spec)), Body(0.9, 0.010), casts=0.5)]


def sneaker_details(spec: ProductSpec, base: float, high: float) -> list[Part]:
    """Toe cap, side emblem, heel patch, laces."""
    parts: list[Part] = []
    overlay = plain(spec.colours[1] if spec.word("overlay") == "contrast" else darker(spec.colours[0], 0.18))
    body = Body(0.55, 0.02, max(spec.number("gloss"), 0.05), 14.0)
    if spec.word("toe_cap") == "cap":
        cap = join(
            spline([(-0.008, base - 0.03), (0.03, base - 0.095), (0.12, base - 0.115), (0.19, base - 0.09), (0.215, base)], 6)
        )
        parts.append(Part("toe_cap", (cap,), overlay, body, casts=0.25))
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
    parts.append(Part("heel_patch", (join(patch, [(0.8, base), (1.0, base)]),), overlay, body, casts=0.25))
    parts += _emblem(spec, base, overlay)
    return [*parts, *lace_parts(spec, (0.27, base - 0.195 - high * 0.3), (0.50, base - 0.325 - high), 5 + round(high * 20))]


def _emblem(spec: ProductSpec, base: float, overlay: Surface) -> list[Part]:
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
        return [Part("emblem", tuple(bars), overlay, Body(0.4, 0.01), casts=0.15)]
    if kind == "wave":
        upper = spline([(0.36, base - 0.03), (0.46, base - 0.07), (0.68, base - 0.13), (0.86, base - 0.20)], 8)
        lower = spline([(0.86, base - 0.20), (0.66, base - 0.08), (0.48, base - 0.02), (0.36, base - 0.03)], 8)
        return [Part("emblem", (join(upper, lower),), overlay, Body(0.4, 0.01), casts=0.15)]
    if kind == "disc":
        return [Part("emblem", (ellipse((0.70, base - 0.12), (0.052, 0.052)),), overlay, Body(0.3, 0.01), casts=0.15)]
    return []


def boot_details(spec: ProductSpec, last: Last, top: float, shaft: tuple[float, float]) -> list[Part]:
    """Elastic gore, laces, zip or buckle straps on the shaft."""
    kind, high = spec.word("boot_detail"), last.y(0.75)
    front, back = shaft
    if kind == "gore":
        gore = spline(
            [
                (front + 0.13, top + 0.012),
                (front + 0.15, high - 0.15),
                (front + 0.20, high - 0.09),
                (back - 0.14, high - 0.15),
                (back - 0.10, top + 0.012),
            ],
            6,
        )
        ribs = [ribbon(line((x, top + 0.02), (x, high - 0.14)), 0.005) for x in np.arange(front + 0.15, back - 0.12, 0.016)]
        dark: Colour = darker(spec.colours[0], 0.6)
        return [Part("gore", (gore,), plain(dark), Body(0.3, 0.02)), flat("gore_ribs", ribs, lighter(dark, 0.25), 0.6)]
    if kind == "laces":
        return lace_parts(
            spec, (front - 0.14, high - 0.235), (front + 0.01, max(top + 0.05, high - 0.75)), 5 + round(abs(top - high) * 6)
        )
    if kind == "zip":
        path = line((back - 0.13, top + 0.03), (back - 0.16, high - 0.03), 12)
        return [
            flat("zip", [ribbon(path, 0.014)], (168, 166, 160), 0.9),
            flat("zip_line", [ribbon(path, 0.004)], (60, 58, 56), 0.9),
        ]
    if kind == "buckle":
        return _buckles(spec, high, shaft)
    return [stitch(spec, spline([(front + 0.02, high - 0.2), (0.66, high - 0.05), (back, high - 0.2)], 8))]


def _buckles(spec: ProductSpec, high: float, shaft: tuple[float, float]) -> list[Part]:
    front, back = shaft
    parts = []
    for y in (high - 0.16, high - 0.30)[: int(spec.number("buckles"))]:
        band = spline([(front - 0.03, y - 0.02), ((front + back) / 2, y + 0.015), (back - 0.005, y)], 8)
        parts.append(Part("boot_strap", (ribbon(band, 0.045),), fabric(spec, 4.0), Body(0.7, 0.015, 0.1, 20), casts=0.5))
        x = (front + back) / 2
        frame = points([(x - 0.03, y - 0.022), (x + 0.03, y - 0.022), (x + 0.03, y + 0.045), (x - 0.03, y + 0.045)])
        hole = points([(x - 0.016, y - 0.01), (x + 0.016, y - 0.01), (x + 0.016, y + 0.033), (x - 0.016, y + 0.033)])
        parts.append(Part("buckle", (frame,), plain((200, 198, 192)), Body(0.8, 0.006, 0.5, 40), (hole,)))
    return parts
