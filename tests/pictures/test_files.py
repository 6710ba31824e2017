"""Locations and bytes."""

import os

import pytest

from robustfashion.errors import InputError
from robustfashion.pictures import files
from robustfashion.pictures.files import is_url, read_bytes, resolve


@pytest.mark.parametrize(
    ("root", "path", "want"),
    [
        ("data", "dress/a.jpg", "data/dress/a.jpg"),
        ("data", "../other/a.jpg", "data/../other/a.jpg"),
        ("/data", "/else/a.jpg", "/else/a.jpg"),
        ("/data", "s3://bucket/a.jpg", "s3://bucket/a.jpg"),
        ("https://example.org/set/", "dress/a.jpg", "https://example.org/set/dress/a.jpg"),
        ("memory://set", "simplecache::s3://b/a.jpg", "simplecache::s3://b/a.jpg"),
    ],
)
def test_resolve(root, path, want):
    assert resolve(root, path) == want


def test_urls():
    for url in ("s3://b", "HTTPS://b/a.jpg", "simplecache::s3://b/a.jpg", "zip://a.jpg::s3://b/c.zip", "file:///a::b.jpg"):
        assert is_url(url), url
    for path in (
        "a/b.jpg", "/a.jpg", "C-3PO.jpg", "a::b.jpg", "dress/s3://a.jpg", "x://y.jpg", "simplecache::x", "box::data::1.jpg",
        "://a.jpg", "::", "",
    ):  # fmt: skip
        assert not is_url(path), path


def test_unknown_kind_of_url_is_told(tmp_path):
    with pytest.raises(
        InputError, match=r"^htp://example\.org/a\.jpg: file not found \(htp:// begins no URL that is known here\)$"
    ):
        read_bytes("htp://example.org/a.jpg")


def test_any_fsspec_url(tmp_path):
    import fsspec

    with fsspec.open("memory://set/a.jpg", "wb") as file:
        file.write(b"bytes")
    assert read_bytes("memory://set/a.jpg") == b"bytes"
    with pytest.raises(InputError, match=r"memory://set/b\.jpg: cannot be read \(FileNotFoundError"):
        read_bytes("memory://set/b.jpg")


def test_url_kind_that_needs_another_package(monkeypatch):
    def needs(url, mode):
        raise ImportError("install s3fs to access S3")

    monkeypatch.setattr(files.fsspec, "open", needs)
    with pytest.raises(InputError, match=r"s3://b/a: this kind of URL needs another package \(install s3fs"):
        read_bytes("s3://b/a")


def test_limits(tmp_path, monkeypatch):
    (tmp_path / "big").write_bytes(bytes(20))
    monkeypatch.setattr(files, "MAX_BYTES", 19)
    with pytest.raises(InputError, match="20 bytes are more than the limit of 19"):
        read_bytes(str(tmp_path / "big"))
    with pytest.raises(InputError, match="larger than the limit of 19 bytes"):
        read_bytes(f"file://{tmp_path}/big")


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(InputError, match="not a regular file"):
        read_bytes(str(tmp_path / "pipe.jpg"))
    with pytest.raises(InputError, match=r"(cannot be read|not found)"):
        read_bytes("a\0b.jpg")
    with pytest.raises(InputError, match=r"(cannot be read|not found)"):
        read_bytes("x" * 5000)
