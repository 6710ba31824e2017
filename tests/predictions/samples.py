"""Small prediction tables."""

import numpy as np

from robustfashion.predictions import LastLayer, Origin, PredictionTable


def plain(n=7, k=3, d=4, seed=0) -> PredictionTable:
    """What is always known; some pictures are not labelled."""
    rng = np.random.default_rng(seed)
    return PredictionTable(
        tuple(f"item {i}, é" for i in range(n)),
        rng.integers(-1, k, n),
        rng.normal(scale=30, size=(n, k)).astype(np.float32),
        rng.normal(size=(n, d)).astype(np.float32),
        tuple("abc"[:k]),
    )


def whole(n=7, seed=0) -> PredictionTable:
    """Every field said."""
    rng = np.random.default_rng(seed)
    features, weight = rng.normal(size=(n, 4)).astype(np.float32), rng.normal(size=(3, 4)).astype(np.float32)
    bias = rng.normal(size=3).astype(np.float32)
    return PredictionTable(
        ids=tuple(f"größe/{i:03}.jpg" for i in range(n)),
        labels=rng.integers(-1, 3, n),
        logits=features @ weight.T + bias,
        features=features,
        classes=("a, b", "0", "Schuhe\n„neu“"),
        groups=tuple(f"product {i // 2}" for i in range(n)),
        splits=("train", None, *["test"] * (n - 2)),
        outlier_kinds=(None, "person", *[None] * (n - 2)),
        last_layer=LastLayer(weight, bias),
        origin=Origin("abc", "java2d.bilinear+jpeg75", "def", {"torch": "2.11", "device": "cpu"}),
    )


def assert_equal(one: PredictionTable, other: PredictionTable) -> None:
    """Equal in every field, to the last bit."""
    for name in ("ids", "classes", "groups", "splits", "outlier_kinds", "origin"):
        assert getattr(one, name) == getattr(other, name), name
    for name in ("labels", "logits", "features"):
        assert getattr(one, name).dtype == getattr(other, name).dtype
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert (one.last_layer is None) == (other.last_layer is None)
    if one.last_layer is not None and other.last_layer is not None:
        np.testing.assert_array_equal(one.last_layer.weight, other.last_layer.weight)
        np.testing.assert_array_equal(one.last_layer.bias, other.last_layer.bias)
