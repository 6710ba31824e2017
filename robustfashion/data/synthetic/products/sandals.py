"""Sandals by the cues of the sandal-style labels: which straps hold the foot, and what the sole is made of."""

from collections.abc import Callable

import numpy as np

from robustfashion.data.synthetic.curves import Points, join, line, points, ribbon, shifted, spline
from robustfashion.data.synthetic.products.heels import Last
from robustfashion.data.synthetic.products.shoe_details import over, stitch
from robustfashion.data.synthetic.scene import Piece, Surface, darker, fabric, plain
from robustfashion.data.synthetic.shading import Body
from robustfashion.data.synthetic.spec import ProductSpec

_METAL = (205, 198, 180)


def _instep(x: float) -> float:
    """Height of the foot above its bed."""
    return float(np.interp(x, [0.0, 0.12, 0.35, 0.55, 0.75, 1.0], [0.04, 0.080, 0.115, 0.175, 0.22, 0.22]))


def _band(spec: ProductSpec, last: Last, start: float, width: float) -> Piece:
    """A band from the sole's edge over the foot: it leans back and ends in the foot's profile."""
    lean, end = 0.03, start + width
    left = spline(over(last, (start, -0.004), (start + 0.008, _instep(start) * 0.55), (start + lean, _instep(start + lean))), 6)
    crest = over(last, *[(x, _instep(x) + 0.004) for x in np.linspace(start + lean, end + lean, 6)])
    right = spline(over(last, (end + lean, _instep(end + lean)), (end + 0.012, _instep(end) * 0.5), (end, -0.004)), 6)
    gloss = max(spec.number("gloss"), 0.08)
    return Piece("strap", (join(left, crest[1:-1], right),), fabric(spec, 12.0), Body(0.8, 0.03, gloss, 14.0), casts=0.35)


def _ankle_line(last: Last, height: float) -> tuple[float, float, float]:
    """Height on the picture and x of front and back of the ankle at ``height`` above the seat of the heel."""
    y = last.y(0.95) - height
    grow = max(height - 0.22, 0.0)
    return y, 0.645 - 0.07 * grow, 0.985 + 0.08 * grow


def _ring(spec: ProductSpec, last: Last, height: float, width: float, buckle: bool = True) -> tuple[list[Piece], list[Piece]]:
    """A strap around the ankle: the far half, drawn first, and the near half."""
    y, front, back = _ankle_line(last, height)
    near = spline([(back, y), (back - 0.12, y + 0.03), (front + 0.06, y + 0.02), (front, y - 0.01)], 8)
    far = spline([(back, y), (back - 0.12, y - 0.035), (front + 0.08, y - 0.035), (front, y - 0.01)], 8)
    shade = Surface((darker(spec.colours[0], 0.45),))
    behind = [Piece("ankle_far", (ribbon(far, width * 0.85),), shade, Body(0.6, 0.015))]
    front_parts = [Piece("ankle_strap", (ribbon(near, width),), fabric(spec, 10.0), Body(0.9, 0.015, 0.1, 20), casts=0.3)]
    if buckle:
        pin = ribbon(line((0.80, y - 0.002), (0.80, y + 0.05)), width)
        front_parts.append(Piece("buckle", (pin,), plain(_METAL), Body(0.9, 0.01, 0.5, 40)))
    return behind, front_parts


def _counter(spec: ProductSpec, last: Last, height: float) -> Piece:
    seat, (y, _, back) = last.y(0.95), _ankle_line(last, height)
    heel = spline([(0.90, seat), (0.985, seat - 0.06), (back, y)], 8)
    return Piece("counter", (ribbon(heel, [0.12, 0.05]),), fabric(spec, 10.0), Body(0.9, 0.03), casts=0.3)


def _bands(spec: ProductSpec, last: Last, count: int, width: float) -> list[Piece]:
    return [_band(spec, last, 0.08 + 0.28 * (k + 0.25) / count, width) for k in range(count)]


def _ankle_strap(spec: ProductSpec, last: Last) -> list[Piece]:
    height = spec.number("ankle")
    far, near = _ring(spec, last, height, 0.036)
    bands = _bands(spec, last, int(spec.number("straps")), spec.number("strap_width"))
    doubt = spec.doubt("sandal_style", "T-Bar")
    bar = [_bar(spec, last, 0.25, height, 0.025 * doubt)] if doubt > 0 else []
    return [*far, *bands, *bar, _counter(spec, last, height), *near]


def _bar(spec: ProductSpec, last: Last, start: float, height: float, width: float) -> Piece:
    """Strap along the instep, from the toes to the ankle strap."""
    y, front, _ = _ankle_line(last, height)
    rise = over(last, (start, _instep(start) * 0.8), (0.40, _instep(0.40) * 0.86), (0.54, _instep(0.54) * 0.95))
    path = spline([*rise, (front + 0.01, y + 0.002)], 8)
    return Piece("bar", (ribbon(path, width),), fabric(spec, -30.0), Body(0.9, 0.02, 0.1, 16), casts=0.35)


def _t_bar(spec: ProductSpec, last: Last) -> list[Piece]:
    height, width = spec.number("ankle"), 0.05 * (1 - 0.5 * spec.doubt("sandal_style"))
    far, near = _ring(spec, last, height, 0.036)
    toe = _band(spec, last, 0.10, 0.20)
    return [*far, toe, _bar(spec, last, 0.25, height, width), _counter(spec, last, height), *near]


