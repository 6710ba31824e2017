"""Features by the pictures' bytes: right, never computed twice, whole or missing."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from robustfashion.data.preprocess import Preprocessing
from robustfashion.data.scan import scan
from robustfashion.data.sources import open_catalogue
from robustfashion.errors import InputError
from robustfashion.models import features as module
from robustfashion.models.feature_store import FeatureStore
from robustfashion.models.features import features_of
from robustfashion.models.trunk import Trunk
from robustfashion.pictures import reading as reading_module
from tests.data.images import put
from tests.models.samples import NET


def settings_for(*texts, canvas=50, size=32):
    return [Preprocessing.parse(text, canvas=canvas, size=size) for text in texts]


@pytest.fixture(scope="module")
def trunk():
    return Trunk(NET, "none", "imagenet")


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for k in range(7):
        put(folder / "ab"[k % 2] / f"{k}.jpg", 50 + k, 33, seed=k)
    put(folder / "a" / "copy.jpg", 53, 33, seed=3)
    return scan(open_catalogue(folder))


@pytest.fixture
def cache(tmp_path, exported_graphs):
    """Without features, with graphs of other tests."""
    (tmp_path / "graphs").symlink_to(exported_graphs)
    return tmp_path


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(module, "BATCH", 2)
    monkeypatch.setattr(module, "SHARD", 3)


@pytest.fixture
def decoded(monkeypatch):
    calls = []
    real = reading_module.decode_bytes
    monkeypatch.setattr(
        reading_module, "decode_bytes", lambda data, settings, name: (calls.append(name), real(data, settings, name))[1]
    )
    return calls


def test_rows_are_the_pictures_in_order(catalogue, trunk, cache):
    ways = settings_for("pillow.bilinear", "opencv.linear+jpeg75")
    found = features_of(catalogue, ways, trunk, cache, accelerator="cpu")
    assert list(found) == [p.name for p in ways]
    for way in ways:
        pixels = np.stack([way.load(f"{catalogue.root}/{path}") for path in catalogue.column("path")])
        want = trunk.embed(pixels)
        assert found[way.name].shape == (8, trunk.width) and found[way.name].dtype == np.float32
        np.testing.assert_allclose(found[way.name], want, atol=1e-4 * np.abs(want).max())
    assert not np.allclose(found[ways[0].name], found[ways[1].name], rtol=1e-2)


def test_no_picture_is_asked_about_twice(catalogue, trunk, cache, decoded):
    one, two, three = settings_for("pillow.bilinear", "opencv.linear", "pillow.nearest")
    told = []
    first = features_of(catalogue.take([1, 3, 5]), [one], trunk, cache, accelerator="cpu")
    assert len(decoded) == 3
    decoded.clear()
    both = features_of(catalogue, [one, two], trunk, cache, 2, lambda *given: told.append(given), "cpu")
    # Once each, the copy not at all, whether one or two ways are missing.
    assert len(decoded) == len(set(decoded)) == 7 and sorted({done for _, done, _ in told}) == list(range(8))
    assert {total for _, _, total in told} == {7}
    np.testing.assert_array_equal(both[one.name][[1, 3, 5]], first[one.name])
    decoded.clear()
    features_of(catalogue.take([6, 0, 2, 7, 7]), [two, one], trunk, cache, accelerator="cpu")
    assert not decoded
    features_of(catalogue, [three], trunk, cache, accelerator="cpu")
    assert len(decoded) == 7


def test_an_interrupted_pass_goes_on(catalogue, trunk, cache, decoded):
    def stop(_what, done, _total):
        if done == 5:
            raise KeyboardInterrupt

    ways = settings_for("pillow.bilinear")
    with pytest.raises(KeyboardInterrupt):
        features_of(catalogue, ways, trunk, cache, 1, stop, "cpu")
    decoded.clear()
    whole = features_of(catalogue, ways, trunk, cache, accelerator="cpu")
    assert len(decoded) == 2
    np.testing.assert_array_equal(
        whole["pillow.bilinear"][2], features_of(catalogue.take([2]), ways, trunk, cache)["pillow.bilinear"][0]
    )
    assert not list(cache.rglob(".*")) and not list(cache.rglob("*.npy"))


def test_another_trunk_has_other_features(catalogue, trunk, cache):
    ways = settings_for("pillow.bilinear")
    found = features_of(catalogue, ways, trunk, cache, accelerator="cpu")["pillow.bilinear"]
    other = features_of(catalogue, ways, Trunk(NET, "none", "raw"), cache, accelerator="cpu")["pillow.bilinear"]
    assert not np.allclose(found, other, rtol=1e-2)


def test_bad_input(catalogue, trunk, cache):
    with pytest.raises(InputError, match="is given twice"):
        features_of(catalogue, settings_for("pillow.box", "pillow.box"), trunk, cache)
    unscanned = catalogue.replace(sha256=[None] * len(catalogue))
    with pytest.raises(InputError, match="scan the catalogue first"):
        features_of(unscanned, settings_for("pillow.box"), trunk, cache)
    moved = catalogue.replace(path=["nowhere.jpg"] * len(catalogue))
    with pytest.raises(InputError, match=r"nowhere\.jpg"):
        features_of(moved, settings_for("pillow.box"), trunk, cache)


def values(n, d=5, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


def test_store(tmp_path):
    store, given = FeatureStore(tmp_path / "s", 5), values(4)
    found, missing = store.get(["a", "a", "b"])
    assert found.shape == (3, 5) and missing == ["a", "b"]
    store.add(list("abcd"), given)
    store.add(list("cde"), values(3, seed=1))  # duplicates do no harm
    store.add([], values(0))
    for reader in (store, FeatureStore(tmp_path / "s", 5)):
        found, missing = reader.get(["d", "x", "a", "d", "b"])
        np.testing.assert_array_equal(found[[2, 4]], given[[0, 1]])
        np.testing.assert_array_equal(found[0], found[3])
        assert missing == ["x"] and not found[1].any()


@pytest.mark.parametrize("damage", ["cut", "bits", "other columns", "other width"])
def test_damaged_shards_are_dropped(tmp_path, damage):
    store = FeatureStore(tmp_path, 5)
    store.add(["a", "b"], values(2))
    store.add(["c"], values(1, seed=2))
    path = next(p for p in tmp_path.iterdir() if pq.read_table(p)["sha256"].to_pylist() == ["a", "b"])
    data = bytearray(path.read_bytes())
    if damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "bits":
        at = data.index(values(2).tobytes()[:8])
        data[at] ^= 1
        path.write_bytes(data)
    elif damage == "other columns":
        pq.write_table(pq.read_table(path).rename_columns(["sha", "features"]), path)
    else:
        FeatureStore(tmp_path / "wide", 6).add(["a", "b"], values(2, 6))
        next((tmp_path / "wide").iterdir()).replace(path)
    found, missing = FeatureStore(tmp_path, 5).get(["a", "c"])
    assert missing == ["a"] and not found[0].any() and not path.exists()
    np.testing.assert_array_equal(found[1], values(1, seed=2)[0])
    store.add(["a", "b"], values(2))
    np.testing.assert_array_equal(store.get(["b"])[0], values(2)[1:])


def test_store_refuses_nonsense(tmp_path):
    store, broken = FeatureStore(tmp_path, 5), values(2)
    broken[1, 1] = np.inf
    for hashes, features in ((["a"], values(2)), (["a", "b"], values(2, 6)), (["a", "b"], broken)):
        with pytest.raises(ValueError, match="expected finite"):
            store.add(hashes, features)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        FeatureStore(tmp_path / "file" / "s", 5).add(["a"], values(1))
