"""Tiny labelled images for training tests: class 1 is brighter on top, class 0 below."""

import numpy as np

NET = "test_resnet"
"""timm's network for tests: 0.5 million weights."""


def halves(n: int, size: int = 32, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8 [n, size, size, 3] and labels int64 [n]."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    images = rng.integers(0, 120, (n, size, size, 3)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        part = slice(0, size // 2) if label else slice(size // 2, size)
        image[part] += 100
    return images, labels.astype(np.int64)
