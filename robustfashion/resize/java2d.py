"""``java.awt.Graphics2D.drawImage`` onto a new opaque image, without a JVM, equal to the JDK in every pixel.

Bilinear takes 2 x 2 and bicubic 4 x 4 taps at any reduction: Java never antialiases here. No hint at all means nearest; the
hint ``KEY_RENDERING = VALUE_RENDER_QUALITY`` alone means bilinear. The arithmetic is described in
:mod:`robustfashion.resize.coordinates` and in the kernels; what is proved, on which JDKs, in ``docs/resizers.md``.
"""

import numpy as np

from robustfashion.resize.coordinates import Taps, bicubic_axis, bilinear_axis, drawn_bilinear_axis, scaled_blit_axes
from robustfashion.resize.method import Method, Pixels, Size, emulated_version
from robustfashion.resize.parallel import cut, in_bands


def nearest(image: Pixels, size: Size) -> Pixels:
    """VALUE_INTERPOLATION_NEAREST_NEIGHBOR: uint8 RGB [H, W, 3] to [h, w, 3]."""
    from robustfashion.resize.kernels.gather import gather

    height, width = image.shape[:2]
    if (height, width) == size:
        return image.copy()
    rows, columns = scaled_blit_axes((height, width), size)
    target = np.empty((*size, 3), np.uint8)
    source, out = image.reshape(height, -1), target.reshape(size[0], -1)
    in_bands(size[0], lambda band: gather(source, rows.at[band], columns.at, out[band]))
    if rows.painted < size[0] or columns.painted < size[1]:
        target[rows.painted :] = 0
        target[:, columns.painted :] = 0
    return target


def bilinear(image: Pixels, size: Size) -> Pixels:
    """VALUE_INTERPOLATION_BILINEAR: uint8 RGB [H, W, 3] to [h, w, 3]."""
    height, width = image.shape[:2]
    if (height, width) == size:
        return image.copy()
    if (height, width) == (2 * size[0], 2 * size[1]):
        return _halved(image)
    return _bilinear(image, bilinear_axis(height, size[0], 1), bilinear_axis(width, size[1], 3))


def bicubic(image: Pixels, size: Size) -> Pixels:
    """VALUE_INTERPOLATION_BICUBIC (Catmull-Rom): uint8 RGB [H, W, 3] to [h, w, 3]."""
    from robustfashion.resize.kernels.bicubic import bicubic_enlarge, bicubic_reduce

    height, width = image.shape[:2]
    if (height, width) == size:
        return image.copy()
    kernel = bicubic_reduce if size[0] < height else bicubic_enlarge
    target = np.empty((*size, 3), np.uint8)
    source, out = image.reshape(height, -1), target.reshape(size[0], -1)
    rows, columns = bicubic_axis(height, size[0], 1), bicubic_axis(width, size[1], 3)
    in_bands(size[0], lambda band: kernel(source, cut(rows, band), columns, out[band]))
    return target


def draw_bilinear(image: Pixels, size: Size, scale: tuple[float, float]) -> Pixels:
    """Draw the image, scaled by (vertical, horizontal) factors, onto a black one of ``size``; what is not reached stays black."""
    rows = drawn_bilinear_axis(image.shape[0], size[0], scale[0], 1)
    columns = drawn_bilinear_axis(image.shape[1], size[1], scale[1], 3)
    painted = _bilinear(image, rows, columns)
    if painted.shape[:2] == size:
        return painted
    target = np.zeros((*size, 3), np.uint8)
    target[: painted.shape[0], : painted.shape[1]] = painted
    return target


def _bilinear(image: Pixels, rows: Taps, columns: Taps) -> Pixels:
    from robustfashion.resize.kernels.bilinear import bilinear_enlarge, bilinear_reduce

    height, width = rows.at.shape[0], columns.at.shape[0]
    target = np.empty((height, width, 3), np.uint8)
    if target.size == 0:
        return target
    kernel = bilinear_reduce if height < image.shape[0] else bilinear_enlarge
    source, out = image.reshape(image.shape[0], -1), target.reshape(height, -1)
    in_bands(height, lambda band: kernel(source, cut(rows, band), columns, out[band]))
    return target


def _halved(image: Pixels) -> Pixels:
    from robustfashion.resize.kernels.halve import halve

    height, width = image.shape[0] // 2, image.shape[1] // 2
    target = np.empty((height, width, 3), np.uint8)
    source, out = image.reshape(2 * height, -1), target.reshape(height, -1)
    in_bands(height, lambda band: halve(source[2 * band.start : 2 * band.stop], out[band]))
    return target


_HINTS = {"nearest": "NEAREST_NEIGHBOR", "bilinear": "BILINEAR", "bicubic": "BICUBIC"}

METHODS = [
    Method(
        f"java2d.{function.__name__}",
        function,
        f"java.awt.Graphics2D.drawImage, VALUE_INTERPOLATION_{_HINTS[function.__name__]}, opaque image",
        emulated_version("JDK 11 to 25"),
    )
    for function in (nearest, bilinear, bicubic)
]
