import json

import pyarrow.compute as pc
import pytest

from robustfashion.data.__main__ import main
from robustfashion.data.sources import open_catalogue
from robustfashion.data.sources.public import ImportSettings, find_adapter, import_public
from robustfashion.errors import InputError
from tests.data.sources.public import miniatures


@pytest.fixture
def small(tmp_path):
    miniatures.clothing_small(tmp_path / "set")
    return tmp_path / "set"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("clothing_dataset_small", "clothing-dataset-small"),
        ("fashionmnist", "fashion-mnist"),
        ("ABO", "abo"),
        ("UT-Zappos", "ut-zappos50k"),
    ],
)
def test_unknown_names_have_near_ones(name, near):
    with pytest.raises(InputError, match=f"did you mean .*{near}"):
        find_adapter(name)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense", "SET", "OUT"], "Known are abo, "),
        (["clothing-dataset-small", "SET/none", "OUT"], "no such folder; clone the repository.*Expected there: {train"),
        (["abo", "SET/none", "OUT"], "no such folder; add --download"),
        (["clothing-dataset-small", "SET/README.md", "OUT"], "not a folder"),
        (["clothing-dataset-small", "SET", "SET/out"], "within the set's own folder"),
        (["clothing-dataset-small", "SET", "SET"], "within the set's own folder"),
        (["clothing-dataset-small", "SET", "OUT", "--workers", "0"], "workers is 0"),
        (["clothing-dataset-small", "SET", "OUT", "--map", "SET/none.yaml"], "not a readable YAML file"),
        (["hm", "SET", "OUT"], "no file articles.csv; expected articles.csv beside"),
        (["clothing-dataset-small", "SET", "OUT", "--download"], "cannot be downloaded without you"),
    ],
)
def test_one_line_for_bad_input(arguments, message, small, tmp_path, capsys):
    texts = [text.replace("SET", str(small)).replace("OUT", str(tmp_path / "out")) for text in arguments]
    with pytest.raises(SystemExit) as stopped:
        main(["import", *texts])
    assert stopped.value.code == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith("error: ")
    with pytest.raises(InputError, match=message):
        raise InputError(error)
    assert not (tmp_path / "out").exists()


def test_command_writes_catalogue_and_report(small, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("ROBUSTFASHION_CACHE", str(tmp_path / "cache"))
    main(["import", "clothing-dataset-small", str(small), str(tmp_path / "out"), "--workers", "1"])
    said = capsys.readouterr().out
    assert "8 records, 4 usable, 4 refused" in said and "label socks is not in the map" in said
    report = json.loads((tmp_path / "out" / "import.json").read_text())
    assert report["columns"]["sleeve_type"]["labels"]["Long sleeve"] == {"hits": 1, "in_conflict": 0, "labelled": 1}
    assert report["columns"]["product_type"]["dropped"]["values"] == {"hat": 1}
    assert report["columns"]["product_type"]["unmapped"]["values"] == {"socks": 1}
    assert str(tmp_path) not in json.dumps(report)
    assert len(open_catalogue(tmp_path / "out")) == 8


def test_a_map_of_ones_own(small, tmp_path):
    text = (
        "label: class\nunmapped: keep\ncolumns:\n  product_type:\n    read:\n    - field: class\n      values: {top: [SOCKS]}\n"
    )
    (tmp_path / "map.yaml").write_text(text)
    found = import_public("clothing-dataset-small", small, tmp_path / "out", ImportSettings(map_file=tmp_path / "map.yaml"))
    row = found.catalogue.table.filter(pc.equal(found.catalogue.table["label"], "socks")).to_pylist()[0]
    assert (row["product_type"], row["reason"]) == ("top", None)
    (tmp_path / "map.yaml").write_text(text.replace("field: class", "field: klass"))
    with pytest.raises(InputError, match="has no field 'klass'; its fields are class"):
        import_public("clothing-dataset-small", small, tmp_path / "out", ImportSettings(map_file=tmp_path / "map.yaml"))


def test_copies_become_one_product(small, tmp_path):
    (small / "test" / "hat" / "copy.jpg").write_bytes((small / "train" / "t-shirt" / "0.jpg").read_bytes())
    found = import_public("clothing-dataset-small", small, tmp_path / "out", ImportSettings(cache=tmp_path))
    groups = dict(zip(found.catalogue.column("id"), found.catalogue.column("group"), strict=True))
    assert groups["test/hat/copy.jpg"] == groups["train/t-shirt/0.jpg"]


def test_real_photographs(real_photos, tmp_path):
    part = real_photos / "validation"  # a split alone will do
    found = import_public("clothing-dataset-small", part, tmp_path / "out", ImportSettings(cache=tmp_path))
    assert found.report["usable"] == found.report["records"] == sum(1 for _ in part.rglob("*.jpg")) == 341
    labels = found.report["columns"]["sleeve_type"]["labels"]
    for label, name in (("Long sleeve", "longsleeve"), ("Short sleeve", "t-shirt")):
        assert labels[label]["labelled"] == sum(1 for _ in (part / name).iterdir())
