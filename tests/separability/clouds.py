"""Points whose separability is known."""

import numpy as np

from robustfashion.separability.points import Points


def points_of(features, labels, products=None, classes=None):
    """Points of arrays; each picture its own product where none are given."""
    k = int(np.max(labels)) + 1 if classes is None else len(classes)
    names = np.arange(len(labels)) if products is None else products
    classes = classes or tuple(f"class {i}" for i in range(k))
    return Points(np.asarray(features, np.float32), np.asarray(labels, np.int64), classes, tuple(map(str, names)))


def gaussians(seed, products=120, classes=2, dimensions=5, apart=3.0, pictures=1, alike=0.6):
    """Classes of equal size around corners at distance ``apart``; a product's pictures share ``alike`` of the variance."""
    rng = np.random.default_rng(seed)
    label, member = np.arange(products) % classes, np.repeat(np.arange(products), pictures)
    centre = np.zeros((classes, dimensions))
    centre[np.arange(classes), np.arange(classes)] = apart / np.sqrt(2)
    shared = rng.normal(size=(products, dimensions))[member] * np.sqrt(alike)
    own = rng.normal(size=(len(member), dimensions)) * np.sqrt(1 - alike)
    return points_of(centre[label[member]] + shared + own, label[member], member)


def relabelled_products(points, rng, share):
    """The same points, the labels of a share of the products moved to another class; and which rows these are."""
    names = np.asarray(points.groups)
    chosen = rng.permutation(np.unique(names))[: round(share * len(np.unique(names)))]
    wrong = np.isin(names, chosen)
    move = dict(zip(chosen, rng.integers(1, len(points.classes), len(chosen)), strict=True))
    labels = points.labels.copy()
    labels[wrong] = (labels[wrong] + np.array([move[name] for name in names[wrong]])) % len(points.classes)
    return points.labelled(labels), np.flatnonzero(wrong)


def shuffled(points, seed):
    """The same points with labels that mean nothing; a product keeps one."""
    names, first, inverse = np.unique(points.groups, return_index=True, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    return points.labelled(points.labels[first][order][inverse])


def moons(seed, products=300):
    """Two moons, which no straight line divides."""
    from sklearn.datasets import make_moons

    features, labels = make_moons(products, noise=0.08, random_state=seed)
    return points_of(features, labels)
