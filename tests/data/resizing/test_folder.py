"""Names of results: kept, refused where two are one, paired again by identify."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from robustfashion.data.pairs import find_pairs
from robustfashion.data.resizing.command import main
from robustfashion.data.resizing.folder import Job, find_jobs, folds_names, target_name, without_collisions
from robustfashion.errors import InputError
from robustfashion.pictures.folders import MISSING_TARGET
from robustfashion.resize import resize
from tests.data.images import put
from tests.pictures.test_folders import locked, touch


def run(*arguments):
    main([*map(str, arguments), "--size", "5", "7"])


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("a.png", "a.png"), ("A.PNG", "A.PNG"), ("a.jpg", "a.jpg.png"), ("a.JPEG", "a.JPEG.png"), ("a.jpg.png", "a.jpg.png"),
        ("a.png.webp", "a.png.webp.png"), ("a b.c.gif", "a b.c.gif.png"),
    ],
)  # fmt: skip
def test_names_of_results(name, want):
    assert target_name(Path("x", name)) == want


def test_two_pictures_of_one_result(tmp_path, capsys):
    for k, name in enumerate(("a.jpg", "a.jpg.png", "a.png", "b.png", "deep/a.jpg.png")):
        put(tmp_path / "in" / name, seed=k)
    with pytest.raises(SystemExit, match="1"):
        run(tmp_path / "in", tmp_path / "out")
    told = capsys.readouterr()
    assert told.out == "5 pictures: 4 written, 0 already there, 1 refused\n"
    assert told.err == "refused: a.jpg.png: its result would overwrite that of a.jpg, a.jpg.png; rename one of them\n"
    with Image.open(tmp_path / "in/a.jpg") as decoded:
        wanted = resize(np.array(decoded), (5, 7))
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "out/a.jpg.png")), wanted)
    with (tmp_path / "out/refused.csv").open(newline="") as file:
        assert [row["file"] for row in csv.DictReader(file)] == ["a.jpg.png"]


def test_file_systems_that_fold_names(tmp_path):
    jobs = [Job(name, tmp_path / name, tmp_path / "out" / name) for name in ("A.png", "a.png", "é.png", "e\u0301.png")]
    assert [len(part) for part in without_collisions(jobs, folds=False)] == [4, 0]
    kept, refused = without_collisions(jobs, folds=True)
    assert [job.name for job in kept] == ["A.png", "é.png"] and [name for name, _ in refused] == ["a.png", "e\u0301.png"]
    assert "would overwrite that of A.png" in refused[0][1]
    (tmp_path / "resize.json").touch()
    assert folds_names(tmp_path) == (tmp_path / "RESIZE.JSON").exists()


def test_originals_are_never_overwritten(tmp_path, capsys):
    original = put(tmp_path / "a.png").read_bytes()
    for target in (tmp_path, tmp_path / "a.png"):
        with pytest.raises(SystemExit, match="2"):
            run(tmp_path / "a.png", target, "--overwrite")
        assert "a.png is the original; choose another folder or name" in capsys.readouterr().err
    put(tmp_path / "all/in/in/a.png", seed=1)
    put(tmp_path / "all/in/a.png", seed=2)
    kept = (tmp_path / "all/in/a.png").read_bytes()
    with pytest.raises(SystemExit, match="1"):
        run(tmp_path / "all/in", tmp_path / "all", "--overwrite")
    assert "in/a.png: its result would overwrite a picture that is read" in capsys.readouterr().err
    assert (tmp_path / "all/in/a.png").read_bytes() == kept
    assert (tmp_path / "a.png").read_bytes() == original


def test_litter_and_what_cannot_be_read(tmp_path, monkeypatch, capsys):
    put(tmp_path / "in/a.png")
    touch(tmp_path / "in", "@eaDir/a.png/SYNOPHOTO_THUMB_M.jpg", "._a.png", "lost+found/x.jpg", "closed/b.jpg", "note.txt")
    locked(monkeypatch, "lost+found", "closed")
    with pytest.raises(SystemExit, match="1"):
        run(tmp_path / "in", tmp_path / "out")
    told = capsys.readouterr()
    assert told.out == (
        "2 pictures: 1 written, 0 already there, 1 refused; 1 files of other kinds\n"
        "skipped: 1 hidden names (._a.png), 1 thumbnails, bins and snapshots of network storage (@eaDir), "
        "1 files of the operating system (lost+found)\n"
    )
    assert told.err.startswith("refused: closed: folder cannot be read (Permission denied)")
    with pytest.raises(InputError, match=r"no pictures \(0 files of other kinds; skipped: 1 hidden names"):
        touch(tmp_path / "hidden", ".a.jpg")
        find_jobs(tmp_path / "hidden", tmp_path / "out")


def test_folders_of_earlier_names_are_not_gone_on_with(tmp_path, capsys):
    put(tmp_path / "in/a.png")
    run(tmp_path / "in", tmp_path / "out")
    settings = (tmp_path / "out/resize.json").read_text()
    (tmp_path / "out/resize.json").write_text(settings.replace(',\n "png_names": "kept"', ""))
    with pytest.raises(SystemExit, match="2"):
        run(tmp_path / "in", tmp_path / "out")
    assert "png_names None there, kept now" in capsys.readouterr().err


def test_pairs_of_folders(tmp_path):
    touch(tmp_path / "in", "a.jpg", "a.png", "b/c.webp", "d.png", "e.bmp", ".f.png", "g.png")
    touch(tmp_path / "out", "a.jpg.png", "a.png", "b/c.webp.png", "d.jpg", "e.png", ".f.png", "g.png.png", "resize.json")
    pairs = [
        (x.relative_to(tmp_path / "in").as_posix(), y.relative_to(tmp_path / "out").as_posix())
        for x, y in find_pairs([tmp_path / "in", tmp_path / "out"]).pairs
    ]
    assert pairs == [
        ("a.jpg", "a.jpg.png"), ("a.png", "a.png"), ("b/c.webp", "b/c.webp.png"), ("d.png", "d.jpg"), ("e.bmp", "e.png"),
        ("g.png", "g.png.png"),
    ]  # fmt: skip
    touch(tmp_path / "in", "e.gif")
    with pytest.raises(InputError, match=r"in: e\.bmp and e\.gif differ by their suffix only; rename one"):
        find_pairs([tmp_path / "in", tmp_path / "out"])


def test_what_is_in_no_pair_is_told(tmp_path, monkeypatch):
    touch(tmp_path / "in", *(f"{k}.jpg" for k in range(9)), "closed/x.jpg", "only/y.jpg", ".hidden.jpg")
    touch(tmp_path / "out", "0.png", "1.png", "more.png", "@eaDir/1.png")
    (tmp_path / "out" / "2.png").symlink_to("nowhere.png")  # with its original: one pair that is left out
    locked(monkeypatch, "closed")
    found = find_pairs([tmp_path / "in", tmp_path / "out"])
    assert [pair[1].name for pair in found.pairs] == ["0.png", "1.png"]
    assert found.originals == [f"{k}.jpg" for k in range(3, 9)] + ["only/y.jpg"] and found.results == ["more.png"]
    assert found.left_out == 2 + 7 + 1
    refused, originals, results, *skipped = found.told()
    assert "closed: folder cannot be read (Permission denied)" in refused and f"out/2.png: {MISSING_TARGET}" in refused
    assert originals == "left out: 7 without a result: 3.jpg, 4.jpg, 5.jpg, 6.jpg, 7.jpg, …"
    assert results == "left out: 1 without an original: more.png"
    assert [line.rpartition("/")[2] for line in skipped] == [
        "in: 1 hidden names (.hidden.jpg)",
        "out: 1 thumbnails, bins and snapshots of network storage (@eaDir)",
    ]
    touch(tmp_path / "bare", "other.png")
    with pytest.raises(InputError, match=r"\(10 and 1 pictures\); 1 left out, the first .*closed: folder cannot"):
        find_pairs([tmp_path / "in", tmp_path / "bare"])
