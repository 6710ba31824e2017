import numpy as np
import pytest
from scipy.spatial.distance import cdist

from robustfashion.separability import nearest
from robustfashion.separability.nearest import nearest_pairs
from tests.separability.clouds import gaussians, points_of


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_nearest_first(metric, monkeypatch):
    points = gaussians(0, products=70, classes=3, pictures=2)
    found = nearest_pairs(points, 12, metric=metric, per_product=100)
    far = cdist(points.features, points.features, metric)
    member = np.array(points.groups)
    far[(points.labels[:, None] == points.labels) | (member[:, None] == member) | np.tri(len(far), dtype=bool)] = np.inf
    assert [pair.distance for pair in found] == pytest.approx(np.sort(far.ravel())[:12], abs=2e-6)
    assert far[found[0].first, found[0].second] == far.min()
    monkeypatch.setattr(nearest, "_AT_ONCE", 500)
    assert nearest_pairs(points, 12, metric=metric, per_product=100) == found, "in parts as well"


def test_no_product_fills_the_list():
    points = gaussians(1, products=60, apart=1.0, pictures=3)
    found = nearest_pairs(points, 25, per_product=1)
    names = [points.groups[row] for pair in found for row in (pair.first, pair.second)]
    assert len(names) == len(set(names)) == 50
    assert all(points.labels[pair.first] != points.labels[pair.second] for pair in found)
    assert [pair.distance for pair in found] == sorted(pair.distance for pair in found)
    assert len({tuple(sorted((pair.first, pair.second))) for pair in found}) == 25


def test_small_features_keep_their_order():
    points = gaussians(1, products=60)
    small = points_of(points.features * 1e-9, points.labels)
    found = [[(p.first, p.second) for p in nearest_pairs(q, 9, metric="euclidean")] for q in (points, small)]
    assert found[0] == found[1]
    assert len(set(found[1])) == 9


def test_nothing_to_pair():
    assert nearest_pairs(points_of(np.ones((4, 2)), [0] * 4)) == []
    one_product = points_of(np.eye(2), [0, 1], ["a", "a"])
    assert nearest_pairs(one_product) == []
