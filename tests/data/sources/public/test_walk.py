"""Public sets are walked as every folder is."""

from pathlib import Path

import pytest

from robustfashion.data.sources.public import ImportSettings, import_public
from robustfashion.data.sources.public.records import inventory, pictures, text
from robustfashion.data.sources.public.summary import in_words
from robustfashion.data.sources.public.tables import find_file
from robustfashion.errors import InputError
from robustfashion.pictures import folders
from robustfashion.pictures.decode import SUFFIXES
from robustfashion.pictures.folders import MISSING_TARGET
from tests.data.sources.public import miniatures
from tests.data.sources.public.test_adapters import SETS
from tests.pictures.test_folders import locked, touch


def test_litter_of_a_set(tmp_path, monkeypatch):
    touch(
        tmp_path, "set/images/1.jpg", "set/images/._1.jpg", "set/images/@eaDir/1.jpg/T.jpg", "set/styles.csv", "set/images/2.JPEG"
    )
    touch(tmp_path, "__MACOSX/set/styles.csv", "__MACOSX/styles.csv", "lost+found/3.jpg", "#recycle/styles.csv")
    (tmp_path / "set/images/up").symlink_to(tmp_path)
    locked(monkeypatch, "lost+found")
    assert pictures(inventory(tmp_path)).to_pylist() == ["set/images/1.jpg", "set/images/2.JPEG"]
    assert find_file(tmp_path, "styles.csv", "a table") == tmp_path / "set/styles.csv"


@pytest.mark.parametrize("name", ["abo", "clothing-dataset", "clothing-dataset-small", "fashion-mnist", "hm", "ut-zappos50k"])
def test_what_cannot_be_reached_is_a_refused_row(name, tmp_path, monkeypatch):
    SETS[name][0](tmp_path / "set")
    before = import_public(name, tmp_path / "set", tmp_path / "out", ImportSettings(cache=tmp_path / "cache"))
    assert before.report["skipped"] == {"counts": {}, "examples": {}}
    touch(tmp_path, "set/deep/closed/1.jpg", "set/.git/config")
    (tmp_path / "set/deep/2.jpg").symlink_to("nowhere.jpg")
    locked(monkeypatch, "closed")
    after = import_public(name, tmp_path / "set", tmp_path / "out", ImportSettings(cache=tmp_path / "cache"))
    rows = {row["id"]: row["reason"] for row in after.catalogue.table.to_pylist() if row["id"].startswith("deep/")}
    assert rows["deep/2.jpg"] == MISSING_TARGET and rows["deep/closed"].startswith("folder cannot be read (Permission denied)")
    assert len(after.catalogue) == len(before.catalogue) + 2 == after.report["usable"] + sum(after.report["refused"].values())
    assert "  skipped: 1 hidden names (.git)" in in_words(after.report).splitlines()


def test_a_link_that_a_record_names_is_one_row(tmp_path):
    miniatures.abo(tmp_path / "set")
    link = next((tmp_path / "set/images/small").rglob("00aa.jpg"))
    link.unlink()
    link.symlink_to("nowhere.jpg")
    rows = import_public("abo", tmp_path / "set", tmp_path / "out", ImportSettings(cache=tmp_path / "cache")).catalogue
    assert [reason for path, reason in zip(rows.column("path"), rows.column("reason"), strict=True) if path == str(link)] == [
        "its picture is not in the folder"
    ]


def test_a_table_in_a_folder_that_cannot_be_read(tmp_path, monkeypatch):
    touch(tmp_path, "set/closed/articles.csv", "set/images/1.jpg")
    locked(monkeypatch, "closed")
    with pytest.raises(InputError, match=r"no file articles\.csv; .*; left out: 1, the first: closed: folder cannot be read"):
        import_public("hm", tmp_path / "set", tmp_path / "out")


def test_pictures_are_those_of_all_sources():
    names = [f"a{suffix}" for suffix in SUFFIXES] + ["B.JPG", "c.tif", "jpg", "d.jpg.txt"]
    assert pictures(text(names)).to_pylist() == [name for name in names if folders.is_picture(Path(name))] == names[:-3]
