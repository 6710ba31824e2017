"""Thumbnailator for Java, without a JVM, equal to it in every pixel: ``Thumbnails.of(image).forceSize(w, h)``.

``default`` is what it does unasked: bilinear in one step for reductions by less than two, bicubic in one step for
enlargements, progressive bilinear for all else. The others are ``scalingMode(...)`` of that name. Progressive bilinear
draws the picture at target x 2^k first and then takes means of two by two pixels.

Of versions 0.4.9 to 0.4.20; 0.4.21 differs where one side grows and the other shrinks by more than two. Earlier versions
used nearest neighbour for reductions by less than two. Thumbnailator turns files upright by their EXIF orientation.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from robustfashion.resize import java2d
from robustfashion.resize.method import Method, Pixels, Size, emulated_version

_EQUALS = "Thumbnailator 0.4.9 to 0.4.20"


class Stages(NamedTuple):
    """How single steps draw; those of images with alpha are others."""

    bilinear: Callable[[Pixels, Size], Pixels]
    bicubic: Callable[[Pixels, Size], Pixels]
    draw: Callable[[Pixels, Size, tuple[float, float]], Pixels]
    """Bilinear by given factors onto an empty image."""


OPAQUE = Stages(java2d.bilinear, java2d.bicubic, java2d.draw_bilinear)


def default(image: Pixels, size: Size, stages: Stages = OPAQUE) -> Pixels:
    """What Thumbnailator does unasked: uint8 RGB [H, W, 3] to [h, w, 3]."""
    (height, width), (h, w) = image.shape[:2], size
    if (height, width) == size:
        return image.copy()
    if w > width and h > height:
        return stages.bicubic(image, size)
    if w < width and h < height and not (w < width // 2 and h < height // 2):
        return stages.bilinear(image, size)
    return progressive(image, size, stages)


def progressive(image: Pixels, size: Size, stages: Stages = OPAQUE) -> Pixels:
    """ScalingMode.PROGRESSIVE_BILINEAR: uint8 RGB [H, W, 3] to [h, w, 3]."""
    (height, width), (h, w) = image.shape[:2], size
    if 2 * w >= width and 2 * h >= height:
        return stages.bilinear(image, size)
    doublings = 0
    while w << doublings < width and h << doublings < height:
        doublings += 1
    if doublings == 0:
        return _one_side_grows(image, size, stages)
    for doubling in reversed(range(doublings)):
        image = stages.bilinear(image, (h << doubling, w << doubling))
    return image


def _one_side_grows(image: Pixels, size: Size, stages: Stages) -> Pixels:
    """Half the target size first, in a buffer of the source's size: what does not fit is cut off and stays black."""
    (height, width), (h, w) = image.shape[:2], size
    half = (h // 2, w // 2)
    if 0 in half:
        return np.zeros((*size, image.shape[2]), np.uint8)
    inside = (min(half[0], height), min(half[1], width))
    buffer = stages.draw(image, inside, (half[0] / height, half[1] / width))
    return stages.draw(buffer, size, (h / half[0], w / half[1]))


def bilinear(image: Pixels, size: Size) -> Pixels:
    """ScalingMode.BILINEAR, Graphics2D's bilinear in one step: uint8 RGB [H, W, 3] to [h, w, 3]."""
    return java2d.bilinear(image, size)


def bicubic(image: Pixels, size: Size) -> Pixels:
    """ScalingMode.BICUBIC, Graphics2D's bicubic in one step: uint8 RGB [H, W, 3] to [h, w, 3]."""
    return java2d.bicubic(image, size)


_MODES = {
    default: "no scalingMode",
    bilinear: "ScalingMode.BILINEAR",
    bicubic: "ScalingMode.BICUBIC",
    progressive: "ScalingMode.PROGRESSIVE_BILINEAR",
}

METHODS = [
    Method(
        f"thumbnailator.{function.__name__}",
        function,
        f"net.coobird.thumbnailator.Thumbnails.of(image).forceSize(w, h), {mode}, opaque image",
        emulated_version(_EQUALS),
    )
    for function, mode in _MODES.items()
]
