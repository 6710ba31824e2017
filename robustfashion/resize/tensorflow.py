"""TensorFlow's resizers, computed here in float32 in TensorFlow's order, without TensorFlow.

``tensorflow.*`` are ``tf.image.resize`` (TensorFlow 2): half-pixel centres, ``antialias`` off or on. ``tensorflow_legacy.*`` are
the operations that TensorFlow 1 and many exported graphs use, and that DJL's TensorFlow engine calls: corners, not centres,
of pixels coincide, and nothing is ever antialiased. TensorFlow returns floats (but for nearest); here they are clamped to
0..255 and rounded half to even. Same size: kept as it is by all but the filters that blur.

Source: the public kernels ``resize_bilinear_op``, ``resize_bicubic_op``, ``resize_area_op``, ``resize_nearest_neighbor_op`` and
``scale_and_translate_op``. Checked against TensorFlow 2.21 on the CPU; what agrees how far, in ``docs/resizers.md``.
"""

from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from robustfashion.resize.method import Method, Pixels, Size, emulated_version
from robustfashion.resize.tensorflow_filters import FILTERS, Spans, spans

Floats = NDArray[np.float32]
_Indices = NDArray[np.intp]

_F = np.float32
_TABLE_SIZE = 1 << 10
_AXES = 128


def _scale(source: int, target: int, align_corners: bool) -> np.float32:
    if align_corners and target > 1:
        return _F(source - 1) / _F(target - 1)
    return _F(source) / _F(target)


def _positions(source: int, target: int, half_pixel: bool, align_corners: bool = False) -> Floats:
    """Where each target pixel lies in the source, float32 [target]."""
    scale, pixel = _scale(source, target, align_corners), np.arange(target, dtype=_F)
    return (pixel + _F(0.5)) * scale - _F(0.5) if half_pixel else pixel * scale


def _to_bytes(values: Floats) -> Pixels:
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8, order="C")


def nearest(image: Pixels, size: Size, half_pixel: bool) -> Pixels:
    """ResizeNearestNeighbor: uint8 RGB [H, W, 3] to [h, w, 3]."""
    rows, columns = (_nearest_axis(have, want, half_pixel) for have, want in zip(image.shape, size, strict=False))
    return image[rows[:, None], columns[None, :]]


def _nearest_axis(source: int, target: int, half_pixel: bool) -> _Indices:
    scale, pixel = _scale(source, target, align_corners=False), np.arange(target, dtype=_F)
    position = (pixel + _F(0.5)) * scale if half_pixel else pixel * scale
    index: _Indices = np.minimum(np.floor(position).astype(np.intp), source - 1)
    return index


def bilinear(image: Pixels, size: Size, half_pixel: bool, align_corners: bool = False) -> Pixels:
    """ResizeBilinear: uint8 RGB [H, W, 3] to [h, w, 3]; columns are blended first."""
    if image.shape[:2] == size:
        return image.copy()
    rows, columns = (_bilinear_axis(have, want, half_pixel, align_corners) for have, want in zip(image.shape, size, strict=False))
    (top, bottom, down), (left, right, across) = rows, columns
    lines = [_blended(image[row].astype(_F), left, right, across) for row in (top, bottom)]
    return _to_bytes(lines[0] + (lines[1] - lines[0]) * down[:, None, None])


def _blended(lines: Floats, left: _Indices, right: _Indices, share: Floats) -> Floats:
    first = lines[:, left]
    return first + (lines[:, right] - first) * share[None, :, None]


@lru_cache(_AXES)
def _bilinear_axis(source: int, target: int, half_pixel: bool, align_corners: bool) -> tuple[_Indices, _Indices, Floats]:
    position = _positions(source, target, half_pixel, align_corners)
    below = np.floor(position)
    lower = np.maximum(below.astype(np.intp), 0)
    upper = np.minimum(np.ceil(position).astype(np.intp), source - 1)
    return lower, upper, position - below


def bicubic(image: Pixels, size: Size, half_pixel: bool) -> Pixels:
    """ResizeBicubic: uint8 RGB [H, W, 3] to [h, w, 3]; rows are blended first."""
    if image.shape[:2] == size:
        return image.copy()
    (rows, down), (columns, across) = (_bicubic_axis(h, w, half_pixel) for h, w in zip(image.shape, size, strict=False))
    values = image.astype(_F)
    lines = _sum_of_four([values[rows[:, k]] * down[:, k, None, None] for k in range(4)])
    return _to_bytes(_sum_of_four([lines[:, columns[:, k]] * across[None, :, k, None] for k in range(4)]))


def _sum_of_four(products: list[Floats]) -> Floats:
    return products[0] + products[1] + products[2] + products[3]


