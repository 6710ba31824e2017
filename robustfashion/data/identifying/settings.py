"""An original in a geometry, and which of them come near enough to the result to try all methods in them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from robustfashion.data.identifying.originals import Original, readings
from robustfashion.data.identifying.plans import Plan, near_sides, reduced, usual_plans
from robustfashion.data.identifying.screen import distance
from robustfashion.errors import InputError

Pixels = NDArray[np.uint8]
Each = Callable[[Callable[["Setting"], "Distance"], Iterable["Setting"]], Iterable["Distance"]]
"""As ``map``, on several threads or on one."""

_GATE = 1.5
_GATE_LEVELS = 2.0
_GATE_SPREAD = 0.2
_SMOOTH = ("opencv.area", "opencv.cubic")
_OF_PILLOW = ("pillow.bilinear", "pillow.lanczos", "pillow.nearest")
_NEAREST = ("opencv.nearest", "halving.nearest", "halving.bilinear", "pillow.nearest")
"""What they take from the finest stripes is each method's own."""
_ENOUGH = 1.5
"""Shorter side of the reduced original, as a multiple of the result's longer one."""


class Distance(NamedTuple):
    """How far a setting is from a result; mean absolute differences, in levels."""

    nearest: float
    """Of the nearest of a few filters."""
    spread: float
    """Of two filters from each other: what a filter can make up for."""


@dataclass(frozen=True)
class Setting:
    """One original in one geometry."""

    original: Original
    plan: Plan
    small: Pixels
    """The original's pixels, reduced."""

    def render(self, method: str) -> Pixels | None:
        """The result, uint8 RGB; None where the method has no answer for these sizes, as Java has none for some."""
        return self._rendered(self.original.pixels, method)

    def _rendered(self, pixels: Pixels, method: str) -> Pixels | None:
        try:
            return self.original.finish(self.plan.render(pixels, method, self.original.resizer))
        except InputError:
            return None

    def far(self, found: Pixels) -> Distance:
        """Of a few fast filters, two of them on the reduced original."""
        whole = self.original.pixels
        base = self.small if self.plan.of_any_size else whole
        smooth, rough = (_SMOOTH, _NEAREST) if self.plan.methods is None else (_OF_PILLOW[:2], _OF_PILLOW[2:])
        asked = [(base, method) for method in smooth] + [(whole, method) for method in rough]
        shown = [image for pixels, method in asked if (image := self._rendered(pixels, method)) is not None]
        if not shown:
            return Distance(float("inf"), 0.0)
        return Distance(min(distance(image, found) for image in shown), distance(shown[0], shown[-1]))


def settings_of(data: bytes, found: Pixels, canvases: Sequence[int], lossless: bool, name: str) -> list[Setting]:
    """All usual readings of a file in all usual geometries; the first is the plain resize of what Java's ImageIO reads.

    Raises:
        InputError: the file cannot be decoded.
    """
    settings: list[Setting] = []
    sides: dict[bool, list[int]] = {}
    for original in readings(data, found, name):
        turned = "exif" in original.stages
        if found.shape[0] == found.shape[1] and turned not in sides:
            sides[turned] = near_sides(original.pixels, found)
        small = reduced(original.pixels, round(_ENOUGH * max(found.shape[:2])))
        for plan in usual_plans(original, found, canvases, sides.get(turned, ()), lossless):
            settings.append(Setting(original, plan, small))
    return settings


def likely(settings: Sequence[Setting], found: Pixels, each: Each) -> list[tuple[float, Setting]]:
    """Those that come nearest the result and those that come half as near, and the first; nearest first, with the distance.

    In a wrong geometry the picture is shifted or stretched, and no filter makes up for that.
    """
    far = list(each(lambda setting: setting.far(found), settings))
    limit = _GATE * min(nearest for nearest, _ in far) + _GATE_LEVELS
    chosen = [
        (nearest, setting)
        for number, ((nearest, spread), setting) in enumerate(zip(far, settings, strict=True))
        if number == 0 or nearest <= limit + _GATE_SPREAD * spread
    ]
    return sorted(chosen, key=lambda pair: pair[0])
