"""Which methods need not be tried in a geometry: a picture of a method's representative is too far from the result.

If a method gave the result, then its representative, which is fast, would be as far from the result as the two methods are from
each other, and that is bounded by the texture of the picture in this very geometry. The bounds were measured over 16 kinds of
pictures (photographs, noise, text, stripes of one and three px; reduced and enlarged) and are taken twice. Methods without a
bound are always tried.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_BOX, _LINEAR, _SHARP = "pillow.box_gap2", "pillow.bilinear_gap2", "pillow.lanczos_gap2"
_POINT_LINEAR, _POINT_CUBIC, _AREA = "opencv.linear", "opencv.cubic", "opencv.area"
_NEAREST, _NEAREST_FLOOR = "pillow.nearest", "opencv.nearest"

REPRESENTATIVES = (_BOX, _LINEAR, _SHARP, _POINT_LINEAR, _POINT_CUBIC, _AREA, _NEAREST, _NEAREST_FLOOR)
"""Methods that are tried in every geometry."""

_MARGIN = 2.0
_LEVELS = 1.0
"""Rounding of both methods, in levels."""
_OF_JPEG = 1.5

_BOUNDS: dict[str, dict[str, float]] = {
    _LINEAR: {
        "pillow.box": 0.46, "pillow.bilinear": 0.05, "pillow.hamming": 0.39, "pillow.hamming_gap2": 0.39, "pillow.box_gap3": 0.46,
        "pillow.bilinear_gap3": 0.05, "pillow.hamming_gap3": 0.39, "torch.bilinear_antialias": 0.05,
        "torchvision.bilinear_antialias": 0.05, "halving.bilinear": 0.99, "imgscalr.ultra_quality_antialias": 0.32,
        "twelvemonkeys.box": 0.72, "twelvemonkeys.hermite": 0.7, "twelvemonkeys.hanning": 0.7, "twelvemonkeys.cubic": 0.66,
        "twelvemonkeys.catrom": 0.74, "twelvemonkeys.mitchell": 0.69, "twelvemonkeys.lanczos": 0.79,
        "twelvemonkeys.blackman_sinc": 0.77, "tensorflow.bilinear_antialias": 0.05, "tensorflow.gaussian_antialias": 0.31,
        "tensorflow.mitchellcubic_antialias": 0.16, "tensorflow_legacy.bilinear_align_corners": 5.02,
        "twelvemonkeys.hamming": 0.68, "twelvemonkeys.blackman": 0.71, "twelvemonkeys.gaussian": 0.67,
        "twelvemonkeys.blackman_bessel": 0.69,
    },
    _SHARP: {
        "pillow.bicubic": 0.12, "pillow.lanczos": 0.07, "pillow.bicubic_gap2": 0.12, "pillow.bicubic_gap3": 0.12,
        "pillow.lanczos_gap3": 0.07, "torch.bicubic_antialias": 0.12, "torchvision.bicubic_antialias": 0.12,
        "halving.bicubic": 1.65, "imgscalr.quality": 1.6, "imgscalr.automatic": 1.6, "imgscalr.ultra_quality": 0.45,
        "tensorflow.bicubic_antialias": 0.12, "tensorflow.lanczos3_antialias": 0.07, "tensorflow.lanczos5_antialias": 0.12,
        "djl.pytorch_area": 0.49,
    },
    _BOX: {
        "thumbnailator.default": 0.78, "thumbnailator.progressive": 0.78, "twelvemonkeys.triangle": 0.69,
        "twelvemonkeys.quadratic": 0.69,
    },
    _AREA: {
        "java_image.smooth": 0.02, "tensorflow.area": 0.02, "djl.image": 0.02, "imgscalr.quality_antialias": 1.01,
        "imgscalr.automatic_antialias": 1.01,
    },
    _POINT_LINEAR: {
        "opencv.linear_exact": 0.02, "torch.bilinear": 0.02, "torchvision.bilinear": 0.02, "java2d.bilinear": 0.02,
        "affine_op.bilinear": 0.02, "thumbnailator.bilinear": 0.02, "imgscalr.speed_antialias": 1.92, "imgscalr.balanced": 0.02,
        "imgscalr.balanced_antialias": 1.43, "tensorflow.bilinear": 0.02, "tensorflow.gaussian": 0.43,
        "tensorflow.mitchellcubic": 0.16, "djl.pytorch_bilinear": 0.02,
    },
    _POINT_CUBIC: {
        "opencv.lanczos4": 0.27, "torch.bicubic": 0.02, "torchvision.bicubic": 0.03, "java2d.bicubic": 0.14,
        "affine_op.bicubic": 0.13, "thumbnailator.bicubic": 0.14, "tensorflow.bicubic": 0.13, "tensorflow.lanczos3": 0.13,
        "tensorflow.lanczos5": 0.36,
    },
    _NEAREST: {
        "opencv.nearest_exact": 0.02, "java2d.nearest": 1.32, "java_image.replicate": 0.94, "affine_op.nearest": 1.42,
        "halving.nearest": 6.84, "imgscalr.speed": 1.32, "twelvemonkeys.point": 1.42, "tensorflow.nearest": 0.94,
    },
    _NEAREST_FLOOR: {
        "tensorflow_legacy.nearest": 0.04, "djl.pytorch_nearest": 0.04, "tensorflow_legacy.bilinear": 2.77,
        "tensorflow_legacy.bicubic": 2.82,
    },
}  # fmt: skip
"""By representative: the largest mean absolute difference, less 0.75 levels, as a multiple of the texture."""

BOUNDS = {method: (one, bound) for one, members in _BOUNDS.items() for method, bound in members.items()}
"""Representative and bound of each method that has one."""

_WHERE_REDUCED = ("twelvemonkeys.hamming", "twelvemonkeys.blackman", "twelvemonkeys.gaussian", "twelvemonkeys.blackman_bessel")
"""Their weights do not add up to one where a picture is enlarged, so that its brightness changes: no bound holds there."""


@dataclass(frozen=True)
class Slack:
    """What a bound allows beside the two filters' own difference."""

    jpeg: float = 0.0
    """Mean absolute difference, in levels, that a JPEG behind the resize makes."""
    wider: float = 1.0
    """The bounds are taken so many times wider."""
    reduced: bool = False
    """Whether the picture is made smaller on both sides."""


