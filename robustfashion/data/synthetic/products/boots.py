"""Boots by the cues of the boot-style labels: shaft, closing, toe, collar and sole."""

from collections.abc import Callable

import numpy as np

from robustfashion.data.synthetic.curves import Points, along, ellipse, join, line, points, ribbon, rounded_box, spline
from robustfashion.data.synthetic.products.heels import Last
from robustfashion.data.synthetic.products.shoe_details import closed_upper, lace_parts, over, stitch, trim
from robustfashion.data.synthetic.scene import Piece, darker, flat, lighter, plain, shade
from robustfashion.data.synthetic.shading import Body
from robustfashion.data.synthetic.spec import ProductSpec

_STEEL = (200, 198, 192)


class Shaft:
    """Where the shaft of a boot lies."""

    def __init__(self, spec: ProductSpec, last: Last) -> None:
        self.last = last
        self.seat = last.y(1.0)
        self.top = self.seat - spec.number("shaft")
        self.front = 0.955 - spec.number("shaft_width")
        self.back = 0.985 - 0.02 * (self.top + 1.0)
        self.high = last.y(0.75)

    def front_edge(self, y: float) -> float:
        """X of the front edge of the shaft or the instep at height ``y``."""
        knots = [(self.top, self.front), (self.high - 0.30, self.front - 0.03), (self.last.y(0.4) - 0.205, 0.40)]
        heights, places = zip(*sorted(knots), strict=True)
        return float(np.interp(y, heights, places))

    def inside(self, y: float, share: float) -> float:
        """X at height ``y``, at a share of the way from the front to the back edge."""
        front = self.front_edge(y)
        return front + share * (self.back - front)

    def level(self, share: float) -> float:
        """Height at a share of the shaft above the ankle: 0 ankle, 1 top."""
        ankle = self.high - 0.2
        return ankle + (self.top - ankle) * share

    def ring(self, y: float, slope: float = 0.02) -> Points:
        """Line around the shaft at height ``y``, from front to back."""
        front = self.front_edge(y)
        return spline([(front - 0.005, y - slope), ((front + self.back) / 2, y + 0.016), (self.back + 0.004, y)], 8)


def boot(spec: ProductSpec, last: Last) -> list[Piece]:
    """Upper of a boot with the details of its style."""
    shaft, toe = Shaft(spec, last), spec.number("toe")
    top, front, back, base = shaft.top, shaft.front, shaft.back, last.y(0.0)
    topline = spline([(back, top), ((front + back) / 2, top + spec.number("dip")), (front, top - 0.005)], 8)
    tall = [(front - 0.005, (top + shaft.high) / 2 - 0.1)] if shaft.high - top > 0.42 else []
    vamp = spline(
        [
            (front, top - 0.005), *tall, (front - 0.04, max(shaft.high - 0.27, top + 0.08)), (0.40, last.y(0.40) - 0.205),
            (0.18, last.y(0.18) - 0.11 - toe), (0.04, base - 0.075 - toe), (-0.008, base - 0.02), (0.0, base),
        ],
        8,
    )  # fmt: skip
    middle = [(back + 0.01, (top + shaft.seat) / 2 - 0.1)] if tall else []
    counter = spline([(1.0, shaft.seat), (1.02, shaft.seat - 0.09), (0.985, shaft.seat - 0.23), *middle, (back, top)], 7)
    parts = closed_upper(spec, last, join(counter[1:-1], topline), vamp[1:], 0.04)
    return [*parts, *BOOTS[spec.word("boot_style")](spec, shaft)]


def _quarter_seam(spec: ProductSpec, shaft: Shaft) -> Piece:
    seam = spline([(0.44, shaft.last.y(0.44) - 0.21), (0.56, shaft.last.y(0.56) - 0.11), (0.62, shaft.last.y(0.62))], 8)
    return stitch(spec, seam, 0.5)


def _chukka(spec: ProductSpec, shaft: Shaft) -> list[Piece]:
    doubt = spec.doubt("boot_style")
    return [*(_nap(spec, shaft, 0.5 * doubt) if doubt > 0 else []), *_laced(spec, shaft)]


def _laced(spec: ProductSpec, shaft: Shaft) -> list[Piece]:
    """Few eyelets at the ankle."""
    low = (shaft.front_edge(shaft.high - 0.22) - 0.005, shaft.high - 0.235)
    high = (shaft.front + 0.012, shaft.top + 0.035)
    laces = lace_parts(spec, low, high, int(spec.number("eyelets")))
    return [_quarter_seam(spec, shaft), *laces, stitch(spec, spline(over(shaft.last, (0.03, 0.07), (0.2, 0.05), (0.4, 0.05)), 8))]


def _desert(spec: ProductSpec, shaft: Shaft) -> list[Piece]:
    strength = 1 - 0.6 * spec.doubt("boot_style")
    return [*_nap(spec, shaft, strength), *_laced(spec, shaft)]


