"""Shoes in side view, toe to the left; 1 unit is the shoe's length, y = 0 the ground."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from robustfashion.data.synthetic.curves import Points, join, points, spline
from robustfashion.data.synthetic.products.boots import boot
from robustfashion.data.synthetic.products.heels import Last, heel_parts, sole_parts
from robustfashion.data.synthetic.products.sandals import sandal
from robustfashion.data.synthetic.products.shoe_details import closed_upper, lace_parts, over, sneaker_details, stitch
from robustfashion.data.synthetic.scene import Piece, Product, Surface, darker, fabric, plain
from robustfashion.data.synthetic.shading import Body
from robustfashion.data.synthetic.spec import ProductSpec


def _pump(spec: ProductSpec, last: Last) -> list[Piece]:
    throat, toe = spec.number("throat"), spec.number("toe")
    thick = 0.03 if spec.word("family") == "ballerina" else 0.0
    front = (throat, 0.130 + thick)
    topline = spline(over(last, (0.985, 0.17), (0.93, 0.14), (0.66, 0.085), (throat + 0.10, 0.095 + thick), front), 8)
    vamp = spline(over(last, front, (0.16, 0.082 + toe + thick), (0.05, 0.045 + toe), (-0.01, 0.012)), 8)
    counter = spline(over(last, (1.0, 0.0), (1.018, 0.08), (0.985, 0.17)), 6)
    parts = closed_upper(spec, last, join(counter[1:-1], topline), vamp[1:], 0.03)
    if spec.word("bow") == "none":
        return parts
    x, y = throat + 0.01, last.y(throat) - 0.125 - thick
    wings = points([(x, y), (x - 0.075, y - 0.035), (x - 0.08, y + 0.035), (x, y), (x + 0.05, y + 0.05), (x + 0.08, y - 0.01)])
    return [*parts, Piece("bow", (wings,), fabric(spec, 30.0), Body(0.8, 0.012), casts=0.4)]


def _low(spec: ProductSpec, last: Last) -> list[Piece]:
    """Loafers and lace-up shoes."""
    toe = spec.number("toe")
    topline = spline(over(last, (0.99, 0.225), (0.90, 0.205), (0.74, 0.165), (0.58, 0.195), (0.47, 0.255)), 8)
    vamp = spline(over(last, (0.47, 0.255), (0.33, 0.18), (0.17, 0.105 + toe), (0.04, 0.07 + toe * 0.6), (-0.005, 0.01)), 8)
    counter = spline(over(last, (1.0, 0.0), (1.015, 0.11), (0.99, 0.225)), 6)
    parts = closed_upper(spec, last, join(counter[1:-1], topline), vamp[1:], 0.035)
    if spec.word("closure") == "laces":
        low, high = over(last, (0.30, 0.155), (0.46, 0.235))
        return [*parts, *lace_parts(spec, low, high, 4)]
    band = points(over(last, (0.27, 0.150), (0.385, 0.215), (0.45, 0.045), (0.33, 0.02)))
    slot = points(over(last, (0.315, 0.145), (0.35, 0.16), (0.37, 0.115), (0.34, 0.105)))
    strap = Piece("saddle", (band,), plain(darker(spec.colours[0], 0.15)), Body(0.6, 0.02, 0.1, 20), casts=0.4)
    apron = spline(over(last, (0.04, 0.09), (0.17, 0.075), (0.3, 0.06)), 8)
    return [*parts, strap, stitch(spec, slot, 0.8), stitch(spec, apron)]


def _sneaker(spec: ProductSpec, last: Last) -> list[Piece]:
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
    tongue_part = Piece("tongue", (tongue,), Surface((darker(spec.colours[0], 0.25),)), Body(0.9, 0.04))
    return [
        tongue_part,
        *closed_upper(spec, last, join(counter[1:-1], topline), vamp[1:], 0.035),
        *sneaker_details(spec, base, high),
    ]


UPPERS: dict[str, Callable[[ProductSpec, Last], list[Piece]]] = {
    "sneaker": _sneaker, "pump": _pump, "ballerina": _pump, "low": _low, "boot": boot, "sandal": sandal,
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
