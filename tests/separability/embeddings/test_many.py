import sys
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.separability.embeddings import by_tsne, many, maps_of, neighbours, on_gpu
from tests.separability.embeddings.worlds import clusters


@pytest.fixture
def short(monkeypatch):
    """t-SNE of few iterations."""
    monkeypatch.setattr(by_tsne.tsne, "__kwdefaults__", {**by_tsne.tsne.__kwdefaults__, "iterations": (20, 20)})


def test_every_seed_and_perplexity_from_one_search(short, monkeypatch):
    searches = []
    monkeypatch.setattr(many, "neighbours", lambda x, k, **options: searches.append(k) or neighbours(x, k, **options))
    features, _ = clusters(160)
    told = []
    maps, left_out = maps_of(
        features, methods=("pca", "tsne"), seeds=(0, 3), perplexities=(5, 20, 100), progress=lambda *what: told.append(what)
    )
    assert searches == [60]
    names = ["PCA", *(f"t-SNE, perplexity {p}, seed {s}" for p in (5, 20) for s in (0, 3))]
    assert [one.name for one in maps] == names
    assert left_out == ["160 points are too few for perplexity 100, which takes 301; the largest that fits is 53"]
    assert all(one.positions.shape == (160, 2) and np.isfinite(one.positions).all() for one in maps)
    assert {what for what, _, _ in told} == {"neighbours", *names[1:]}


def test_a_search_made_before_is_used_if_it_is_large_enough(short, monkeypatch):
    features, _ = clusters(100)
    found = neighbours(features, 30)
    calls = []
    monkeypatch.setattr(many, "neighbours", lambda x, k, **options: calls.append(k) or neighbours(x, k, **options))
    maps_of(features, methods=("tsne",), seeds=(0,), perplexities=(10,), found=found)
    assert calls == []
    maps_of(features, methods=("tsne",), seeds=(0,), perplexities=(11,), found=found)
    assert calls == [33]


def test_nothing_fits_five_points():
    maps, left_out = maps_of(clusters(5)[0])
    assert [one.method for one in maps] == ["pca"]
    assert len(left_out) == 4 and left_out[-1] == "15 neighbours of UMAP with 5 points; 2 to 4 fit"
    with pytest.raises(InputError, match="all 9 points are equal"):
        maps_of(np.ones((9, 3), np.float32))


class Estimator:
    """Stands in for an estimator of cuML: keeps what it was given."""

    made: ClassVar[list[dict]] = []

    def __init__(self, **options):
        self.options = options

    def fit_transform(self, points, **options):
        Estimator.made.append(self.options | options)
        return points[:, :2] * np.float32(2)


def test_many_points_go_to_cuml_where_it_is_installed(monkeypatch):
    cuml, manifold = ModuleType("cuml"), ModuleType("cuml.manifold")
    manifold.TSNE = manifold.UMAP = Estimator
    cuml.manifold = manifold
    cuml.__spec__ = sys.__spec__
    features, _ = clusters(120)
    assert not on_gpu.wanted(10**6)
    monkeypatch.setitem(sys.modules, "cuml", cuml)
    monkeypatch.setitem(sys.modules, "cuml.manifold", manifold)
    assert on_gpu.wanted(20_000) and not on_gpu.wanted(19_999)
    monkeypatch.setattr(on_gpu, "FROM", 100)
    Estimator.made.clear()
    maps, _ = maps_of(features, methods=("tsne", "umap"), seeds=(0, 2), perplexities=(10,))
    assert [one.name for one in maps] == [
        "t-SNE, perplexity 10, seed 0",
        "t-SNE, perplexity 10, seed 2",
        "UMAP, 15 neighbours, seed 0",
        "UMAP, 15 neighbours, seed 2",
    ]
    first, second, third, fourth = Estimator.made
    assert (first["init"], second["init"]) == ("pca", "random") and first["perplexity"] == 10
    assert first["knn_graph"][0].shape == (120, 30) and second["random_state"] == 2
    indices, distances = third["precomputed_knn"]
    assert (indices[:, 0] == np.arange(120)).all() and (distances[:, 0] == 0).all() and indices.shape == (120, 15)
    assert fourth["random_state"] == 2 and maps[0].loss > 0 and maps[2].loss is None
    np.testing.assert_array_equal(maps[0].positions, features[:, :2] * np.float32(2))
