"""The box of a suitcase and how much of its side is seen."""

from dataclasses import dataclass

import numpy as np

from robustfashion.data.synthetic.curves import Points, rounded_box
from robustfashion.data.synthetic.spec import ProductSpec


@dataclass(frozen=True)
class Frame:
    """Front face and the shift of the back face behind it."""

    half: float
    """Half width of the front as seen."""
    height: float
    radius: float
    """Of the corners."""
    side: float
    """Width of the side as seen."""
    lift: float
    """Height of the back's edge above the front's; negative is up."""


def frame_of(spec: ProductSpec) -> Frame:
    """Frame of a suitcase turned by ``yaw`` degrees."""
    yaw = np.radians(spec.number("yaw"))
    return Frame(
        half=spec.number("width") / 2 * float(np.cos(yaw)), height=1.0, radius=spec.number("corner"),
        side=spec.number("depth") * float(np.sin(yaw)), lift=-0.10 * spec.number("depth") * float(np.sin(yaw)),
    )  # fmt: skip


def outer(frame: Frame, inset: float = 0.0) -> Points:
    """Outline of the front, or of a line inside it."""
    return rounded_box(
        -frame.half + inset, -frame.height + inset, frame.half - inset, -inset, max(frame.radius - inset * 0.6, 0.005)
    )
