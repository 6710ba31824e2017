"""Splits: by product, stable, even, and honest about what the data brought."""

import shutil
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robustfashion import taxonomy
from robustfashion.data.catalogue import SPLITS, catalogue_from_rows
from robustfashion.data.sources import load_catalogue
from robustfashion.data.sources.opening import open_catalogue
from robustfashion.data.splits import LABELS, SHARES, Target, assign_splits, prepare_splits
from robustfashion.errors import InputError
from tests.data.images import put


def _catalogue(rows):
    """Rows of (id, group, label[, split[, reason]])."""
    names = ("id", "group", "label", "split", "reason")
    return catalogue_from_rows([{"path": row[0], **dict(zip(names, row, strict=False))} for row in rows], "somewhere")


def _many(products=300, labels=("dress", "shoe", "watch"), images=2):
    return [(f"{g}-{k}", f"p{g}", labels[g % len(labels)]) for g in range(products) for k in range(1 + g % images)]


def _places(catalogue):
    return dict(zip(catalogue.column("id"), catalogue.column("split"), strict=True))


def _by_group(catalogue):
    found = defaultdict(set)
    for group, split in zip(catalogue.column("group"), catalogue.column("split"), strict=True):
        found[group].add(split)
    return found


@given(
    rows=st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["a", "b", None])), min_size=1, max_size=60),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_no_product_in_two_splits(rows, seed):
    catalogue = assign_splits(_catalogue([(f"i{k}", f"g{g}", label) for k, (g, label) in enumerate(rows)]), seed)
    assert all(len(found) == 1 for found in _by_group(catalogue).values())
    assert set(catalogue.column("split")) <= set(SPLITS)


def test_shares_hold_within_each_label():
    rows = _many(products=1000, labels=("a", "a", "a", "a", "a", "a", "a", "a", "a", "b"))
    catalogue = assign_splits(_catalogue(rows), seed=3)
    counts = Counter((next(iter(split)), group) for group, split in _by_group(catalogue).items())
    for label, products in (("a", 900), ("b", 100)):
        own = {row[1] for row in rows if row[2] == label}
        found = Counter(split for split, group in counts if group in own)
        assert found == {"train": 0.7 * products, "validation": 0.1 * products, "test": 0.2 * products}


def test_order_of_rows_does_not_matter():
    rows = _many()
    shuffled = [rows[k] for k in np.random.default_rng(1).permutation(len(rows))]
    assert _places(assign_splits(_catalogue(rows), 5)) == _places(assign_splits(_catalogue(shuffled), 5))


def test_images_added_to_other_products_move_nothing():
    rows = _many()
    before = _places(assign_splits(_catalogue(rows), 5))
    after = _places(assign_splits(_catalogue([*rows, *[(f"new{k}", f"p{k}", rows[0][2]) for k in (0, 3, 9)]]), 5))
    assert {name: after[name] for name in before} == before


def test_a_new_product_moves_few_others():
    rows = _many()
    before = _places(assign_splits(_catalogue(rows), 5))
    after = _places(assign_splits(_catalogue([*rows, ("new", "new", "dress")]), 5))
    assert sum(after[name] != split for name, split in before.items()) <= 4


def test_seed_changes_the_division():
    rows = _many()
    assert _places(assign_splits(_catalogue(rows), 1)) != _places(assign_splits(_catalogue(rows), 2))


def test_small_classes_reach_every_split():
    rows = [(f"{label}{k}", f"{label}{k}", label) for label, count in (("a", 3), ("b", 4), ("c", 7)) for k in range(count)]
    catalogue = assign_splits(_catalogue(rows), 0)
    for label in "abc":
        assert set(catalogue.take([k for k, row in enumerate(rows) if row[2] == label]).column("split")) == set(SPLITS)


def test_given_splits_stay_and_pull_their_product_along():
    rows = [*_many(), ("x1", "x", "dress", "test"), ("x2", "x", "dress"), ("refused", "p1", "shoe", None, "zero bytes")]
    places = _places(assign_splits(_catalogue(rows), 5))
    assert places["x1"] == places["x2"] == "test"
    assert places["refused"] is None
    assert {name: split for name, split in places.items() if name[0] not in "xr"} == _places(
        assign_splits(_catalogue(_many()), 5)
    )


@pytest.mark.parametrize("shares", [(0.7, 0.3), (0.7, 0.2, 0.2), (1.2, -0.1, -0.1)])
def test_shares_are_checked(shares):
    with pytest.raises(InputError, match="shares is"):
        assign_splits(_catalogue(_many()), 0, shares)


def test_prepare_nothing_given():
    catalogue, note = prepare_splits(_catalogue(_many()), seed=4)
    assert _places(catalogue) == _places(assign_splits(_catalogue(_many()), 4))
    assert note == (
        "The data brings no splits. All were divided by product, once for the whole catalogue, every label as evenly as "
        "possible: 70% train, 10% validation, 20% test (seed 4)."
    )


