"""Exact kernels for one image on the CPU, faster than its library or than interleaving its channels first.

Rows are ``[H, W c]`` of c interleaved channels: a plane where the channels of an image lie apart (c = 1), else the whole image
(c = 3). Where there is no kernel, :func:`robustfashion.resize.resize`'s own function does it. All of it runs without the GIL.
"""

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from robustfashion.resize import coordinates, opencv
from robustfashion.resize.batch.java import exact_area
from robustfashion.resize.batch.pillow import ANTIALIASED
from robustfashion.resize.batch.pillow_tables import filter_axis, gap_factors, nearest_axis, rows_first
from robustfashion.resize.batch.plan import Shape
from robustfashion.resize.kernels import planes, windows
from robustfashion.resize.kernels.gather import gather
from robustfashion.resize.kernels.jit import Rows
from robustfashion.resize.method import Method, Pixels
from robustfashion.resize.methods import METHODS
from robustfashion.resize.pillow import GAPS

Index = NDArray[np.uintp]
Weights = NDArray[np.int32]

_STRIPE_BYTES = 1 << 18
_STRIPE_ROWS = 128
"""Fewer would make short loops."""

Kernel = Callable[[Rows, Rows], None]
"""``(source, target)``: fill ``target`` [h, w c] from ``source`` [H, W c], both C-contiguous uint8."""

KernelPlanner = Callable[[Shape, Shape, int], Kernel | None]
"""``(source, target, channels) -> kernel``, or none where the method's own function is as good."""


class Resizer:
    """Resizes images by one method to one size, keeping the kernel while images have one shape: one for each thread."""

    def __init__(self, method: str, size: Shape) -> None:
        self._method = METHODS[method]
        self._planner = KERNELS.get(method)
        self._size = size
        self._planned: tuple[int, ...] = ()
        self._kernel: Kernel | None = None

    def __call__(self, image: Pixels, target: Pixels) -> None:
        """Fill ``target`` [3, h, w] from ``image`` [3, H, W], both uint8.

        An image whose channels are interleaved in memory is taken as it lies, any other as three planes, for which a target is
        C-contiguous.
        """
        pixels = image.transpose(1, 2, 0)
        height, width, channels = *pixels.shape[:2], 3 if pixels.flags.c_contiguous else 1
        if self._planner and self._planned != (height, width, channels):
            self._kernel = self._planner((height, width), self._size, channels)
            self._planned = (height, width, channels)
        if self._kernel is None:
            target[:] = self._method.function(np.ascontiguousarray(pixels), self._size).transpose(2, 0, 1)
        elif channels == 3:
            made = np.empty((*self._size, 3), np.uint8)
            self._kernel(pixels.reshape(height, -1), made.reshape(self._size[0], -1))
            target[:] = made.transpose(2, 0, 1)
        else:
            for plane, out in zip(np.ascontiguousarray(image), target, strict=True):
                self._kernel(plane, out)


def _filter(source: Shape, target: Shape, channels: int, *, filter_name: str, ends: tuple[float, float] | None = None) -> Kernel:
    """Pillow's two passes over the part of the image that ends at ``ends`` (rows, columns)."""
    order = (0, 1) if rows_first(source, target) else (1, 0)
    shape = [source[0], source[1] * channels]
    steps: list[Callable[[Rows], Rows]] = []
    for axis in order:
        end = (ends or source)[axis]
        if source[axis] != target[axis] or end != source[axis]:
            first, weights = filter_axis(source[axis], target[axis], filter_name, end)
            table = first.astype(np.uintp), weights
            steps.append(_row_filter(shape, *table) if axis == 0 else _column_filter(shape, *table, channels))
            shape[axis] = target[axis] * (channels if axis else 1)

    def run(pixels: Rows, out: Rows) -> None:
        """Do it for one image."""
        for step in steps:
            pixels = step(pixels)
        out[:] = pixels

    return run


def _row_filter(shape: list[int], first: Index, weights: Weights, interleaved: int = 1) -> Callable[[Rows], Rows]:
    """Filter the rows of images [H, n]; each result is overwritten by the next, which spares the system new memory."""
    filtered = np.empty((first.size * interleaved, shape[1]), np.uint8)

    def run(pixels: Rows) -> Rows:
        """Do it for one image."""
        windows.filter_rows(pixels, first, weights, np.uintp(interleaved), filtered)
        return filtered

    return run


