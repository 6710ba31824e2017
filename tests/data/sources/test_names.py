"""File names of every kind, the whole way: catalogue, check, contact sheet, resize."""

import csv
import html
import unicodedata

import numpy as np
import pytest
from PIL import Image

from robustfashion.data.__main__ import main as data_main
from robustfashion.data.resizing.command import main as resize_main
from robustfashion.data.sources.loading import load_catalogue, scanned_catalogue
from robustfashion.resize import resize
from tests.data.images import encoded, picture

NAMES = (
    "a::b", "box::data::1", "s3:", "it's \"quoted\"", "new\nline", "cr\rx", "tab\tx", "\x1b[31mred", "\u202egpj", " lead",
    "trail ", unicodedata.normalize("NFC", "été"), unicodedata.normalize("NFD", "été"), "-rf", "#1", "%20", "~", "a?b&c=d",
    "*", "[a]", "a\\b", "<img src=x onerror=alert(1)>", "{{7*7}}", "C:", "CON", "😀", "x" * 251, "é" * 125,
)  # fmt: skip
LONG = 2
"""The last ones have 255 bytes with their suffix, and 259 with that of their result."""


def write(folder, suffix, kind, seed=0):
    folder.mkdir(parents=True)
    for k, name in enumerate(NAMES):
        try:
            (folder / f"{name}{suffix}").write_bytes(encoded(picture(23, 19, seed + k), kind))
        except OSError:
            pytest.skip(f"this file system takes no {name!r}")
    if len(list(folder.iterdir())) < len(NAMES):
        pytest.skip("this file system takes different names for one")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Two classes with a separator of URLs and of CSV in their names."""
    root = tmp_path_factory.mktemp("a::b, shop")
    write(root / "shop" / 'dress::x, "y"', ".jpg", "JPEG")
    write(root / "shop" / "shoe\n2", ".png", "PNG", 100)
    return root / "shop"


def test_catalogue(shop, tmp_path):
    catalogue, _ = load_catalogue(shop, cache=tmp_path)
    assert len(catalogue.usable()) == 2 * len(NAMES) == len(set(catalogue.column("id")))
    again, _ = load_catalogue(shop, cache=tmp_path)
    assert again.table.equals(catalogue.table)


def test_pictures_without_labels(shop, tmp_path):
    """Names stand at the beginning of the path here."""
    catalogue, _ = scanned_catalogue(shop / "shoe\n2", cache=tmp_path)
    assert catalogue.refused() == [] and len(catalogue) == len(NAMES)


def test_table_of_them(shop, tmp_path):
    with (tmp_path / "t.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("path", "label"), *((shop / "shoe\n2" / f"{name}.png", "x") for name in NAMES)])
    catalogue, _ = scanned_catalogue(tmp_path / "t.csv", cache=tmp_path / "cache")
    assert catalogue.refused() == [] and len(catalogue) == len(NAMES)


def test_check_and_sheet(shop, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ROBUSTFASHION_CACHE", str(tmp_path / "cache"))
    data_main(["check", str(shop), "--out", str(tmp_path / "check"), "--permutations", "20"])
    data_main(["sheet", str(shop), "--out", str(tmp_path / "sheet")])
    told = capsys.readouterr().out
    assert f"Files: {2 * len(NAMES)} of {2 * len(NAMES)} images were measured, 0 are refused" in told
    for page in ("check", "sheet"):
        text = (tmp_path / page / "index.html").read_text(encoding="utf-8")
        assert "<img src=x" not in text
    assert html.escape('dress::x, "y"') in text.replace("&#34;", "&quot;")


def test_resize(shop, tmp_path, capsys):
    with pytest.raises(SystemExit, match="1"):
        resize_main([str(shop), str(tmp_path / "small"), "--size", "5", "7"])
    out, err = capsys.readouterr()
    assert out == f"{2 * len(NAMES)} pictures: {2 * len(NAMES) - LONG} written, 0 already there, {LONG} refused\n"
    assert err.count("its result cannot be written under its name (File name too long); rename the picture") == LONG
    assert "\x1b" not in err
    for k, name in enumerate(NAMES):
        made = tmp_path / "small" / "shoe\n2" / f"{name}.png"
        np.testing.assert_array_equal(np.asarray(Image.open(made)), resize(picture(23, 19, 100 + k), (5, 7)))
    assert {path.name for path in (tmp_path / "small").rglob(".*")} == {".resize-sources.json"}  # nothing unfinished
    with pytest.raises(SystemExit, match="1"):  # the same again goes on where it stopped
        resize_main([str(shop), str(tmp_path / "small"), "--size", "5", "7"])
    assert f"{2 * len(NAMES) - LONG} already there" in capsys.readouterr().out