def _nap(spec: ProductSpec, shaft: Shaft, strength: float) -> list[Piece]:
    """Suede, brushed in patches of light and dark."""
    rng = spec.style_stream("suede")
    marks: list[list[Points]] = [[], []]
    for k in range(220):
        x = float(rng.uniform(0.05, 0.95))
        roof = 0.05 + 0.30 * np.clip((x - 0.05) / 0.55, 0, 1)
        y = shaft.last.y(x) - float(rng.uniform(0.03, 0.92)) * roof
        marks[k % 2].append(
            ribbon(line((x, y), (x + float(rng.uniform(0.006, 0.02)), y + float(rng.uniform(-0.012, 0.012)))), 0.007)
        )
    ground = spec.colours[0]
    return [
        flat("nap", marks[0], lighter(ground, 0.3), 0.4 * strength),
        flat("nap", marks[1], darker(ground, 0.35), 0.4 * strength),
    ]


def _chelsea(spec: ProductSpec, shaft: Shaft) -> list[Piece]:
    """Elastic gore in the side, a pull tab behind."""
    front, back, high = shaft.front, shaft.back, shaft.high
    size = 1 - 0.5 * spec.doubt("boot_style")
    middle, half = (front + back) / 2 + 0.02, 0.115 * size
    gore = spline(
        [
            (middle - half, shaft.top + 0.02), (middle - half * 0.75, (shaft.top + high) / 2 - 0.06), (middle, high - 0.09),
            (middle + half * 0.75, (shaft.top + high) / 2 - 0.06), (middle + half, shaft.top + 0.02),
        ],
        8,
    )  # fmt: skip
    dark = trim(spec)
    xs = np.arange(middle - half * 0.8, middle + half * 0.8, 0.018)
    ribs = [ribbon(line((x, shaft.top + 0.03), (x, high - 0.11 - 0.9 * abs(x - middle))), 0.005) for x in xs]
    tab = rounded_box(back - 0.025, shaft.top - 0.055 * size, back + 0.02, shaft.top + 0.06, 0.015)
    return [
        Piece("gore", (gore,), plain(dark), Body(0.3, 0.02)), flat("gore_ribs", ribs, shade(dark), 0.7),
        Piece("pull_tab", (tab,), plain(dark), Body(0.7, 0.012), casts=0.3),
    ]  # fmt: skip


def _classic(spec: ProductSpec, shaft: Shaft) -> list[Piece]:
    """A plain shaft with a zip on its side."""
    path = line((shaft.back - 0.15, shaft.top + 0.03), (shaft.back - 0.17, shaft.high - 0.03), 12)
    pull = rounded_box(shaft.back - 0.158, shaft.top + 0.03, shaft.back - 0.142, shaft.top + 0.10, 0.006)
    return [
        flat("zip", [ribbon(path, 0.016)], (168, 166, 160), 0.9), flat("zip_line", [ribbon(path, 0.005)], (60, 58, 56), 0.9),
        flat("pull", [pull], _STEEL), _quarter_seam(spec, shaft),
    ]  # fmt: skip


