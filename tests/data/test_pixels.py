"""Pixel arrays: right, cached by content, whole or absent, flat in memory."""

import shutil
import threading
import tracemalloc
from collections import namedtuple

import numpy as np
import pytest

from robustfashion.data import pixels as module
from robustfashion.data.pixels import build_pixels
from robustfashion.data.preprocess import Preprocessing
from robustfashion.data.scan import scan
from robustfashion.data.sources import open_catalogue
from robustfashion.errors import InputError
from robustfashion.pictures import reading
from tests.data.images import encoded, picture, put


def settings_for(*texts, canvas=40, size=16):
    return [Preprocessing.parse(text, canvas=canvas, size=size) for text in texts]


@pytest.fixture
def catalogue(tmp_path):
    for k in range(7):
        put(tmp_path / "data" / "ab"[k % 2] / f"{k}.jpg", 50 + k, 33, seed=k)
    return scan(open_catalogue(tmp_path / "data"))


@pytest.fixture
def decoded(monkeypatch):
    """Names of the files that were decoded, in any order."""
    calls = []

    def counted(data, settings, name):
        calls.append(name)
        return real(data, settings, name)

    real = reading.decode_bytes
    monkeypatch.setattr(reading, "decode_bytes", counted)
    return calls


def test_rows_are_the_pictures_in_order(catalogue, tmp_path):
    both = settings_for("pillow.bilinear", "opencv.linear+jpeg75+draft")
    got = build_pixels(catalogue, both, tmp_path / "cache", workers=3)
    assert list(got) == ["pillow.bilinear", "opencv.linear+jpeg75+draft"]
    for preprocessing in both:
        want = np.stack([preprocessing.load(tmp_path / "data" / str(path)) for path in catalogue.column("path")])
        np.testing.assert_array_equal(got[preprocessing.name], want)
        assert isinstance(got[preprocessing.name], np.memmap)
        assert not got[preprocessing.name].flags.writeable


def test_each_picture_is_decoded_once_for_all_methods(catalogue, tmp_path, decoded):
    build_pixels(catalogue, settings_for("pillow.bilinear", "opencv.linear", "pillow.nearest"), tmp_path / "cache")
    assert len(decoded) == len(set(decoded)) == 7


def test_bytes_are_read_once_for_all_ways_of_decoding(catalogue, tmp_path, decoded, monkeypatch):
    read = []
    real = reading.read_bytes
    monkeypatch.setattr(reading, "read_bytes", lambda location: (read.append(location), real(location))[1])
    build_pixels(catalogue, settings_for("pillow.bilinear", "pillow.bilinear+draft", "opencv.linear+exif"), tmp_path / "cache")
    assert len(read) == len(set(read)) == 7
    assert len(decoded) == 3 * 7


def test_only_what_is_missing_is_built(catalogue, tmp_path, decoded):
    first = build_pixels(catalogue, settings_for("pillow.bilinear"), tmp_path / "cache")
    decoded.clear()
    calls = []
    again = build_pixels(
        catalogue, settings_for("pillow.bilinear"), tmp_path / "cache", progress=lambda *call: calls.append(call)
    )
    assert decoded == calls == []
    np.testing.assert_array_equal(first["pillow.bilinear"], again["pillow.bilinear"])
    files = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.npy")}
    more = build_pixels(
        catalogue,
        settings_for("pillow.bilinear", "pillow.nearest"),
        tmp_path / "cache",
        progress=lambda *call: calls.append(call),
    )
    assert len(decoded) == 7
    assert calls[-1] == ("preparing pictures (1 ways)", 7, 7)
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.npy")}.items() > files.items()
    assert set(more) == {"pillow.bilinear", "pillow.nearest"}


def test_cache_goes_by_content_not_by_place(catalogue, tmp_path, decoded):
    want = build_pixels(catalogue, settings_for("pillow.bilinear"), tmp_path / "cache")["pillow.bilinear"]
    shutil.copytree(tmp_path / "data", tmp_path / "moved")
    moved = scan(open_catalogue(tmp_path / "moved"))
    decoded.clear()
    np.testing.assert_array_equal(
        build_pixels(moved, settings_for("pillow.bilinear"), tmp_path / "cache")["pillow.bilinear"], want
    )
    assert decoded == []
    turned = build_pixels(moved.take([6, 5, 4, 3, 2, 1, 0]), settings_for("pillow.bilinear"), tmp_path / "cache")
    np.testing.assert_array_equal(turned["pillow.bilinear"], want[::-1])


