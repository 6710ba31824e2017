"""TwelveMonkeys' ``com.twelvemonkeys.image.ResampleOp``, without a JVM: ``new ResampleOp(w, h, filter).filter(image, null)``.

Most filters are convolutions, horizontal before vertical, with bytes between: see :mod:`robustfashion.resize.convolution`.
FILTER_POINT, FILTER_TRIANGLE and FILTER_QUADRATIC are not: they are ``AffineTransformOp``'s nearest, bilinear and bicubic, the
latter two after halvings by its bilinear. Pictures or targets smaller than a filter's support take TRIANGLE's way.

Equal in every pixel, but for filters of sines and cosines (hanning, hamming, blackman, lanczos, blackman_bessel,
blackman_sinc), where a sum that should be exactly a half may fall to the other side: Java's sine differs from C's in the last
bit of one argument in 500.
"""

from functools import partial
from typing import Literal

import numpy as np

from robustfashion.resize import affine_op
from robustfashion.resize.convolution import FILTERS, Convolution, convolution_axis
from robustfashion.resize.method import Method, Pixels, Size, emulated_version
from robustfashion.resize.parallel import cut, in_bands

_EQUALS = "TwelveMonkeys 3.9 to 3.14"

_AFFINE: dict[str, Literal["nearest", "bilinear", "bicubic"]] = {
    "point": "nearest",
    "triangle": "bilinear",
    "quadratic": "bicubic",
}


def resample(image: Pixels, size: Size, filter_name: str) -> Pixels:
    """Resize uint8 RGB [H, W, 3] to [h, w, 3] with one of the filters of :data:`METHODS`."""
    if filter_name in _AFFINE:
        return _resample_affine(image, size, _AFFINE[filter_name])
    (height, width), (h, w) = image.shape[:2], size
    if min(height, width, h, w) <= FILTERS[filter_name].support:
        return _resample_affine(image, size, "bilinear")
    turned = _convolved(_transposed(image), convolution_axis(width, w, filter_name))
    return _convolved(_transposed(turned), convolution_axis(height, h, filter_name))


def _convolved(image: Pixels, rows: Convolution) -> Pixels:
    from robustfashion.resize.kernels.convolution import convolve

    target = np.empty((rows.at.shape[0], *image.shape[1:]), np.uint8)
    source, out = image.reshape(image.shape[0], -1), target.reshape(target.shape[0], -1)
    in_bands(target.shape[0], lambda band: convolve(source, cut(rows, band), out[band]))
    return target


def _transposed(image: Pixels) -> Pixels:
    from robustfashion.resize.kernels.convolution import transpose

    target = np.empty((image.shape[1], image.shape[0], 3), np.uint8)
    transpose(image.reshape(image.shape[0], -1), target.reshape(target.shape[0], -1))
    return target


def _resample_affine(image: Pixels, size: Size, interpolation: Literal["nearest", "bilinear", "bicubic"]) -> Pixels:
    """To the target x 2^k first where a side shrinks, then halvings, at last the interpolation itself."""
    if interpolation != "nearest":
        if size[0] < image.shape[0] or size[1] < image.shape[1]:
            first = [_doubled(want, have) / have for want, have in zip(size, image.shape, strict=False)]
            image = affine_op.scale(image, (first[0], first[1]), "bilinear")
        image, factors = _halved(image, size)
    else:
        factors = size[0] / image.shape[0], size[1] / image.shape[1]
    return affine_op.scale(image, factors, interpolation)


def _doubled(want: int, have: int) -> int:
    while want < have // 2:
        want *= 2
    return want


def _halved(image: Pixels, size: Size) -> tuple[Pixels, tuple[float, float]]:
    """The image after halvings, and the factors that remain."""
    vertical, horizontal = size[0] / image.shape[0], size[1] / image.shape[1]
    while vertical < 0.5 or horizontal < 0.5:
        halves = (0.5 if vertical < 0.5 else 1.0, 0.5 if horizontal < 0.5 else 1.0)
        image = affine_op.scale(image, halves, "bilinear")
        vertical, horizontal = vertical / halves[0], horizontal / halves[1]
    return image, (vertical, horizontal)


_CONSTANTS = (
    "point", "box", "triangle", "hermite", "hanning", "hamming", "blackman", "gaussian", "quadratic", "cubic", "catrom",
    "mitchell", "lanczos", "blackman_bessel", "blackman_sinc",
)  # fmt: skip
"""In the order of FILTER_POINT = 1 to FILTER_BLACKMAN_SINC = 15."""

METHODS = [
    Method(
        f"twelvemonkeys.{name}",
        partial(resample, filter_name=name),
        f"com.twelvemonkeys.image.ResampleOp, FILTER_{name.upper()}, opaque image",
        emulated_version(_EQUALS),
    )
    for name in _CONSTANTS
]
