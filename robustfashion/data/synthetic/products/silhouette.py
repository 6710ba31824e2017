"""How wide a garment is at each height, and how it hangs."""

from dataclasses import dataclass

import numpy as np

from robustfashion.data.synthetic.curves import Points
from robustfashion.data.synthetic.products.necks import ARMPIT_Y
from robustfashion.data.synthetic.shading import Array, Relief
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


def fold_phase(cut: Silhouette, turn: tuple[float, float], x: Array, y: Array) -> Array:
    """Phase of the hanging folds at (x, y), in radians; ``turn`` shifts and bends them."""
    across = np.arcsin(np.clip(x / cut.half_width(y), -0.98, 0.98))
    return cut.folds * across + turn[0] + 0.7 * np.sin(2 * across + turn[1])


def hanging_folds(cut: Silhouette, turn: tuple[float, float]) -> Relief:
    """Folds that hang from the waist and deepen towards the hem."""

    def relief(x: Array, y: Array) -> Array:
        """Height of the folds at points of the garment."""
        drop = np.clip((y - cut.waist_y + 0.02) / (cut.hem_y - cut.waist_y + 0.02), 0, 1) ** 0.7
        depth = cut.flutes * 0.55 * cut.half_width(y) / max(cut.folds, 1)
        return depth * drop * np.cos(fold_phase(cut, turn, x, y))

    return relief
