"""Made-up answers with known counts: a watch classifier of three classes, and its validator."""

import numpy as np

from robustfashion.predictions import LastLayer, Origin, PredictionTable

CLASSES = ("Analogue", "Chronograph", "Digital")
WEIGHT = np.random.default_rng(3).normal(size=(3, 6)).astype(np.float32)


def logits_of(predicted, confidence, k):
    """Logits whose top class and top-1 confidence are given."""
    rest = (1 - np.asarray(confidence)) / (k - 1)
    values = np.repeat(rest[:, None], k, axis=1)
    values[np.arange(len(rest)), predicted] = confidence
    return np.log(values).astype(np.float32)


def table(predicted, confidence, labels, *, kinds=(), splits=(), features=True, first=0, classes=CLASSES):
    """One picture a product, numbered from ``first``."""
    n = len(labels)
    rng = np.random.default_rng(n)
    values = rng.normal(size=(n, 6)).astype(np.float32) if features else np.zeros((n, 0), np.float32)
    layer = LastLayer(WEIGHT, np.zeros(3, np.float32)) if features and len(classes) == 3 else None
    names = tuple(f"p{first + i}" for i in range(n))
    logits = logits_of(np.asarray(predicted), np.asarray(confidence, float), len(classes))
    return PredictionTable(
        names,
        np.asarray(labels, np.int64),
        logits,
        values,
        classes,
        names,
        splits,
        kinds,
        layer,
        Origin("abc", "pillow.bilinear"),
    )


def whole(*, features=True, outliers=40, train=60):
    """Train, validation and test rows, and outliers.

    Test: 60 right at 0.9, 20 right at 0.6, 20 wrong at 0.5. Outliers, in turn near, junk, far: half at 0.95, half at 0.4.
    Validation: 60 at 0.85, a fifth of them wrong: the mean confidence is 0.85.
    """
    rng = np.random.default_rng(0)
    parts = [("train", train, 0.9, train), ("validation", 60, 0.85, 48)]
    predicted, confidence, labels, splits = [], [], [], []
    for name, n, sure, right in parts:
        truth = np.arange(n) % 3
        predicted.append(np.where(np.arange(n) < right, truth, (truth + 1) % 3))
        confidence.append(np.full(n, sure))
        labels.append(truth)
        splits += [name] * n
    truth = np.arange(100) % 3
    predicted.append(np.where(np.arange(100) < 80, truth, (truth + 1) % 3))
    confidence.append(np.r_[np.full(60, 0.9), np.full(20, 0.6), np.full(20, 0.5)])
    labels.append(truth)
    splits += ["test"] * 100
    predicted.append(rng.integers(0, 3, outliers))
    confidence.append(np.where(np.arange(outliers) % 2 == 0, 0.95, 0.4))
    labels.append(np.full(outliers, -1))
    splits += ["test"] * outliers
    tiers = ("near/bangle", "junk/swatch", "far/noise")
    kinds = (None,) * (train + 160) + tuple(tiers[i % 3] for i in range(outliers))
    made = [np.concatenate(column) for column in (predicted, confidence, labels)]
    return table(*made, kinds=kinds, splits=tuple(splits), features=features)


def validator(of):
    """Says watch of all ordinary pictures but the first five of the test split, and of one outlier only."""
    kinds = np.array([kind is not None for kind in of.outlier_kinds])
    tests = [i for i, split in enumerate(of.splits) if split == "test" and not kinds[i]]
    passes = ~kinds
    passes[tests[:5]] = False
    passes[np.flatnonzero(kinds)[0]] = True
    return table(
        passes.astype(int), np.full(len(kinds), 0.99), np.full(len(kinds), -1), features=False, classes=("other", "watch")
    )
