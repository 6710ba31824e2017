"""Look-alikes of shoes, dresses and tops."""

import numpy as np

from robustfashion.data.synthetic.curves import (
    Points,
    ellipse,
    join,
    line,
    mirrored,
    points,
    ribbon,
    rounded_box,
    shifted,
    spline,
)
from robustfashion.data.synthetic.products.boots import boot
from robustfashion.data.synthetic.products.heels import Last
from robustfashion.data.synthetic.products.necks import Yoke, neckline
from robustfashion.data.synthetic.scene import Piece, Product, darker, fabric, flat, lighter, luma, plain
from robustfashion.data.synthetic.shading import Body, ridges
from robustfashion.data.synthetic.spec import ProductSpec


def _cloth(spec: ProductSpec, outline: Points, lean: float = 75.0) -> Body:
    low, high = outline.min(axis=0), outline.max(axis=0)
    folds = ridges(spec.view_stream("folds"), (low[0], low[1], high[0], high[1]), 12, (lean, 25.0))
    depth = spec.number("thickness")
    return Body(0.6, 0.06, spec.number("gloss"), 6.0, lambda x, y: depth * folds(x, y))


def _seams(spec: ProductSpec, curves: list[Points], width: float = 0.004) -> Piece:
    ground = spec.colours[0]
    tone = darker(ground, 0.6) if luma(ground) > 50 else lighter(ground, 0.25)
    return flat("seams", [ribbon(curve, width) for curve in curves], tone, 0.55)


def _legs(waist: float, length: float, width: float, spread: float) -> Points:
    """Outline of trousers, the waist at y = 0, counted clockwise from the left end of the waist."""
    foot = waist * 0.55 + spread
    right = [(waist, 0.0), (waist * 1.22, 0.22), (foot + width * 0.62, length), (foot - width * 0.62, length), (0.012, 0.36)]
    left = [(-x, y) for x, y in right[::-1][1:]]
    return points([*right, *left])


def trousers(spec: ProductSpec) -> Product:
    """Trousers from the front."""
    waist, length = spec.number("waist"), spec.number("length")
    outline = _legs(waist, length, spec.number("leg_width"), spec.number("spread"))
    band = points([(-waist, -0.035), (waist, -0.035), (waist * 1.03, 0.012), (-waist * 1.03, 0.012)])
    fly = spline([(0.0, 0.01), (0.0, 0.18), (0.012, 0.30)], 6)
    pockets = [spline([(s * waist * 0.55, 0.012), (s * waist * 0.8, 0.06), (s * waist * 1.12, 0.11)], 6) for s in (-1, 1)]
    button = ellipse((0.0, -0.012), (0.011, 0.011), 16)
    return Product(
        (
            Piece("trousers", (outline,), fabric(spec), _cloth(spec, outline)),
            _seams(spec, [fly, *pockets]),
            Piece("band", (band,), fabric(spec), Body(0.5, 0.015), casts=0.2),
            Piece("button", (button,), plain((190, 188, 180)), Body(0.7, 0.005, 0.4, 20.0)),
        )
    )


def skirt(spec: ProductSpec) -> Product:
    """A skirt: a dress without its upper half."""
    waist, hem, length = spec.number("waist"), spec.number("hem"), spec.number("length")
    side = spline([(waist, 0.0), (waist + (hem - waist) * 0.45, length * 0.35), (hem, length)], 8)
    bottom = spline([(hem, length), (0, length + 0.03), (-hem, length)], 8)
    outline = join(side, bottom[1:-1], mirrored(side))
    count = int(spec.number("pleats"))
    pleats = [line((waist * k, 0.06), (hem * k, length)) for k in np.linspace(-0.8, 0.8, count)]
    band = points([(-waist, -0.04), (waist, -0.04), (waist * 1.02, 0.015), (-waist * 1.02, 0.015)])
    parts = [Piece("skirt", (outline,), fabric(spec), _cloth(spec, outline))]
    if pleats:
        parts.append(_seams(spec, pleats, 0.006))
    return Product((*parts, Piece("band", (band,), fabric(spec), Body(0.5, 0.015), casts=0.25)))


def jumpsuit(spec: ProductSpec) -> Product:
    """A top that goes over into trousers."""
    yoke = Yoke(0.078, spec.number("neck_depth"), 0.188, 0.165)
    neck = neckline("V-Neck", yoke)
    waist_y, waist = 0.44, 0.135
    legs = shifted(_legs(waist, spec.number("legs"), spec.number("leg_width"), 0.03), 0.0, waist_y)
    sides = spline([(0.165, 0.215), (0.142, 0.36), (waist, waist_y)], 6)
    upper = join(neck.edge, sides[1:], mirrored(sides)[:-1])
    waist_line = line((-waist, waist_y), (waist, waist_y))
    inside = plain(darker(spec.colours[0], 0.45))
    return Product(
        (
            Piece("inside", neck.behind, inside, Body(0.3, 0.04)),
            Piece("legs", (legs,), fabric(spec), _cloth(spec, legs)),
            Piece("body", (upper,), fabric(spec), _cloth(spec, upper, 40.0)),
            Piece("belt", (ribbon(waist_line, 0.03),), plain(spec.colours[2]), Body(0.7, 0.01, 0.1, 20.0), casts=0.3),
        )
    )


