"""How much of a picture lies above what a smaller pixel grid can carry: the detail that a reduction must remove or alias.

A grid of h rows on a picture of H carries vertical frequencies up to h / (2 H) cycles per source pixel, its Nyquist limit
(Shannon, "Communication in the presence of noise", Proc. IRE 37, 1949); columns alike. What lies above it on either axis cannot
survive the reduction as what it is: an antialiased method weakens it, another folds it down at nearly full strength.

Borders: the Fourier transform takes opposite borders for neighbours, and their jump would count as detail. So the picture is
continued by its mirror image, which has no jump: the discrete cosine transform of type II (Ahmed, Natarajan and Rao, "Discrete
cosine transform", IEEE Trans. Computers C-23, 1974). Unlike a Hann window it weighs all pixels alike, so that energies add up to
the variance exactly; a pure grating that does not end at a crest leaks up to 3 % of its energy at 90 px, 0.5 % at 500 px.

White around the product: only the smallest box that holds everything darker than :data:`WHITE` is looked at, since the root mean
square would otherwise tell how much of the canvas is padding. White inside the box counts, and so does a background of another
colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.threads import each

Pixels = NDArray[np.uint8]
Size = tuple[int, int]

WHITE = 240
"""A pixel whose three channels all reach this is white: padding, or a shop's background with its grain."""

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""ITU-R BT.601, as JPEG has it."""


def aliased_energy(image: Pixels, size: Size) -> float:
    """Share of the luminance's variance, in [0, 1], at frequencies above the Nyquist limit of a smaller grid.

    It is that of the box around what is not white, and does not depend on contrast. 0 for a picture of one grey, and where
    nothing is reduced.

    Args:
        image: uint8 RGB [H, W, 3], as it is before the reduction.
        size: (height, width) of the grid in px.

    Raises:
        ValueError: another kind of array, or a size below 1 px.
    """
    found = _energies(image, size)
    return min(found.above / found.all, 1.0) if found.all > 0 else 0.0


def fine_detail(image: Pixels, size: Size) -> float:
    """Root mean square, in grey levels, of the luminance above the Nyquist limit of a smaller grid.

    Taken over the box around what is not white, so that padding does not dilute it. It grows with contrast and compares pictures.

    Args:
        image: uint8 RGB [H, W, 3], as it is before the reduction.
        size: (height, width) of the grid in px.

    Raises:
        ValueError: another kind of array, or a size below 1 px.
    """
    found = _energies(image, size)
    return float(np.sqrt(found.above / found.pixels))


def fine_details(images: Sequence[Pixels], size: Size) -> NDArray[np.float64]:
    """:func:`fine_detail` of many pictures, of any sizes, in threads: float64 [n], in grey levels.

    Raises:
        ValueError: as :func:`fine_detail`.
    """
    found = each(lambda part: [fine_detail(image, size) for image in images[part]], [slice(k, k + 1) for k in range(len(images))])
    return np.array([value for part in found for value in part], np.float64)


@dataclass(frozen=True)
class _Energies:
    """Sums of squares over a box, in squared grey levels."""

    above: float
    all: float
    pixels: int


def _energies(image: Pixels, size: Size) -> _Energies:
    from scipy.fft import dct  # loaded where it is needed, as elsewhere

    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"a picture is uint8 [H, W, 3], not {image.dtype} {list(image.shape)}")
    if min(size) < 1:
        raise ValueError(f"size is {size}; give (height, width) in px, 1 or more")
    rows, columns = _box(image)
    grey = np.asarray(image[rows, columns] @ _LUMA, np.float32)
    grey -= grey.mean(dtype=np.float64)
    total = _sum_of_squares(grey)
    height, width = grey.shape
    low_rows, low_columns = _carried(height, image.shape[0], size[0]), _carried(width, image.shape[1], size[1])
    if low_rows == height and low_columns == width:
        return _Energies(0.0, total, grey.size)
    # Of the frequencies that are too high down the picture those across it need not be known: energies are the same in both.
    down = dct(grey, axis=0, norm="ortho")
    both = dct(down[:low_rows], axis=1, norm="ortho")
    return _Energies(_sum_of_squares(down[low_rows:]) + _sum_of_squares(both[:, low_columns:]), total, grey.size)


def _carried(length: int, whole: int, target: int) -> int:
    """How many of the ``length`` frequencies k / (2 length) cycles per px a grid of ``target`` px on ``whole`` px carries."""
    return min(target * length // whole + 1, length)


def _sum_of_squares(values: NDArray[np.float32]) -> float:
    return float(np.square(values).sum(dtype=np.float64))


def _box(image: Pixels) -> tuple[slice, slice]:
    """Rows and columns of the smallest box that holds all that is not white; of a white picture all."""
    height, width = image.shape[:2]
    dark_rows = np.flatnonzero(np.ascontiguousarray(image).reshape(height, -1).min(axis=1) < WHITE)
    if not len(dark_rows):
        return slice(0, height), slice(0, width)
    dark_columns = np.flatnonzero(image.min(axis=0).min(axis=1) < WHITE)
    return _grown(dark_rows, height), _grown(dark_columns, width)


def _grown(dark: NDArray[np.intp], whole: int) -> slice:
    """From the first to the last, and a few px more where a transform of so many is much faster: prime numbers take tenfold."""
    from scipy.fft import next_fast_len

    first, last = int(dark[0]), int(dark[-1]) + 1
    length = next_fast_len(last - first)
    if length > whole:
        return slice(first, last)
    start = min(first, whole - length)
    return slice(start, start + length)
