"""Made-up pictures with known answers: watches apart from the rest, two displays that overlap and one that does not."""

import numpy as np

from robustfashion.bench.separability.study import Pair, SeparabilityStudy, Subject, Thumbnails
from robustfashion.separability.points import Points

DISPLAYS = ("Analogue", "Chronograph", "Digital")


def cloud(centres, each, seed, spread=1.0):
    """Pictures around centres [k, d], ``each`` of a class, two of a product: features [k * each, d], labels, products."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(centres)), each)
    product = np.repeat(rng.normal(0, 0.7 * spread, (len(labels) // 2, centres.shape[1])), 2, axis=0)
    features = centres[labels] + product + rng.normal(0, 0.7 * spread, product.shape)
    return features.astype(np.float32), labels.astype(np.int64), tuple(f"product{i // 2}" for i in range(len(labels)))


def subject(task, kind, points, *, features="pretrained network", filed=(), product_type="", prefix=""):
    n = len(points.labels)
    ids = tuple(f"{prefix}{i}" for i in range(n))
    splits = tuple(("train", "validation", "test")[i % 3] for i in range(n))
    return Subject(task, kind, features, points, ids, splits, filed or ("watch",) * n, product_type=product_type)


def watches(each=42, seed=0, dimensions=6, features="pretrained network"):
    """(watch against the rest, display types of the same watches): the first far apart, of the second two overlap."""
    centres = np.zeros((3, dimensions))
    centres[1, 0], centres[2, 1] = 1.2, 6.0
    found, labels, groups = cloud(centres, each, seed)
    display = subject(
        "display_type", "attribute", Points(found, labels, DISPLAYS, groups), product_type="watch", features=features
    )
    rest, _, others = cloud(np.full((1, dimensions), 9.0), 3 * each, seed + 1)
    both = Points(
        np.concatenate([rest, found]), np.repeat([0, 1], 3 * each).astype(np.int64), ("other", "watch"),
        (*(f"other {name}" for name in others), *groups),
    )  # fmt: skip
    filed = (*(("dress", "shoe")[i % 2] for i in range(3 * each)), *(("watch",) * (3 * each)))
    ids = (*(f"r{i}" for i in range(3 * each)), *display.ids)
    splits = (*(("train",) * (3 * each)), *display.splits)
    return Subject("watch", "product type", features, both, ids, splits, filed), display


def study(**changed):
    """Both, held against each other."""
    first, second = watches(**changed)
    pixels = np.random.default_rng(2).integers(0, 255, (len(first.ids), 12, 12, 3)).astype(np.uint8)
    thumbnails = Thumbnails(pixels, {name: row for row, name in enumerate(first.ids)})
    paths = {name: f"images/{name}.png" for name in first.ids}
    return SeparabilityStudy((first, second), pairs=(Pair(first, second),), thumbnails=thumbnails, paths=paths)
