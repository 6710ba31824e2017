"""Prediction tables of Gaussian clouds, a linear layer on top."""

from dataclasses import replace
from typing import Any

import numpy as np

from robustfashion.predictions import LastLayer, PredictionTable


def clouds(n: int = 300, k: int = 3, d: int = 20, seed: int = 0, far: float = 0.0) -> PredictionTable:
    """n rows of k classes around centres that every seed shares, a fifth of them between two.

    ``far``, 0..1, moves them between all classes and out of the subspace that the centres span.
    """
    centres = np.abs(np.random.default_rng(99).normal(size=(k, d))) + 2
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) % k)
    other = np.where(rng.random(n) < 0.2, rng.integers(0, k, n), labels)
    mean = (centres[labels] + centres[other]) / 2
    mean = mean * (1 - far) + far * (centres.mean(axis=0) + np.where(np.arange(d) % 2, 1.2, -1.2))
    features = np.maximum(mean + 0.35 * rng.normal(size=(n, d)), 0).astype(np.float32)
    weight = (centres - centres.mean(axis=0)).astype(np.float32)
    bias = -(weight @ centres.mean(axis=0)).astype(np.float32) + np.linspace(0, 0.3, k).astype(np.float32) + np.float32(1)
    layer = LastLayer(weight, bias)
    names = tuple(f"picture {i}" for i in range(n))
    logits = (features @ weight.T + bias).astype(np.float32)
    return PredictionTable(names, labels, logits, features, tuple("abcdefghijkl"[:k]), last_layer=layer)


def changed(table: PredictionTable, **fields: Any) -> PredictionTable:
    """The table with other fields."""
    return replace(table, **fields)
