"""The check from files to report: known faults are named, names stay text, numbers add up."""

import json
import re
import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest

from robustfashion.data.__main__ import main
from robustfashion.data.check.run import check
from robustfashion.data.check.settings import CheckSettings
from robustfashion.errors import InputError
from robustfashion.report.render import render
from robustfashion.result import load_result
from tests.data.check.pictures import product, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two classes of different colour over train and test, a copy across them, a broken file, and a hostile name."""
    root = tmp_path_factory.mktemp("shop")
    hostile = "<script>alert(1)<"
    for split, numbers in (("train", range(60)), ("test", range(60, 84))):
        for k in numbers:
            colour = (190, 40, 40) if k % 2 else (40, 60, 190)
            write(root / split / (hostile if k % 2 else "shoe") / f"{k}.jpg", product(40, 48 + k % 9, k, colour), quality=85)
    padded = np.pad(product(40, 48 + 3, 3, (190, 40, 40)), ((9, 9), (20, 2), (0, 0)), constant_values=255)
    write(root / "test/shoe/padded.jpg", padded, quality=75)
    (root / "train/shoe/broken.jpg").write_bytes(b"GIF89a")
    return root


@pytest.fixture(scope="module")
def checked(folder, tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache")
    return check(CheckSettings(str(folder), probe_images=100, permutations=20, cache=cache))


def table(result, name):
    found = next(t for t in result.tables if t.id == name)
    return [dict(zip([c.name for c in found.columns], row, strict=True)) for row in found.rows]


def test_known_faults_are_found(checked):
    result = checked.result
    assert [(r.item, bool(r.reason)) for r in result.refused] == [("train/shoe/broken.jpg", True)]
    counts = {row["Images"]: row["Number"] for row in table(result, "accounting")}
    assert counts["Rows in the catalogue"] == 86 == counts["Refused"] + counts["Could not be read again"] + counts["Measured"]
    colour = next(r for r in table(result, "probes") if (r["Column"], r["Probe"]) == ("label", "Colour histogram"))
    assert colour["Finding"] == "strong" and colour["Balanced accuracy"].value > 0.9
    (near,) = [r for r in table(result, "leakage") if r["Together by"] == "near or exact copies"]
    assert (near["Images"], near["Split"], near["Known from"]) == (1, "test", "train")
    sets = {r["Together by"]: r for r in table(result, "duplicates")}
    assert sets["near or exact copies"]["With several labels"] == 1
    assert sets["exact copies"]["Sets"] == 0
    assert "1 more shows the same picture; 1 set of copies has several labels; 1 set of copies" in result.headline[3]
    assert result.headline[2].startswith("Shortcuts: of 6 probes")
    counted = [int(n) for n in re.findall(r"(\d+) (?:is|are) (?:near|weakly|clearly|not)", result.headline[2])]
    assert sum(counted) == 6, "every probe has one finding"
    (side,) = [r for r in table(result, "resized") if r["Side"] == "shorter side"]
    assert (side["Length, px"], side["Images"]) == (40, 84)
    gallery = next(f for f in result.figures if f.id == "copies")
    assert gallery.data["items"][0]["lines"][2].startswith("differ by")


def test_report_shows_names_as_text(checked, tmp_path):
    checked.result.save(tmp_path)
    page = render(load_result(tmp_path / "result.json"))
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page
    assert page == render(checked.result)


def test_without_pictures(folder, tmp_path):
    result = check(CheckSettings(str(folder), probe_images=100, permutations=20, cache=tmp_path, pictures=False)).result
    assert result.images == {} and all(figure.kind == "heatmap" for figure in result.figures)
    render(result)


def test_same_seed_same_result(folder, checked, tmp_path):
    settings = CheckSettings(str(folder), probe_images=100, permutations=20, workers=1, cache=tmp_path)
    again = check(settings).result
    assert again.to_dict() == checked.result.to_dict()


@pytest.mark.parametrize("option", [{"seed": -1}, {"workers": 0}, {"probe_images": 5}, {"permutations": 3}])
def test_settings_are_checked(option):
    with pytest.raises(InputError, match=re.escape(f"{next(iter(option))} is {next(iter(option.values()))}")):
        CheckSettings("x", **option)


@pytest.mark.parametrize("text", ["label", "label=label", "label=colour", "label=shape=kind"])
def test_expected_pairs_are_checked(text):
    with pytest.raises(InputError, match=re.escape(f"expected pair {text!r}: write A=B with two of label, product_type")):
        CheckSettings("x", expected=(text,))


def test_command(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ROBUSTFASHION_CACHE", str(tmp_path / "cache"))
    main(
        [
            "check",
            str(folder),
            "--out",
            str(tmp_path / "out"),
            "--permutations",
            "20",
            "--probe-images",
            "100",
            "--expect",
            "label=kind",
        ]
    )
    said = capsys.readouterr().out
    assert "Copies: " in said and "report: " in said
    written = json.loads((tmp_path / "out/result.json").read_text())
    assert written["suite"] == "check" and written["settings"]["permutations"] == 20
    assert str(folder.parent) not in json.dumps({k: v for k, v in written.items() if k != "provenance"})
    assert "The catalogue check" in (tmp_path / "out/index.html").read_text()
    items = pq.read_table(tmp_path / "out/items.parquet")
    assert items.num_rows == 86 and items["reason"].null_count == 85


def test_a_bare_catalogue(tmp_path, monkeypatch, capsys):
    """Two images of one class: nothing to test, and a report all the same."""
    monkeypatch.setenv("ROBUSTFASHION_CACHE", str(tmp_path / "cache"))
    for k in range(2):
        write(tmp_path / "one/class" / f"{k}.png", np.full((3, 5, 3), 255, np.uint8))
    main(["check", str(tmp_path / "one"), "--out", str(tmp_path / "out")])
    assert "no two factors could be tested" in capsys.readouterr().out
    shutil.rmtree(tmp_path / "one")
    with pytest.raises(SystemExit) as stopped:
        main(["check", str(tmp_path / "one"), "--out", str(tmp_path / "out")])
    assert stopped.value.code == 2 and "no such folder" in capsys.readouterr().err


def test_folders_that_a_table_does_not_follow_are_a_finding(tmp_path):
    rows = ["path,label,split"]
    for k in range(12):
        name = f"{'test' if k < 4 else 'train'}/{'thumbs' if k == 11 else 'big'}/{k}.png"
        write(tmp_path / name, product(40, 48, k, (190, 40, 40)))
        rows.append(f"{name},{'dress' if k % 2 else 'shoe'},{'train' if k else 'test'}")
    (tmp_path / "t.csv").write_text("\n".join(rows))
    found = check(CheckSettings(str(tmp_path / "t.csv"), permutations=20, cache=tmp_path / "cache")).result
    assert found.headline[4] == (
        "Layout: Pictures lie in folders of other splits than they are given: 3 by their folder test but train. "
        "Read as pictures, though named as thumbnails are: train/thumbs."
    )
    assert "3 by their folder test but train" in found.settings["note"]
