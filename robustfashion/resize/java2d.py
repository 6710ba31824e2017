"""``java.awt.Graphics2D.drawImage`` onto a new opaque image, without a JVM, equal to the JDK in every pixel.

Bilinear takes 2 x 2 and bicubic 4 x 4 taps at any reduction: Java never antialiases here. No hint at all means nearest; the
hint ``KEY_RENDERING = VALUE_RENDER_QUALITY`` alone means bilinear. The arithmetic is described in
:mod:`robustfashion.resize.coordinates` and in the kernels; what is proved, on which JDKs, in ``docs/resizers.md``.
"""

import numpy as np

from robustfashion.resize.coordinates import bicubic_axis, bilinear_axis, scaled_blit_axes
from robustfashion.resize.method import Method, Pixels, Size, emulated_version


def nearest(image: Pixels, size: Size) -> Pixels:
    """VALUE_INTERPOLATION_NEAREST_NEIGHBOR: uint8 RGB [H, W, 3] to [h, w, 3]."""
    from robustfashion.resize.kernels.gather import gather

    height, width = image.shape[:2]
    if (height, width) == size:
        return image.copy()
    rows, columns = scaled_blit_axes((height, width), size)
    target = np.empty((*size, 3), np.uint8)
    gather(image.reshape(height, -1), rows.at, columns.at, target.reshape(size[0], -1))
    if rows.painted < size[0] or columns.painted < size[1]:
        target[rows.painted :] = 0
        target[:, columns.painted :] = 0
    return target


def bilinear(image: Pixels, size: Size) -> Pixels:
    """VALUE_INTERPOLATION_BILINEAR: uint8 RGB [H, W, 3] to [h, w, 3]."""
    from robustfashion.resize.kernels.bilinear import bilinear_enlarge, bilinear_reduce

    height, width = image.shape[:2]
    if (height, width) == size:
        return image.copy()
    kernel = bilinear_reduce if size[0] < height else bilinear_enlarge
    target = np.empty((*size, 3), np.uint8)
    rows, columns = bilinear_axis(height, size[0], 1), bilinear_axis(width, size[1], 3)
    kernel(image.reshape(height, -1), rows, columns, target.reshape(size[0], -1))
    return target


def bicubic(image: Pixels, size: Size) -> Pixels:
    """VALUE_INTERPOLATION_BICUBIC (Catmull-Rom): uint8 RGB [H, W, 3] to [h, w, 3]."""
    from robustfashion.resize.kernels.bicubic import bicubic_enlarge, bicubic_reduce

    height, width = image.shape[:2]
    if (height, width) == size:
        return image.copy()
    kernel = bicubic_reduce if size[0] < height else bicubic_enlarge
    target = np.empty((*size, 3), np.uint8)
    rows, columns = bicubic_axis(height, size[0], 1), bicubic_axis(width, size[1], 3)
    kernel(image.reshape(height, -1), rows, columns, target.reshape(size[0], -1))
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
