"""Features on disk: order, accounting, cache, damage."""

import numpy as np
import pytest

from robustfashion.data.check import store as module
from robustfashion.data.check.store import build_features
from robustfashion.errors import InputError
from tests.data.check.pictures import catalogue_of, product, write


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    """Eleven images in shards of four, one of them a PNG, and a refused file."""
    monkeypatch.setattr(module, "SHARD_ROWS", 4)
    rows = []
    for k in range(11):
        name = f"{k:02d}.png" if k == 5 else f"{k:02d}.jpg"
        write(tmp_path / "data" / name, product(40 + k, 90 - 3 * k, k))
        rows.append({"path": name, "label": "a"})
    (tmp_path / "data/bad.jpg").write_text("no image")
    return catalogue_of(tmp_path / "data", [*rows, {"path": "bad.jpg", "label": "a"}])


def test_features_in_the_order_of_the_catalogue(catalogue, tmp_path):
    told = []
    store = build_features(catalogue, tmp_path / "cache", progress=lambda *at: told.append(at))
    assert len(store) == 11 and not store.failed
    assert store.numbers["height"].tolist() == list(range(40, 51))
    assert store.numbers["width"].tolist() == list(range(90, 57, -3))
    kinds = [store.factors["kind"].values[c] for c in store.factors["kind"].codes]
    assert kinds == ["JPEG"] * 5 + ["PNG"] + ["JPEG"] * 5
    assert told[-1] == ("measuring images", 11, 11)
    rows = [9, 0, 9, 4]
    thumbnails = store.arrays("thumbnail", rows)
    assert thumbnails.shape == (4, 32, 32, 3) and np.array_equal(thumbnails[0], thumbnails[2])
    assert np.array_equal(thumbnails[1], store.arrays("thumbnail", [0])[0])
    assert store.arrays("histogram", rows).sum(axis=1).astype(float) == pytest.approx(65_535, abs=64)


def test_cache_answers_for_the_same_bytes_only(catalogue, tmp_path, monkeypatch):
    first = build_features(catalogue, tmp_path / "cache")
    read = []
    monkeypatch.setattr(module, "examine", lambda *a, real=module.examine: (read.append(a), real(*a))[1])
    again = build_features(catalogue, tmp_path / "cache")
    assert read == []
    assert np.array_equal(again.arrays("content", range(11)), first.arrays("content", range(11)))
    write(tmp_path / "data/06.jpg", product(33, 44, 99))
    rows = [{"path": path, "label": "a"} for path in catalogue.usable().column("path")]
    changed = build_features(catalogue_of(tmp_path / "data", rows), tmp_path / "cache")
    assert len(read) == 4  # one shard
    assert changed.numbers["height"][6] == 33


def test_changed_and_missing_files_are_accounted_for(catalogue, tmp_path):
    write(tmp_path / "data/02.jpg", product(33, 44, 99))
    (tmp_path / "data/07.jpg").unlink()
    store = build_features(catalogue, tmp_path / "cache")
    assert [name for name, _ in store.failed] == ["02.jpg", "07.jpg"]
    assert "the file changed since" in store.failed[0][1] and store.failed[1][1] == "file not found"
    assert len(store) == 9 and "02.jpg" not in store.catalogue.column("id")
    assert store.numbers["height"].tolist() == [40, 41, 43, 44, 45, 46, 48, 49, 50]
    assert store.arrays("thumbnail", [8]).shape == (1, 32, 32, 3)


def test_nothing_readable_is_an_error(catalogue, tmp_path):
    for file in (tmp_path / "data").iterdir():
        file.unlink()
    with pytest.raises(InputError, match="none of 11 images can be read; the first: file not found"):
        build_features(catalogue, tmp_path / "cache")


def test_damaged_shard_is_made_again(catalogue, tmp_path):
    build_features(catalogue, tmp_path / "cache")
    files = sorted((tmp_path / "cache").rglob("*.arrow"))
    assert len(files) == 3
    files[1].write_bytes(b"damaged")
    assert len(build_features(catalogue, tmp_path / "cache")) == 11


def test_interrupted_run_keeps_whole_shards(catalogue, tmp_path, monkeypatch):
    def stop(what, done, total):
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_features(catalogue, tmp_path / "cache", progress=stop)
    assert len(list((tmp_path / "cache").rglob("*.arrow"))) == 1
