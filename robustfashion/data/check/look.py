"""What near duplicates have in common: a 64-bit hash and a small picture of the content, whatever white lies round it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn

from robustfashion.pictures.decode import Pixels

CONTENT_SIDE = 16
"""Side of the small picture in px."""
_SIDE = 2 * CONTENT_SIDE
_EDGE = 0.01
_FLAT_LEVELS = 4.0

_V, _U = np.mgrid[:_SIDE, :_SIDE]
_LOWEST = np.lexsort((_U.ravel(), (_U + _V).ravel()))[1:65]  # by frequency, the mean left out
_INK = ((255.0 - np.arange(256)) ** 3).astype(np.float32)
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


@dataclass(frozen=True)
class Look:
    """What is compared of a picture."""

    hash: int
    """Signs of 64 low frequencies (perceptual hash), as an unsigned number."""
    content: Pixels
    """The content without the white round it, stretched to uint8 RGB [16, 16, 3]."""
    aspect: float
    """Width over height of the content."""
    flat: bool
    """Nothing to compare: blank, or of hardly any contrast."""


def look(image: Pixels) -> Look:
    """Look of a picture, uint8 RGB [H, W, 3].

    White is cut off softly: the content lies between the 1st and the 99th percentile, along both axes, of (255 - darkest
    channel)³. A limit such as "whiter than 245" would jump with the noise of a JPEG; this one moves by less than a pixel. The
    hash is that of Zauner (2010): which of the 64 lowest frequencies of the 32 x 32 gray content lie above their median.
    """
    darkest = np.minimum(np.minimum(image[:, :, 0], image[:, :, 1]), image[:, :, 2])
    ink = _INK[darkest]
    rows, columns = _span(ink.sum(axis=1)), _span(ink.sum(axis=0))
    small = _averaged(image, rows, columns)
    gray = small @ _LUMA
    low = dctn(gray, norm="ortho").ravel()[_LOWEST]
    bits = int.from_bytes(np.packbits(low > np.median(low)).tobytes(), "big")
    content = small.reshape(CONTENT_SIDE, 2, CONTENT_SIDE, 2, 3).mean(axis=(1, 3))
    aspect = (columns[1] - columns[0]) / (rows[1] - rows[0])
    flat = bool(gray.std() < _FLAT_LEVELS)
    return Look(bits, np.clip(content + 0.5, 0, 255).astype(np.uint8), float(aspect), flat)


def _span(ink: NDArray[np.float32]) -> tuple[float, float]:
    """Where the middle 98 % of the ink lie, in px from the first edge; everything where there is none, at least 1 px."""
    total = np.concatenate([[0.0], np.cumsum(ink, dtype=np.float64)])
    if total[-1] <= 0:
        return 0.0, float(len(ink))
    first, last = np.interp([_EDGE * total[-1], (1 - _EDGE) * total[-1]], total, np.arange(len(total)))
    missing = max(0.0, 1.0 - (last - first)) / 2
    first, last = max(0.0, first - missing), min(float(len(ink)), last + missing)
    return float(first), float(last)


def _averaged(image: Pixels, rows: tuple[float, float], columns: tuple[float, float]) -> NDArray[np.float32]:
    """Means over 32 x 32 equal parts of the span, whose edges may lie within pixels: [32, 32, 3].

    A table of sums over all rectangles from the corner, read between its entries, gives them exactly.
    """
    sums = cv2.integral(image).astype(np.float64)
    for axis, (first, last) in enumerate((rows, columns)):
        edges = np.linspace(first, last, _SIDE + 1)
        whole = np.minimum(edges.astype(np.intp), image.shape[axis] - 1)
        part = (edges - whole).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
        sums = sums.take(whole, axis) * (1 - part) + sums.take(whole + 1, axis) * part
    area = (rows[1] - rows[0]) * (columns[1] - columns[0]) / _SIDE**2
    return (np.diff(np.diff(sums, axis=0), axis=1) / area).astype(np.float32)


def fitted(image: Pixels, side: int) -> Pixels:
    """The picture inside a square of ``side`` px, averaged; smaller ones as they are."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
