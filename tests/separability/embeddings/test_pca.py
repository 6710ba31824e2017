import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.separability.embeddings import pca, reduced
from robustfashion.separability.embeddings.by_pca import plane
from tests.separability.embeddings.worlds import clusters


def test_components_are_those_of_the_definition():
    features, _ = clusters(90, 7)
    positions, model = pca(features, 3)
    centred = features.astype(float) - features.astype(float).mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred)
    vectors = vectors[:, ::-1][:, :3]
    vectors *= np.sign(vectors[np.abs(vectors).argmax(axis=0), range(3)])
    np.testing.assert_allclose(positions, centred @ vectors, atol=1e-6)
    np.testing.assert_allclose(positions.var(axis=0) * 90, values[::-1][:3], rtol=1e-6)
    assert (model.components_[range(3), np.abs(model.components_).argmax(axis=1)] > 0).all()
    np.testing.assert_allclose(model.transform(features[5:9]), positions[5:9], atol=1e-6)


def test_wide_features_are_close_and_seeded():
    features, _ = clusters(60, 2500, apart=300.0)
    positions, _ = pca(features, 2)
    assert positions.tobytes() == pca(features, 2)[0].tobytes()
    exact = np.linalg.svd(features.astype(float) - features.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(positions), np.abs(exact.U[:, :2] * exact.S[:2]), atol=1e-2)


def test_reduced_and_plane_take_what_there_is():
    features, _ = clusters(40, 9)
    assert reduced(features).shape == (40, 9) and reduced(features).dtype == np.float32
    assert reduced(features, 4).shape == (40, 4)
    assert plane(features[:, :1]).shape == (40, 2)
    assert (plane(features[:, :1])[:, 1] == 0).all() and plane(features[:, :1])[:, 0].std() > 0
    with pytest.raises(InputError, match="10 components of 40 points with 9 features; 9 at most"):
        pca(features, 10)
    with pytest.raises(InputError, match="are equal"):
        pca(features * 0)
