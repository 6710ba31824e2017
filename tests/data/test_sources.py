"""Folders and manifests: what becomes a row, what is refused, what stops at once."""

import csv
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from robustfashion.data.catalogue import SCHEMA, catalogue_from_rows, make_task
from robustfashion.data.sources import open_catalogue, open_with_note
from robustfashion.errors import InputError
from tests.data.images import put


def _table(path, rows, delimiter=","):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def test_folder_of_classes(tmp_path):
    for name in ("dress/b.jpg", "dress/a.PNG".replace("PNG", "png"), "shoe/deep/er/c.webp"):
        put(tmp_path / name)
    catalogue = open_catalogue(tmp_path)
    assert catalogue.column("id") == ["dress/a.png", "dress/b.jpg", "shoe/deep/er/c.webp"]
    assert catalogue.column("path") == catalogue.column("group") == catalogue.column("id")
    assert catalogue.column("label") == ["dress", "dress", "shoe"]
    assert set(catalogue.column("split")) == {None}
    assert catalogue.refused() == []
    assert catalogue.root == str(tmp_path)


def test_split_folders_are_honoured(tmp_path):
    for name in ("Train/dress/a.jpg", "val/dress/a.jpg", "test/shoe/x.jpg"):
        put(tmp_path / name)
    catalogue = open_catalogue(str(tmp_path))
    assert catalogue.column("split") == ["train", "test", "validation"]
    assert catalogue.column("id") == ["Train/dress/a.jpg", "test/shoe/x.jpg", "val/dress/a.jpg"]
    assert catalogue.column("label") == ["dress", "shoe", "dress"]


def test_every_file_is_accounted_for(tmp_path):
    put(tmp_path / "dress/a.jpg")
    put(tmp_path / "stray.jpg")
    for name in ("dress/notes.txt", "dress/b.tiff", "README.md", "LICENSE", ".DS_Store", "dress/.hidden.jpg", "dress/Thumbs.db"):
        (tmp_path / name).write_text("x")
    (tmp_path / ".git").mkdir()
    catalogue, note = open_with_note(tmp_path)
    assert dict(catalogue.refused()) == {
        "dress/b.tiff": "not an image by its suffix '.tiff'; known are .jpg, .jpeg, .jpe, .jfif, .png, .webp, .gif, .bmp",
        "dress/notes.txt": "not an image by its suffix '.txt'; known are .jpg, .jpeg, .jpe, .jfif, .png, .webp, .gif, .bmp",
        "stray.jpg": "lies outside the class folders",
    }
    assert catalogue.usable().column("id") == ["dress/a.jpg"]
    assert (
        "Skipped: 3 hidden names (.DS_Store, .git, dress/.hidden.jpg), 1 files of the operating system (dress/Thumbs.db)." in note
    )
    assert "2 other files beside the class folders were ignored (LICENSE, README.md)" in note


def test_file_name_that_is_not_unicode(tmp_path):
    put(tmp_path / "dress/a.jpg")
    try:
        (tmp_path / "dress/a.jpg").rename(tmp_path / os.fsdecode(b"dress/\xff.jpg"))
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    put(tmp_path / "dress/b.jpg")
    assert open_catalogue(tmp_path).refused() == [("dress/\\xff.jpg", "file name is not valid Unicode; rename the file")]


def test_links_in_a_circle_end(tmp_path):
    put(tmp_path / "dress/a.jpg")
    put(tmp_path.parent / f"{tmp_path.name}-elsewhere/b.jpg")
    (tmp_path / "dress/again").symlink_to(tmp_path / "dress")
    (tmp_path / "dress/more").symlink_to(tmp_path.parent / f"{tmp_path.name}-elsewhere")
    assert open_catalogue(tmp_path).column("id") == ["dress/a.jpg", "dress/more/b.jpg"]


def test_folders_that_cannot_be_used(tmp_path):
    with pytest.raises(InputError, match=r"gone: no such folder or file; give a folder"):
        open_catalogue(tmp_path / "gone")
    with pytest.raises(InputError, match=r"no class folders \(0 images lie directly in it\)"):
        open_catalogue(tmp_path)
    put(tmp_path / "a.jpg")
    (tmp_path / "dress").mkdir()
    put(tmp_path / "shoe/a.jpg")
    with pytest.raises(InputError, match=r"dress: class folder without images \(0 files of other kinds\)"):
        open_catalogue(tmp_path)
    (tmp_path / "dress/a.txt").write_text("no image")
    with pytest.raises(InputError, match=r"dress: class folder without images \(1 files"):
        open_catalogue(tmp_path)
    with pytest.raises(InputError, match=r"a\.jpg: a file, but not a manifest by its suffix"):
        open_catalogue(tmp_path / "a.jpg")


def test_folder_without_classes_is_unlabelled(tmp_path):
    put(tmp_path / "b.jpg")
    put(tmp_path / "a.jpg")
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / ".hidden").write_text("")
    catalogue = open_catalogue(tmp_path)
    assert catalogue.usable().column("id") == ["a.jpg", "b.jpg"]
    assert catalogue.column("label") == [None] * 3
    assert [name for name, _ in catalogue.refused()] == ["notes.txt"]
    with pytest.raises(InputError, match="one sub-folder per class"):
        make_task(catalogue)


def test_split_folders_beside_class_folders(tmp_path):
    put(tmp_path / "train/dress/a.jpg")
    put(tmp_path / "shoe/a.jpg")
    with pytest.raises(InputError, match=r"split folders \(train\) stand beside other folders \(shoe\)"):
        open_catalogue(tmp_path)


def test_split_folder_without_classes(tmp_path):
    put(tmp_path / "train/a.jpg")
    with pytest.raises(InputError, match=r"train: no class folders \(1 images"):
        open_catalogue(tmp_path)


