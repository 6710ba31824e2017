import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.separability.embeddings import neighbours, project, umap
from robustfashion.separability.embeddings.by_umap import umaps
from tests.separability.embeddings.worlds import clusters, purity


def test_refusals():
    features, _ = clusters(30)
    found = neighbours(features, 10)
    with pytest.raises(InputError, match="30 neighbours of UMAP with 30 points; 2 to 29 fit"):
        umap(features, found, 0, neighbours=30)
    with pytest.raises(InputError, match="11 neighbours asked for, 10 were searched"):
        umap(features, found, 0, neighbours=12)


@pytest.mark.slow
def test_seeded_and_as_good_as_bare():
    features, labels = clusters(400, classes=4)
    found = neighbours(features, 30)
    one, again, other = (umap(features, found, seed) for seed in (0, 0, 1))
    from umap import UMAP  # loaded above, where its warning of TensorFlow is caught

    assert one.positions.tobytes() == again.positions.tobytes()
    assert np.abs(one.positions - other.positions).max() > 0.1
    bare = UMAP(random_state=0, n_jobs=1).fit_transform(features)
    assert purity(one.positions, labels) > purity(bare, labels) - 0.02 > 0.9
    assert (one.method, one.neighbours, one.loss) == ("umap", 15, None)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:precomputed_knn")
@pytest.mark.parametrize("threads", [1, 2])
def test_seeds_at_once_are_the_library_s_one_by_one(threads):
    features, _ = clusters(300, classes=4)
    found = neighbours(features, 14)
    told = []
    maps = umaps(features, found, (0, 5, 3), threads=threads, progress=lambda *what: told.append(what))
    from umap import UMAP

    assert [one.seed for one in maps] == [0, 5, 3]
    assert [what for what, done, _ in told if done] == [f"UMAP, 15 neighbours, seed {seed}" for seed in (0, 5, 3)]
    for one in maps:
        library = UMAP(
            random_state=one.seed, n_jobs=1, precomputed_knn=found.with_themselves(15), force_approximation_algorithm=True
        )
        assert library.fit_transform(features).astype(np.float64).tobytes() == one.positions.tobytes()


@pytest.mark.slow
def test_new_points_come_to_their_class_and_others_stay():
    features, labels = clusters(330, classes=3)
    known, new = features[:300], features[300:]
    made = umap(known, neighbours(known, 14), 0)
    before = made.positions.copy()
    placed = project(made, known, new)
    assert placed.shape == (30, 2) and np.isfinite(placed).all() and (made.positions == before).all()
    nearest = np.linalg.norm(placed[:, None] - before[None], axis=2).argmin(axis=1)
    assert (labels[nearest] == labels[300:]).mean() > 0.9
    assert placed.tobytes() == project(made, known, new).tobytes()


@pytest.mark.slow
def test_equal_points_and_separate_islands():
    features, _ = clusters(200, classes=2, apart=500.0)
    features[:60] = features[0]
    assert np.isfinite(umap(features, neighbours(features, 14), 0).positions).all()