@lru_cache(_AXES)
def _bicubic_axis(source: int, target: int, half_pixel: bool) -> tuple[_Indices, Floats]:
    """Positions and weights of four taps: outside the image they count nothing (half pixel) or repeat the border (legacy)."""
    position = _positions(source, target, half_pixel)
    below = np.floor(position).astype(np.intp)
    offset = np.rint((position - below.astype(_F)) * _F(_TABLE_SIZE)).astype(np.intp)
    near, far = _cubic_table(-0.5 if half_pixel else -0.75)
    weight = np.stack([far[offset], near[offset], near[_TABLE_SIZE - offset], far[_TABLE_SIZE - offset]], axis=1)
    tap = below[:, None] + np.arange(-1, 3)
    index = np.clip(tap, 0, source - 1)
    if half_pixel:
        weight = np.where(index == tap, weight, _F(0))
        total = weight[:, 0] + weight[:, 1] + weight[:, 2] + weight[:, 3]
        weight = weight * (_F(1) / total)[:, None]
    return index, weight


@lru_cache(2)
def _cubic_table(a: float) -> tuple[Floats, Floats]:
    x = np.arange(_TABLE_SIZE + 1) / _TABLE_SIZE
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    x = x + 1
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return near.astype(_F), far.astype(_F)


def area(image: Pixels, size: Size) -> Pixels:
    """ResizeArea: uint8 RGB [H, W, 3] to [h, w, 3], means weighted by overlap."""
    rows, columns = (_area_axis(have, want) for have, want in zip(image.shape, size, strict=False))
    scales = [_scale(have, want, align_corners=False) for have, want in zip(image.shape, size, strict=False)]
    values, total = image.astype(_F), np.zeros((*size, 3), _F)
    for row, overlap in rows:
        lines = values[row]
        line = np.zeros((*size, 3), _F)
        for column, share in columns:
            line += lines[:, column] * share[None, :, None]
        total += line * overlap[:, None, None]
    return _to_bytes(total * _F(1 / (float(scales[0] * scales[1]))))


@lru_cache(_AXES)
def _area_axis(source: int, target: int) -> list[tuple[_Indices, Floats]]:
    """The first, second, ... source pixel of every target pixel, and how much of it counts; 0 where there is none."""
    scale, pixel = _scale(source, target, align_corners=False), np.arange(target + 1, dtype=_F)
    border = pixel * scale
    begin, end = border[:-1], border[1:]
    first, stop = np.floor(begin).astype(np.intp), np.ceil(end).astype(np.intp)
    found = []
    for step in range(int((stop - first).max())):
        index = first + step
        low, high = index.astype(_F), (index + 1).astype(_F)
        inside = np.where(high > end, end - low, _F(1))
        share = np.where(low < begin, np.where(high > end, scale, high - begin), inside)
        found.append((np.clip(index, 0, source - 1), np.where(index < stop, share, _F(0)).astype(_F)))
    return found


def filtered(image: Pixels, size: Size, filter_name: str, antialias: bool) -> Pixels:
    """ScaleAndTranslate with one of TensorFlow's filters: uint8 RGB [H, W, 3] to [h, w, 3], rows first."""
    rows, columns = (spans(have, want, filter_name, antialias) for have, want in zip(image.shape, size, strict=False))
    lines = _gathered(image.astype(_F), rows)
    return _to_bytes(_gathered(lines.transpose(1, 0, 2), columns).transpose(1, 0, 2))


def _gathered(values: Floats, axis: Spans) -> Floats:
    """Weighted sums over the first axis, each in its order."""
    from robustfashion.resize.kernels.spans import gather

    total = np.zeros((axis.start.size, *values.shape[1:]), _F)
    source = np.ascontiguousarray(values).reshape(values.shape[0], -1)
    gather(source, axis.start.astype(np.uintp), np.ascontiguousarray(axis.weight), total.reshape(axis.start.size, -1))
    return total


def _methods() -> list[Method]:
    version = emulated_version("TensorFlow 2.21, formulas of 1.x to 2.x")
    found = []

    def add(name: str, function: partial[Pixels], origin: str) -> None:
        """Add one method."""
        found.append(Method(name, function, f"{origin}; floats rounded half to even", version))

    add("tensorflow.nearest", partial(nearest, half_pixel=True), "tf.image.resize, method='nearest'")
    add("tensorflow.bilinear", partial(bilinear, half_pixel=True), "tf.image.resize, method='bilinear'")
    add("tensorflow.bicubic", partial(bicubic, half_pixel=True), "tf.image.resize, method='bicubic'")
    add("tensorflow.area", partial(area), "tf.image.resize, method='area'")
    for name, choices in FILTERS.items():
        for antialias in choices.antialias:
            suffix = "_antialias" if antialias else ""
            origin = f"tf.image.resize, method={name!r}, antialias={antialias}"
            add(f"tensorflow.{name}{suffix}", partial(filtered, filter_name=name, antialias=antialias), origin)
    legacy = "align_corners=False, half_pixel_centers=False"
    add("tensorflow_legacy.nearest", partial(nearest, half_pixel=False), f"ResizeNearestNeighbor, {legacy}")
    add("tensorflow_legacy.bilinear", partial(bilinear, half_pixel=False), f"ResizeBilinear, {legacy}")
    corners = partial(bilinear, half_pixel=False, align_corners=True)
    add("tensorflow_legacy.bilinear_align_corners", corners, "ResizeBilinear, align_corners=True")
    add("tensorflow_legacy.bicubic", partial(bicubic, half_pixel=False), f"ResizeBicubic, {legacy}")
    return found


METHODS = _methods()
