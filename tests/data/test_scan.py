"""Scanning: hashes, reasons, order, duplicates, cache."""

import hashlib
import os
from pathlib import Path

import pytest

from robustfashion.data import scan as module
from robustfashion.data.scan import merge_duplicates, scan
from robustfashion.data.sources import open_catalogue
from robustfashion.errors import InputError
from tests.data.images import encoded, picture, put


@pytest.fixture
def folder(tmp_path):
    """Two good images, one copy, and one of each defect."""
    root = tmp_path / "data"
    for seed, name in enumerate(("dress/a.jpg", "shoe/b.png")):
        put(root / name, seed=seed)
    (root / "shoe/copy of a.jpg").write_bytes((root / "dress/a.jpg").read_bytes())
    (root / "dress/empty.jpg").write_bytes(b"")
    (root / "dress/text.jpg").write_text("<html>not found</html>")
    (root / "dress/truncated.jpg").write_bytes(encoded(picture(90, 80))[:900])
    bitmap = encoded(picture(9, 8), "BMP")
    (root / "dress/bomb.bmp").write_bytes(bitmap[:18] + (30_000).to_bytes(4, "little") * 2 + bitmap[26:])
    (root / "dress/list.csv").write_text("no image")
    return root


def test_scan_fills_hash_and_reason(folder):
    (folder / "shoe/gone.jpg").symlink_to(folder / "nowhere.jpg")
    before = open_catalogue(folder)
    after = scan(before, workers=3)
    assert after.column("id") == before.column("id")
    reasons = dict(after.refused())
    assert len(reasons) == 6
    assert reasons["dress/empty.jpg"] == "zero bytes"
    assert reasons["dress/text.jpg"].startswith("text, not an image")
    assert reasons["dress/truncated.jpg"].startswith("damaged JPEG: its data ends early (libjpeg: ")
    assert reasons["dress/bomb.bmp"].startswith("30000 x 30000 px are more than max_pixels")
    assert reasons["shoe/gone.jpg"] == "a link whose target cannot be reached"
    assert "not an image by its suffix" in reasons["dress/list.csv"]
    hashes = dict(zip(after.column("id"), after.column("sha256"), strict=True))
    assert hashes["shoe/b.png"] == hashlib.sha256((folder / "shoe/b.png").read_bytes()).hexdigest()
    assert hashes["dress/truncated.jpg"] is not None
    assert hashes["shoe/gone.jpg"] is None


def test_duplicates_become_one_product(folder):
    after = scan(open_catalogue(folder))
    groups = dict(zip(after.column("id"), after.column("group"), strict=True))
    assert groups["shoe/copy of a.jpg"] == groups["dress/a.jpg"] == "dress/a.jpg"
    assert groups["shoe/b.png"] == "shoe/b.png"


def test_merging_is_transitive_and_does_not_depend_on_order():
    groups, hashes = ["d", "c", "b", "a", "a", "e", "f"], ["1", "1", "2", "2", "1", "3", None]
    reasons = [None] * 7
    assert merge_duplicates(groups, hashes, reasons) == ["a", "a", "a", "a", "a", "e", "f"]
    assert merge_duplicates(groups[::-1], hashes[::-1], reasons) == ["f", "e", "a", "a", "a", "a", "a"]


def test_refused_files_join_nothing():
    assert merge_duplicates(["x", "y"], ["0", "0"], ["zero bytes", "zero bytes"]) == ["x", "y"]


def test_cache_reads_only_what_changed(folder, tmp_path, monkeypatch):
    first = scan(open_catalogue(folder), cache=tmp_path / "cache")
    read = []
    monkeypatch.setattr(module, "examine", lambda location, real=module.examine: (read.append(location), real(location))[1])
    assert scan(open_catalogue(folder), cache=tmp_path / "cache").table.equals(first.table)
    assert read == []
    put(folder / "shoe/b.png", seed=9)
    os.utime(folder / "dress/a.jpg", ns=(1, 1))
    after = scan(open_catalogue(folder), cache=tmp_path / "cache")
    assert sorted(read) == [str(folder / "dress/a.jpg"), str(folder / "shoe/b.png")]
    assert after.column("sha256") != first.column("sha256")


FLEETING = [PermissionError(13, "Permission denied"), OSError(5, "Input/output error"), FileNotFoundError(2, "gone")]


@pytest.mark.parametrize("error", FLEETING, ids=lambda error: error.strerror)
def test_a_failure_to_read_is_no_verdict(folder, tmp_path, monkeypatch, error):
    def fails(path, real=Path.read_bytes):
        if path.name == "a.jpg":
            raise error
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", fails)
        first = scan(open_catalogue(folder), cache=tmp_path / "cache")
    assert dict(first.refused())["dress/a.jpg"] == f"cannot be read ({error.strerror})"
    second = scan(open_catalogue(folder), cache=tmp_path / "cache")
    assert "dress/a.jpg" not in dict(second.refused())
    assert dict(second.refused())["dress/empty.jpg"] == "zero bytes"


def test_lack_of_memory_is_no_verdict(folder, tmp_path, monkeypatch):
    def fails(*_):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("robustfashion.pictures.reading.decode_bytes", fails)
        with pytest.raises(InputError, match=r"none of \d+ images can be used; the first: .*not enough memory"):
            scan(open_catalogue(folder), cache=tmp_path / "cache")
    assert "dress/a.jpg" not in dict(scan(open_catalogue(folder), cache=tmp_path / "cache").refused())


def test_a_file_that_changes_while_it_is_read_is_read_again(folder, tmp_path, monkeypatch):
    whole = (folder / "dress/a.jpg").read_bytes()
    (folder / "dress/a.jpg").write_bytes(whole[: len(whole) // 2])

    def arrives(location, real=module.examine):
        verdict = real(location)
        if location.endswith("a.jpg") and "copy" not in location:
            (folder / "dress/a.jpg").write_bytes(whole)
        return verdict

    with monkeypatch.context() as patch:
        patch.setattr(module, "examine", arrives)
        assert "dress/a.jpg" in dict(scan(open_catalogue(folder), cache=tmp_path / "cache").refused())
    known = {Path(path).name for path, *_ in module._ScanCache(tmp_path / "cache").known}
    assert "copy of a.jpg" in known and "a.jpg" not in known
    assert "dress/a.jpg" not in dict(scan(open_catalogue(folder), cache=tmp_path / "cache").refused())


def test_interrupted_scan_goes_on(folder, tmp_path):
    def stop(what, done, total):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(open_catalogue(folder), cache=tmp_path / "cache", progress=stop)
    assert len(module._ScanCache(tmp_path / "cache").known) >= 3


def test_damaged_cache_is_written_anew(folder, tmp_path):
    scan(open_catalogue(folder), cache=tmp_path / "cache")
    (file,) = (tmp_path / "cache").rglob("*.parquet")
    file.write_bytes(b"damaged")
    scan(open_catalogue(folder), cache=tmp_path / "cache")
    assert module._ScanCache(tmp_path / "cache").known


def test_progress_and_no_usable_file(tmp_path):
    for name in ("a/1.jpg", "b/2.jpg"):
        put(tmp_path / name).write_bytes(b"")
    calls = []
    with pytest.raises(InputError, match="none of 2 images can be used; the first: zero bytes"):
        scan(open_catalogue(tmp_path), progress=lambda *call: calls.append(call))
    assert calls == [("reading images", 1, 2), ("reading images", 2, 2)]
    with pytest.raises(InputError, match="workers is 0"):
        scan(open_catalogue(tmp_path), workers=0)
