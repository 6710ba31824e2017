"""imgscalr for Java, without a JVM, equal to it in every pixel: ``Scalr.resize(image, method, Mode.FIT_EXACT, w, h)``.

SPEED is Graphics2D's nearest and BALANCED its bilinear, in one step; QUALITY and ULTRA_QUALITY reduce by bicubic steps, by a
half or a seventh each; AUTOMATIC chooses by the length of the target's longer side. ``*_antialias`` are the same followed by
``Scalr.OP_ANTIALIAS``, a light blur of all but the outermost pixels.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from robustfashion.errors import InputError
from robustfashion.resize import java2d
from robustfashion.resize.method import Method, Pixels, Size, emulated_version

Stage = Callable[[Pixels, Size], Pixels]

_EQUALS = "imgscalr 4.2"
PARTS = {"quality": 2, "ultra_quality": 7}
"""A step of these methods takes 1/2 or 1/7 of the side away, rounded down."""
_QUALITY_LIMIT_PX, _BALANCED_LIMIT_PX = 800, 1600
"""AUTOMATIC: QUALITY up to this side, BALANCED up to that."""


def speed(image: Pixels, size: Size) -> Pixels:
    """Method.SPEED: uint8 RGB [H, W, 3] to [h, w, 3]."""
    return java2d.nearest(image, size)


def balanced(image: Pixels, size: Size) -> Pixels:
    """Method.BALANCED: uint8 RGB [H, W, 3] to [h, w, 3]."""
    return java2d.bilinear(image, size)


def quality(image: Pixels, size: Size) -> Pixels:
    """Method.QUALITY: uint8 RGB [H, W, 3] to [h, w, 3]."""
    return in_steps(image, size, PARTS["quality"], java2d.bicubic)


def ultra_quality(image: Pixels, size: Size) -> Pixels:
    """Method.ULTRA_QUALITY: uint8 RGB [H, W, 3] to [h, w, 3].

    Raises:
        InputError: a side shall shrink to less than 6 px; imgscalr itself stops there and gives another size than asked for.
    """
    return in_steps(image, size, PARTS["ultra_quality"], java2d.bicubic)


def in_steps(image: Pixels, size: Size, part: int, bicubic: Stage) -> Pixels:
    """Reduce uint8 [H, W, c] to [h, w, c] by steps that take 1 / ``part`` of each side away; enlarge in one step.

    Raises:
        InputError: see :func:`ultra_quality`.
    """
    height, width = image.shape[:2]
    if (height, width) == size:
        return image.copy()
    if size[0] > height or size[1] > width:
        return bicubic(image, size)
    while (height, width) != size:
        smaller = max(height - height // part, size[0]), max(width - width // part, size[1])
        if smaller == (height, width):
            raise InputError(f"imgscalr's ULTRA_QUALITY cannot make {size}: it stops at {smaller}; ask for at least 6 px a side")
        height, width = smaller
        image = bicubic(image, smaller)
    return image


def automatic(image: Pixels, size: Size) -> Pixels:
    """Method.AUTOMATIC: uint8 RGB [H, W, 3] to [h, w, 3]."""
    return automatic_choice(image.shape[:2], size)(image, size)


def automatic_choice(source: Size, target: Size) -> Stage:
    """The method that AUTOMATIC takes, from (height, width) of source and target."""
    is_wide = np.float32(source[0]) / np.float32(source[1]) <= 1
    side = target[1] if is_wide else target[0]
    if side <= _QUALITY_LIMIT_PX:
        return quality
    return balanced if side <= _BALANCED_LIMIT_PX else speed


def antialiased(image: Pixels, size: Size, method: Stage) -> Pixels:
    """A method followed by ``Scalr.OP_ANTIALIAS``: uint8 RGB [H, W, 3] to [h, w, 3]."""
    from robustfashion.resize.kernels.cross import cross_blur

    resized = method(image, size)
    if min(size) < 3:
        return resized
    target = np.empty_like(resized)
    cross_blur(resized.reshape(size[0], -1), target.reshape(size[0], -1))
    return target


def _methods(function: Stage) -> list[Method]:
    name = function.__name__
    origin = f"org.imgscalr.Scalr.resize, Method.{name.upper()}, Mode.FIT_EXACT{{}}, opaque image"
    version = emulated_version(_EQUALS)
    return [
        Method(f"imgscalr.{name}", function, origin.format(""), version),
        Method(f"imgscalr.{name}_antialias", partial(antialiased, method=function), origin.format(", OP_ANTIALIAS"), version),
    ]


METHODS = [method for function in (speed, balanced, quality, ultra_quality, automatic) for method in _methods(function)]