def _gladiator(spec: ProductSpec, last: Last) -> list[Piece]:
    """Many straps, from the toes up the ankle, joined by one in front."""
    doubt = spec.doubt("sandal_style")
    top, count = spec.number("ankle") * (1 - 0.3 * doubt), max(int(spec.number("straps") - 2.5 * doubt), 3)
    heights = np.linspace(0.14, top, count)
    rings = [_ring(spec, last, float(h), 0.030, k == count - 1) for k, h in enumerate(heights)]
    far = [part for behind, _ in rings for part in behind]
    near = [part for _, front in rings for part in front]
    ends = [_ankle_line(last, float(h)) for h in heights]
    rear = points([(back - 0.012, y) for y, _, back in ends])
    front = points([(x + 0.03, y + 0.004) for y, x, _ in ends])
    spine = Piece("spine", (ribbon(front, 0.03),), fabric(spec, 80.0), Body(0.8, 0.012), casts=0.2)
    back = Piece("counter", (ribbon(join(over(last, (0.95, 0.0)), rear), [0.10, 0.045, 0.04]),), fabric(spec), Body(0.9, 0.02))
    bands = [_band(spec, last, start, 0.055) for start in (0.10, 0.22, 0.34)]
    return [*far, *bands, _bar(spec, last, 0.20, float(heights[0]), 0.03), back, *near, spine]


def _front(spec: ProductSpec, last: Last, throat: float) -> Piece:
    """A closed front as a pump has it, with an open side."""
    crest = [(x, _instep(x) + 0.012) for x in np.linspace(0.03, throat, 8)]
    edge = spline(
        over(last, (throat, _instep(throat) + 0.012), (throat + 0.06, 0.10), (throat + 0.16, 0.03), (throat + 0.2, 0.0)), 6
    )
    outline = join(over(last, (-0.005, 0.0), (-0.012, 0.03)), over(last, *crest), edge[1:], last.bed(0.0, throat + 0.2)[::-1])
    return Piece("front", (outline,), fabric(spec), Body(0.9, 0.06, max(spec.number("gloss"), spec.number("shine")), 14.0))


def _slingback(spec: ProductSpec, last: Last) -> list[Piece]:
    """A closed front and a single strap behind the heel."""
    throat = spec.number("throat")
    seat = last.y(0.97)
    start = over(last, (throat + 0.08, 0.08))[0]
    near = spline([start, (0.72, seat - 0.115), (0.90, seat - 0.15), (0.995, seat - 0.155)], 8)
    far = spline([(start[0] - 0.01, start[1] - 0.02), (0.72, seat - 0.165), (0.90, seat - 0.185), (0.995, seat - 0.155)], 8)
    dark = Surface((darker(spec.colours[0], 0.45),))
    pin = ribbon(line((0.70, seat - 0.155), (0.70, seat - 0.075)), 0.022)
    return [
        Piece("sling_far", (ribbon(far, 0.026),), dark, Body(0.6, 0.012)), _front(spec, last, throat),
        Piece("sling", (ribbon(near, 0.034),), fabric(spec, 5.0), Body(0.9, 0.014), casts=0.3),
        Piece("buckle", (pin,), plain(_METAL), Body(0.9, 0.01, 0.5, 40)),
    ]  # fmt: skip


def _platform(spec: ProductSpec, last: Last) -> list[Piece]:
    """Wide bands over a thick sole, the back open."""
    width = spec.number("strap_width")
    return [_band(spec, last, 0.25, width * 0.9), _band(spec, last, 0.07, width)]


def _espadrille(spec: ProductSpec, last: Last) -> list[Piece]:
    """Canvas over the toes and round the heel, tied at the ankle."""
    far, near = _ring(spec, last, spec.number("ankle") + 0.02, 0.022, buckle=False)
    y, front, _ = _ankle_line(last, spec.number("ankle") + 0.02)
    tie = [spline([(front + 0.02, y), (front - 0.04, y + 0.04), (front - 0.03, y + 0.09)], 6)]
    knot = Piece("knot", tuple(ribbon(t, 0.02) for t in tie), fabric(spec, 10.0), Body(0.8, 0.01))
    seat = over(last, (0.70, 0.0), (0.76, 0.07), (0.88, 0.13), (0.99, 0.15), (1.01, 0.07), (1.0, 0.0))
    heel = Piece("counter", (spline(seat, 6),), fabric(spec), Body(0.9, 0.05), casts=0.3)
    toe = _front(spec, last, 0.36)
    return [*far, toe, stitch(spec, shifted(_edge(last), 0, -0.012), 0.6), heel, *near, knot]


def _edge(last: Last) -> Points:
    return last.bed(0.02, 0.52)


SANDALS: dict[str, Callable[[ProductSpec, Last], list[Piece]]] = {
    "Ankle-Strap": _ankle_strap, "Espadrille": _espadrille, "Platform": _platform, "Gladiator": _gladiator,
    "Slingback": _slingback, "T-Bar": _t_bar,
}  # fmt: skip
"""Straps by sandal style."""


def sandal(spec: ProductSpec, last: Last) -> list[Piece]:
    """Foot bed and straps of a sandal."""
    bed = last.bed(0.02, 0.99)
    inner = Piece("footbed", (join(bed[::-1], bed - (0, 0.022)),), plain(spec.colour("footbed")), Body(0.5, 0.02))
    return [inner, *SANDALS[spec.word("sandal_style")](spec, last)]
