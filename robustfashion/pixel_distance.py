"""How far apart two renderings of the same picture are, in pixels; streaming, so that memory stays flat."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class PixelDistance:
    """Distance between two sets of equally sized uint8 images; 'values' are channel values, 0..255."""

    images: int
    identical_images: int
    mean: float
    """Mean absolute difference in levels."""
    share_over_1: float
    """Share of values that differ by more than one level."""
    maximum: int
    psnr_db: float | None
    """Peak signal-to-noise ratio of all values together; None when nothing differs."""
    fine_detail_ratio: float
    """Energy of b above half its Nyquist frequency over that of a: above 1, b shows more fine detail or aliasing than a."""


def fine_energy(images: Pixels) -> float:
    """Mean energy above half the Nyquist frequency (on either axis) of grey images: [n, H, W, 3] -> levels² per pixel."""
    grey = images.astype(np.float32).mean(axis=3)
    spectrum = np.abs(np.fft.rfft2(grey)) ** 2
    height, width = grey.shape[1:]
    rows = np.abs(np.fft.fftfreq(height))[:, None]
    columns = np.fft.rfftfreq(width)[None, :]
    fine = (rows > 0.25) | (columns > 0.25)
    # rfft2 keeps half of the columns: the others mirror them, but for the first and, for even widths, the last.
    weight = np.full(columns.shape, 2.0)
    weight[0, 0] = 1.0
    if width % 2 == 0:
        weight[0, -1] = 1.0
    return float((spectrum * fine * weight).sum(axis=(1, 2)).mean() / (height * width) ** 2)


def mean_fine_energy(images: Pixels, block: int = 16) -> float:
    """:func:`fine_energy` of many images uint8 [n, H, W, 3], ``block`` of them at a time."""
    parts = [np.asarray(images[start : start + block]) for start in range(0, len(images), block)]
    return sum(fine_energy(part) * len(part) for part in parts) / len(images)


def pixel_distance(a: Pixels, b: Pixels, block: int = 16, fine_a: float | None = None) -> PixelDistance:
    """Compare a and b, both uint8 [n, H, W, 3] (memory maps welcome), ``block`` images at a time.

    Args:
        a: the reference.
        b: the other one.
        block: images that are looked at together.
        fine_a: :func:`mean_fine_energy` of a, where it is known (one reference is compared with many).

    Raises:
        ValueError: shapes differ or no images.
    """
    if a.shape != b.shape or len(a) == 0:
        raise ValueError(f"cannot compare images of shape {a.shape} with {b.shape}; give two equal, non-empty sets")
    counts = np.zeros(256, dtype=np.int64)  # values by how far they are apart: everything but the spectrum follows from it
    identical = 0
    for start in range(0, len(a), block):
        part_a, part_b = np.asarray(a[start : start + block]), np.asarray(b[start : start + block])
        difference = np.maximum(part_a, part_b) - np.minimum(part_a, part_b)
        counts += np.bincount(difference.reshape(-1), minlength=256)
        identical += int((~difference.any(axis=(1, 2, 3))).sum())
    values, levels = a.size, np.arange(256)
    absolute, squared, over = int(counts @ levels), int(counts @ levels**2), int(counts[2:].sum())
    maximum = int(np.flatnonzero(counts)[-1])
    psnr = 10 * math.log10(255**2 * values / squared) if squared else None
    fine_a, fine_b = mean_fine_energy(a, block) if fine_a is None else fine_a, mean_fine_energy(b, block)
    ratio = fine_b / fine_a if fine_a else math.inf if fine_b else 1.0
    return PixelDistance(len(a), identical, absolute / values, over / values, maximum, psnr, ratio)