def scarf(spec: ProductSpec) -> Product:
    """A scarf laid once around: two hanging ends with fringes."""
    wide, fringe, cross = spec.number("wide"), spec.number("fringe"), spec.number("cross")
    loop = ribbon(spline([(-0.15, 0.22), (-0.2, 0.03), (0.0, -0.10), (0.2, 0.03), (0.15, 0.22)], 10), wide * 0.9)
    ends, threads = [], []
    for s, length in ((-1, 0.92), (1, 1.05)):
        path = spline([(s * 0.14, 0.16), (s * (0.10 - cross * 0.1), 0.45), (s * 0.12, length)], 10)
        ends.append(ribbon(path, [wide * 0.8, wide, wide * 1.1]))
        xs = np.linspace(-wide * 0.5, wide * 0.5, 11) + s * 0.12
        threads += [ribbon(line((x, length - 0.01), (x + 0.004, length + fringe)), 0.008) for x in xs]
    whole = np.concatenate(ends)
    return Product(
        (
            flat("fringe", threads, darker(spec.colours[0], 0.12)),
            Piece("end", (ends[0],), fabric(spec), _cloth(spec, whole)),
            Piece("end", (ends[1],), fabric(spec, 4.0), _cloth(spec, whole), casts=0.3),
            Piece("loop", (loop,), fabric(spec, 20.0), _cloth(spec, loop, 20.0), casts=0.4),
        )
    )


def sock(spec: ProductSpec) -> Product:
    """A sock from the side."""
    leg, wide = spec.number("leg"), spec.number("wide")
    back = 0.86
    outline = spline(
        [
            (back, -leg - 0.2),
            (back + 0.02, -0.30),
            (back + 0.06, -0.10),
            (back - 0.06, 0.0),
            (0.45, -0.01),
            (0.12, 0.0),
            (0.0, -0.09),
            (0.10, -0.19),
            (0.40, -0.24),
            (back - wide - 0.02, -0.36),
            (back - wide, -leg - 0.2),
        ],
        7,
    )
    accent = plain(spec.colours[1])
    heel = spline(
        [(back + 0.02, -0.26), (back + 0.058, -0.10), (back - 0.06, -0.004), (0.70, -0.02), (0.78, -0.14)], 6, closed=True
    )
    toe = spline([(0.17, -0.005), (0.10, 0.0), (0.004, -0.09), (0.10, -0.185), (0.20, -0.20), (0.16, -0.10)], 6, closed=True)
    cuff = rounded_box(back - wide - 0.012, -leg - 0.21, back + 0.012, -leg - 0.2 + spec.number("cuff"), 0.02)
    bands = [line((back - wide, y), (back + 0.004, y)) for y in -leg * 0.72 + 0.07 * np.arange(int(spec.number("bands")))]
    parts = [
        Piece("sock", (outline,), fabric(spec), _cloth(spec, outline, 20.0)),
        Piece("ends", (heel, toe), accent, Body(0.5, 0.03)),
    ]
    if bands:
        parts.append(Piece("bands", tuple(ribbon(b, 0.035) for b in bands), accent, Body(0.3, 0.01)))
    return Product((*parts, Piece("cuff", (cuff,), fabric(spec), Body(0.7, 0.02), casts=0.2)))


def roller_skate(spec: ProductSpec) -> Product:
    """A laced boot on four wheels, two of which are seen."""
    last = Last(0.06, 0.03, 0.0)
    size = spec.number("wheel")
    boots = [part for part in boot(spec, last) if part.name != "pull_tab"]
    sole = Piece("sole", (join(last.bed(0, 1), shifted(last.bed(0, 1), 0, 0.045)[::-1]),), plain((40, 40, 42)), Body(0.6, 0.015))
    plate = points([(0.08, 0.02), (0.96, 0.02), (0.90, 0.07), (0.14, 0.07)])
    wheels = tuple(ellipse((x, 0.07 + size), (size, size), 40) for x in (0.22, 0.80))
    hubs = tuple(ellipse((x, 0.07 + size), (size * 0.4, size * 0.4), 24) for x in (0.22, 0.80))
    stop = rounded_box(-0.03, 0.03, 0.09, 0.15, 0.03)
    return Product(
        (
            Piece("stop", (stop,), plain(spec.colours[2]), Body(0.8, 0.02)),
            *boots,
            sole,
            Piece("plate", (plate,), plain((150, 152, 156)), Body(0.8, 0.015, 0.4, 20.0)),
            Piece("wheels", wheels, plain(spec.colours[1]), Body(0.9, 0.04, 0.2, 16.0), casts=0.2),
            Piece("hubs", hubs, plain((180, 182, 186)), Body(0.8, 0.02, 0.4, 20.0)),
        ),
        stands=True,
    )
