"""OpenCV's ``cv2.resize``: linear, cubic and lanczos4 alias when they reduce; only area averages."""

from collections.abc import Callable

import numpy as np

from robustfashion.errors import InputError
from robustfashion.resize.method import Method, Pixels, Size, distribution_version

INTERPOLATIONS = ("nearest", "nearest_exact", "linear", "linear_exact", "cubic", "area", "lanczos4")


def _resizer(interpolation: str) -> Callable[[Pixels, Size], Pixels]:
    def resize(image: Pixels, size: Size) -> Pixels:
        """Resize by OpenCV."""
        import cv2

        height, width = size
        flag = getattr(cv2, f"INTER_{interpolation.upper()}")
        try:
            result = cv2.resize(image, (width, height), interpolation=flag)
        except cv2.error as error:
            raise InputError(f"OpenCV cannot resize {image.shape[:2]} to {size} with {interpolation}: {error}") from error
        return np.asarray(result, dtype=np.uint8)

    return resize


METHODS = [
    Method(
        f"opencv.{name}",
        _resizer(name),
        f"cv2.resize, INTER_{name.upper()}",
        distribution_version("opencv-python-headless", "opencv-python"),
    )
    for name in INTERPOLATIONS
]
