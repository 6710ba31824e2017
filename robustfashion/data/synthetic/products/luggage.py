"""Suitcases and duffel bags from the front or a little aside; 1 unit is a suitcase's height, y = 0 the floor of its shell."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from robustfashion.data.synthetic.curves import Points, points, ribbon, shifted
from robustfashion.data.synthetic.products.luggage_details import handle_parts, hard_front, pocket_parts, soft_front, wheel_parts
from robustfashion.data.synthetic.products.luggage_duffel import duffel_parts
from robustfashion.data.synthetic.products.luggage_frame import Frame, frame_of, outer
from robustfashion.data.synthetic.products.luggage_trunk import trunk_parts
from robustfashion.data.synthetic.scene import Piece, Product, darker, fabric, flat, lighter
from robustfashion.data.synthetic.shading import Body, ridges
from robustfashion.data.synthetic.spec import ProductSpec


def _shell_body(spec: ProductSpec) -> Body:
    if spec.word("shell_type") == "Hard":
        gloss = max(spec.number("gloss"), spec.number("shine")) * (1 - 0.6 * spec.doubt("shell_type"))
        return Body(1.0, 0.07, gloss, 16.0)
    sag = ridges(spec.view_stream("sag"), (-0.3, -0.9, 0.3, -0.05), 9, (10.0, 60.0))
    depth = 0.7 * spec.number("thickness") * (1 - 0.7 * spec.doubt("shell_type"))
    return Body(0.9, 0.06, spec.number("gloss") * 0.5 + 0.2 * spec.doubt("shell_type"), 6.0, lambda x, y: depth * sag(x, y))


def _side_parts(spec: ProductSpec, frame: Frame) -> list[Piece]:
    """The side of the shell, where the case is turned."""
    if frame.side < 0.02:
        return []
    shift = np.array([frame.side, frame.lift])
    front = outer(frame)
    back = front * (1.0, 0.97) + shift
    top, bottom = int(np.argmin(front[:, 1] - front[:, 0] * 0.3)), int(np.argmax(front[:, 1] + front[:, 0] * 0.3))
    bridge = points([front[top], back[top], back[bottom], front[bottom]])
    tone = darker(spec.colours[0], 0.12)
    surface = replace(fabric(spec), colours=(tone, *(darker(c, 0.12) for c in spec.colours[1:])))
    body = Body(0.8, 0.05, 0.5 * _shell_body(spec).gloss, 12.0)
    hull = _hull(np.concatenate([front, back, bridge]))
    middle = (front + back) / 2
    seam = _right_edge(middle)
    zipper = [
        flat("side_seam", [ribbon(seam, 0.016)], darker(tone, 0.55), 0.9),
        flat("side_zip", [ribbon(shifted(seam, 0.006, 0), 0.004)], lighter(tone, 0.3), 0.7),
    ]
    return [Piece("side", (hull,), surface, body), *zipper]


def _right_edge(outline: Points) -> Points:
    right = outline[outline[:, 0] > np.quantile(outline[:, 0], 0.55)]
    return right[np.argsort(right[:, 1])]


def _hull(cloud: Points) -> Points:
    """Convex hull (monotone chain)."""
    ordered = cloud[np.lexsort((cloud[:, 1], cloud[:, 0]))].tolist()

    def half(sequence: list[list[float]]) -> list[list[float]]:
        """One half of the outline."""
        chain: list[list[float]] = []
        for p in sequence:
            while len(chain) > 1 and (chain[-1][0] - chain[-2][0]) * (p[1] - chain[-2][1]) <= (chain[-1][1] - chain[-2][1]) * (
                p[0] - chain[-2][0]
            ):
                chain.pop()
            chain.append(p)
        return chain[:-1]

    return points(half(ordered) + half(ordered[::-1]))


def _upright(spec: ProductSpec) -> list[Piece]:
    frame = frame_of(spec)
    shell = Piece("shell", (outer(frame),), fabric(spec), _shell_body(spec))
    hard, doubt = spec.word("shell_type") == "Hard", spec.doubt("shell_type")
    details = (hard_front if hard else soft_front)(spec, frame)
    if hard and doubt > 0:
        details += pocket_parts(spec, frame, -0.1 - 0.26 * doubt, -0.1)
    behind, before = wheel_parts(spec, frame)
    return [*handle_parts(spec, frame), *behind, *_side_parts(spec, frame), shell, *details, *before]


FORMS: dict[str, Callable[[ProductSpec], list[Piece]]] = {"upright": _upright, "duffel": duffel_parts, "trunk": trunk_parts}
"""Kinds of luggage by name."""


def luggage(spec: ProductSpec) -> Product:
    """Parts of a suitcase or bag."""
    return Product(tuple(FORMS[spec.word("form")](spec)), stands=True)