def _column_filter(shape: list[int], first: Index, weights: Weights, channels: int) -> Callable[[Rows], Rows]:
    """Filter columns as the rows of the transposed image, which vectorises, a stripe that fits the cache at a time.

    A stripe is copied first: reading memory in its order and then transposing what the cache holds costs half.
    """
    height, width = shape
    stripe = min(height, max(_STRIPE_ROWS, _STRIPE_BYTES // width))
    near = np.empty((stripe, width), np.uint8)
    talls = {rows: np.empty((width, rows), np.uint8) for rows in {stripe, height % stripe or stripe}}
    filters = {rows: _row_filter([width, rows], first, weights, channels) for rows in talls}
    result = np.empty((height, first.size * channels), np.uint8)

    def run(pixels: Rows) -> Rows:
        """Do it for one image."""
        for top in range(0, height, stripe):
            rows = min(stripe, height - top)
            np.copyto(near[:rows], pixels[top : top + rows])
            cv2.transpose(near[:rows], talls[rows])
            cv2.transpose(filters[rows](talls[rows]), result[top : top + rows])
        return result

    return run


def _gap_filter(source: Shape, target: Shape, channels: int, *, filter_name: str, gap: int) -> Kernel:
    """``reducing_gap``: Pillow's own reduction by a whole number first."""
    height, width = gap_factors(source, target, gap)
    if (height, width) == (1, 1):
        return _filter(source, target, channels, filter_name=filter_name)
    reduced = (-(-source[0] // height), -(-source[1] // width))
    ends = (source[0] / height, source[1] / width)
    resize = _filter(reduced, target, channels, filter_name=filter_name, ends=ends)
    shape = (*source, channels)[: 2 + (channels > 1)]

    def run(pixels: Rows, out: Rows) -> None:
        """Do it for one image."""
        small = np.asarray(Image.fromarray(pixels.reshape(shape)).reduce((width, height)))
        resize(small.reshape(reduced[0], -1), out)

    return run


def _library(_: Shape, target: Shape, channels: int, *, method: Method) -> Kernel | None:
    """OpenCV takes planes as it takes images, with the same result but for cubic."""
    if channels > 1:
        return None

    def run(pixels: Rows, out: Rows) -> None:
        """Do it for one image."""
        out[:] = method.function(pixels, target)

    return run


def _pick(axes: Callable[[Shape, Shape], tuple[Index, Index]], source: Shape, target: Shape, channels: int) -> Kernel:
    rows, columns = axes(source, target)
    if channels == 1:
        return lambda pixels, out: planes.pick(pixels, rows, columns, out)
    first_bytes = columns * np.uintp(channels)
    return lambda pixels, out: gather(pixels, rows, first_bytes, out)


def _pillow_nearest(source: Shape, target: Shape) -> tuple[Index, Index]:
    rows, columns = (nearest_axis(*lengths).astype(np.uintp) for lengths in zip(source, target, strict=True))
    return rows, columns


def _replicate(source: Shape, target: Shape) -> tuple[Index, Index]:
    rows, columns = (coordinates.replicate_axis(*lengths, 1) for lengths in zip(source, target, strict=True))
    return rows, columns


def _java2d_nearest(source: Shape, target: Shape, channels: int) -> Kernel | None:
    if channels > 1 or source == target:
        return None
    rows, columns = coordinates.scaled_blit_axes(source, target)
    if rows.painted < target[0] or columns.painted < target[1]:
        return None
    return lambda pixels, out: planes.pick(pixels, rows.at, columns.at // np.uintp(3), out)


def _interpolation(
    source: Shape, target: Shape, channels: int, *,
    kernel: Callable[[Rows, coordinates.Taps, coordinates.Taps, Rows], None],
    axis: Callable[[int, int, int], coordinates.Taps],
) -> Kernel | None:  # fmt: skip
    if channels > 1 or source == target:
        return None
    rows, columns = (axis(*lengths, 1) for lengths in zip(source, target, strict=True))
    return lambda pixels, out: kernel(pixels, rows, columns, out)


def _smooth(source: Shape, target: Shape, channels: int) -> Kernel | None:
    area = exact_area(source, target)
    if channels > 1 or area is None:
        return None
    rows, columns = (coordinates.cover_axis(*lengths, 1, "uint32") for lengths in zip(source, target, strict=True))
    return lambda pixels, out: planes.area(pixels, rows, columns, area, out)


_FILTERS: dict[str, KernelPlanner] = {f"pillow.{name}": partial(_filter, filter_name=name) for name in ANTIALIASED}
_GAP_FILTERS: dict[str, KernelPlanner] = {
    f"pillow.{name}_gap{gap}": partial(_gap_filter, filter_name=name, gap=gap) for gap in GAPS for name in ANTIALIASED
}
_OPENCV: dict[str, KernelPlanner] = {
    method.name: partial(_library, method=method) for method in opencv.METHODS if method.name != "opencv.cubic"
}
KERNELS: dict[str, KernelPlanner] = {
    **_FILTERS, **_GAP_FILTERS, **_OPENCV,
    "pillow.nearest": partial(_pick, _pillow_nearest),
    "java2d.nearest": _java2d_nearest,
    "java2d.bilinear": partial(_interpolation, kernel=planes.bilinear, axis=coordinates.bilinear_axis),
    "java2d.bicubic": partial(_interpolation, kernel=planes.bicubic, axis=coordinates.bicubic_axis),
    "java_image.smooth": _smooth,
    "java_image.replicate": partial(_pick, _replicate),
}  # fmt: skip
"""Kernels by method; methods without are left to their own function."""
