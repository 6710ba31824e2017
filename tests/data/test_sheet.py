from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from robustfashion.data.__main__ import main
from robustfashion.data.catalogue import catalogue_from_rows
from robustfashion.data.sheet import write_sheets
from robustfashion.errors import InputError
from tests.data.images import put

EVIL = "<script>alert(1)</script>"
EVIL_FILE = "label-script-alert-1-script.png"


def row(path, **columns):
    return {"id": str(path), "path": path, "group": "g", **columns}


def solid(path, colour, size=(30, 50)):
    Image.new("RGB", size, colour).save(path)


@pytest.fixture
def folder(tmp_path):
    solid(tmp_path / "red.png", (250, 0, 0))
    solid(tmp_path / "blue.png", (0, 0, 250))
    (tmp_path / f"{EVIL.replace('/', '_')}.jpg").write_text("no image")
    rows = [
        row("red.png", label=EVIL, sleeve_type="Short sleeve"),
        row("blue.png", label="calm"),
        row(f"{EVIL.replace('/', '_')}.jpg", label="calm"),
        row("gone.png", label="calm", reason="refused before"),
    ]
    return catalogue_from_rows(rows, str(tmp_path)), tmp_path


def test_sheets_show_every_label(folder):
    catalogue, path = folder
    page = write_sheets(catalogue, path / "out", thumbnail_px=40)
    text = page.read_text()
    assert "1 refused" in text
    assert text.count("<section") == 3
    shown = {
        name: np.asarray(Image.open(path / "out" / name))
        for name in (EVIL_FILE, "label-calm.png", "sleeve-type-short-sleeve.png")
    }
    middle = {name: tuple(sheet[23, 23]) for name, sheet in shown.items()}
    assert middle[EVIL_FILE] == middle["sleeve-type-short-sleeve.png"] == (250, 0, 0)
    assert middle["label-calm.png"] == (0, 0, 250)
    assert "1 of 2 images" in text
    assert "gone.png" not in text


def test_labels_and_names_stay_text(folder):
    catalogue, path = folder
    text = write_sheets(catalogue, path / "out").read_text()
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "http://" not in text
    assert "https://" not in text


def test_large_labels_are_sampled_evenly(tmp_path):
    for k in range(10):
        solid(tmp_path / f"{k}.png", (k * 25, 0, 0))
    catalogue = catalogue_from_rows([row(f"{k}.png", label="a") for k in range(10)], str(tmp_path))
    write_sheets(catalogue, tmp_path / "out", per_sheet=3, thumbnail_px=20)
    sheet = np.asarray(Image.open(tmp_path / "out" / "label-a.png"))
    assert [int(sheet[13, 13 + 26 * k, 0]) for k in range(3)] == [0, 100, 225]


def test_names_that_become_alike_and_small_files(tmp_path):
    solid(tmp_path / "a.png", (9, 9, 9))
    catalogue = catalogue_from_rows(
        [row("a.png", label="A b") | {"id": "1"}, row("a.png", label="a-B") | {"id": "2"}], str(tmp_path)
    )
    write_sheets(catalogue, tmp_path / "out", file_format="jpg")
    assert sorted(path.name for path in (tmp_path / "out").glob("*.jpg")) == ["label-a-b-1.jpg", "label-a-b.jpg"]
    with Image.open(tmp_path / "out" / "label-a-b.jpg") as sheet:
        assert sheet.format == "JPEG"
    with pytest.raises(InputError, match="file_format is 'gif'; use png or jpg"):
        write_sheets(catalogue, tmp_path / "out", file_format="gif")


def test_another_picture_takes_the_place_of_an_unreadable_one(tmp_path):
    for k in range(12):
        solid(tmp_path / f"{k:02}.png", (k * 20, 0, 0))
    for k in (0, 6, 11):
        (tmp_path / f"{k:02}.png").write_bytes(b"")
    catalogue = catalogue_from_rows([row(f"{k:02}.png", label="a") for k in range(12)], str(tmp_path))
    unreadable = {}
    text = write_sheets(catalogue, tmp_path / "out", per_sheet=4, thumbnail_px=20, unreadable=unreadable).read_text()
    assert "4 of 12 images" in text
    sheet = np.asarray(Image.open(tmp_path / "out" / "label-a.png"))
    assert [int(sheet[13, 13 + 26 * k, 0]) // 20 for k in range(4)] == [1, 2, 4, 7]
    assert [Path(place).name for place in unreadable] == ["00.png", "11.png"]
    assert "0 refused, 2 of those looked at not readable" in text and "00.png: zero bytes" in text


def test_the_command_counts_and_names_what_cannot_be_read(tmp_path, capsys):
    for k in range(8):
        put(tmp_path / f"d/{'ab'[k % 2]}/{k}.png", seed=k)
    for name in ("a/0.png", "a/2.png", "b/1.png"):
        (tmp_path / "d" / name).write_bytes(b"" if name != "b/1.png" else b"a text")
    (tmp_path / "d/a/x.tif").touch()
    main(["sheet", str(tmp_path / "d"), "--out", str(tmp_path / "s"), "--per-sheet", "2"])
    told = capsys.readouterr()
    assert [line for line in told.err.splitlines() if line.startswith("refused")] == [
        "refused: 2, such as a/0.png: zero bytes",
        "refused: a/x.tif: not an image by its suffix '.tif'; known are .jpg, .jpeg, .jpe, .jfif, .png, .webp, .gif, .bmp",
        "refused: b/1.png: text, not an image (begins with 'a text'); supported are JPEG, PNG, WebP, GIF and BMP",
    ]
    text = (tmp_path / "s/index.html").read_text()
    assert "9 images, 4 refused." in text and text.count("2 of 2 images") == 1 and "2 of 3 images" in text
    assert "a/2.png: zero bytes" in text


def test_nothing_to_show(tmp_path):
    with pytest.raises(InputError, match="nothing to show"):
        write_sheets(catalogue_from_rows([row("a.png")], str(tmp_path)), tmp_path / "out")
    with pytest.raises(InputError, match="per_sheet 0"):
        write_sheets(catalogue_from_rows([row("a.png", label="a")], str(tmp_path)), tmp_path / "out", per_sheet=0)
