"""Handles, wheels, ribs and pockets of suitcases."""

import numpy as np

from robustfashion.data.synthetic.curves import Points, ellipse, join, line, points, ribbon, rounded_box, spline
from robustfashion.data.synthetic.products.luggage_frame import Frame, outer
from robustfashion.data.synthetic.scene import Piece, darker, fabric, flat, lighter, luma, plain, shade
from robustfashion.data.synthetic.shading import Body
from robustfashion.data.synthetic.spec import Colour, ProductSpec

METAL: Colour = (182, 183, 185)
"""Bars of handles, zips, latches, buckles."""


def trim(spec: ProductSpec) -> Colour:
    """Colour of handles, piping and caps: one of the case's colours, in shade where it is the shell's."""
    return shade(spec.colours[0]) if spec.word("trim") == "ground" else spec.colour("trim")


def handle_parts(spec: ProductSpec, frame: Frame) -> list[Piece]:
    """Telescopic handle behind the shell, grab handle on its top."""
    reach, half = spec.number("handle"), spec.number("handle_width") * frame.half
    x = frame.side * 0.5
    dark = spec.colour("gear")
    parts: list[Piece] = []
    if reach > 0.05:
        top = -frame.height - reach + frame.lift
        bars = [ribbon(line((x + s * half, -frame.height + 0.1), (x + s * half, top)), 0.022) for s in (-1, 1)]
        grip = rounded_box(x - half - 0.03, top - 0.045, x + half + 0.03, top + 0.012, 0.02)
        parts += [
            Piece("bars", tuple(bars), plain(METAL), Body(1.0, 0.012, 0.5, 20.0)),
            Piece("grip", (grip,), plain(dark), Body(0.9, 0.02, 0.2, 16.0)),
        ]
    low = -frame.height + frame.lift * 0.5
    loop = spline(
        [
            (x * 0.6 - 0.11, low + 0.03),
            (x * 0.6 - 0.095, low - 0.045),
            (x * 0.6, low - 0.055),
            (x * 0.6 + 0.095, low - 0.045),
            (x * 0.6 + 0.11, low + 0.03),
        ],
        8,
    )
    return [*parts, Piece("grab", (ribbon(loop, 0.03),), plain(trim(spec)), Body(0.9, 0.015, 0.1, 12.0))]


def _caster(x: float, y: float, size: float, colour: Colour) -> list[Piece]:
    """A spinner: a fork and a pair of wheels below it."""
    fork = points(
        [(x - size * 0.60, y - size * 1.5), (x + size * 0.60, y - size * 1.5), (x + size * 0.35, y), (x - size * 0.35, y)]
    )
    pair = tuple(
        rounded_box(x + d - size * 0.32, y - size * 0.85, x + d + size * 0.32, y + size * 0.85, size * 0.25)
        for d in (-size * 0.46, size * 0.46)
    )
    return [
        Piece("fork", (fork,), plain(lighter(colour, 0.15)), Body(0.7, 0.015)),
        Piece("wheel", pair, plain(colour), Body(0.9, 0.015, 0.15, 14.0)),
    ]


def _roller(x: float, y: float, size: float, colour: Colour) -> list[Piece]:
    """A large fixed wheel, half inside its housing."""
    return [
        Piece("wheel", (ellipse((x, y), (size * 0.62, size * 1.1), 28),), plain(colour), Body(0.8, 0.02, 0.1, 14.0)),
        flat("hub", [ellipse((x, y), (size * 0.26, size * 0.5), 20)], (168, 170, 174), 0.9),
    ]


def wheel_parts(spec: ProductSpec, frame: Frame) -> tuple[list[Piece], list[Piece]]:
    """What lies behind the shell and what before it: spinner casters below four corners, or two large wheels behind a kick plate.

    At least two wheels are seen at every yaw.
    """
    gear = spec.colour("gear")
    count, size = spec.word("number_of_wheels"), spec.number("wheel") * (1 - 0.4 * spec.doubt("number_of_wheels"))
    inset, behind, before = frame.half * 0.78, [], []
    if count == "4":
        for shift, colour in ((max(frame.side, 0.05) * 0.95, darker(gear, 0.4)), (0.0, gear)):
            up = frame.lift * shift / max(frame.side, 0.05)
            for s in (-1, 1):
                behind += _caster(s * inset + shift, size * 1.25 + up, size, colour)
    if count == "2":
        for s in (-1, 1):
            behind += _roller(
                s * (frame.half - 0.01) + frame.side * 0.9 * (s > 0), 0.01 + frame.lift * 0.5 * (s > 0), size * 1.3, gear
            )
        plate = rounded_box(-frame.half * 0.97, -0.075, frame.half * 0.97, 0.012, 0.02)
        feet = [rounded_box(s * inset * 0.6 - 0.06, 0.0, s * inset * 0.6 + 0.06, 0.04, 0.012) for s in (-1, 1)]
        behind.append(Piece("feet", tuple(feet), plain(gear), Body(0.6, 0.01)))
        before.append(Piece("kick_plate", (plate,), plain(gear), Body(0.7, 0.02, 0.1, 14.0)))
    return behind, before


