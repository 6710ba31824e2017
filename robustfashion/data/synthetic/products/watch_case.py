"""Cases of watches."""

from robustfashion.data.synthetic.curves import Points, ellipse, points, rounded_box, spline
from robustfashion.data.synthetic.shading import Body
from robustfashion.data.synthetic.spec import Colour, ProductSpec

METALS: dict[str, Colour] = {
    "steel": (182, 183, 185), "gold": (188, 160, 104), "rose": (186, 146, 128),
}  # fmt: skip


def fittings(spec: ProductSpec) -> Colour:
    """Colour of buckle, hands and raised marks: a metal, or lacquered as the case."""
    return METALS.get(spec.word("metal"), spec.colour("casing"))


def metal_body() -> Body:
    """Polished metal: a round rim with a sharp highlight."""
    return Body(0.8, 0.045, 0.35, 45.0)


def case_outline(spec: ProductSpec, radius: float) -> Points:
    """Outline of the case, or of a ring inside it, for a half height of ``radius``."""
    kind = spec.word("case")
    if kind == "square":
        return rounded_box(-radius * 0.86, -radius, radius * 0.86, radius, radius * 0.28)
    if kind == "cushion":
        return spline(
            [
                (radius * x, radius * y)
                for x, y in (
                    (0, -0.98),
                    (0.80, -0.80),
                    (0.98, 0),
                    (0.80, 0.80),
                    (0, 0.98),
                    (-0.80, 0.80),
                    (-0.98, 0),
                    (-0.80, -0.80),
                )
            ],
            8,
            closed=True,
        )
    if kind == "octagon":
        return points(
            [
                (radius * x, radius * y)
                for x, y in (
                    (-0.45, -1),
                    (0.45, -1),
                    (0.9, -0.55),
                    (0.9, 0.55),
                    (0.45, 1),
                    (-0.45, 1),
                    (-0.9, 0.55),
                    (-0.9, -0.55),
                )
            ]
        )
    return ellipse((0, 0), (radius, radius), 72)
