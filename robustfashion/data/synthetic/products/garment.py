"""What dresses and tops share: a front view of a garment without its wearer, from its silhouette to seams and buttons."""

from dataclasses import dataclass, replace

import numpy as np

from robustfashion.data.synthetic.curves import Points, along, ellipse, join, line, mirrored, points, ribbon, shifted, spline
from robustfashion.data.synthetic.products.necks import ARMPIT_Y, NECKS, Neck, Yoke
from robustfashion.data.synthetic.products.sleeves import sleeve_parts
from robustfashion.data.synthetic.scene import Part, Product, Surface, darker, fabric, flat, lighter, luma, plain
from robustfashion.data.synthetic.shading import Array, Body, Relief, ridges, together
from robustfashion.data.synthetic.spec import ProductSpec

HIP_Y, FLOOR_Y = 0.58, 1.5
"""Leg fraction 0 and 1 of the skirt-length labels."""


@dataclass(frozen=True)
class Silhouette:
    """Right half of the body below the armpit: half width by height."""

    chest: float
    waist: float
    waist_y: float
    hip: float
    """Extra half width at the hips."""
    flare: float
    """Growth of the half width per unit of height below the waist."""
    hem_y: float
    flutes: float
    """Depth of the hanging folds, relative to the half width."""
    folds: float
    """Number of half waves of the folds from side to side."""

    def half_width(self, y: Array) -> Array:
        """Half width at heights ``y``."""
        below = self.waist + self.flare * (y - self.waist_y) + self.hip * np.exp(-(((y - HIP_Y) / 0.13) ** 2))
        share = np.clip((y - ARMPIT_Y) / (self.waist_y - ARMPIT_Y), 0, 1)
        at_waist = self.waist + self.hip * np.exp(-(((self.waist_y - HIP_Y) / 0.13) ** 2))
        above = self.chest + (at_waist - self.chest) * share**1.3
        return np.maximum(np.where(y < self.waist_y, above, below), 0.05)

    def side(self) -> Points:
        """Right edge from the armpit to the hem."""
        y = np.concatenate([np.linspace(ARMPIT_Y, self.waist_y, 7)[:-1], np.linspace(self.waist_y, self.hem_y, 14)])
        width = self.half_width(y)
        soft = np.convolve(np.pad(width, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
        return np.stack([np.concatenate([width[:1], soft[1:-1], width[-1:]]), y], axis=1)


def silhouette(spec: ProductSpec, hem_y: float) -> Silhouette:
    """Silhouette of a specification."""
    return Silhouette(
        spec.number("chest"), spec.number("waist"), min(spec.number("waist_y"), hem_y - 0.02), spec.number("hip"),
        spec.number("flare"), hem_y, spec.number("flutes"), spec.number("folds"),
    )  # fmt: skip


def _fold_phase(cut: Silhouette, turn: tuple[float, float], x: Array, y: Array) -> Array:
    across = np.arcsin(np.clip(x / cut.half_width(y), -0.98, 0.98))
    return cut.folds * across + turn[0] + 0.7 * np.sin(2 * across + turn[1])


def hanging_folds(cut: Silhouette, turn: tuple[float, float]) -> Relief:
    """Folds that hang from the waist and deepen towards the hem."""

    def relief(x: Array, y: Array) -> Array:
        drop = np.clip((y - cut.waist_y + 0.02) / (cut.hem_y - cut.waist_y + 0.02), 0, 1) ** 0.7
        depth = cut.flutes * 0.55 * cut.half_width(y) / max(cut.folds, 1)
        return depth * drop * np.cos(_fold_phase(cut, turn, x, y))

    return relief


def _hem(spec: ProductSpec, cut: Silhouette, turn: tuple[float, float]) -> Points:
    """Lower edge from right to left: sag, slant, shirt tail, and the ends of the folds."""
    x = np.linspace(1, -1, 61)
    half = float(cut.half_width(np.array([cut.hem_y]))[0])
    phase = _fold_phase(cut, turn, x * half, np.full_like(x, cut.hem_y))
    y = cut.hem_y + spec.number("sag") * (1 - x**2) - spec.number("tail") * x**4 + spec.number("slant") * x
    return np.stack([x * half, y + 0.16 * cut.flutes * half * np.cos(phase) / max(cut.folds, 1) * 2], axis=1)


def garment(spec: ProductSpec, hem_y: float) -> Product:
    """All parts of a dress or a top whose hem hangs at ``hem_y``."""
    cut = silhouette(spec, hem_y)
    rng = spec.style_stream("folds")
    turn = (float(rng.uniform(0, 6.3)), float(rng.uniform(0, 6.3)))
    yoke = Yoke(spec.number("neck_width"), spec.number("neck_depth"), spec.number("shoulder"), cut.chest)
    neck = NECKS[spec.word("neck_style")](yoke)
    side, hem = cut.side(), _hem(spec, cut, turn)
    outline = join(neck.edge, side[1:], hem, mirrored(side)[:-1])
    surface, cloth = fabric(spec), cloth_body(spec, together(hanging_folds(cut, turn), _drag_lines(spec, cut)))
    parts = [*_behind(spec, neck), *_back_hem(spec, hem), *sleeve_parts(spec, yoke)]
    parts += [Part("strap", (strap,), surface, replace(cloth, relief=None, radius=0.015)) for strap in neck.straps]
    parts.append(Part("body", (outline,), surface, cloth, casts=0.25))
    parts += [*_seams(spec, cut, neck, hem), *_front(spec, cut, neck), *_neck_pieces(spec, neck, surface)]
    return Product(tuple(parts))


def cloth_body(spec: ProductSpec, relief: Relief | None) -> Body:
    """How the garment's cloth answers light."""
    gloss = spec.number("gloss")
    return Body(0.85, 0.075, gloss, 6.0, relief)


def _drag_lines(spec: ProductSpec, cut: Silhouette) -> Relief:
    rng, depth = spec.view_stream("creases"), spec.number("thickness")
    wide = cut.chest * 0.9
    upper = ridges(rng, (-wide, 0.14, wide, cut.waist_y + 0.05), 7, (25.0 * rng.choice([-1, 1]), 40.0))
    lower = ridges(rng, (-wide, cut.waist_y - 0.06, wide, min(cut.waist_y + 0.3, cut.hem_y)), 7, (70.0, 35.0))
    both = together(upper, lower)
    return lambda x, y: depth * both(x, y)


def _behind(spec: ProductSpec, neck: Neck) -> list[Part]:
    if neck.behind is None:
        return []
    ground = spec.colours[0]
    inside = darker(ground, 0.38) if luma(ground) > 60 else lighter(ground, 0.06)
    parts = [Part("inside", (neck.behind,), plain(inside), Body(0.3, 0.04))]
    top = neck.behind[:, 1].min() + 0.012
    middle = float(np.mean(neck.behind[:, 0])) * 0.3
    label = points([(middle - 0.016, top), (middle + 0.016, top), (middle + 0.016, top + 0.018), (middle - 0.016, top + 0.018)])
    return [*parts, flat("label", [label], lighter(ground, 0.75) if luma(ground) < 150 else (60, 60, 62))]


def _back_hem(spec: ProductSpec, hem: Points) -> list[Part]:
    """The inside of the back, seen under the front's hem."""
    if spec.number("flutes") < 0.25:
        return []
    back = join(hem, (hem * (0.97, 0) + (0, hem[:, 1].mean() - 0.022))[::-1])
    return [Part("back_hem", (back,), plain(darker(spec.colours[0], 0.5)), None)]


def _stroke(name: str, curve: Points, width: float, spec: ProductSpec, opacity: float = 0.45) -> Part:
    ground = spec.colours[0]
    return flat(name, [ribbon(curve, width)], darker(ground, 0.6) if luma(ground) > 50 else lighter(ground, 0.25), opacity)


def _seams(spec: ProductSpec, cut: Silhouette, neck: Neck, hem: Points) -> list[Part]:
    parts = [_stroke("hem_stitch", hem - (0, 0.018), 0.0022, spec)]
    covered = spec.word("neck_style") not in ("Halterneck", "Sweetheart", "Off the Shoulder", "One-Shoulder")
    if covered:
        n = len(neck.edge)
        tip = int(np.argmax(neck.edge[: n // 2, 0] < -spec.number("shoulder") + 0.001))
        left = neck.edge[: max(tip, 12)]
        parts += [_stroke("armhole", left, 0.0028, spec), _stroke("armhole", neck.edge[-max(tip, 12) :], 0.0028, spec)]
    if spec.word("neck_style") in ("Round Neck", "V-Neck", "Square", "Boat Neck", "Asymmetric"):
        inner = neck.edge[np.abs(neck.edge[:, 0]) < spec.number("shoulder") * 0.93]
        parts.append(_stroke("neck_band", shifted(inner, 0, 0.012), 0.0026, spec))
    half = float(cut.half_width(np.array([cut.waist_y]))[0])
    waist = spline([(-half, cut.waist_y), (0, cut.waist_y + 0.012), (half, cut.waist_y)], 10)
    if spec.word("waist_detail") == "seam":
        parts.append(_stroke("waist_seam", waist, 0.003, spec, 0.6))
    if spec.word("waist_detail") == "belt":
        parts += _belt(spec, waist)
    return parts


def _belt(spec: ProductSpec, waist: Points) -> list[Part]:
    colour = spec.colours[2]
    belt = Part("belt", (ribbon(waist, spec.number("belt")),), plain(colour), Body(0.8, 0.012, 0.15, 20), casts=0.4)
    x, y, h = 0.0, waist[len(waist) // 2, 1], spec.number("belt") * 0.62
    frame = points([(x - h, y - h), (x + h, y - h), (x + h, y + h), (x - h, y + h)])
    buckle = Part("buckle", (frame,), plain((196, 186, 160)), Body(0.9, 0.006, 0.5, 40), (frame * (0.6, 1) + ((0, 0)),))
    inner = points(
        [(x - h * 0.6, y - h * 0.6), (x + h * 0.6, y - h * 0.6), (x + h * 0.6, y + h * 0.6), (x - h * 0.6, y + h * 0.6)]
    )
    return [belt, replace(buckle, holes=(inner,))]


def _front(spec: ProductSpec, cut: Silhouette, neck: Neck) -> list[Part]:
    """Placket with buttons, chest pocket, or print."""
    middle = neck.edge[np.argmin(np.abs(neck.edge[:, 0]))][1] + 0.02
    if spec.word("neck_style") == "Collared" or spec.word("front") == "buttons":
        return _placket(spec, middle, cut.hem_y if spec.word("placket") == "full" else min(middle + 0.2, cut.waist_y))
    if spec.word("front") == "pocket":
        outline = points([(0.05, 0.25), (0.115, 0.25), (0.115, 0.315), (0.0825, 0.335), (0.05, 0.315)])
        return [
            Part("pocket", (outline,), fabric(spec, 3.0), Body(0.25, 0.01), casts=0.3),
            _stroke("pocket_hem", line((0.05, 0.262), (0.115, 0.262)), 0.002, spec),
        ]
    if spec.word("front") == "print":
        return _print(spec)
    return []


def _placket(spec: ProductSpec, top: float, bottom: float) -> list[Part]:
    edges = [_stroke("placket", line((x, top), (x, bottom)), 0.0026, spec, 0.5) for x in (-0.016, 0.016)]
    at = np.arange(top + 0.015, bottom - 0.01, 0.075)
    dots = [ellipse((0.0, y), (0.0085, 0.0085), 16) for y in at]
    shade = [shifted(dot, 0.002, 0.003) for dot in dots]
    light = luma(spec.colours[0]) < 120
    button = Part("buttons", tuple(dots), plain((236, 232, 222) if light else (70, 62, 58)), Body(0.6, 0.006, 0.3, 20))
    return [*edges, flat("button_shadow", shade, (0, 0, 0), 0.35), button] if dots else edges


def _print(spec: ProductSpec) -> list[Part]:
    """A round or banded motif on the chest."""
    rng, colours = spec.style_stream("print"), spec.colours
    centre, size = (0.0, 0.27), float(rng.uniform(0.045, 0.085))
    if rng.random() < 0.5:
        outlines = [
            points(
                [
                    (-size, 0.24 + k * 0.03),
                    (size * rng.uniform(0.5, 1), 0.24 + k * 0.03),
                    (size * rng.uniform(0.5, 1), 0.258 + k * 0.03),
                    (-size, 0.258 + k * 0.03),
                ]
            )
            for k in range(3)
        ]
        return [flat("print", outlines, colours[1], 0.9)]
    star = np.array([(0.5 + 0.5 * (k % 2)) for k in range(int(rng.integers(3, 9)) * 2)])
    angle = np.linspace(0, 2 * np.pi, len(star), endpoint=False)
    shape = np.stack([np.cos(angle) * star, np.sin(angle) * star], axis=1) * size * 0.8 + centre
    return [flat("print", [ellipse(centre, (size, size))], colours[1], 0.9), flat("print", [shape], colours[2], 0.95)]


def _neck_pieces(spec: ProductSpec, neck: Neck, surface: Surface) -> list[Part]:
    parts = []
    for name, outline in neck.pieces:
        body = Body(0.7, 0.03, spec.number("gloss"), 6.0)
        parts.append(Part(name, (outline,), surface, body, casts=0.35))
        if name.startswith("collar_") and name != "collar_band":
            edge = along(join(outline[1:4]), 12)
            parts.append(_stroke("collar_stitch", edge * (0.97, 1) - (0, 0.008), 0.002, spec, 0.35))
    return parts
