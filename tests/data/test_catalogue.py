"""Catalogue: schema, refusals, targets, fingerprint."""

import numpy as np
import pytest

from robustfashion.data.catalogue import Task, catalogue_from_rows, make_task
from robustfashion.data.catalogue_file import read_catalogue
from robustfashion.errors import InputError


def _rows(labels, **extra):
    return [{"id": f"i{k}", "path": f"{k}.jpg", "group": f"g{k // 2}", "label": label, **extra} for k, label in enumerate(labels)]


def test_round_trip(tmp_path):
    catalogue = catalogue_from_rows(_rows(["dress", None, "watch"]), str(tmp_path))
    catalogue.write(tmp_path / "catalogue.parquet")
    assert read_catalogue(tmp_path / "catalogue.parquet").table.equals(catalogue.table)


def test_refused_and_usable_add_up():
    catalogue = catalogue_from_rows(_rows(["a", "b", "c"]), "x").replace(reason=[None, "zero bytes", None])
    assert len(catalogue.usable()) + len(catalogue.refused()) == len(catalogue) == 3
    assert catalogue.refused() == [("i1", "zero bytes")]


def test_targets():
    catalogue = catalogue_from_rows(_rows(["dress", None, "watch", "dress"]), "x")
    np.testing.assert_array_equal(catalogue.targets(make_task(catalogue, "dress")), [1, -1, 0, 1])
    np.testing.assert_array_equal(catalogue.targets(Task("label", ("watch", "shoe"))), [-1, -1, 0, -1])
    assert make_task(catalogue).classes == ("dress", "watch")


def test_a_product_of_no_known_type_is_other_to_a_validator():
    rows = _rows(["dress", "hat", None, "watch"])
    for row, kind in zip(rows, ("dress", None, None, "watch"), strict=True):
        row["product_type"] = kind
    catalogue = catalogue_from_rows(rows, "x")
    np.testing.assert_array_equal(catalogue.targets(Task("product_type", ("other", "dress"), "dress")), [1, 0, -1, 0])
    np.testing.assert_array_equal(catalogue.targets(Task("product_type", ("watch", "dress"))), [1, -1, -1, 0])


def test_columns_of_the_taxonomy_have_its_order():
    rows = _rows(["x"] * 3)
    for row, sleeve in zip(rows, ("Sleeveless", "3/4 sleeve", "Long sleeve"), strict=True):
        row["sleeve_type"] = sleeve
    assert make_task(catalogue_from_rows(rows, "x"), column="sleeve_type").classes == ("Long sleeve", "3/4 sleeve", "Sleeveless")


def test_fingerprint_sees_labels_not_places():
    one, two = catalogue_from_rows(_rows(["a", "b"]), "x"), catalogue_from_rows(_rows(["a", "b"]), "y")
    assert one.fingerprint() == two.replace(path=["p", "q"]).fingerprint()
    assert one.fingerprint() != one.replace(label=["a", "c"]).fingerprint()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "no images"),
        (_rows(["a"]) * 2, "more than once"),
        (_rows(["a"], colour="red"), "colour"),
        ([{"id": "a", "path": "b"}], "group"),
    ],
)
def test_bad_rows(rows, message):
    with pytest.raises(InputError, match=message):
        catalogue_from_rows(rows, "shop")


def test_bad_tasks(tmp_path):
    catalogue = catalogue_from_rows(_rows(["a", "a"]), "shop")
    with pytest.raises(InputError, match="use one of a"):
        make_task(catalogue, "dress")
    with pytest.raises(InputError, match="only one class"):
        make_task(catalogue)
    (tmp_path / "c.parquet").write_text("text")
    with pytest.raises(InputError, match=r"c\.parquet"):
        read_catalogue(tmp_path / "c.parquet")