def texture(shown: Mapping[str, Pixels]) -> float:
    """How far filters can be apart in a geometry, in levels, from the pictures of the representatives."""
    linear = shown[_LINEAR]
    sharp = distance(shown[_SHARP], shown[_BOX]) + 0.5 * distance(shown[_POINT_LINEAR], shown[_NEAREST])
    return sharp + distance(linear, np.asarray(cv2.blur(linear, (3, 3)), dtype=np.uint8))


def possible(shown: Mapping[str, Pixels], found: Pixels, methods: Sequence[str], slack: Slack) -> list[str]:
    """Those of ``methods`` that may give ``found``, in their order.

    Args:
        shown: what the representatives give in this geometry, uint8 [h, w, 3] each.
        found: the result.
        methods: asked about.
        slack: how much further than the bounds a result may be.
    """
    allowed = texture(shown) * _MARGIN * slack.wider
    more = (_LEVELS + _OF_JPEG * slack.jpeg) * slack.wider
    far = {name: distance(picture, found) - more for name, picture in shown.items()}

    def may_be(method: str) -> bool:
        """Whether its representative is near enough."""
        if method not in BOUNDS or (method in _WHERE_REDUCED and not slack.reduced):
            return True
        representative, bound = BOUNDS[method]
        return far[representative] <= allowed * bound

    return [method for method in methods if may_be(method)]


def distance(a: NDArray[Any], b: NDArray[Any]) -> float:
    """Mean absolute difference of two uint8 arrays of one shape, in levels."""
    return float(cv2.norm(a, b, cv2.NORM_L1)) / a.size