def test_interrupted_build_leaves_no_half_file(catalogue, tmp_path):
    def stop(what, done, total):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_pixels(catalogue, settings_for("pillow.bilinear", "pillow.nearest"), tmp_path / "cache", progress=stop)
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []
    assert len(build_pixels(catalogue, settings_for("pillow.bilinear"), tmp_path / "cache")["pillow.bilinear"]) == 7


def test_damaged_cache_file_is_built_anew(catalogue, tmp_path):
    want = np.array(build_pixels(catalogue, settings_for("pillow.bilinear"), tmp_path / "cache")["pillow.bilinear"])
    (file,) = (tmp_path / "cache").rglob("*.npy")
    whole = file.read_bytes()
    for damaged in (b"", whole[:-100], whole[:40], b"x" * 200):
        file.unlink()
        file.write_bytes(damaged)
        np.testing.assert_array_equal(
            build_pixels(catalogue, settings_for("pillow.bilinear"), tmp_path / "cache")["pillow.bilinear"], want
        )


def test_picture_that_vanished_since_the_scan(catalogue, tmp_path):
    (tmp_path / "data/b/3.jpg").unlink()
    with pytest.raises(InputError, match=r"b/3\.jpg: file not found \(it could be read before: has it changed or moved"):
        build_pixels(catalogue, settings_for("pillow.bilinear"), tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("*.npy"))


def test_what_cannot_be_built(catalogue, tmp_path):
    with pytest.raises(InputError, match=r"'pillow\.bilinear' is given twice"):
        build_pixels(catalogue, [*settings_for("pillow.bilinear"), *settings_for("pillow.bilinear", size=8)], tmp_path / "cache")
    reasons = ["zero bytes", *[None] * 6]
    with pytest.raises(InputError, match=r"a/0\.jpg is refused \(zero bytes\)"):
        build_pixels(catalogue.replace(reason=reasons), settings_for("pillow.bilinear"), tmp_path / "cache")
    with pytest.raises(InputError, match=r"a/0\.jpg has no sha256; scan the catalogue first"):
        build_pixels(open_catalogue(tmp_path / "data"), settings_for("pillow.bilinear"), tmp_path / "cache")


def test_disk_space_is_checked_before(catalogue, tmp_path, monkeypatch, decoded):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: usage(10**9, 10**9, 10**6))
    with pytest.raises(InputError, match=r"0\.0 MB of pixels are needed \(7 images, 1 preprocessings\), 1\.0 MB are free"):
        build_pixels(catalogue, settings_for("pillow.bilinear"), tmp_path / "cache")
    assert decoded == []


def test_full_disk(catalogue, tmp_path, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.np.lib.format, "write_array_header_1_0", full)
    with pytest.raises(InputError, match=r"pixels.*: cannot be written \(No space left on device\)"):
        build_pixels(catalogue, settings_for("pillow.bilinear"), tmp_path / "cache")


def test_no_rows(catalogue, tmp_path):
    got = build_pixels(catalogue.take([]), settings_for("pillow.bilinear"), tmp_path / "cache")
    assert got["pillow.bilinear"].shape == (0, 16, 16, 3)


def test_memory_does_not_grow_with_the_number_of_images(tmp_path):
    data = encoded(picture(300, 200))
    (tmp_path / "data/a").mkdir(parents=True)
    for k in range(60):
        (tmp_path / f"data/a/{k:02}.jpg").write_bytes(data + bytes([k]))
    catalogue = scan(open_catalogue(tmp_path / "data"))
    settings_ = settings_for("pillow.nearest", canvas=300, size=150)

    def peak(rows):
        tracemalloc.start()
        build_pixels(catalogue.take(rows), settings_, tmp_path / f"cache{len(rows)}")
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak([0])
    few, many = peak(range(12)), peak(range(60))
    assert many < few + 10 * 150 * 150 * 3  # 48 more pictures, far less than 48 times their pixels


def test_opencv_threads_are_left_as_they_were(catalogue, tmp_path):
    before = module.cv2.getNumThreads()
    inside = set()

    def told(_what, done, _total):
        if done:
            inside.add(module.cv2.getNumThreads())

    build_pixels(catalogue, settings_for("pillow.bilinear"), tmp_path / "cache", progress=told)
    assert inside == {1}
    assert module.cv2.getNumThreads() == before


def test_work_is_done_in_threads(catalogue, tmp_path, monkeypatch):
    names = set()
    real = reading.read_bytes
    monkeypatch.setattr(reading, "read_bytes", lambda path: (names.add(threading.current_thread().name), real(path))[1])
    build_pixels(catalogue, settings_for("pillow.bilinear"), tmp_path / "cache", workers=2)
    assert threading.main_thread().name not in names
