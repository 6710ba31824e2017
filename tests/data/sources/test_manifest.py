"""Tables as they come from Windows and spreadsheets."""

import unicodedata

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from robustfashion.data.catalogue import make_task
from robustfashion.data.sources import open_with_note
from robustfashion.data.sources.loading import scanned_catalogue
from robustfashion.errors import InputError
from tests.data.images import put
from tests.pictures.test_folders import touch

NFC, NFD = (unicodedata.normalize(form, "röcke/été.jpg") for form in ("NFC", "NFD"))


def opened(folder, text, encoding="utf-8", name="t.csv"):
    (folder / name).write_bytes(text.encode(encoding))
    return open_with_note(folder / name)


def test_excel_on_windows(tmp_path):
    """A sep line, backslashes, empty columns and rows at the end, UTF-16, other names of columns, CRLF."""
    put(tmp_path / "Pictures/a b.png", seed=1)
    put(tmp_path / "Pictures/c.png", seed=2)
    lines = ["sep=;", "File_Name;Class;;", "Pictures\\a b.png;dress;;", ".\\Pictures\\c.png;shoe;;", ";;;", ";;;", ""]
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        catalogue, note = opened(tmp_path, "\r\n".join(lines), encoding)
        assert catalogue.column("path") == ["Pictures/a b.png", "Pictures/c.png"] and catalogue.refused() == []
        assert catalogue.column("label") == ["dress", "shoe"]
        assert note == "Columns: 'File_Name' is read as path, 'Class' is read as label."
    assert len(scanned_catalogue(tmp_path / "t.csv", cache=tmp_path / "cache")[0].usable()) == 2


def test_unicode_text_of_excel(tmp_path):
    catalogue, _ = opened(tmp_path, 'Path\tLabel\r\n"a, b.jpg"\tRöcke\r\n', "utf-16", "t.txt")
    assert catalogue.column("path") == ["a, b.jpg"] and catalogue.column("label") == ["Röcke"]


@pytest.mark.parametrize(
    "header", ["Path,Label", " path , label ", "FILE NAME,category", "image-path,class_name", "'Image',LABELS"]
)
def test_headers(header, tmp_path):
    catalogue, _ = opened(tmp_path, f"{header}\na.jpg,dress\n")
    assert (catalogue.column("path"), catalogue.column("label")) == (["a.jpg"], ["dress"])


def test_the_name_itself_wins(tmp_path):
    catalogue, note = opened(tmp_path, ",category,path,file_name,image_url,label,Heel Type\n7,c,a.jpg,b.jpg,u,dress,Wedge\n")
    assert catalogue.column("path") == ["a.jpg"] and catalogue.column("label") == ["dress"]
    assert catalogue.column("heel_type") == ["Wedge"]
    assert note == "Columns left out: (without a name), category, file_name, image_url."


def test_tables_without_labels(tmp_path):
    catalogue, note = opened(tmp_path, "filename,split\na.jpg,Training\nb.jpg,val\nc.jpg,dev\nd.jpg,nope\n")
    assert catalogue.column("label") == [None] * 4
    assert catalogue.column("split") == ["train", "validation", "validation", None]
    assert "No column 'label' (columns: path, split): the pictures have no labels." in note
    assert [name for name, _ in catalogue.refused()] == ["d.jpg (line 5)"]
    with pytest.raises(InputError, match="no image has a value in column 'label'"):
        make_task(catalogue)


@pytest.mark.parametrize(
    ("values", "splits"),
    [
        ("train val eval", "train validation test"),
        ("Training dev Evaluation", "train validation test"),
        ("train eval", "train validation"),
        ("train eval test", "train validation test"),
        ("train validation eval test", "train validation validation test"),
    ],
)
def test_an_evaluation_set_is_told_by_the_values_beside_it(values, splits, tmp_path):
    """A folder of each value says the same, so nothing is told."""
    rows = "".join(f"all/{value}/{k}.jpg,x,{value}\n" for k, value in enumerate(values.split()))
    catalogue, note = opened(tmp_path, f"path,label,split\n{rows}")
    assert catalogue.column("split") == splits.split() and note == ""