def test_real_photographs(real_photos):
    catalogue, note = open_with_note(real_photos)
    assert len(catalogue) == len(catalogue.usable()) == 3409
    assert [len(catalogue.in_split(split)) for split in ("train", "validation", "test")] == [3068, 341, 0]
    assert len(set(catalogue.column("label"))) == 10
    assert "LICENSE, README.md" in note


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_manifest(tmp_path, delimiter):
    rows = [
        ["label", "path", "group", "split", "heel_type", "price", "license"],
        ["shoe", "pictures/a, b.jpg", "p1", "train", "Wedge", "9", "CC0"],
        ["", "/elsewhere/c.jpg", "", "", "", "", ""],
        ["dress", "s3://bucket/d.jpg", "p1", "test", "", "8", ""],
    ]
    catalogue, note = open_with_note(_table(tmp_path / "m.csv", rows, delimiter))
    assert catalogue.column("id") == catalogue.column("path") == ["pictures/a, b.jpg", "/elsewhere/c.jpg", "s3://bucket/d.jpg"]
    assert catalogue.column("label") == ["shoe", None, "dress"]
    assert catalogue.column("group") == ["p1", "/elsewhere/c.jpg", "p1"]
    assert catalogue.column("split") == ["train", None, "test"]
    assert catalogue.column("heel_type") == ["Wedge", None, None]
    assert catalogue.column("licence") == ["CC0", None, None]
    assert catalogue.refused() == []
    assert note == "Columns left out: price."


def test_manifest_rows_that_are_refused(tmp_path):
    file = tmp_path / "m.csv"
    file.write_text(
        "\ufeffpath,label,split,product_type\n"
        "a.jpg,dress,train,dress\n"
        "b.jpg,dress, with a comma,train,dress\n"
        ",dress,,\n"
        "c.jpg,dress,treining,\n"
        "d.jpg,dress,,trousers\n"
        "\n"
        "a.jpg,shoe,,\n"
        '"e\n.jpg",dress,,\n',
        encoding="utf-8",
    )
    catalogue = open_catalogue(file)
    assert catalogue.usable().column("id") == ["a.jpg", "e\n.jpg"]
    assert catalogue.refused() == [
        ("unnamed (line 3)", "line 3: 5 fields where the header has 4; quote values that contain the delimiter"),
        ("unnamed (line 4)", "line 4: path is empty"),
        ("c.jpg (line 5)", "line 5: split is 'treining'; use one of train, validation, test"),
        ("d.jpg (line 6)", "line 6: product_type is 'trousers'; use one of luggage, watch, shoe, dress, top"),
        ("a.jpg (line 8)", "line 8: names the same image as line 2 (label shoe here, dress there)"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "the file is empty; expected a header"),
        (b"place,label\na.jpg,x\n", r"no column 'path' \(or 'url'\) \(columns: place, label\)"),
        (b"path,url,label\n", "both 'path' and 'url'; keep one"),
        (b"Path,path,label\n", "column 'path' occurs twice"),
        (
            b"file,Image Name,label\n",
            "columns 'file' and 'Image Name' may both be the path; rename the one that is meant to 'path'",
        ),
        (b"path,class,category\n", "columns 'class' and 'category' may both be the label"),
        (b"path,label,label\n", "column 'label' occurs twice"),
        (b"path,label\n", "no images found"),
        (b"path,label\na.jpg,x\nb.jpg,\xe9\n", "line 3 is not UTF-8 .byte 0xe9"),
        (b'path,label\na.jpg,"x\n', "line 2: .*a quoted value may not be closed"),
        (b"id,path,label\nsku,a.jpg,x\nsku,b.jpg,x\n", "id 'sku' stands on line 2 and line 3; .*column 'group'"),
    ],
)
def test_manifests_that_cannot_be_used(tmp_path, text, message):
    (tmp_path / "m.csv").write_bytes(text)
    with pytest.raises(InputError, match=message):
        open_catalogue(tmp_path / "m.csv")


def test_parquet_manifest(tmp_path):
    table = pa.table({"url": ["https://example.org/a.jpg", "b.jpg", None], "label": [3, None, 4], "id": ["x", "y", "z"]})
    pq.write_table(table, tmp_path / "m.parquet")
    catalogue = open_catalogue(tmp_path / "m.parquet")
    assert catalogue.column("path") == ["https://example.org/a.jpg", "b.jpg", ""]
    assert catalogue.column("label") == ["3", None, "4"]
    assert catalogue.refused() == [("unnamed (row 3)", "row 3: url is empty")]
    (tmp_path / "m.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(InputError, match=r"m\.parquet: not a readable Parquet file"):
        open_catalogue(tmp_path / "m.parquet")


def test_manifest_at_a_url(tmp_path):
    _table(tmp_path / "m.csv", [["path", "label"], ["a.jpg", "dress"]])
    catalogue = open_catalogue(f"file://{tmp_path}/m.csv")
    assert catalogue.root == f"file://{tmp_path}"
    assert catalogue.column("path") == ["a.jpg"]


def test_finished_catalogue(tmp_path):
    rows = [{"id": "a", "path": "elsewhere/a.jpg", "group": "p", "label": "dress", "neck_style": "Square", "sha256": "00"}]
    made = catalogue_from_rows(rows, str(tmp_path))
    made.write(tmp_path / "catalogue.parquet")
    put(tmp_path / "shoe/never-looked-at.jpg")
    for place in (tmp_path, tmp_path / "catalogue.parquet"):
        assert open_catalogue(place).table.equals(made.table)
        assert open_catalogue(place).table.schema.equals(SCHEMA)
