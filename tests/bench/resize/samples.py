"""A made-up study with known flips: no network, no pictures."""

import numpy as np

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.study import ResizeStudy, Run
from robustfashion.decisions import Thresholds
from robustfashion.predictions import PredictionTable

METHODS = ("pillow.bilinear", "java2d.bilinear", "java_image.smooth")


def table(predicted, labels, margin=2.0, k=2):
    """Logits whose argmax is ``predicted`` with the given margin."""
    predicted = np.asarray(predicted)
    logits = np.zeros((len(labels), k), np.float32)
    logits[np.arange(len(labels)), predicted] = margin
    ids = tuple(f"item-{i}" for i in range(len(labels)))
    return PredictionTable(ids, np.asarray(labels, np.int64), logits, np.zeros((len(labels), 3), np.float32), ("other", "dress"))


def study(n=400, java_errors=60, robust_java_errors=4, seeds=(0, 1)):
    """resnet18 loses ``java_errors`` of n images under Java, googlenet + augmentation loses few; smooth changes nothing."""
    rng = np.random.default_rng(9)
    labels = rng.integers(0, 2, n)
    rows = [
        (Row("resnet18"), java_errors),
        (Row("googlenet"), java_errors // 2),
        (Row("googlenet", recipe="robust"), robust_java_errors),
    ]
    runs = []
    for row, lost in rows:
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
            runs.append(Run(row, seed, Thresholds(0.8, rule="0.8 by hand"), tables))
    ids = runs[0].tables[METHODS[0]].ids
    return ResizeStudy(METHODS[0], METHODS, tuple(runs), ids, tuple(f"p{i // 2}" for i in range(n)), ("other", "dress"))
