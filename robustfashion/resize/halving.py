"""The progressive-halving loop that Java programs copy from one another, without a JVM, equal to the JDK in every pixel.

Source: "The Perils of Image.getScaledInstance()" (Campbell 2007), ``getScaledInstance(..., higherQuality = true)``: sides are
halved, never below the target, and drawn with ``Graphics2D`` each time, until both have the target's length.
"""

from collections.abc import Callable
from functools import partial

from robustfashion.resize import java2d
from robustfashion.resize.method import Method, Pixels, Size, emulated_version

Stage = Callable[[Pixels, Size], Pixels]


def halve(image: Pixels, size: Size, stage: Stage) -> Pixels:
    """Resize uint8 [H, W, c] to [h, w, c] in stages, each by ``stage``; at least one, also where the size is the same."""
    while True:
        height, width = (max(have // 2, want) if have > want else want for have, want in zip(image.shape, size, strict=False))
        image = stage(image, (height, width))
        if (height, width) == size:
            return image


def _method(name: str, stage: Stage) -> Method:
    origin = f"the progressive-halving loop over java.awt.Graphics2D.drawImage, {name}, opaque image"
    return Method(f"halving.{name}", partial(halve, stage=stage), origin, emulated_version("JDK 11 to 25"))


METHODS = [_method("nearest", java2d.nearest), _method("bilinear", java2d.bilinear), _method("bicubic", java2d.bicubic)]
