"""Things that catalogues hold beside products: swatches, boxes, close-ups, labels."""

import numpy as np

from robustfashion.data.synthetic.curves import Points, ellipse, line, points, ribbon, rounded_box
from robustfashion.data.synthetic.products.glyphs import words, words_width
from robustfashion.data.synthetic.scene import Piece, Product, darker, fabric, flat, lighter, luma, plain
from robustfashion.data.synthetic.shading import Body, ridges
from robustfashion.data.synthetic.spec import ProductSpec

_SQUARE = rounded_box(-0.5, -0.5, 0.5, 0.5, 0.002)


def _cloth(spec: ProductSpec) -> Body:
    folds, depth = ridges(spec.view_stream("folds"), (-0.5, -0.5, 0.5, 0.5), 6, (30.0, 60.0)), 0.5 * spec.number("thickness")
    return Body(0.3, 0.03, spec.number("gloss"), 6.0, lambda x, y: depth * folds(x, y))


def swatch(spec: ProductSpec) -> Product:
    """A piece of cloth, cut with pinking shears or filling the picture."""
    outline = _SQUARE
    if spec.word("edge") == "zigzag":
        teeth = np.linspace(-0.5, 0.5, 37)[:-1]
        depth = np.where(np.arange(36) % 2, 0.0, 0.022)
        side = np.stack([teeth, -0.5 + depth], axis=1)
        turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
        sides = [side]
        for _ in range(3):
            sides.append(sides[-1] @ turn)
        outline = np.concatenate(sides)
    return Product((Piece("cloth", (outline,), fabric(spec), _cloth(spec)),))


def packaging(spec: ProductSpec) -> Product:
    """A closed cardboard box with a lid and a name on it."""
    wide, deep, lid = spec.number("wide"), spec.number("deep"), spec.number("lid")
    high = 0.42
    ground = spec.colours[0]
    front = points([(-wide / 2, -high), (wide / 2, -high), (wide / 2, 0), (-wide / 2, 0)])
    top = points(
        [
            (-wide / 2, -high),
            (wide / 2, -high),
            (wide / 2 + deep * 0.5, -high - deep * 0.55),
            (-wide / 2 + deep * 0.5, -high - deep * 0.55),
        ]
    )
    side = points(
        [(wide / 2, -high), (wide / 2 + deep * 0.5, -high - deep * 0.55), (wide / 2 + deep * 0.5, -deep * 0.55), (wide / 2, 0)]
    )
    cover = points(
        [
            (-wide / 2 - 0.008, -high - 0.002),
            (wide / 2 + 0.008, -high - 0.002),
            (wide / 2 + 0.008, -high + lid),
            (-wide / 2 - 0.008, -high + lid),
        ]
    )
    name = _name(spec, 3)
    size = min(0.09, wide * 0.8 / max(words_width(name, 1.0), 0.1))
    text = words(name, -words_width(name, size) / 2, -high + lid + (high - lid - size) / 2, size, 0.18)
    ink = lighter(ground, 0.85) if luma(ground) < 140 else darker(ground, 0.75)
    return Product(
        (
            Piece("side", (side,), plain(darker(ground, 0.35)), Body(0.2, 0.02)),
            Piece("top", (top,), plain(lighter(ground, 0.15)), Body(0.2, 0.02)),
            Piece("front", (front,), plain(ground), Body(0.2, 0.02)),
            Piece("lid", (cover,), plain(lighter(ground, 0.06)), Body(0.25, 0.015), casts=0.3),
            flat("name", text, ink),
        ),
        stands=True,
        written=True,
    )


def _name(spec: ProductSpec, least: int) -> str:
    rng = spec.style_stream("name")
    return "".join(rng.choice(list("ABCDEFGHIKLMNOPRSTUVXYZ"), int(rng.integers(least, least + 4))))


def detail_macro(spec: ProductSpec) -> Product:
    """A close-up of cloth with a zip, a buckle or buttons."""
    return Product((Piece("cloth", (_SQUARE,), fabric(spec), _cloth(spec)), *_DETAILS[spec.word("detail")](spec)))


