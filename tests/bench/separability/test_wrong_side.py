"""Which pictures lie among another class."""

import numpy as np

from robustfashion.bench.separability.wrong_side import wrong_side
from robustfashion.separability.points import Points


def _points(shifts):
    """Two fans of directions, around 0 and 90 degrees; the pictures of ``shifts`` lie in the other fan."""
    rng = np.random.default_rng(1)
    labels = np.repeat([0, 1], 24)
    angle = np.where(labels == 0, 0.0, np.pi / 2) + rng.normal(0, 0.05, 48)
    angle[shifts] = np.pi / 2 - angle[shifts]
    length = rng.uniform(0.2, 5, 48)  # cosine distance does not look at it
    features = np.stack([np.cos(angle), np.sin(angle)], axis=1) * length[:, None]
    return Points(features.astype(np.float32), labels, ("a", "b"), tuple(f"g{i // 2}" for i in range(48)))


def test_pictures_in_the_other_fan_are_found():
    found = wrong_side(_points([3, 40]))
    assert np.flatnonzero(found.wrong).tolist() == [3, 40]
    assert found.among[3] == 1 and found.among[40] == 0 and found.share.max() == 1.0


def test_the_other_picture_of_its_product_does_not_count():
    """A whole product on the wrong side: each would otherwise have one of its own class nearest."""
    points = _points([6, 7])
    assert np.flatnonzero(wrong_side(points).wrong).tolist() == [6, 7]


def test_a_product_of_all_pictures_has_no_neighbours():
    points = _points([])
    alone = Points(points.features, points.labels, points.classes, ("one",) * 48)
    found = wrong_side(alone)
    assert not found.wrong.any() and (found.share == 0).all()


def test_a_picture_between_classes_lies_among_none():
    angles = np.array([0.0, 0.01, 0.02, 0.5, 0.98, 0.99, 1.0])
    labels = np.array([0, 0, 0, 1, 2, 2, 2])
    features = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    groups = tuple(map(str, range(7)))
    found = wrong_side(Points(features[[0, 1, 3, 4, 5]], labels[[0, 1, 3, 4, 5]], ("a", "b", "c"), tuple(groups[:5])))
    assert found.among[2] == -1 and not found.wrong[2]
