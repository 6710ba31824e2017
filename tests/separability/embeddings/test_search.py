import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from robustfashion.errors import InputError
from robustfashion.separability.embeddings import nearest, neighbours, search


def points(n=300, d=17, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(n, d)) + 100).astype(np.float32)  # far from zero: float32 products cancel


def test_exact_as_scikit_learn():
    x = points()
    found = neighbours(x, 23)
    distances, indices = NearestNeighbors(n_neighbors=24, algorithm="brute").fit(x.astype(float)).kneighbors(x.astype(float))
    assert found.exact and found.indices.dtype == np.int32 and found.indices.shape == (300, 23)
    np.testing.assert_array_equal(found.indices, indices[:, 1:])
    # scikit-learn expands the square
    np.testing.assert_allclose(found.distances, distances[:, 1:], rtol=1e-6)


def test_duplicates_are_neighbours_and_points_not_their_own():
    x = points(40, 5)
    x[7] = x[3]
    x[20:] = x[20]
    found = neighbours(x, 10)
    assert (found.indices != np.arange(40)[:, None]).all()
    assert found.indices[3, 0] == 7 and found.indices[7, 0] == 3 and found.distances[3, 0] == 0
    assert (found.distances[20:] == 0).all()
    np.testing.assert_array_equal(found.indices[20], np.arange(21, 31))  # ties by number


def test_threads_and_blocks_do_not_matter(monkeypatch):
    x = points(700, 9)
    one, three = neighbours(x, 12, threads=1), neighbours(x, 12, threads=3)
    np.testing.assert_array_equal(one.indices, three.indices)
    assert one.distances.tobytes() == three.distances.tobytes()
    monkeypatch.setattr(search, "_BLOCK", 31)
    np.testing.assert_array_equal(neighbours(x, 12).indices, one.indices)


def test_nearest_of_new_points():
    known, new = points(250, 8), points(33, 8, seed=1)
    indices, distances = nearest(known, new, 6)
    far = np.linalg.norm(known[None].astype(float) - new[:, None], axis=2)
    np.testing.assert_array_equal(indices, np.argsort(far, axis=1, kind="stable")[:, :6])
    np.testing.assert_allclose(distances, np.sort(far, axis=1)[:, :6])
    assert nearest(known, known[:5], 1)[0].ravel().tolist() == [0, 1, 2, 3, 4]  # an equal one counts here


def test_progress_and_first():
    told = []
    found = neighbours(points(), 9, progress=lambda what, done, total: told.append((what, done, total)))
    assert told[-1] == ("neighbours", 300, 300) and [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert found.first(4).indices.shape == (300, 4) and found.first(4).exact
    with pytest.raises(InputError, match="10 neighbours asked for, 9"):
        found.first(10)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: x * np.float32(np.nan), "row 0 and 299 more of 300 hold NaN"),
        (lambda x: x.astype(float) * 1e300, "hold NaN or infinity"),
        (lambda x: x * 0, "all 300 points are equal"),
        (lambda x: x[:1], "1 points; a map needs two"),
        (lambda x: x[:5], "1 to 4 are possible"),
    ],
)
def test_refusals(change, message):
    with pytest.raises(InputError, match=message):
        neighbours(change(points()), 9)


def test_refuses_other_features_of_new_points():
    with pytest.raises(InputError, match="the map was made of 17"):
        nearest(points(), points(9, 4), 3)
    with pytest.raises(InputError, match="NaN or infinity"):
        nearest(points(), points(9) * np.float32(np.inf), 3)


@pytest.mark.slow
@pytest.mark.parametrize("k", [12, 45])  # of the graph itself, and asked for
def test_approximate_search_misses_little(monkeypatch, k):
    x = points(1200, 10)
    x[:200] = x[0]  # more equal ones than neighbours
    exact = neighbours(x, k)
    monkeypatch.setattr(search, "EXACT_WORK", 0)
    found, again = neighbours(x, k), neighbours(x, k)
    assert not found.exact and found.indices.dtype == np.int32 and found.indices.shape == (1200, k)
    assert found.indices.tobytes() == again.indices.tobytes()
    assert (found.indices != np.arange(1200)[:, None]).all()
    assert (np.diff(found.distances, axis=1) >= 0).all() and (found.distances[:200] == 0).all()
    far = np.linalg.norm(x[:, None].astype(float) - x[found.indices].astype(float), axis=2)
    np.testing.assert_allclose(found.distances, far)
    hits = [len(np.intersect1d(a, b)) for a, b in zip(exact.indices[200:], found.indices[200:], strict=True)]
    assert np.mean(hits) > 0.9 * k


def test_points_that_a_graph_leaves_short_are_searched():
    x = points(90, 6)
    exact = neighbours(x, 8)
    indices, distances = exact.indices.copy(), exact.distances.copy()
    indices[[4, 60], 0] = -1
    distances[[4, 60]] = np.nan
    search._fill(x, indices, distances, 1)
    np.testing.assert_array_equal(indices, exact.indices)
    np.testing.assert_array_equal(distances, exact.distances)
