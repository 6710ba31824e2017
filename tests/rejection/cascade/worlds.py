"""Made-up pictures behind a gate, for the tests of this folder."""

import numpy as np

from robustfashion.rejection.cascade import Answers, Case

CLASSES = ("Analogue", "Digital", "Chronograph")


def world(seed=0, ordinary=90, outliers=23, pictures=1, levels=None, rough=False, dtype=np.float64, classes=CLASSES):
    """Ordinary pictures that gates mostly pass, outliers that they mostly refuse. ``rough``: values full of ties."""
    rng = np.random.default_rng(seed)
    n, k = ordinary + outliers, len(classes)
    outlier = np.arange(n) >= ordinary
    truth = np.where(outlier, -1, rng.integers(0, k, n))
    logits = rng.normal(scale=1.2, size=(n, k))
    logits[np.flatnonzero(~outlier), truth[~outlier]] += 1.8
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    names = [name for level in levels or (("watch",),) for name in level]
    gates = {name: np.where(outlier, rng.beta(1, 3, n), rng.beta(4, 1, n)) for name in names}
    if rough:
        gates = {name: values.round(1) for name, values in gates.items()}
        probabilities = (probabilities * 8).round() / 8
    products = tuple(f"{'outlier' if outlier[i] else 'product'} {i // pictures}" for i in range(n))
    answers = Answers.of(probabilities.astype(dtype), classes, {name: values.astype(dtype) for name, values in gates.items()})
    kinds = tuple("near/clock" if one else None for one in outlier)
    return Case(tuple(f"picture {i}" for i in range(n)), products, truth, outlier, kinds, answers)


def repeated(case, times):
    """Each picture so often [n], as further pictures of its product that all networks answer as they answer it."""
    rows = np.repeat(np.arange(len(case.ids)), times)
    answers = case.answers.take(rows)
    ids, products = (tuple(names[row] for row in rows) for names in (range(len(case.ids)), case.products))
    kinds = tuple(case.kinds[row] for row in rows)
    return Case(tuple(f"{one} {i}" for i, one in enumerate(ids)), products, case.truth[rows], case.outlier[rows], kinds, answers)