def test_prepare_keeps_what_is_complete():
    rows = [(*row, SPLITS[k % 3]) for k, row in enumerate(_many(images=1))]
    rows = [(name, group, "dress" if k % 2 else "shoe", split) for k, (name, group, _, split) in enumerate(rows)]
    catalogue, note = prepare_splits(_catalogue(rows), seed=4)
    assert catalogue.column("split") == [row[3] for row in rows]
    assert note == "Splits are those of the data."


def test_prepare_train_and_validation():
    rows = [(*row, "train" if int(row[1][1:]) % 5 else "validation") for row in _many()]
    catalogue, note = prepare_splits(_catalogue(rows), seed=4)
    before, after = {row[0]: row[3] for row in rows}, _places(catalogue)
    assert {name for name, split in after.items() if split == "test"} == {n for n, s in before.items() if s == "validation"}
    groups = _by_group(catalogue)
    assert all(len(found) == 1 for found in groups.values())
    carved = sum(found == {"validation"} for found in groups.values())
    assert carved == 24  # a tenth of 240 training products
    assert "its validation set (90 images) is the test set here. A validation set of 10% of the products" in note


def test_prepare_train_and_test():
    rows = [(*row, "train" if int(row[1][1:]) % 5 else "test") for row in _many()]
    catalogue, note = prepare_splits(_catalogue(rows), seed=4)
    assert len(catalogue.in_split("test")) == sum(row[3] == "test" for row in rows)
    assert len(catalogue.in_split("validation")) > 0
    assert "was taken out of train" in note


def test_prepare_train_alone_is_divided():
    catalogue, note = prepare_splits(_catalogue([(*row, "train") for row in _many()]), seed=4)
    assert _places(catalogue) == _places(assign_splits(_catalogue(_many()), 4))
    assert note.startswith("The data brings a train set only. All were divided")


def test_prepare_fills_gaps():
    rows = [(*row, (*SPLITS, None)[k % 4]) for k, row in enumerate(_many(images=1, labels=("a", "b", "c", "d", "e")))]
    catalogue, note = prepare_splits(_catalogue(rows), seed=4)
    assert [s for s, row in zip(catalogue.column("split"), rows, strict=True) if row[3]] == [row[3] for row in rows if row[3]]
    assert None not in catalogue.column("split")
    assert "Images without a split were divided by product" in note


def test_products_on_both_sides_are_reported_and_left():
    rows = [(*row, ("train", "test", "validation")[k % 3]) for k, row in enumerate(_many(labels=("a", "b"), images=1))]
    rows += [("again1", "p0", "a", "test"), ("again2", "p3", "b", "test"), ("again3", "p4", "a", "train")]
    catalogue, note = prepare_splits(_catalogue(rows), seed=4)
    assert catalogue.column("split") == [row[3] for row in rows]
    assert "3 products (the same group" in note


def test_carving_leaves_products_alone_that_also_stand_in_test():
    rows = [(f"{g}", f"p{g}", "ab"[g % 2], "train") for g in range(40)]
    rows += [(f"again{g}", f"p{g}", "ab"[g % 2], "test") for g in range(34)]
    catalogue, _ = prepare_splits(_catalogue(rows), seed=4)
    carved = set(catalogue.in_split("validation").column("group"))
    assert carved <= {f"p{g}" for g in range(34, 40)}
    assert len(carved) == 2


def test_class_that_lacks_images_in_a_split():
    rows = [*_many(), ("h1", "h1", "hat"), ("h2", "h2", "hat")]
    with pytest.raises(InputError, match=r"1 classes lack images in a split \('hat': train"):
        prepare_splits(_catalogue(rows), seed=4)
    catalogue, _ = prepare_splits(_catalogue(rows), seed=4, target=Target("dress"))
    assert set(catalogue.column("split")) == set(SPLITS)
    with pytest.raises(InputError, match=r"1 classes lack images in a split \('hat': train"):
        prepare_splits(_catalogue(rows), seed=4, target=Target("hat"))


def _attributes(products=400, seed=0):
    """Products of five types with attributes, one to three pictures each, as dicts."""
    rng, rows = np.random.default_rng(seed), []
    for g in range(products):
        kind = taxonomy.PRODUCT_TYPES[rng.integers(5)]
        own = {name: str(rng.choice(a.labels)) for name, a in taxonomy.attributes().items() if kind in a.product_types}
        for k in range(rng.integers(1, 4)):
            shown = {name: label for name, label in own.items() if rng.random() < 0.8}  # not every picture shows everything
            rows.append({"id": f"{g}-{k}", "path": "x", "group": f"p{g}", "label": kind, "product_type": kind, **shown})
    return rows


def _of_products(rows, catalogue):
    """Products of every label in every split."""
    found = defaultdict(lambda: defaultdict(set))
    for row, split in zip(rows, catalogue.column("split"), strict=True):
        for column in LABELS:
            if row.get(column) is not None:
                found[column, row[column]][split].add(row["group"])
    return found


