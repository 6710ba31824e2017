import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr
from sklearn.manifold import trustworthiness

from robustfashion.errors import InputError
from robustfashion.separability import faithfulness as module
from robustfashion.separability.faithfulness import faithfulness


def cloud(seed=0, n=230, dimensions=6):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, dimensions)).astype(np.float32)
    return features, features[:, :2] + 0.3 * rng.normal(size=(n, 2)).astype(np.float32)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("k", [1, 12])
def test_against_the_library(metric, k):
    features, places = cloud()
    found = faithfulness(features, places, k=k, metric=metric)
    assert found.trustworthiness.value == pytest.approx(trustworthiness(features, places, n_neighbors=k, metric=metric))
    if metric == "euclidean":  # of the two exchanged
        assert found.continuity.value == pytest.approx(trustworthiness(places, features, n_neighbors=k))
    assert found.distances.value == pytest.approx(spearmanr(pdist(features, metric), pdist(places)).statistic, abs=1e-5)
    assert (found.anchors, found.neighbours, found.trustworthiness.n) == (230, k, 230)


def test_preserved_neighbours_are_counted():
    features, places = cloud()
    from sklearn.neighbors import NearestNeighbors

    tables = [NearestNeighbors(n_neighbors=8).fit(x).kneighbors(return_distance=False) for x in (features, places)]
    expected = np.mean([len(set(a) & set(b)) / 8 for a, b in zip(*tables, strict=True)])
    assert faithfulness(features, places, k=8).preservation.value == pytest.approx(expected)


def test_ends():
    features, _ = cloud(dimensions=2)
    same = faithfulness(features, features * 3 + 1)
    assert (same.trustworthiness.value, same.continuity.value, same.preservation.value) == (1, 1, 1)
    assert same.distances.value == pytest.approx(1)
    random = faithfulness(features, cloud(1, dimensions=2)[0])
    assert random.trustworthiness.value == pytest.approx(0.5, abs=0.05)
    assert random.preservation.low <= 12 / 229 <= random.preservation.high
    assert random.distances.low < 0 < random.distances.high
    one_place = faithfulness(features, np.zeros_like(features))
    assert one_place.distances.value == 0


def test_anchors_stand_for_all(monkeypatch):
    features, places = cloud(n=900)
    whole = faithfulness(features, places)
    monkeypatch.setattr(module, "ANCHORS", 200)
    monkeypatch.setattr(module, "PAIRED", 200)
    monkeypatch.setattr(module, "_AT_ONCE", 30_000)
    some = faithfulness(features, places)
    assert some.anchors == some.trustworthiness.n == 200
    for name in ("trustworthiness", "continuity", "preservation", "distances"):
        estimate = getattr(some, name)
        assert estimate.low < getattr(whole, name).value < estimate.high
        assert estimate.value != getattr(whole, name).value
    assert some == faithfulness(features, places)
    assert some != faithfulness(features, places, seed=1)


def test_products_widen_the_interval():
    features, places = (np.repeat(x, 5, axis=0) for x in cloud(n=60))
    single, products = (faithfulness(features, places, groups=g) for g in (None, [str(i // 5) for i in range(300)]))
    assert products.continuity.value == single.continuity.value
    width = [e.high - e.low for e in (single.preservation, products.preservation)]
    assert width[1] > 1.5 * width[0]


def test_bad_input():
    features, places = cloud(n=24)
    with pytest.raises(InputError, match="24 points and 12 neighbours"):
        faithfulness(features, places)
    with pytest.raises(ValueError, match="24 features, 23 positions, 24 products"):
        faithfulness(features, places[1:], k=2)
