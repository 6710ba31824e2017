import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.separability.embeddings import neighbours, pca, project, start, tsne
from robustfashion.separability.maps import Map
from tests.separability.embeddings.worlds import clusters


@pytest.fixture(scope="module")
def world():
    """Known and new features, labels of both, and a t-SNE map of the known ones."""
    features, labels = clusters(260, 12)
    known, new = features[:230], features[230:]
    made = tsne(neighbours(known, 30), start(pca(known)[0], 0), 10, 0, iterations=(100, 150))
    return known, new, labels[:230], labels[230:], made


def test_new_points_come_to_their_class_and_others_stay(world):
    known, new, labels, own, made = world
    before = made.positions.copy()
    found = project(made, known, new)
    assert found.shape == (30, 2) and (made.positions == before).all()
    nearest = np.linalg.norm(found[:, None] - before[None], axis=2).argmin(axis=1)
    assert (labels[nearest] == own).mean() > 0.95


def test_a_point_of_the_map_comes_near_to_itself(world):
    known, _, _, _, made = world
    gaps = np.linalg.norm(project(made, known, known[:40]) - made.positions[:40], axis=1)
    assert np.median(gaps) < 0.1 * made.positions.std()


def test_each_by_itself_and_any_threads(world):
    known, new, _, _, made = world
    many = project(made, known, new, threads=3)
    assert many.tobytes() == project(made, known, new, threads=1).tobytes()
    np.testing.assert_allclose(project(made, known, new[4:5]), many[4:5], atol=1e-3)
    assert project(made, known, new[:0]).shape == (0, 2)


def test_as_open_tsne_places_them(world):
    from openTSNE import affinity
    from openTSNE.tsne import TSNEEmbedding

    known, new, _, _, made = world
    theirs = TSNEEmbedding(made.positions.copy(), affinity.PerplexityBasedNN(known, perplexity=5, method="exact"))
    centre = (made.positions.max(axis=0) + made.positions.min(axis=0)) / 2  # it moves its map there
    theirs.gradient_descent_params.update(negative_gradient_method="bh", theta=0.0)
    placed = np.asarray(theirs.transform(new)) + centre
    np.testing.assert_allclose(project(made, known, new), placed, atol=0.02 * made.positions.std())


def test_pca_by_its_components(world):
    known, new, _, _, _ = world
    positions, model = pca(known)
    np.testing.assert_allclose(project(Map(positions, "pca", 0), known, new), model.transform(new))


def test_refusals(world):
    known, new, _, _, made = world
    with pytest.raises(InputError, match="features of 229 points, the map has 230"):
        project(made, known[:-1], new)
    with pytest.raises(InputError, match="new points"):
        project(made, known, new[:, :5])
    with pytest.raises(InputError, match="new points: NaN"):
        project(Map(made.positions, "pca", 0), known, new * np.float32(np.nan))