def test_lines_are_those_of_the_file(tmp_path):
    catalogue, _ = opened(tmp_path, 'sep=;\npath;label\n"a\nb.jpg";x\n;;;\nc.jpg;x;extra;\n;y\n')
    assert catalogue.usable().column("path") == ["a\nb.jpg"]
    assert [reason.split(";")[0] for _, reason in catalogue.refused()] == [
        "line 6: 3 fields where the header has 2", "line 7: path is empty",
    ]  # fmt: skip


def test_backslashes_in_names_that_are_there(tmp_path):
    touch(tmp_path, "dress\\a.jpg", "shoe/b.jpg", "shoe\\b.jpg", " c.jpg")
    catalogue, _ = opened(tmp_path, "path,label\ndress\\a.jpg,x\nshoe\\b.jpg,x\nshoe/b.jpg,x\n c.jpg,x\nnew\\d.jpg,x\n")
    assert catalogue.column("path") == ["dress\\a.jpg", "shoe\\b.jpg", "shoe/b.jpg", " c.jpg", "new/d.jpg"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a.jpg", "./a.jpg"),
        ("sub/../a.jpg", "a.jpg"),
        ("sub/b.jpg", "sub//b.jpg"),
        ("sub/b.jpg", "sub/./deep/../b.jpg"),
        ("sub\\b.jpg", ".\\sub\\b.jpg"),
        ("../set/a.jpg", "FOLDER/a.jpg"),
    ],
)
def test_one_image_written_in_two_ways(first, second, tmp_path):
    touch(tmp_path, "set/a.jpg", "set/sub/b.jpg", "set/sub/deep/c.jpg")
    catalogue, _ = opened(tmp_path / "set", f"path,label\n{first},x\n{second},y\n".replace("FOLDER", str(tmp_path / "set")))
    ((_, reason),) = catalogue.refused()
    assert reason.startswith("line 3: names the same image as line 2") and catalogue.usable().column("label") == ["x"]


def test_images_that_only_look_the_same(tmp_path):
    """Behind a link ``..`` leads elsewhere, from a folder that is not there nowhere; URLs are names."""
    touch(tmp_path, "set/a.jpg", "away/a.jpg", "away/deep/b.jpg")
    (tmp_path / "set/link").symlink_to(tmp_path / "away/deep")
    names = ["link/../a.jpg", "none/../a.jpg", "a.jpg", "s3://shop/a.jpg", "s3://shop//a.jpg", "s3://shop/./a.jpg"]
    catalogue, _ = opened(tmp_path / "set", "path,label\n" + "".join(f"{name},x\n" for name in names))
    assert catalogue.usable().column("path") == names


@pytest.mark.parametrize("path", ["C:\\shop\\a.jpg", "d:/shop/a.jpg", "\\\\server\\shop\\a.jpg"])
def test_paths_of_a_windows_computer(path, tmp_path):
    catalogue, _ = opened(tmp_path, f"path,label\n{path},x\n")
    ((_, reason),) = catalogue.refused()
    assert "is a path of a Windows computer; make paths relative to the folder of the table" in reason


@pytest.mark.parametrize(("given", "there"), [(NFC, NFD), (NFD, NFC), (NFC, NFC), (NFC.replace("/", "\\"), NFD)])
def test_either_unicode_form(given, there, tmp_path):
    touch(tmp_path, there)
    catalogue, _ = opened(tmp_path, f"path,label\n{given},Ärmel\n")
    assert catalogue.column("path") == [there]
    touch(tmp_path / "other", there)
    catalogue, _ = opened(tmp_path, f"path,label\n{tmp_path}/other/{given},Ärmel\n")
    assert [path.replace("\\", "/") for path in catalogue.column("path")] == [f"{tmp_path}/other/{there}"]


