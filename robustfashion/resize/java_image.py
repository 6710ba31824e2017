"""``java.awt.Image.getScaledInstance``, without a JVM, equal to the JDK in every pixel."""

import numpy as np
from numpy.typing import NDArray

from robustfashion.resize.coordinates import area_shift, cover_axis, replicate_axis
from robustfashion.resize.method import Method, Pixels, Size, emulated_version
from robustfashion.resize.parallel import cut, in_bands

_FLOAT32_WHOLE = 1 << 24
"""Below it, float32 holds every whole number."""
_SAFE_TAPS = 1 << 14
"""So many products added in float32 are off by less than 1/1000 of the sum (n 2^-24), so that an alpha of 255 stays 255."""


def replicate(image: Pixels, size: Size) -> Pixels:
    """SCALE_REPLICATE, and SCALE_FAST and SCALE_DEFAULT, which are the same: uint8 RGB [H, W, 3] to [h, w, 3].

    Raises:
        InputError: image and size so large that Java's own integers overflow.
    """
    from robustfashion.resize.kernels.gather import gather

    height, width = image.shape[:2]
    rows, columns = replicate_axis(height, size[0], 1), replicate_axis(width, size[1], 3)
    target = np.empty((*size, 3), np.uint8)
    source, out = image.reshape(height, -1), target.reshape(size[0], -1)
    in_bands(size[0], lambda band: gather(source, rows[band], columns, out[band]))
    return target


def smooth(image: Pixels, size: Size) -> Pixels:
    """SCALE_SMOOTH and SCALE_AREA_AVERAGING, which are the same: uint8 RGB [H, W, 3] to [h, w, 3].

    Each target pixel is the mean of the source pixels under it, weighted by their overlap, summed in float32.
    """
    from robustfashion.resize.kernels.area import area_float, area_integer

    (height, width), (h, w) = image.shape[:2], size
    target = np.empty((h, w, 3), np.uint8)
    source, out = image.reshape(height, -1), target.reshape(h, -1)
    unit = 1 << area_shift(height, h) + area_shift(width, w)
    if 255 * height * width < _FLOAT32_WHOLE * unit:
        rows, columns = cover_axis(height, h, 1, "uint32"), cover_axis(width, w, 3, "uint32")
        divisor = _divisor(height, width, w, unit)
        in_bands(h, lambda band: area_integer(source, cut(rows, band), columns, divisor, out[band]))
        return target
    rows, columns = cover_axis(height, h, 1, "float32"), cover_axis(width, w, 3, "float32")
    if (height // h + 2) * (width // w + 2) <= _SAFE_TAPS:
        divisor = _divisor(height, width, w, unit)
        in_bands(h, lambda band: area_float(source, cut(rows, band), columns, divisor, out[band]))
        return target
    alpha, divisor = _alpha(height, width, size, unit)
    in_bands(h, lambda band: area_float(source, cut(rows, band), columns, divisor[band], out[band]))
    return _multiplied(target, alpha)


def _divisor(height: int, width: int, columns: int, unit: int) -> NDArray[np.float32]:
    """Total weight of a target pixel in units of ``unit``, as Java rounds it: float32 [1, 3 columns]."""
    area = np.float32(height) * np.float32(width) / np.float32(unit)
    return np.full((1, 3 * columns), area, np.float32)


def _alpha(height: int, width: int, size: Size, unit: int) -> tuple[Pixels, NDArray[np.float32]]:
    """Alpha that Java computes for an opaque source, uint8 [h, w], and what it divides each colour sum by, float32 [h, 3 w]."""
    from robustfashion.resize.kernels.area_alpha import area_alpha

    rows, columns = cover_axis(height, size[0], 1, "float32"), cover_axis(width, size[1], 3, "float32")
    sums = np.empty(size, np.float32)
    area_alpha(rows, columns, sums)
    area = _divisor(height, width, 1, unit)[0, 0]
    alpha = np.clip(np.floor((sums / area).astype(np.float64) + 0.5), 0, 255).astype(np.uint8)
    divisor = np.where((alpha > 0) & (alpha < 255), sums / np.float32(255), area)
    return alpha, np.ascontiguousarray(np.repeat(divisor, 3, axis=1))


def _multiplied(image: Pixels, alpha: Pixels) -> Pixels:
    """Colours as they come out when the image is drawn on black with this alpha, uint8 [h, w]; Java's 8-bit product."""
    wide = alpha.astype(np.uint64)[:, :, None] * 65793 * image + (1 << 23) >> 24
    return np.where(alpha[:, :, None] == 255, image, wide).astype(np.uint8)


METHODS = [
    Method(
        "java_image.smooth",
        smooth,
        "java.awt.Image.getScaledInstance, SCALE_SMOOTH or SCALE_AREA_AVERAGING, opaque image",
        emulated_version("JDK 11 to 25"),
    ),
    Method(
        "java_image.replicate",
        replicate,
        "java.awt.Image.getScaledInstance, SCALE_REPLICATE, SCALE_FAST or SCALE_DEFAULT, opaque image",
        emulated_version("JDK 11 to 25"),
    ),
]
