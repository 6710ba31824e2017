"""Copies, conflicts and leakage in a catalogue that was built with known ones."""

import numpy as np
import pytest
from PIL import Image

from robustfashion.data.check.duplicates import distinct, find_duplicates, leaks, shown_pairs, split_factor, together
from robustfashion.data.check.factor import Factor, factor_of
from robustfashion.data.check.store import build_features
from tests.data.check.pictures import catalogue_of, product, write


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Ten pictures: 0 twice (train, test), 1 padded and re-encoded (train, test), 2 smaller, 3 relabelled."""
    root = tmp_path_factory.mktemp("copies")
    pictures = [product(200, 150, k) for k in range(10)]
    rows = []
    for k, image in enumerate(pictures):
        write(root / f"{k}.jpg", image, quality=90)
        rows.append({"path": f"{k}.jpg", "label": "ab"[k % 2], "split": "train" if k < 7 else "test"})
    (root / "0 again.jpg").write_bytes((root / "0.jpg").read_bytes())
    write(root / "1 padded.jpg", np.pad(pictures[1], ((30, 5), (80, 60), (0, 0)), constant_values=255), quality=60)
    smaller = Image.fromarray(pictures[2]).resize((75, 100), Image.Resampling.BILINEAR)
    write(root / "2 small.png", np.asarray(smaller))
    write(root / "3 other.jpg", pictures[3], quality=35)
    blank = np.full((40, 30, 3), 255, np.uint8)
    write(root / "blank.png", blank)
    write(root / "blank.jpg", blank)
    for path, label, split, group in (
        ("0 again.jpg", "a", "test", "0 again.jpg"), ("1 padded.jpg", "b", "test", "1 padded.jpg"),
        ("2 small.png", "a", "train", "2.jpg"), ("3 other.jpg", "a", "train", "3 other.jpg"),
        ("blank.png", "a", "train", "w"), ("blank.jpg", "a", "test", "w"),
    ):  # fmt: skip
        rows.append({"path": path, "label": label, "split": split, "group": group})
    store = build_features(catalogue_of(root, rows), root / "cache")
    duplicates = find_duplicates(store)
    label, split = factor_of("label", store.catalogue.table["label"]), split_factor(store)
    return store, duplicates, label, split


def test_known_copies_and_no_others(found):
    store, duplicates, _, _ = found
    ids = store.catalogue.column("id")
    sets = {}
    for name, number in zip(ids, duplicates.near, strict=True):
        sets.setdefault(number, set()).add(name)
    assert sorted(map(sorted, (s for s in sets.values() if len(s) > 1))) == [
        ["0 again.jpg", "0.jpg"], ["1 padded.jpg", "1.jpg"], ["2 small.png", "2.jpg"], ["3 other.jpg", "3.jpg"],
    ]  # fmt: skip
    assert duplicates.flat == 2
    assert len(duplicates.pairs) == 3


def test_counts(found):
    _, duplicates, label, split = found
    exact = together("exact", duplicates.exact, duplicates, label, split)
    assert (exact.clusters, exact.images, exact.surplus, exact.other_label, exact.several_splits) == (1, 2, 1, 0, 1)
    near = together("near", duplicates.near, duplicates, label, split)
    assert (near.clusters, near.images, near.surplus, near.other_label, near.several_splits) == (4, 8, 4, 1, 2)
    assert near.other_product == 2  # 0 and its copy were joined by the scan, 2 has the same group
    product_sets = together("product", duplicates.product, duplicates, label, split)
    assert (product_sets.clusters, product_sets.several_splits) == (3, 2)


def test_leaks(found):
    _, duplicates, _, split = found
    (near,) = leaks("near", duplicates.near, split)
    assert (near.held, near.other, near.images, near.share.n) == ("test", "train", 2, 6)
    assert near.share.value == pytest.approx(2 / 6)
    (products,) = leaks("product", duplicates.product, split)
    assert products.images == 2  # the exact copy, and the blank one of group w
    assert leaks("near", duplicates.near, Factor("split", np.full(16, -1, np.int32), ())) == []


def test_pairs_worth_a_look_come_first(found):
    store, duplicates, label, split = found
    ids = store.catalogue.column("id")
    shown = [{ids[a], ids[b]} for a, b in shown_pairs(duplicates, label, split, 9)]
    assert shown == [{"1.jpg", "1 padded.jpg"}, {"0.jpg", "0 again.jpg"}, {"3.jpg", "3 other.jpg"}, {"2.jpg", "2 small.png"}]
    assert len(shown_pairs(duplicates, label, split, 2)) == 2


def test_distinct_ignores_missing_values():
    assert distinct(np.array([0, 0, 1, 1, 1, 2]), np.array([4, 4, -1, 0, 3, -1])).tolist() == [1, 2, 0]