def test_mixed_and_ambiguous_unicode_forms(tmp_path):
    folder, file = NFD.split("/")[0], NFC.split("/")[1]
    touch(tmp_path, f"{folder}/{file}")
    assert opened(tmp_path, f"path,label\n{NFC},x\n")[0].column("path") == [f"{folder}/{file}"]
    touch(tmp_path, f"{folder}/{NFD.split('/')[1]}")
    if len(list((tmp_path / folder).iterdir())) < 2:
        pytest.skip("this file system takes both forms for one name")
    catalogue, _ = opened(tmp_path, f"path,label\n{folder}/{file},x\n{NFD},y\n")
    assert catalogue.column("path") == [f"{folder}/{file}", NFD]  # two files


def test_backslashes_at_a_url(tmp_path):
    (tmp_path / "t.csv").write_text("path,label\ndress\\a.jpg,x\nhttps://e.org/b\\c.jpg,x\n")
    catalogue, _ = open_with_note(f"file://{tmp_path}/t.csv")
    assert catalogue.column("path") == ["dress/a.jpg", "https://e.org/b\\c.jpg"]


def test_parquet_by_other_names(tmp_path):
    pq.write_table(
        pa.table({"Image_Path": ["x\\a.jpg", None], "Class": [1, 2], "subset": ["TRAIN", "test"]}), tmp_path / "t.parquet"
    )
    catalogue, _ = open_with_note(tmp_path / "t.parquet")
    assert catalogue.column("path") == ["x/a.jpg", ""] and catalogue.column("label") == ["1", "2"]
    assert catalogue.column("split") == ["train", None] and len(catalogue.refused()) == 1


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("t.xlsx", b"PK\x03\x04", r"t\.xlsx: a workbook, not a table of text; save its sheet as CSV UTF-8"),
        ("t.csv", b"PK\x03\x04", r"t\.csv: a workbook \(\.xlsx or \.ods\), not text"),
        ("t.csv", "path,label\nröcke.jpg,x\n".encode("cp1252"), r"line 2 is not UTF-8 \(byte 0xf6\); save it as CSV UTF-8"),
        ("t.csv", b"path,label\na.jpg\0,x\n", "line 2 holds a NUL character"),
        ("t.csv", b"sep=;\n", "the file is empty; expected a header"),
        ("t.csv", b";;;\n;;;\n", "the file is empty; expected a header"),
        ("t.txt", b"Dear all,\nhere are the pictures\n", r"no column 'path' \(or 'url'\) \(columns: Dear all\)"),
        ("t.docx", b"PK\x03\x04", "a file, but not a manifest by its suffix"),
    ],
)
def test_files_that_are_no_tables(name, data, message, tmp_path):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=message):
        open_with_note(tmp_path / name)


def test_folders_of_splits_that_the_table_does_not_follow(tmp_path):
    rows = "".join(f"{split}/{k}.jpg,x\n" for split in ("train", "test") for k in range(3))
    _, note = opened(tmp_path, f"path,label\n{rows}")
    assert "3 by their folder test but no split; 3 by their folder train but no split. A column 'split' decides" in note
    _, note = opened(tmp_path, f"path,split\n{rows}".replace("t/0.jpg,x", "t/0.jpg,test").replace(",x", ",train"))
    assert "Pictures lie in folders of other splits than they are given: 2 by their folder test but train." in note


def test_names_in_another_case(tmp_path):
    touch(tmp_path, "Pictures/Dress/a.JPG", "both/a.jpg", "both/A.jpg")
    catalogue, _ = opened(tmp_path, "path,label\npictures\\dress\\A.jpg,x\nBOTH/a.jpg,x\nboth/a.JPG,x\n")
    assert catalogue.column("path")[:2] == ["Pictures/Dress/a.JPG", "both/a.jpg"]
    if len(list((tmp_path / "both").iterdir())) == 2:
        assert catalogue.column("path")[2] == "both/a.JPG"  # it may be either: not found