def _deviations(rows, catalogue, shares):
    """Of every label's products in every split from its share, in standard deviations of a draw by lot (binomial)."""
    found = []
    for places in _of_products(rows, catalogue).values():
        n = sum(len(places[split]) for split in shares)
        found += [(len(places[split]) - share * n) / np.sqrt(n * share * (1 - share)) for split, share in shares.items()]
    return np.array(found)


def test_every_label_of_every_column_is_divided_evenly():
    rows = _attributes(1500)
    catalogue, _ = prepare_splits(catalogue_from_rows(rows, "shop"), seed=2)
    deviations = _deviations(rows, catalogue, dict(zip(SPLITS, SHARES, strict=True)))
    assert np.sqrt(np.mean(deviations**2)) < 0.3  # by lot: 1
    assert np.abs(deviations).max() < 1.1


def test_all_tasks_have_one_test_set():
    catalogue = catalogue_from_rows(_attributes(), "shop")
    targets = [Target(name, "product_type") for name in taxonomy.PRODUCT_TYPES]
    targets += [Target(column=name) for name in taxonomy.attributes()]
    assert len(targets) == 14
    first, *others = [prepare_splits(catalogue, 3, target)[0] for target in targets]
    assert set(first.column("split")) == set(SPLITS)
    for other in others:
        assert other.column("split") == first.column("split")


def test_the_suites_and_fit_divide_alike():
    """A suite takes outliers out first, a datamodule divides all rows."""
    rows = _attributes()
    for k in (3, 50, 51, 120):
        rows[k]["outlier_kind"] = "mis-filed"
    rows += [{"id": f"junk{k}", "path": "x", "group": f"junk{k}", "label": "dress", "outlier_kind": "junk"} for k in range(9)]
    whole = catalogue_from_rows(rows, "shop")
    fit, suite = (prepare_splits(catalogue, 1)[0] for catalogue in (whole, whole.ordinary()))
    assert fit.ordinary().column("split") == suite.column("split")
    assert set(fit.outliers().column("split")) == set(SPLITS)
    places = _by_group(fit)
    assert all(len(found) == 1 for found in places.values())


def test_the_suites_and_fit_carve_alike():
    rows = [{**row, "split": "test" if int(row["group"][1:]) % 4 == 0 else "train"} for row in _attributes()]
    for k in (3, 50, 51, 120):
        rows[k]["outlier_kind"] = "mis-filed"
    whole = catalogue_from_rows(rows, "shop")
    fit, suite = (prepare_splits(catalogue, 1)[0] for catalogue in (whole, whole.ordinary()))
    assert fit.ordinary().column("split") == suite.column("split")
    assert np.sqrt(np.mean(_deviations(rows, fit, {"train": 0.9, "validation": 0.1}) ** 2)) < 0.7


def test_a_new_product_moves_few_others_of_many_labels():
    rows = _attributes(1000)
    before = _places(assign_splits(catalogue_from_rows(rows, "shop"), 5))
    moved = []
    for k in range(5):
        new = [{**row, "id": f"new{row['id']}", "group": "new"} for row in rows if row["group"] == f"p{k}"]
        after = _places(assign_splits(catalogue_from_rows([*rows, *new], "shop"), 5))
        moved.append(np.mean([after[name] != split for name, split in before.items()]))
    assert max(moved) < 0.1


def test_no_train():
    with pytest.raises(InputError, match=r"splits are given \(test, validation\), but no train"):
        prepare_splits(_catalogue([("a", "a", "x", "test"), ("b", "b", "y", "validation")]), 0)


def test_real_photographs(real_photos):
    catalogue, note = prepare_splits(open_catalogue(real_photos), seed=0)
    sizes = {split: len(catalogue.in_split(split)) for split in SPLITS}
    assert sizes["test"] == 341
    assert sum(sizes.values()) == 3409
    assert sizes["validation"] == pytest.approx(307, abs=5)
    assert "its validation set (341 images) is the test set here" in note


@pytest.mark.parametrize("second", ["test", "val"])
def test_a_train_folder_copied_to_be_the_test_folder(second, tmp_path):
    for k in range(8):
        put(tmp_path / f"d/train/{'dress' if k % 2 else 'shoe'}/{k}.jpg", seed=k)
    shutil.copytree(tmp_path / "d/train", tmp_path / "d" / second)
    cause = (
        r"all 8 products of train \(files with the same bytes, or the same group\) are in the test set, too, the first .* copied"
    )
    with pytest.raises(InputError, match=f"'dress': train 4, validation 0, test 4.*: {cause}"):
        load_catalogue(tmp_path / "d", cache=tmp_path / "c")
    shutil.rmtree(tmp_path / "d" / second / "shoe")
    with pytest.raises(
        InputError, match=r"'shoe': train 3, validation 1, test 0.*: 4 of 7 products of train .* made here; else add"
    ):
        load_catalogue(tmp_path / "d", cache=tmp_path / "c")
