"""Points with known structure."""

import numpy as np


def clusters(n=180, d=12, classes=3, apart=6.0, seed=0):
    """Gaussian clusters, and which one each point is of."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    centres = rng.normal(size=(classes, d)) * apart / d**0.5
    return (centres[labels] + rng.normal(size=(n, d)) * 0.5).astype(np.float32), labels


def purity(positions, labels):
    """Share of points whose nearest other point is of their class."""
    far = np.linalg.norm(positions[:, None] - positions[None], axis=2)
    np.fill_diagonal(far, np.inf)
    return (labels[far.argmin(axis=1)] == labels).mean()
