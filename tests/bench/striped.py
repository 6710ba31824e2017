"""Small pictures that resizers tell apart."""

import numpy as np


def striped(seed: int, colour: int) -> np.ndarray:
    """Stripes of one row, and noise: uint8 [52, 41, 3]."""
    rng = np.random.default_rng(seed)
    stripes = 60 * (np.arange(52)[:, None, None] % 2) * np.ones((1, 41, 3))
    return np.clip(colour + stripes + rng.normal(0, 8, (52, 41, 3)), 0, 255).astype(np.uint8)
