"""A made-up study with known flips: no network, no pictures."""

import numpy as np

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.study import Classifier, ResizeStudy, Run
from robustfashion.decisions import Thresholds
from robustfashion.predictions import PredictionTable

METHODS = ("pillow.bilinear", "java2d.bilinear", "java_image.smooth")


def table(predicted, labels, margin=2.0, classes=("other", "dress"), first=0):
    """Logits whose argmax is ``predicted`` with the given margin; two pictures of each product, numbered from ``first``."""
    predicted = np.asarray(predicted)
    n = len(labels)
    logits = np.zeros((n, len(classes)), np.float32)
    logits[np.arange(n), predicted] = margin
    ids = tuple(f"item-{first + i}" for i in range(n))
    groups = tuple(f"p{(first + i) // 2}" for i in range(n))
    return PredictionTable(ids, np.asarray(labels, np.int64), logits, np.zeros((n, 3), np.float32), classes, groups)


def study(n=400, java_errors=60, robust_java_errors=4, seeds=(0, 1)):
    """resnet18 loses ``java_errors`` of n images under Java, googlenet + augmentation loses few; smooth changes nothing."""
    rng = np.random.default_rng(9)
    labels = rng.integers(0, 2, n)
    rows = [
        (Row("resnet18"), java_errors),
        (Row("googlenet"), java_errors // 2),
        (Row("googlenet", recipe="robust"), robust_java_errors),
    ]
    found = []
    for row, lost in rows:
        runs = []
        for seed in seeds:
            base = labels.copy()
            base[seed : 10 + seed] ^= 1  # ten mistakes, two of them differ between seeds
            java = base.copy()
            java[20 : 20 + lost] = 1 - labels[20 : 20 + lost]
            tables = {
                METHODS[0]: table(base, labels),
                METHODS[1]: table(java, labels, margin=1.0),
                METHODS[2]: table(base, labels),
            }
            runs.append(Run(seed, Thresholds(0.8, rule="0.8 by hand"), tables))
        found.append(Classifier("dress", row, tuple(runs)))
    return ResizeStudy.of(METHODS[0], METHODS, found)


def catalogue(seeds=(0, 1)):
    """One row, three tasks: dress or not (60 pictures), wheels (40 of other products, 10 of the same), heels (nothing learned).

    Under java2d.bilinear dress loses the tags of items 0 and 1 (one product) and 4, and one of the rest becomes a dress; wheels
    change one tag for another on item 52 and 70. Under java_image.smooth nothing changes.
    """
    row = Row("resnet26", label="trunk")
    dress = np.array([1] * 30 + [0] * 30)
    wheels = np.arange(50) % 3
    heels = np.arange(20) % 2
    tasks = {
        "dress": (dress, {0: 0, 1: 0, 4: 0, 40: 1}, ("other", "dress"), 0),
        "wheels": (wheels, {2: (wheels[2] + 1) % 3, 20: (wheels[20] + 1) % 3}, ("two", "four", "none"), 50),
        "heels": (heels, {0: 1 - heels[0]}, ("flat", "high"), 200),
    }
    found = []
    for task, (labels, moved, classes, first) in tasks.items():
        base = np.zeros_like(labels) if task == "heels" else labels
        java = base.copy()
        for i, k in moved.items():
            java[i] = k
        tables = [table(answers, labels, 4.0, classes, first) for answers in (base, java, base)]
        runs = tuple(Run(s, Thresholds(0.7, rule="by hand"), dict(zip(METHODS, tables, strict=True))) for s in seeds)
        found.append(Classifier(task, row, runs))
    return ResizeStudy.of(METHODS[0], METHODS, found)
