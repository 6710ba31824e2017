"""What a resize method is, and what it accepts."""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError

Pixels = NDArray[np.uint8]
Size = tuple[int, int]

MAX_OUTPUT_PIXELS = 100_000_000
"""Largest result, height x width; 300 MB. Beyond it a slip of the keyboard is likelier than an intention."""


@dataclass(frozen=True)
class Method:
    """One way to resize, named ``library.filter``."""

    name: str
    function: Callable[[Pixels, Size], Pixels]
    """``(image, (height, width)) -> image``: uint8 RGB, C-contiguous in and out. It trusts its arguments; call
    :func:`robustfashion.resize.resize`, which checks them."""
    origin: str
    """The library function or Java class whose pixels these are."""
    version: Callable[[], str]
    """Version of the library that computes them; for emulated libraries, of this package and of what it equals."""


def distribution_version(*names: str) -> Callable[[], str]:
    """A function that tells the installed version of the first of these distributions that is there."""

    @cache
    def version() -> str:
        """Names and versions of the libraries."""
        for name in names:
            try:
                return metadata.version(name)
            except metadata.PackageNotFoundError:
                continue
        return "not installed"

    return version


def check_image(image: object) -> Pixels:
    """The image as a C-contiguous array; a copy only where it is not contiguous.

    Raises:
        InputError: not a numpy array, not uint8, not [H, W, 3], or without pixels.
    """
    if not isinstance(image, np.ndarray):
        raise InputError(f"image is a {type(image).__name__}; it must be a numpy array, uint8 RGB [H, W, 3]")
    if image.dtype != np.uint8:
        raise InputError(f"image has dtype {image.dtype}; it must be uint8 in 0..255 (scale and round floats yourself)")
    if image.ndim != 3 or image.shape[2] != 3:
        hint = "; repeat gray three times, lay alpha on a background, move channels last"
        raise InputError(f"image has shape {list(image.shape)}; it must be RGB [H, W, 3]{hint}")
    if image.size == 0:
        raise InputError(f"image has shape {list(image.shape)}: no pixels")
    return np.ascontiguousarray(image)


def check_size(size: Sequence[int]) -> Size:
    """The size as two plain ints, (height, width) in px.

    Raises:
        InputError: not two positive whole numbers, or more than :data:`MAX_OUTPUT_PIXELS` together.
    """
    try:
        if any(isinstance(side, bool | np.bool_) for side in size):
            raise TypeError
        height, width = (operator.index(side) for side in size)
    except (TypeError, ValueError):
        raise InputError(f"size is {size!r}; it must be (height, width), two whole numbers of px") from None
    if height < 1 or width < 1:
        raise InputError(f"size is {(height, width)}; height and width must be at least 1 px")
    if height * width > MAX_OUTPUT_PIXELS:
        raise InputError(
            f"size is {(height, width)}: more than {MAX_OUTPUT_PIXELS} px; check the unit and the order (height, width)"
        )
    return height, width


def emulated_version(equals: str) -> Callable[[], str]:
    """A function that tells this package's version and which versions of the original it equals."""
    own = distribution_version("robustfashion")
    return lambda: f"robustfashion {own()}, equal to {equals}"