def _zip(spec: ProductSpec) -> list[Piece]:
    tape = points([(-0.07, -0.5), (0.07, -0.5), (0.07, 0.5), (-0.07, 0.5)])
    teeth: list[Points] = []
    for k, y in enumerate(np.arange(-0.49, 0.49, 0.013)):
        x = -0.022 if k % 2 else 0.0
        teeth.append(rounded_box(x, float(y), x + 0.022, float(y) + 0.009, 0.003))
    slider = rounded_box(-0.045, -0.08, 0.045, 0.05, 0.02)
    pull = rounded_box(-0.022, 0.03, 0.022, 0.22, 0.018)
    metal = plain((192, 190, 184))
    return [
        Piece("tape", (tape,), plain(darker(spec.colours[0], 0.45)), Body(0.3, 0.02), casts=0.3),
        Piece("teeth", tuple(teeth), metal, Body(0.8, 0.005, 0.4, 20.0)),
        Piece("slider", (slider,), metal, Body(1.0, 0.02, 0.6, 26.0), casts=0.5),
        Piece("pull", (pull,), metal, Body(1.0, 0.015, 0.6, 26.0), casts=0.5),
    ]


def _belt_buckle(spec: ProductSpec) -> list[Piece]:
    strap = points([(-0.5, -0.12), (0.5, -0.12), (0.5, 0.12), (-0.5, 0.12)])
    frame, hole = rounded_box(-0.14, -0.19, 0.14, 0.19, 0.05), rounded_box(-0.09, -0.14, 0.09, 0.14, 0.03)
    holes = [ellipse((x, 0.0), (0.012, 0.014), 18) for x in (0.25, 0.35, 0.45)]
    metal = plain((208, 198, 160))
    return [
        Piece("strap", (strap,), plain(darker(spec.colours[2], 0.4)), Body(0.6, 0.03, 0.2, 14.0), casts=0.5),
        flat("holes", holes, (24, 22, 22)),
        Piece("frame", (frame,), metal, Body(1.0, 0.025, 0.6, 26.0), (hole,), casts=0.5),
        Piece("pin", (rounded_box(-0.13, -0.016, 0.16, 0.016, 0.014),), metal, Body(1.0, 0.012, 0.6, 26.0), casts=0.4),
    ]


def _buttons(spec: ProductSpec) -> list[Piece]:
    edge = [ribbon(line((x, -0.5), (x, 0.5)), 0.006) for x in (-0.09, 0.09)]
    places = [(0.0, y) for y in (-0.27, 0.0, 0.27)]
    discs = tuple(ellipse(at, (0.065, 0.065), 40) for at in places)
    threads = [
        ellipse((x + dx, y + dy), (0.009, 0.009), 14) for x, y in places for dx in (-0.018, 0.018) for dy in (-0.018, 0.018)
    ]
    return [
        flat("placket", edge, darker(spec.colours[0], 0.6), 0.5),
        Piece("buttons", discs, plain(spec.colours[2]), Body(0.8, 0.02, 0.4, 20.0), casts=0.6),
        flat("button_holes", threads, (30, 28, 28), 0.9),
    ]


_DETAILS = {"zip": _zip, "buckle": _belt_buckle, "buttons": _buttons}


def barcode(spec: ProductSpec) -> Product:
    """A paper label with a bar code and its number."""
    rng, count = spec.style_stream("bars"), int(spec.number("bars"))
    widths = rng.choice([1, 1, 2, 3, 4], 2 * count)
    edges = np.concatenate([[0], np.cumsum(widths)]) / widths.sum() * 0.8 - 0.4
    bars = [points([(a, -0.18), (b, -0.18), (b, 0.10), (a, 0.10)]) for a, b in zip(edges[0:-1:2], edges[1::2], strict=True)]
    digits = "".join(str(d) for d in rng.integers(0, 10, 13))
    size = 0.8 / words_width(digits, 1.0)
    paper = rounded_box(-0.5, -0.34, 0.5, 0.27, 0.03)
    name = words(_name(spec, 5), -0.4, -0.29, 0.06, 0.16)
    hole = (ellipse((0.42, -0.27), (0.02, 0.02), 20),) if spec.word("tag") == "tag" else ()
    return Product(
        (
            Piece("paper", (paper,), plain((248, 247, 243)), Body(0.25, 0.01), hole),
            flat("bars", bars, (20, 20, 20)),
            flat("digits", words(digits, -0.4, 0.14, size, 0.15), (20, 20, 20)),
            flat("name", name, (40, 40, 44)),
        ),
        written=True,
    )
