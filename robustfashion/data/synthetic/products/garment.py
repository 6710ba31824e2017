"""What dresses and tops share: a front view of a garment without its wearer, from its silhouette to seams and buttons."""

from dataclasses import replace

import numpy as np

from robustfashion.data.synthetic.curves import Points, join, mirrored, points
from robustfashion.data.synthetic.products.garment_details import front_parts, hanger_parts, neck_parts, seam_parts
from robustfashion.data.synthetic.products.necks import ARMPIT_Y, Neck, Yoke, neckline
from robustfashion.data.synthetic.products.silhouette import Silhouette, fold_phase, hanging_folds, silhouette
from robustfashion.data.synthetic.products.sleeves import sleeve_parts
from robustfashion.data.synthetic.scene import Piece, Product, Surface, darker, fabric, flat, lighter, luma, plain
from robustfashion.data.synthetic.shading import Body, Relief, ridges, together
from robustfashion.data.synthetic.spec import ProductSpec


def _hem(spec: ProductSpec, cut: Silhouette, turn: tuple[float, float]) -> Points:
    """Lower edge from right to left: sag, slant, shirt tail, and the ends of the folds."""
    x = np.linspace(1, -1, 61)
    half = float(cut.half_width(np.array([cut.hem_y]))[0])
    phase = fold_phase(cut, turn, x * half, np.full_like(x, cut.hem_y))
    y = cut.hem_y + spec.number("sag") * (1 - x**2) - spec.number("tail") * x**4 + spec.number("slant") * x
    return np.stack([x * half, y + 0.16 * cut.flutes * half * np.cos(phase) / max(cut.folds, 1) * 2], axis=1)


def garment(spec: ProductSpec, hem_y: float) -> Product:
    """All parts of a dress or a top whose hem hangs at ``hem_y``."""
    cut = silhouette(spec, hem_y)
    rng = spec.style_stream("folds")
    turn = (float(rng.uniform(0, 6.3)), float(rng.uniform(0, 6.3)))
    sleeved = spec.number("sleeve_length") >= 0.1
    yoke = Yoke(spec.number("neck_width"), spec.number("neck_depth"), spec.number("shoulder"), cut.chest, sleeved)
    doubt = spec.doubts.get("neck_style")
    neck = neckline(spec.word("neck_style"), yoke, *((doubt.toward, doubt.amount) if doubt else ()))
    side, hem = cut.side(), _hem(spec, cut, turn)
    right, left = side[1:][side[1:, 1] < hem[0, 1]], side[side[:, 1] < hem[-1, 1]]
    outline = join(neck.edge, right, hem, mirrored(left)[:-1])
    surface, cloth = fabric(spec), cloth_body(spec, together(hanging_folds(cut, turn), _drag_lines(spec, cut)))
    parts = [*hanger_parts(spec), *_behind(spec, neck), *_back_hem(spec, hem), *sleeve_parts(spec, yoke)]
    parts += [Piece("strap", (strap,), surface, replace(cloth, relief=None, radius=0.015)) for strap in neck.straps]
    parts.append(Piece("body", (outline,), surface, cloth, inlays=_panels(spec, cut), casts=0.25))
    parts += [*seam_parts(spec, cut, neck, hem), *front_parts(spec, cut, neck, cloth), *neck_parts(spec, neck, surface)]
    return Product(tuple(parts))


def _panels(spec: ProductSpec, cut: Silhouette) -> tuple[tuple[Points, Surface], ...]:
    """Colour blocking: the lower part, a band across or both sides of the body; they reach over its edges, which cut them."""
    kind, start, height = spec.word("panel"), spec.number("panel_from"), spec.number("panel_height")
    if kind == "none":
        return ()
    length, surface = cut.hem_y - ARMPIT_Y, plain(spec.colour("panel_colour"))
    if kind == "sides":
        edge = cut.side()
        side = join(edge * (1 - height, 1), [(1.0, cut.hem_y + 0.2), (1.0, ARMPIT_Y)])
        return (side, surface), (mirrored(side), surface)
    top = ARMPIT_Y + length * start
    bottom = cut.hem_y + 0.2 if kind == "lower" else top + length * height
    return ((points([(-1.0, top), (1.0, top), (1.0, bottom), (-1.0, bottom)]), surface),)


def cloth_body(spec: ProductSpec, relief: Relief | None) -> Body:
    """How the garment's cloth answers light."""
    gloss = spec.number("gloss")
    return Body(0.55, 0.06, gloss, 6.0, relief)


def _drag_lines(spec: ProductSpec, cut: Silhouette) -> Relief:
    rng, depth = spec.view_stream("creases"), spec.number("thickness")
    wide = cut.chest * 0.9
    upper = ridges(rng, (-wide, 0.14, wide, cut.waist_y + 0.05), 7, (25.0 * rng.choice([-1, 1]), 40.0))
    lower = ridges(rng, (-wide, cut.waist_y - 0.06, wide, min(cut.waist_y + 0.3, cut.hem_y)), 7, (70.0, 35.0))
    both = together(upper, lower)
    return lambda x, y: depth * both(x, y)


def _behind(spec: ProductSpec, neck: Neck) -> list[Piece]:
    if not neck.behind:
        return []
    ground = spec.colours[0]
    inside = darker(ground, 0.38) if luma(ground) > 60 else lighter(ground, 0.06)
    parts = [Piece("inside", neck.behind, plain(inside), Body(0.3, 0.04))]
    if spec.word("neck_style") == "One-Shoulder":
        return parts
    top = neck.behind[0][:, 1].min() + 0.012
    middle = float(np.mean(neck.behind[0][:, 0])) * 0.3
    label = points([(middle - 0.016, top), (middle + 0.016, top), (middle + 0.016, top + 0.018), (middle - 0.016, top + 0.018)])
    return [*parts, flat("label", [label], lighter(ground, 0.75) if luma(ground) < 150 else (60, 60, 62))]


def _back_hem(spec: ProductSpec, hem: Points) -> list[Piece]:
    """The inside of the back, seen under the front's hem."""
    if spec.number("flutes") < 0.25:
        return []
    back = join(hem, (hem * (0.97, 0) + (0, hem[:, 1].mean() - 0.022))[::-1])
    return [Piece("back_hem", (back,), plain(darker(spec.colours[0], 0.5)), None)]