def test_pictures_in_a_folder_beside_the_table(tmp_path):
    touch(tmp_path, "images/1.jpg", "images/2.jpg", "other/1.jpg", "@eaDir/1.jpg", "@eaDir/2.jpg")
    with pytest.raises(
        InputError, match=r"t\.csv: 1\.jpg is not beside the table, but in images; move the table .* write images/ "
    ):
        opened(tmp_path, "filename,label\n1.jpg,x\n2.jpg,y\n")
    catalogue, _ = opened(tmp_path, "filename,label\nimages/1.jpg,x\n2.jpg,y\n")
    assert len(catalogue.usable()) == 2  # one is there: reading tells about the other


def test_empty_lines_before_the_header(tmp_path):
    catalogue, _ = opened(tmp_path, "\r\n;;\r\nPath;Label\r\na.jpg;x\r\nb.jpg\r\n")
    assert catalogue.usable().column("path") == ["a.jpg"]
    assert catalogue.refused()[0][1].startswith("line 5: 1 fields")


def test_an_image_named_in_two_splits_or_with_two_labels(tmp_path):
    lines = [
        "path,split,label",
        "a.jpg,train,x",
        "b.jpg,train,y",
        "a.jpg,test,x",
        "b.jpg,Test,x",
        "a.jpg,train,x",
        "c.jpg,,",
        "c.jpg,val,",
    ]
    catalogue, note = opened(tmp_path, "\n".join(lines))
    assert {reason for _, reason in catalogue.refused()} == {
        "line 4: names the same image as line 2 (split test here, train there)",
        "line 6: names the same image as line 2",
        "line 5: names the same image as line 3 (split test here, train there; label x here, y there)",
        "line 8: names the same image as line 7",
    }
    assert "2 rows name an image again with another split (a leak, as the same picture would be trained on and tested on)" in note
    assert "1 rows name an image again with another label (a contradiction)" in note
    assert "b.jpg, line 5: names the same image as line 3 (split test here, train there; label x here, y there)." in note


def test_labels_that_may_be_none_or_one(tmp_path):
    odd = ["NA", "nan", "null", "None", "#N/A", "N/A", "dress", "Dress", "", "shoe"]
    catalogue, note = opened(tmp_path, "path,label\n" + "".join(f"{k}.jpg,{label}\n" for k, label in enumerate(odd)))
    assert catalogue.column("label") == [label or None for label in odd]
    assert note == (
        "Labels that usually mean none are classes here: '#N/A' (1), 'N/A' (1), 'NA' (1), 'None' (1), 'nan' (1), 'null' (1); "
        "empty cells are images without a label. Classes whose names differ by case only are classes of their own: "
        "Dress and dress."
    )
    pq.write_table(pa.table({"path": ["a.jpg", "b.jpg"], "label": [1.5, float("nan")]}), tmp_path / "t.parquet")
    assert open_with_note(tmp_path / "t.parquet")[0].column("label") == ["1.5", None]


@pytest.mark.parametrize("line", ["p/a.JPG,dress", "dress;b c.png", "https://e.org/a,dress", "train/a.jpg 3", "a.webp"])
def test_lists_without_a_header(line, tmp_path):
    with pytest.raises(InputError, match=r"t\.csv: no column 'path' .*; the first line names a picture, so it is no header"):
        opened(tmp_path, f"{line}\n{line}\n")


def test_a_table_of_which_nothing_is_there_is_named_with_the_path_tried(tmp_path):
    (tmp_path / "t.csv").write_text("path,label\nphotos/a.jpg,x\nphotos/b.jpg,y\n")
    with pytest.raises(
        InputError, match=f"^{tmp_path}/t.csv: none of 2 .* the first: .*not found.* \\({tmp_path}/photos/a.jpg\\)"
    ):
        scanned_catalogue(tmp_path / "t.csv", cache=tmp_path / "cache")
