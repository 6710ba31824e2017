"""Gray pictures as Java resizes them (TYPE_BYTE_GRAY, as ImageIO reads gray JPEG and PNG files).

Java holds such a picture to be *linear* gray. ``Graphics2D.drawImage`` copies the values, and so do the libraries built upon
it; ``getScaledInstance`` and ``AffineTransformOp`` convert them to sRGB first, which washes the picture out: 50 becomes 122.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.resize import Pixels, Size, check_image, check_method, check_size
from robustfashion.resize.convolution import FILTERS
from robustfashion.resize.exactness import JAVA_METHODS

_CONVERTING = {
    "java_image.smooth", "java_image.replicate", "affine_op.bilinear", "affine_op.bicubic", "twelvemonkeys.triangle",
    "twelvemonkeys.quadratic",
}  # fmt: skip


def resize_gray(image: Pixels, size: Size, method: str) -> Pixels:
    """Resize gray uint8 [H, W] to [h, w] with one of Java's methods; red, green and blue of Java's result are this value.

    Raises:
        InputError: see :func:`robustfashion.resize.resize`; a method that is not one of Java's.
    """
    if not isinstance(image, np.ndarray) or image.ndim != 2:
        raise InputError("image must be a gray picture, uint8 [H, W]; resize() takes RGB")
    rgb = check_image(np.repeat(image[:, :, None], 3, axis=2))
    function, (height, width) = check_method(method).function, check_size(size)
    if method not in JAVA_METHODS:
        raise InputError(f"{method} is not one of Java's methods; repeat the values three times and use resize()")
    if _converts(method, min(*image.shape, height, width)):
        rgb = linear_to_srgb()[rgb]
    return np.ascontiguousarray(function(rgb, (height, width))[:, :, 0])


def _converts(method: str, shortest: int) -> bool:
    """TwelveMonkeys takes AffineTransformOp's way where a side is not longer than the filter's support."""
    filter_name = method.removeprefix("twelvemonkeys.")
    return method in _CONVERTING or (filter_name in FILTERS and shortest <= FILTERS[filter_name].support)


@lru_cache(1)
def linear_to_srgb() -> NDArray[np.uint8]:
    """The sRGB value of each linear gray value, uint8 [256]."""
    linear = np.arange(256) / 255
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.floor(255 * encoded + 0.5).astype(np.uint8)
