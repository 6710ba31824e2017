"""A made-up network: what it says of pictures under three methods, with known changes."""

import numpy as np

from robustfashion.bench.resize.study import Run
from robustfashion.bench.sensitivity.forecast.subject import Subject
from robustfashion.decisions import Thresholds
from robustfashion.predictions import PredictionTable

CLASSES = ("hat", "dress", "shoe")
METHODS = ("pillow.bilinear", "java2d.bilinear", "java_image.smooth")


def table(logits, labels=None, ids=None, groups=None, classes=CLASSES):
    logits = np.asarray(logits, np.float32)
    n = len(logits)
    ids = tuple(f"item-{i}" for i in range(n)) if ids is None else tuple(ids)
    labels = np.full(n, -1, np.int64) if labels is None else np.asarray(labels, np.int64)
    groups = tuple(f"p{i}" for i in range(n)) if groups is None else tuple(groups)
    return PredictionTable(ids, labels, logits, np.zeros((n, 0), np.float32), classes, groups)


def world(n=400, seed=0, scale=0.4, pictures=1, labelled=False):
    """Answers of random margins; java2d.bilinear shakes the first logit by ``scale``, java_image.smooth by a tenth of it."""
    rng = np.random.default_rng(seed)
    groups = [f"p{i // pictures}" for i in range(n)]
    logits = np.zeros((n, 3))
    labels = rng.integers(0, 2, n)
    logits[:, 0], logits[:, 2] = rng.gamma(1.5, 2, n) * np.where(labels, -1, 1), -30
    noise = np.repeat(rng.standard_t(4, -(-n // pictures)), pictures)[:n]
    shifts = {METHODS[0]: 0, METHODS[1]: scale * noise, METHODS[2]: scale * noise / 10}
    known = labels if labelled else None
    return {
        method: table(logits + np.stack([np.broadcast_to(shift, n), np.zeros(n), np.zeros(n)], 1), known, groups=groups)
        for method, shift in shifts.items()
    }


def subject(n=200, total=None, threshold=0.6, **made):
    """The first ``n`` pictures were asked, ``total`` there are."""
    tables = world(n if total is None else total, **made)
    rows = np.arange(n)
    whole = tables[METHODS[0]]
    run = Run(0, Thresholds(threshold, rule="by hand"), {name: of.take(rows) for name, of in tables.items()})
    return Subject(run, len(whole.ids), len(set(whole.products)))