def hard_front(spec: ProductSpec, frame: Frame) -> list[Piece]:
    """Grooves of a moulded shell, corner caps, emblem."""
    ground = spec.colours[0]
    shade, light = darker(ground, 0.45), lighter(ground, 0.35)
    margin, count = frame.radius * 0.75 + 0.02, int(spec.number("ribs"))
    parts: list[Piece] = []
    grooves = _grooves(spec.word("rib_direction"), frame, margin, count)
    if grooves:
        width = spec.number("rib_width") * _pitch(spec.word("rib_direction"), frame, margin, count)
        parts = [
            flat("rib_light", [ribbon(g + _aside(spec.word("rib_direction"), width), width * 0.7) for g in grooves], light, 0.5),
            flat("ribs", [ribbon(g, width) for g in grooves], shade, 0.6),
        ]
    if spec.word("caps") == "caps":
        size = frame.radius + 0.05
        caps = [_corner(frame, sx, sy, size) for sx in (-1, 1) for sy in (-1, 1)]
        parts.append(Piece("caps", tuple(caps), plain(trim(spec)), Body(0.8, 0.03, 0.15, 16.0), casts=0.3))
    edge = outer(frame, 0.014)
    parts.append(flat("rim", [ribbon(join(edge, edge[:1]), 0.005)], shade, 0.5))
    badge = rounded_box(-0.045, -frame.height + 0.06, 0.045, -frame.height + 0.085, 0.006)
    return [*parts, Piece("badge", (badge,), plain(METAL), Body(0.5, 0.006, 0.4, 20.0))]


def _aside(direction: str, width: float) -> tuple[float, float]:
    return (0.0, width * 0.8) if direction == "across" else (width * 0.8, 0.0)


def _pitch(direction: str, frame: Frame, margin: float, count: int) -> float:
    span = frame.height - 2 * margin if direction == "across" else 2 * (frame.half - margin)
    return span / max(count, 1)


def _grooves(direction: str, frame: Frame, margin: float, count: int) -> list[Points]:
    x, top, bottom = frame.half - margin, -frame.height + margin, -margin
    if direction == "none":
        return []
    if direction == "across":
        return [line((-x, y), (x, y)) for y in np.linspace(top, bottom, count)]
    if direction == "fan":
        return [
            points([(s * x * k, top), (s * x * k * 0.55, (top + bottom) / 2), (s * x * k, bottom)])
            for k in np.linspace(0.15, 1, max(count // 2, 2))
            for s in (-1, 1)
        ]
    return [line((u, top), (u, bottom)) for u in np.linspace(-x, x, count)]


def _corner(frame: Frame, sx: int, sy: int, size: float) -> Points:
    box = outer(frame)
    middle = np.array([0.0, -frame.height / 2])
    corner = np.array([sx * frame.half, middle[1] + sy * frame.height / 2])
    near = box[(np.abs(box - corner) < size).all(axis=1)]
    ends = points([corner - (0, sy * size), corner - (sx * size, sy * size), corner - (sx * size, 0)])
    centre = corner - np.array([sx, sy]) * size * 0.5
    ring = np.concatenate([near, ends])
    return ring[np.argsort(np.arctan2(ring[:, 1] - centre[1], ring[:, 0] - centre[0]))]


def soft_front(spec: ProductSpec, frame: Frame) -> list[Piece]:
    """Piping, pockets with zips and pullers."""
    ground, edging = spec.colours[0], trim(spec)
    seam = darker(ground, 0.55) if luma(ground) > 50 else lighter(ground, 0.28)
    edge = outer(frame, 0.022)
    parts = [Piece("piping", (ribbon(join(edge, edge[:1]), 0.016),), plain(edging), Body(0.9, 0.008))]
    doubt = spec.doubt("shell_type")
    kinds = {"one": [(-0.62, -0.08)], "two": [(-0.90, -0.60), (-0.54, -0.08)], "none": []}
    for top, bottom in kinds["one" if doubt > 0 else spec.word("pockets")]:
        parts += pocket_parts(spec, frame, top, bottom)
    if doubt > 0:
        grooves = [line((x, -frame.height + 0.07), (x, -frame.height * 0.66)) for x in np.linspace(-0.7, 0.7, 6) * frame.half]
        parts.append(flat("ribs", [ribbon(g, 0.014) for g in grooves], seam, 0.6 * doubt))
    return [*parts, flat("label", [rounded_box(-0.05, -0.35, 0.05, -0.315, 0.006)], edging, 0.9)]


def pocket_parts(spec: ProductSpec, frame: Frame, top: float, bottom: float) -> list[Piece]:
    """A zipped pocket on the front, between two heights as shares of the case's."""
    ground, x = spec.colours[0], frame.half * 0.80
    seam = darker(ground, 0.55) if luma(ground) > 50 else lighter(ground, 0.28)
    box = rounded_box(-x, top * frame.height, x, bottom * frame.height, 0.04)
    y = top * frame.height + 0.055
    zip_line = spline([(-x, y + 0.05), (-x + 0.04, y), (x - 0.04, y), (x, y + 0.05)], 6)
    pull = rounded_box(x - 0.10, y + 0.005, x - 0.085, y + 0.06, 0.005)
    return [
        Piece("pocket", (box,), fabric(spec, 1.0), Body(0.7, 0.035), casts=0.4),
        flat("zip", [ribbon(zip_line, 0.018)], seam, 0.9), flat("zip_teeth", [ribbon(zip_line, 0.005)], METAL, 0.6),
        flat("pull", [pull], METAL),
    ]  # fmt: skip
