"""Outliers of one's own data: by class, held out, or a folder of their own."""

from pathlib import Path

import pytest

from robustfashion.data.catalogue import catalogue_from_rows, make_task
from robustfashion.data.outliers import mark_outlier_classes, with_outlier_folder
from robustfashion.data.scan import scan
from robustfashion.data.sources import open_catalogue
from robustfashion.data.splits import prepare_splits
from robustfashion.errors import InputError
from robustfashion.pictures.files import resolve
from tests.data.images import put


def shop(labels=("dress", "shoe", "hat"), products=10, **extra):
    rows = [
        {"id": f"{label}/{k}.jpg", "path": f"{label}/{k}.jpg", "group": f"{label}{k}", "label": label, **extra}
        for label in labels
        for k in range(products)
    ]
    return catalogue_from_rows(rows, "shop")


def test_ordinary_rows_and_outliers_add_up():
    catalogue = shop().replace(outlier_kind=["mis-filed", "junk/box", *[None] * 28])
    assert catalogue.outliers().column("outlier_kind") == ["mis-filed", "junk/box"]
    assert catalogue.ordinary().column("id") == catalogue.column("id")[2:]
    assert len(shop().ordinary()) == 30
    assert len(shop().outliers()) == 0


@pytest.mark.parametrize(("how", "kind"), [("class", "class/hat"), ("held out", "held out/hat")])
def test_classes(how, kind):
    before = shop().replace(outlier_kind=[*[None] * 29, "junk/box"])
    catalogue = mark_outlier_classes(before, ["hat"], how=how)
    assert before.outliers().column("id") == ["hat/9.jpg"]
    assert catalogue.outliers().column("label") == ["hat"] * 10
    assert catalogue.outliers().column("outlier_kind") == [kind] * 9 + ["junk/box"]  # what it was before, it stays
    assert make_task(catalogue).classes == ("dress", "shoe")
    assert set(catalogue.targets(make_task(catalogue)).tolist()) == {-1, 0, 1}


def test_other_columns_and_unknown_classes():
    catalogue = shop(source="a")
    assert len(mark_outlier_classes(catalogue, ["a"], "source").ordinary()) == 0
    with pytest.raises(InputError, match="shop: no image has label 'scarf'; its classes are dress, hat, shoe"):
        mark_outlier_classes(catalogue, ["dress", "scarf"], how="held out")
    with pytest.raises(InputError, match=r"shop: no column 'colour'; use one of id, path"):
        mark_outlier_classes(catalogue, ["red"], "colour")


def test_marking_moves_no_product():
    before, _ = prepare_splits(shop(), 3)
    after, _ = prepare_splits(mark_outlier_classes(shop(), ["hat"], how="held out"), 3)
    assert before.column("split") == after.column("split")


def test_outliers_do_not_make_up_for_a_class_without_products_in_a_split():
    catalogue, _ = prepare_splits(shop(), 3)
    place = list(zip(catalogue.column("label"), catalogue.column("split"), strict=True))
    with pytest.raises(InputError, match="'dress': train 0"):
        prepare_splits(catalogue.replace(outlier_kind=["junk/box" if at == ("dress", "train") else None for at in place]), 3)
    only_in_test = catalogue.replace(split=["test" if label == "hat" else split for label, split in place])
    with pytest.raises(InputError, match="'hat': train 0"):
        prepare_splits(only_in_test, 3)
    prepare_splits(mark_outlier_classes(only_in_test, ["hat"]), 3)


def test_a_folder_of_outliers(tmp_path, monkeypatch):
    for k in range(4):
        put(tmp_path / "shop" / "dress" / f"{k}.jpg", seed=k)
        put(tmp_path / "shop" / "shoe" / f"{k}.jpg", seed=10 + k)
        put(tmp_path / "others" / f"{k}.jpg", seed=20 + k)
    monkeypatch.chdir(tmp_path)
    catalogue = with_outlier_folder(open_catalogue("shop"), open_catalogue("others"))
    assert len(catalogue) == 12
    assert len(set(catalogue.column("id"))) == 12
    assert catalogue.ordinary().table.equals(open_catalogue("shop").table)
    assert catalogue.outliers().column("outlier_kind") == ["folder/others"] * 4
    assert catalogue.outliers().column("id") == catalogue.outliers().column("group") == [f"others/{k}.jpg" for k in range(4)]
    assert catalogue.outliers().column("path") == [str(tmp_path / "others" / f"{k}.jpg") for k in range(4)]
    assert not scan(catalogue).refused()
    again = with_outlier_folder(catalogue, open_catalogue("others"))
    assert again.column("id")[-1] == "others 2/3.jpg"
    assert set(again.outliers().column("outlier_kind")) == {"folder/others", "folder/others 2"}


def test_splits_of_the_outliers_count_only_beside_others():
    outliers = shop(["sock"], split="test").replace(outlier_kind=["junk/box", *[None] * 9])
    free = with_outlier_folder(shop(), outliers)
    assert free.column("split") == [None] * 40
    assert free.outliers().column("outlier_kind") == ["junk/box", *["folder/shop"] * 9]
    given = with_outlier_folder(shop(split="train"), outliers)
    assert given.column("split") == ["train"] * 30 + ["test"] * 10
    assert given.column("label")[-1] == "sock"


def test_roots():
    local, remote = shop(), catalogue_from_rows([{"id": "a", "path": "a.jpg", "group": "a"}], "s3://bucket/junk")
    catalogue = with_outlier_folder(local, remote)
    assert resolve(catalogue.root, str(catalogue.column("path")[-1])) == "s3://bucket/junk/a.jpg"
    assert resolve(catalogue.root, str(catalogue.column("path")[0])) == str(Path("shop/dress/0.jpg"))
    with pytest.raises(InputError, match="shop: its pictures are local"):
        with_outlier_folder(remote, local)
