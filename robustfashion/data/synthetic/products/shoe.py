"""Shoes in side view, toe to the left; 1 unit is the shoe's length, y = 0 the ground."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from robustfashion.data.synthetic.curves import Points, join, line, points, ribbon, shifted, spline
from robustfashion.data.synthetic.products.heels import Last, heel_parts, sole_parts
from robustfashion.data.synthetic.products.shoe_details import boot_details, lace_parts, sneaker_details, stitch
from robustfashion.data.synthetic.scene import Part, Product, Surface, darker, fabric, lighter, plain
from robustfashion.data.synthetic.shading import Body, ridges
from robustfashion.data.synthetic.spec import ProductSpec


def _body(spec: ProductSpec, area: tuple[float, float, float, float]) -> Body:
    depth = 0.5 * spec.number("thickness")
    creases = ridges(spec.view_stream("creases"), area, 5, (60.0, 30.0))
    gloss = max(spec.number("gloss"), spec.number("shine"))
    return Body(0.95, 0.085, gloss, 14.0, lambda x, y: depth * creases(x, y))


def _closed(spec: ProductSpec, last: Last, topline: Points, vamp: Points, far: float) -> list[Part]:
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
        Part("lining", (lining,), plain(inside), Body(0.3, 0.03)),
        Part("upper", (outline,), surface, body),
        stitch(spec, shifted(topline[2:-2], 0, 0.014)),
    ]


def _over(last: Last, *places: tuple[float, float]) -> list[tuple[float, float]]:
    """Points (x, height above the foot bed)."""
    return [(x, last.y(min(max(x, 0.0), 1.0)) - up) for x, up in places]


def _pump(spec: ProductSpec, last: Last) -> list[Part]:
    throat, toe = spec.number("throat"), spec.number("toe")
    thick = 0.03 if spec.word("family") == "ballerina" else 0.0
    front = (throat, 0.130 + thick)
    topline = spline(_over(last, (0.985, 0.17), (0.93, 0.14), (0.66, 0.085), (throat + 0.10, 0.095 + thick), front), 8)
    vamp = spline(_over(last, front, (0.16, 0.082 + toe + thick), (0.05, 0.045 + toe), (-0.01, 0.012)), 8)
    counter = spline(_over(last, (1.0, 0.0), (1.018, 0.08), (0.985, 0.17)), 6)
    parts = _closed(spec, last, join(counter[1:-1], topline), vamp[1:], 0.03)
    if spec.word("bow") == "none":
        return parts
    x, y = throat + 0.01, last.y(throat) - 0.125 - thick
    wings = points([(x, y), (x - 0.075, y - 0.035), (x - 0.08, y + 0.035), (x, y), (x + 0.05, y + 0.05), (x + 0.08, y - 0.01)])
    return [*parts, Part("bow", (wings,), fabric(spec, 30.0), Body(0.8, 0.012), casts=0.4)]


def _low(spec: ProductSpec, last: Last) -> list[Part]:
    """Loafers and lace-up shoes."""
    toe = spec.number("toe")
    topline = spline(_over(last, (0.99, 0.225), (0.90, 0.205), (0.74, 0.165), (0.58, 0.195), (0.47, 0.255)), 8)
    vamp = spline(_over(last, (0.47, 0.255), (0.33, 0.18), (0.17, 0.105 + toe), (0.04, 0.07 + toe * 0.6), (-0.005, 0.01)), 8)
    counter = spline(_over(last, (1.0, 0.0), (1.015, 0.11), (0.99, 0.225)), 6)
    parts = _closed(spec, last, join(counter[1:-1], topline), vamp[1:], 0.035)
    if spec.word("closure") == "laces":
        low, high = _over(last, (0.30, 0.155), (0.46, 0.235))
        return [*parts, *lace_parts(spec, low, high, 4)]
    band = points(_over(last, (0.27, 0.150), (0.385, 0.215), (0.45, 0.045), (0.33, 0.02)))
    slot = points(_over(last, (0.315, 0.145), (0.35, 0.16), (0.37, 0.115), (0.34, 0.105)))
    strap = Part("saddle", (band,), plain(darker(spec.colours[0], 0.15)), Body(0.6, 0.02, 0.1, 20), casts=0.4)
    apron = spline(_over(last, (0.04, 0.09), (0.17, 0.075), (0.3, 0.06)), 8)
    return [*parts, strap, stitch(spec, slot, 0.8), stitch(spec, apron)]


def _sneaker(spec: ProductSpec, last: Last) -> list[Part]:
    base, toe, high = last.y(0.0), spec.number("toe"), spec.number("collar")
    topline = spline(
        [
            (0.99, base - 0.30 - high),
            (0.93, base - 0.285 - high),
            (0.76, base - 0.235 - high),
            (0.62, base - 0.27 - high),
            (0.53, base - 0.355 - high),
        ],
        8,
    )
    vamp = spline(
        [
            (0.53, base - 0.355 - high),
            (0.45, base - 0.30 - high * 0.7),
            (0.31, base - 0.205 - high * 0.3),
            (0.17, base - 0.135 - toe),
            (0.04, base - 0.10 - toe),
            (-0.01, base - 0.03),
            (0.0, base),
        ],
        8,
    )
    counter = spline([(1.0, last.y(1.0)), (1.022, base - 0.08), (0.985, base - 0.18), (0.99, base - 0.30 - high)], 6)
    tongue = spline(
        [(0.43, base - 0.29 - high), (0.47, base - 0.39 - high), (0.55, base - 0.42 - high), (0.60, base - 0.30 - high)], 6
    )
    tongue_part = Part("tongue", (tongue,), Surface((darker(spec.colours[0], 0.25),)), Body(0.9, 0.04))
    return [tongue_part, *_closed(spec, last, join(counter[1:-1], topline), vamp[1:], 0.035), *sneaker_details(spec, base, high)]


def _boot(spec: ProductSpec, last: Last) -> list[Part]:
    base, seat, toe, top = last.y(0.0), last.y(1.0), spec.number("toe"), -spec.number("shaft")
    lean = 0.02 * (top / -1.0)
    wide = spec.number("shaft_width")
    front, back = 0.955 - wide, 0.985 + lean
    high = last.y(0.75)
    topline = spline([(back, top), ((front + back) / 2, top + spec.number("dip")), (front, top - 0.005)], 8)
    vamp = spline(
        [
            (front, top - 0.005),
            (front - 0.005, (top + high) / 2 - 0.1),
            (front - 0.04, high - 0.27),
            (0.40, last.y(0.40) - 0.205),
            (0.18, last.y(0.18) - 0.11 - toe),
            (0.04, base - 0.075 - toe),
            (-0.008, base - 0.02),
            (0.0, base),
        ],
        8,
    )
    counter = spline(
        [(1.0, seat), (1.02, seat - 0.09), (0.975, seat - 0.23), (back + 0.01, (top + seat) / 2 - 0.1), (back, top)], 7
    )
    parts = _closed(spec, last, join(counter[1:-1], topline), vamp[1:], 0.04)
    return [*parts, *boot_details(spec, last, top, (front, back))]


def _instep(x: float) -> float:
    """Height of the foot above its bed."""
    return float(np.interp(x, [0.0, 0.12, 0.35, 0.55, 0.75, 1.0], [0.04, 0.080, 0.115, 0.175, 0.22, 0.22]))


def _strap(spec: ProductSpec, last: Last, start: float, width: float) -> Part:
    """A band from the sole's edge over the foot: it leans back and ends in the foot's profile."""
    lean, end = 0.03, start + width
    left = spline(_over(last, (start, -0.004), (start + 0.008, _instep(start) * 0.55), (start + lean, _instep(start + lean))), 6)
    crest = _over(last, *[(x, _instep(x) + 0.004) for x in np.linspace(start + lean, end + lean, 6)])
    right = spline(_over(last, (end + lean, _instep(end + lean)), (end + 0.012, _instep(end) * 0.5), (end, -0.004)), 6)
    gloss = max(spec.number("gloss"), 0.08)
    return Part("strap", (join(left, crest[1:-1], right),), fabric(spec, 12.0), Body(0.8, 0.03, gloss, 14.0), casts=0.35)


def _sandal(spec: ProductSpec, last: Last) -> list[Part]:
    count, width = int(spec.number("straps")), spec.number("strap_width")
    inner = Part(
        "footbed",
        (join(last.bed(0.02, 0.99)[::-1], (last.bed(0.02, 0.99) - (0, 0.022))),),
        plain((196, 160, 120)),
        Body(0.5, 0.02),
    )
    parts = [inner, *[_strap(spec, last, 0.08 + 0.30 * (k + 0.3) / count, width / count**0.4) for k in range(count)]]
    seat = last.y(0.95)
    if spec.word("back") != "open":
        ankle = seat - spec.number("ankle")
        heel = spline([(0.90, seat), (0.985, seat - 0.06), (0.985, ankle)], 8)
        ring = spline([(0.99, ankle), (0.86, ankle + 0.03), (0.70, ankle + 0.02), (0.64, ankle - 0.01)], 8)
        far = spline([(0.99, ankle), (0.86, ankle - 0.035), (0.72, ankle - 0.035), (0.64, ankle - 0.01)], 8)
        surface = fabric(spec, 10.0)
        dark = Surface((darker(spec.colours[0], 0.45),))
        parts.insert(0, Part("ankle_far", (ribbon(far, 0.026),), dark, Body(0.6, 0.015)))
        parts += [
            Part("counter", (ribbon(heel, [0.12, 0.05]),), surface, Body(0.9, 0.03), casts=0.3),
            Part("ankle_strap", (ribbon(ring, 0.03),), surface, Body(0.9, 0.015, 0.1, 20), casts=0.3),
        ]
        buckle = ribbon(join(line((0.80, ankle - 0.002), (0.80, ankle + 0.05))), 0.03)
        parts.append(Part("buckle", (buckle,), plain((205, 198, 180)), Body(0.9, 0.01, 0.5, 40)))
    return parts


UPPERS: dict[str, Callable[[ProductSpec, Last], list[Part]]] = {
    "sneaker": _sneaker, "pump": _pump, "ballerina": _pump, "low": _low, "boot": _boot, "sandal": _sandal,
}  # fmt: skip
"""Kinds of shoe by name; the heel is independent of them where it makes sense."""


def shoe(spec: ProductSpec) -> Product:
    """Parts of a shoe, or of a pair one behind the other."""
    last = Last(spec.number("heel_height"), spec.number("platform"), spec.number("spring"))
    single = [*heel_parts(spec, last), *sole_parts(spec, last), *UPPERS[spec.word("family")](spec, last)]
    if spec.word("pair") == "single":
        return Product(tuple(single), stands=True)
    away = np.array([spec.number("pair_x"), -0.085])
    second = [
        replace(
            part,
            outlines=tuple(o + away for o in part.outlines),
            holes=tuple(o + away for o in part.holes),
            body=_moved(part.body, away),
        )
        for part in single
    ]
    return Product((*second, *single), stands=True)


def _moved(body: Body | None, away: Points) -> Body | None:
    if body is None or body.relief is None:
        return body
    relief = body.relief
    return replace(body, relief=lambda x, y: relief(x - away[0], y - away[1]))
