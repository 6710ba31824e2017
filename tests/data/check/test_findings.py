"""All checks together: every row accounted for, and a table of every image."""

import numpy as np
import pytest

from robustfashion.data.check.factor import Factor
from robustfashion.data.check.findings import check_catalogue, distinct_partitions, items_table
from robustfashion.data.check.probes import ProbeSettings
from robustfashion.errors import InputError
from tests.data.check.pictures import catalogue_of, product, write


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Four images, a copy, a refused file, and one that vanishes behind the scan."""
    root = tmp_path_factory.mktemp("found")
    rows = []
    for k in range(5):
        write(root / f"{k}.jpg", product(60, 50 + k, k), quality=80)
        rows.append({"path": f"{k}.jpg", "label": "ab"[k % 2], "product_type": ["dress", "shoe"][k % 2]})
    (root / "bad.jpg").write_bytes(b"")
    (root / "copy.jpg").write_bytes((root / "0.jpg").read_bytes())
    catalogue = catalogue_of(root, [{"path": "bad.jpg"}, *rows, {"path": "copy.jpg", "label": "b"}])
    (root / "3.jpg").unlink()
    return check_catalogue(catalogue, root / "cache", settings=ProbeSettings(permutations=20))


def test_every_row_is_measured_or_refused(found):
    assert found.refused == [("bad.jpg", "zero bytes"), ("3.jpg", "file not found")]
    assert len(found.store) + len(found.refused) == len(found.catalogue) == 7


def test_items_table_keeps_the_rows_of_the_catalogue(found):
    table = items_table(found).to_pydict()
    assert table["id"] == ["bad.jpg", "0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg", "copy.jpg"]
    assert table["reason"] == ["zero bytes", None, None, None, "file not found", None, None]
    assert table["width"] == [None, 50, 51, 52, None, 54, 50]
    assert table["quality"] == [None, 80, 80, 80, None, 80, 80]
    assert table["same_bytes"] == [None, 0, 1, 2, None, 3, 0]
    assert table["same_picture"][1] == table["same_picture"][6]
    assert table["encoder"][1] == "libjpeg family" and table["kind"][0] is None


def test_few_images_are_not_probed_but_checked(found):
    assert found.probes == [] and found.leaks == []
    assert [b.column for b in found.balances] == ["label", "product_type"]
    exact, near, products = found.sets
    assert (exact.surplus, near.surplus, products.surplus) == (1, 1, 1)
    assert exact.other_label == 1


def test_partitions_that_repeat_an_earlier_one_are_left_out():
    label = Factor("label", np.array([0, 1, 2, -1], np.int32), ("a", "b", "c"))
    renamed = Factor("product_type", np.array([2, 0, 1, -1], np.int32), ("x", "y", "z"))
    coarser = Factor("sleeve_type", np.array([0, 0, 1, -1], np.int32), ("x", "y"))
    known = Factor("shell_type", np.array([0, 1, 2, 1], np.int32), ("x", "y", "z"))
    assert [f.name for f in distinct_partitions([label, renamed, coarser, known])] == ["label", "sleeve_type", "shell_type"]


def test_no_usable_image_is_an_error(tmp_path):
    write(tmp_path / "1.jpg", product(30, 30, 1))
    catalogue = catalogue_of(tmp_path, [{"path": "1.jpg"}])
    (tmp_path / "1.jpg").unlink()
    with pytest.raises(InputError, match="none of 1 images can be read"):
        check_catalogue(catalogue, tmp_path / "cache", settings=ProbeSettings())
