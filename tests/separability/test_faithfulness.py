import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from scipy.stats import spearmanr
from sklearn.manifold import trustworthiness

from robustfashion.errors import InputError
from robustfashion.separability import faithfulness as module
from robustfashion.separability.faithfulness import faithfulness, faithfulness_of


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


@pytest.mark.parametrize("duplicates", [0, 40])
def test_counts_are_those_of_the_definition(duplicates, k=7):
    features, places = cloud(n=150, dimensions=3)
    features[:duplicates], places[50 : 50 + duplicates] = features[0], places[50]  # ties: the lower number is nearer
    tables = [squareform(pdist(x)).astype(np.float32) for x in (features, places)]
    near = []
    for table in tables:
        np.fill_diagonal(table, -1)
        near.append(table.argsort(axis=1, kind="stable"))
        near[-1] = np.array([row[row != i][:k] for i, row in enumerate(near[-1])])
    scale = 2 / (150 * k * (2 * 150 - 3 * k - 1))
    expected = []
    for mine, table in ((near[1], tables[0]), (near[0], tables[1])):
        ranks = [(row < row[j]).sum() for row, columns in zip(table, mine, strict=True) for j in columns]
        expected.append(1 - scale * np.maximum(np.array(ranks) - k, 0).sum())
    expected.append(np.mean([len(set(a) & set(b)) / k for a, b in zip(*near, strict=True)]))
    found = faithfulness(features, places, k=k)
    assert (found.trustworthiness.value, found.continuity.value, found.preservation.value) == pytest.approx(expected, abs=1e-12)


def test_distances_that_tie_share_their_rank():
    features = np.random.default_rng(3).integers(0, 3, (90, 2)).astype(np.float32)
    places = np.random.default_rng(4).integers(0, 4, (90, 2)).astype(np.float32)
    expected = spearmanr(pdist(features).astype(np.float32), pdist(places).astype(np.float32)).statistic
    assert faithfulness(features, places, k=3).distances.value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("threads", [1, 3])
def test_maps_at_once_are_maps_one_by_one(monkeypatch, threads):
    features, places = cloud(n=400)
    maps = [places, places[:, ::-1], cloud(7, n=400)[1].astype(np.float64)]
    groups = [str(i // 3) for i in range(400)]
    single = [faithfulness(features, one, groups=groups) for one in maps]
    monkeypatch.setattr(module, "thread_count", lambda: threads)
    monkeypatch.setattr(module, "_AT_ONCE", 30_000)
    told = []
    together = faithfulness_of(features, maps, groups=groups, progress=lambda *what: told.append(what[1:]))
    for one, other in zip(single, together, strict=True):
        for name in ("trustworthiness", "continuity", "preservation", "distances"):
            first, second = getattr(one, name), getattr(other, name)
            assert (first.value, first.low, first.high) == pytest.approx((second.value, second.low, second.high), abs=1e-12)
    assert told == sorted(told) and told[-1] == (2400, 2400)
    assert faithfulness_of(features, []) == []


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
        faithfulness_of(features, [places, places[1:]], k=2)
    with pytest.raises(ValueError, match="24 features, 23 products"):
        faithfulness(features, places, k=2, groups=["a"] * 23)
