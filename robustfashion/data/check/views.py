"""What shortcut probes are shown: a part of the picture, or nothing but the file."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from robustfashion.data.check.store import FeatureStore

Matrix = NDArray[np.float32]
_RING_PX = 2
_BINS = 8


@dataclass(frozen=True)
class View:
    """What a probe is shown."""

    name: str
    sees: str
    shape: bool
    """Whether the product's shape can be seen in it, so that it may know labels honestly."""
    features: Callable[[FeatureStore, NDArray[np.int64]], Matrix]
    """Rows -> features [n, d]."""
    whiten: bool = True
    """Components of equal variance; otherwise plain distances to the class means."""


def _histogram(store: FeatureStore, rows: NDArray[np.int64]) -> Matrix:
    return np.sqrt(store.arrays("histogram", rows).astype(np.float32) / 65_535)


def _mean_image(store: FeatureStore, rows: NDArray[np.int64]) -> Matrix:
    small = store.arrays("thumbnail", rows).reshape(len(rows), 16, 2, 16, 2, 3).mean(axis=(2, 4), dtype=np.float32)
    return np.asarray(small.reshape(len(rows), -1), dtype=np.float32)


def _border(store: FeatureStore, rows: NDArray[np.int64]) -> Matrix:
    ring = np.ones((32, 32), dtype=np.bool_)
    ring[_RING_PX:-_RING_PX, _RING_PX:-_RING_PX] = False
    return store.arrays("thumbnail", rows)[:, ring].reshape(len(rows), -1).astype(np.float32)


def _gray(store: FeatureStore, rows: NDArray[np.int64]) -> Matrix:
    thumbnails = store.arrays("thumbnail", rows).reshape(-1, 32, 3)
    return cv2.cvtColor(thumbnails, cv2.COLOR_RGB2GRAY).reshape(len(rows), -1).astype(np.float32)


def _file(store: FeatureStore, rows: NDArray[np.int64]) -> Matrix:
    """Which of eight equally filled bins a file's size, pixels, bits per pixel, aspect ratio and JPEG quality fall into."""
    width, height, size, quality = (
        store.numbers[name][rows].astype(np.float64) for name in ("width", "height", "bytes", "quality")
    )
    values = (size, width * height, size / (width * height), width / height, quality)
    kinds = np.eye(len(store.factors["kind"].values), dtype=np.float32)[store.factors["kind"].codes[rows]]
    return np.concatenate([*(_binned(value) for value in values), kinds], axis=1)


def _covered(store: FeatureStore, rows: NDArray[np.int64]) -> Matrix:
    """Which of eight equally filled bins the product's share of the picture falls into."""
    return _binned(store.numbers["covered"][rows].astype(np.float64))


def _binned(values: NDArray[np.float64]) -> Matrix:
    edges = np.unique(np.quantile(values, np.arange(1, _BINS) / _BINS))
    return np.eye(len(edges) + 1, dtype=np.float32)[np.searchsorted(edges, values)]


VIEWS: dict[str, View] = {
    "colour": View("Colour histogram", "shares of 64 colours in what is not background, no places", False, _histogram),
    "covered": View("Covered share", "how much of the picture is not background, and nothing else", True, _covered),
    "mean": View("Mean image", "distance to each class's mean picture, 16 × 16 px in colour", True, _mean_image, whiten=False),
    "background": View("Background", "the border of the picture, 2 of 32 px on each side, in colour", False, _border),
    "gray": View("32 × 32 gray", "the whole picture, stretched to 32 × 32 px, without colour", True, _gray),
    "file": View("File only", "file size, pixels, bits per pixel, aspect ratio, JPEG quality and format; no pixel", False, _file),
}
"""Probes by name."""
