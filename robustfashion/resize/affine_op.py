"""``java.awt.image.AffineTransformOp`` with a scaling, without a JVM, equal to the JDK in every pixel.

``new AffineTransformOp(AffineTransform.getScaleInstance(w / W, h / H), type).filter(image, null)``, as many image libraries
for Java do it. Two by two or four by four taps at any reduction, no antialiasing; pixels near the border are computed by other
rules than the rest. The arithmetic is described in
:mod:`robustfashion.resize.affine_axes`.
"""

from functools import partial
from math import ceil
from typing import Literal

import numpy as np

from robustfashion.errors import InputError
from robustfashion.resize.affine_axes import AffineAxis, Interpolation, Scaling, affine_axis, nearest_axis
from robustfashion.resize.method import Method, Pixels, Size, emulated_version
from robustfashion.resize.parallel import cut, in_bands

_MAX_SOURCE_PX = 32_767
"""medialib's positions have 16 bits before the point, one of them a sign."""


def nearest(image: Pixels, size: Size) -> Pixels:
    """TYPE_NEAREST_NEIGHBOR: uint8 RGB [H, W, 3] to [h, w, 3]."""
    return _resize(image, size, "nearest")


def bilinear(image: Pixels, size: Size) -> Pixels:
    """TYPE_BILINEAR: uint8 RGB [H, W, 3] to [h, w, 3]."""
    return _resize(image, size, "bilinear")


def bicubic(image: Pixels, size: Size) -> Pixels:
    """TYPE_BICUBIC: uint8 RGB [H, W, 3] to [h, w, 3]."""
    return _resize(image, size, "bicubic")


def _resize(image: Pixels, size: Size, interpolation: Interpolation) -> Pixels:
    height, width = image.shape[:2]
    return _scale(image, size, (size[0] / height, size[1] / width), interpolation)


def scale(image: Pixels, factors: tuple[float, float], interpolation: Interpolation) -> Pixels:
    """Scale uint8 RGB [H, W, 3] by (vertical, horizontal) factors; the op itself chooses the size, rounded up from float32.

    Raises:
        InputError: a side of more than 32,767 px, which Java refuses, too.
    """
    height, width = (ceil(np.float32(factor * side)) for factor, side in zip(factors, image.shape[:2], strict=True))
    return _scale(image, (height, width), factors, interpolation)


def _scale(image: Pixels, size: Size, factors: tuple[float, float], interpolation: Interpolation) -> Pixels:
    height, width = image.shape[:2]
    if max(height, width) > _MAX_SOURCE_PX:
        raise InputError(
            f"image is {height} x {width} px; Java's AffineTransformOp, and what is built upon it, "
            f"refuses more than {_MAX_SOURCE_PX} px a side"
        )
    rows = Scaling(height, size[0], factors[0], factors[1], is_row_axis=True)
    columns = Scaling(width, size[1], factors[1], factors[0], is_row_axis=False)
    if interpolation == "nearest":
        return _nearest(image, rows, columns)
    return _interpolated(image, affine_axis(rows, interpolation), affine_axis(columns, interpolation), size, interpolation)


def _nearest(image: Pixels, row_axis: Scaling, column_axis: Scaling) -> Pixels:
    from robustfashion.resize.kernels.gather import gather

    (top, rows), (left, columns) = nearest_axis(row_axis), nearest_axis(column_axis)
    height, width = row_axis.target, column_axis.target
    target = np.empty((height, width, 3), np.uint8)
    source, out = image.reshape(image.shape[0], -1), target.reshape(height, -1)
    in_bands(height, lambda band: gather(source, rows.at[band], columns.at, out[band]))
    if top > 0 or left > 0 or rows.painted < height or columns.painted < width:
        for outside in (target[:top], target[rows.painted :], target[:, :left], target[:, columns.painted :]):
            outside[:] = 0
    return target


def _interpolated(
    image: Pixels, rows: AffineAxis, columns: AffineAxis, size: Size, interpolation: Literal["bilinear", "bicubic"]
) -> Pixels:
    from robustfashion.resize.kernels.affine import affine_bicubic, affine_bilinear

    interior = affine_bicubic if interpolation == "bicubic" else affine_bilinear
    covered = (rows.edge_first, rows.edge_stop, columns.edge_first, columns.edge_stop) == (0, size[0], 0, size[1])
    target = (np.empty if covered else np.zeros)((*size, 3), np.uint8)
    source, out = image.reshape(image.shape[0], -1), target.reshape(size[0], -1)
    if rows.stop > rows.first and columns.stop > columns.first:
        inside, start = out[rows.first : rows.stop], np.uintp(3 * columns.first)
        in_bands(
            rows.stop - rows.first,
            lambda band: interior(source, cut(rows.interior, band), columns.interior, start, inside[band]),
        )
    _fill_edge(source, rows, columns, interpolation == "bicubic", out)
    return target


def _fill_edge(source: Pixels, rows: AffineAxis, columns: AffineAxis, is_cubic: bool, out: Pixels) -> None:
    """What lies outside the interior: the rows above and below it whole, of its rows the left and the right."""
    from robustfashion.resize.kernels.affine import affine_edge

    left = columns.edge_first
    nothing, inside = (0, 0), (columns.first - left, columns.stop - left)
    if inside[1] <= inside[0]:
        inside = nothing
    for first, stop, skipped in (
        (rows.edge_first, rows.first, nothing),
        (rows.first, rows.stop, inside),
        (max(rows.stop, rows.edge_first), rows.edge_stop, nothing),
    ):
        if stop > first:
            taps = cut(rows.edge, slice(first - rows.edge_first, stop - rows.edge_first))
            affine_edge(source, taps, columns.edge, skipped, is_cubic, np.uintp(3 * left), out[first:stop])


def _method(name: Interpolation) -> Method:
    constant = {"nearest": "NEAREST_NEIGHBOR"}.get(name, name.upper())
    origin = f"java.awt.image.AffineTransformOp.filter, a scaling, TYPE_{constant}, opaque image"
    return Method(f"affine_op.{name}", partial(_resize, interpolation=name), origin, emulated_version("JDK 11 to 25"))


METHODS = [_method("nearest"), _method("bilinear"), _method("bicubic")]