def _combat(spec: ProductSpec, shaft: Shaft) -> list[Piece]:
    """Laced to the top, toe cap."""
    low = (0.375, shaft.last.y(0.375) - 0.185)
    foot = (shaft.front_edge(shaft.high - 0.26) - 0.005, shaft.high - 0.265)
    count = int(spec.number("eyelets")) - (2 if spec.doubt("boot_style") > 0 else 0)
    lower = max(count // 3, 2)
    top = (shaft.front + 0.01, shaft.top + 0.04)
    upper = lace_parts(spec, foot, top, count - lower)
    cap = spline(over(shaft.last, (0.20, 0.0), (0.215, 0.07), (0.185, 0.115 + spec.number("toe"))), 8)
    pull = rounded_box(shaft.back - 0.02, shaft.top - 0.06, shaft.back + 0.018, shaft.top + 0.05, 0.015)
    return [
        *lace_parts(spec, low, foot, lower), *upper, stitch(spec, cap, 0.7), _quarter_seam(spec, shaft),
        Piece("pull_tab", (pull,), plain(trim(spec)), Body(0.7, 0.012)),
    ]  # fmt: skip


def _buckle(x: float, y: float, size: float) -> Piece:
    frame, hole = (rounded_box(x - r, y - r * 0.9, x + r, y + r * 0.9, 0.006) for r in (size, size * 0.6))
    return Piece("buckle", (frame,), plain(_STEEL), Body(0.8, 0.006, 0.5, 40), (hole,))


def _biker(spec: ProductSpec, shaft: Shaft) -> list[Piece]:
    """Straps with buckles: over the instep, round the ankle and near the top."""
    width = 0.062 * (1 - 0.45 * spec.doubt("boot_style"))
    strap = plain(trim(spec))
    levels = [shaft.level(0.05), shaft.level(0.9), shaft.level(0.5)][: int(spec.number("buckles"))]
    parts = []
    for number, y in enumerate(levels):
        ring = shaft.ring(y, 0.06 if number == 0 else 0.0)
        parts.append(Piece("boot_strap", (ribbon(ring, width),), strap, Body(0.7, 0.015, 0.15, 20), casts=0.5))
        at = along(ring, 9)[3 if number else 2]
        parts.append(_buckle(float(at[0]), float(at[1]), width * 0.72))
    return [*parts, _quarter_seam(spec, shaft)]


def _snow(spec: ProductSpec, shaft: Shaft) -> list[Piece]:
    """Fur collar, quilted shaft, rubber shell over the foot."""
    last = shaft.last
    across = [shaft.ring(shaft.level(share), 0.0) for share in (0.12, 0.36, 0.60, 0.84)]
    ankle, top = shaft.level(0.0), shaft.level(0.92)
    down = [line((shaft.inside(ankle, s), ankle), (shaft.inside(top, s), top)) for s in (0.2, 0.4, 0.6, 0.8)]
    profile = [
        (1.012, 0.0), (1.028, 0.10), (0.85, 0.145), (0.55, 0.135), (0.35, 0.165), (0.15, 0.125), (0.02, 0.085), (-0.02, 0.01),
    ]  # fmt: skip
    shell = join(spline(over(last, *profile), 8), last.bed(0.0, 1.0))
    low = (shaft.front_edge(shaft.high - 0.22), shaft.high - 0.225)
    return [
        flat("quilt", [ribbon(curve, 0.008) for curve in (*across, *down)], darker(spec.colours[0], 0.55), 0.55),
        Piece("rubber", (shell,), plain(spec.colour("sole")), Body(0.9, 0.05, 0.25, 18.0), casts=0.25),
        *lace_parts(spec, low, (shaft.front + 0.015, shaft.level(0.8)), 4),
        *_fur(spec, shaft, spec.style_stream("fur")),
    ]


def _fur(spec: ProductSpec, shaft: Shaft, rng: np.random.Generator) -> list[Piece]:
    size = 0.075 * (1 - 0.5 * spec.doubt("boot_style"))
    angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    ragged = 1 + rng.uniform(-0.10, 0.16, 90)
    half, middle = (shaft.back - shaft.front) / 2 + 0.035, (shaft.front + shaft.back) / 2
    outline = points(np.stack([middle + half * ragged * np.cos(angle), shaft.top + size * ragged * np.sin(angle)], axis=1))
    tone = trim(spec)
    x, y = middle + half * rng.uniform(-0.9, 0.9, 60), shaft.top + size * rng.uniform(-0.8, 0.9, 60)
    hairs = [ribbon(line((a, b), (a + float(rng.uniform(-0.02, 0.02)), b + 0.03)), 0.004) for a, b in zip(x, y, strict=True)]
    return [Piece("fur", (outline,), plain(tone), Body(0.9, 0.05), casts=0.4), flat("hairs", hairs, darker(tone, 0.3), 0.5)]


def _wellington(spec: ProductSpec, shaft: Shaft) -> list[Piece]:
    """One piece of glossy rubber: a band at the top, a ridge above the sole, a small strap."""
    last = shaft.last
    edge = trim(spec)
    band = shaft.ring(shaft.top + 0.045, 0.0)
    ridge = points([(x, last.y(x) - 0.035) for x in np.linspace(-0.01, 1.01, 30)])
    strap = shaft.ring(shaft.top + 0.17, -0.01)
    gleam = spline(
        [
            (shaft.front + 0.10, shaft.top + 0.24),
            (shaft.front + 0.085, shaft.level(0.4)),
            (shaft.front + 0.05, shaft.level(0.05)),
        ],
        8,
    )
    toe_gleam = spline(over(last, (0.10, 0.085), (0.2, 0.125), (0.32, 0.15)), 8)
    shine = [ribbon(gleam, [0.012, 0.03, 0.012]), ribbon(toe_gleam, [0.006, 0.018, 0.006])]
    return [
        Piece("band", (ribbon(band, 0.05),), plain(edge), Body(0.6, 0.012, 0.3, 20)),
        flat("ridge", [ribbon(ridge, 0.012)], edge, 0.7),
        Piece("boot_strap", (ribbon(along(strap, 20)[11:], 0.035),), plain(edge), Body(0.7, 0.01, 0.3, 20), casts=0.3),
        flat("gleam", shine, (255, 255, 255), 0.28 * (1 - spec.doubt("boot_style"))),
        flat("rivet", [ellipse((shaft.back - 0.02, shaft.top + 0.17), (0.012, 0.012), 14)], _STEEL),
    ]


BOOTS: dict[str, Callable[[ProductSpec, Shaft], list[Piece]]] = {
    "Biker boots": _biker, "Chelsea boots": _chelsea, "Chukka boots": _chukka, "Classic boots": _classic,
    "Combat boots": _combat, "Desert boots": _desert, "Snow boots": _snow, "Wellington boots": _wellington,
}  # fmt: skip
"""Details by boot style."""
