"""Generic image data sets; with the package ``datasets`` where it is installed."""

import sys

import pytest

from robustfashion.data.sources.public import ImportSettings, import_public
from robustfashion.errors import InputError
from robustfashion.pictures.reading import decode_file
from tests.data.images import encoded, picture


def test_without_the_package_the_way_out_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(InputError, match=r"the package 'datasets' is needed .* pip install datasets"):
        import_public("huggingface", "organisation/name", tmp_path / "out")


@pytest.fixture
def saved(tmp_path):
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    data = {
        "image": [{"bytes": encoded(picture(20 + k, 31, k), "PNG" if k == 1 else "JPEG"), "path": f"{k}.x"} for k in range(5)],
        "label": [0, 1, 1, -1, 0],
        "sleeve": ["long", "short", None, "long", "bell"],
        "tags": [["a", "b"], [], ["c"], [], []],
        "rating": [1.5, 2, 3, 4, 5],
    }
    data["image"][4] = None
    names = datasets.ClassLabel(names=["Dress", "Top"])
    text = datasets.Value("string")
    features = datasets.Features(
        {"image": datasets.Image(), "label": names, "sleeve": text, "tags": [text], "rating": datasets.Value("float32")}
    )
    whole = datasets.Dataset.from_dict(data, features=features)
    whole.info.license = "cc0-1.0"
    datasets.DatasetDict({"train": whole, "val": whole.select([1])}).save_to_disk(str(tmp_path / "set"))
    return tmp_path / "set"


def test_saved_to_disk(saved, tmp_path):
    text = (
        "label: label\nunmapped: keep\ncolumns:\n  product_type:\n"
        "    read: [{field: label, values: {dress: [dress], top: [top]}}]\n"
        "  sleeve_type:\n    read: [{field: sleeve, values: {Long sleeve: [long], Short sleeve: [short]}}]\n"
    )
    (tmp_path / "map.yaml").write_text(text)
    settings = ImportSettings(map_file=tmp_path / "map.yaml", cache=tmp_path / "cache")
    found = import_public("huggingface", saved, tmp_path / "out", settings)
    rows = found.catalogue.table.to_pylist()
    assert [row["id"] for row in rows] == [*(f"train/{k:07}" for k in range(5)), "val/0000000"]
    assert [row["product_type"] for row in rows] == ["dress", "top", "top", None, "dress", "top"]
    assert [row["sleeve_type"] for row in rows[:3]] == ["Long sleeve", "Short sleeve", None]
    assert [row["split"] for row in rows] == ["train"] * 5 + ["validation"]
    assert [row["reason"] for row in rows] == [None] * 4 + ["it has no picture", None]
    assert rows[1]["path"].endswith(".png") and {row["licence"] for row in rows} == {"cc0-1.0"}
    assert (tmp_path / "out" / rows[0]["path"]).read_bytes() == encoded(picture(20, 31, 0))
    assert decode_file(tmp_path / "out" / rows[1]["path"]).shape == (21, 31, 3)
    assert found.report["columns"]["sleeve_type"]["unmapped"]["values"] == {"bell": 1}


def test_a_folder_that_is_none(tmp_path):
    pytest.importorskip("datasets")
    (tmp_path / "set").mkdir()
    with pytest.raises(InputError, match="datasets cannot load it"):
        import_public("huggingface", tmp_path / "set", tmp_path / "out")
