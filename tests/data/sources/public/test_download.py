import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from robustfashion.data.sources.public import ImportSettings, download, find_adapter, import_public
from robustfashion.data.sources.public.adapter import About, Adapter, Download
from robustfashion.data.sources.public.download import download_set, unpack
from robustfashion.data.sources.public.fetching import FetchSettings
from robustfashion.errors import InputError
from tests.data.images import encoded, picture
from tests.data.sources.public import miniatures
from tests.data.sources.public.test_fetching import serving

QUICK = FetchSettings(attempts=2, timeout_s=5.0, pause_s=0.001)


def adapter_of(*downloads):
    adapter = Adapter("one", find_adapter("hm").reader, "x")
    about = About("One", "free", "nowhere", "ask for it", (), downloads)
    adapter.__dict__["about"] = about  # where cached_property keeps it
    return adapter


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_fetched_unpacked_recorded_and_not_again(tmp_path):
    with serving(data=zipped(inner=b"text")) as (url, handler):
        adapter = adapter_of(Download(f"{url}/a.zip", "a.zip", unpack=True), Download(f"{url}/b.json", "sub/b.json"))
        for _ in range(2):
            download_set(adapter, tmp_path / "set", settings=QUICK)
    assert len(handler.asked) == 2
    assert (tmp_path / "set" / "inner").read_bytes() == b"text" and (tmp_path / "set" / "sub" / "b.json").is_file()
    record = json.loads((tmp_path / "set" / "downloads.json").read_text())
    assert record["a.zip"]["url"] == f"{url}/a.zip" and len(record["a.zip"]["sha256"]) == 64


def test_another_version_than_recorded_is_told(tmp_path):
    with serving(data=b"first") as (url, handler):
        adapter = adapter_of(Download(f"{url}/a", "a"))
        download_set(adapter, tmp_path, settings=QUICK)
        (tmp_path / "a").unlink()
        handler.data = b"second"
        with pytest.raises(InputError, match="another version"):
            download_set(adapter, tmp_path, settings=QUICK)


def test_sets_that_need_a_login(tmp_path):
    with pytest.raises(InputError, match="one cannot be downloaded without you: ask for it"):
        download_set(adapter_of(), tmp_path)


def test_archives_that_point_outside_or_are_damaged(tmp_path):
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo("../evil"))
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../evil", b"x")
    (tmp_path / "cut.tar").write_bytes(b"not a tar")
    (tmp_path / "in").mkdir()
    for name in ("evil.tar", "cut.tar"):
        with pytest.raises(InputError, match=f"{name}: cannot be unpacked"):
            unpack(tmp_path / name, tmp_path / "in")
    unpack(tmp_path / "evil.zip", tmp_path / "in")
    assert not (tmp_path / "evil").exists()


def test_every_download_is_complete_and_of_a_set_that_allows_it():
    for name in ("abo", "fashionpedia", "ut-zappos50k"):
        for item in find_adapter(name).about.downloads:
            assert item.url.startswith("https://") and item.url.endswith(Path(item.file).name)


def test_pictures_behind_urls(tmp_path, monkeypatch):
    monkeypatch.setattr(download.fetch_pictures, "__defaults__", (QUICK,))
    settings = ImportSettings(fetch=True, workers=1, cache=tmp_path / "cache")
    with serving(data=encoded(picture(31, 23)), faults=[404]) as (url, handler):

        def product(asin, name):
            images = [{"variant": "MAIN", "large": f"{url}/{name}.jpg"}]
            return {"parent_asin": asin, "title": "x", "categories": ["Dresses"], "images": images}

        rows = [product("a", "one"), product("b", "two"), product("c", "one")]
        miniatures.json_lines(tmp_path / "set" / "meta_x.jsonl", rows)
        first = import_public("amazon-reviews-2023", tmp_path / "set", tmp_path / "out", settings)
        assert len(handler.asked) == 2  # one picture of two products is asked for once
        again = import_public("amazon-reviews-2023", tmp_path / "set", tmp_path / "out", settings)
        assert [path for path, *_ in handler.asked] == ["/one.jpg", "/two.jpg", "/one.jpg"]  # what is there is kept
    dead, live, same = first.catalogue.column("reason")
    assert dead == same and "the server answers 404" in dead and live is None
    assert first.report["refused"] == {
        "its picture cannot be fetched: the server answers … (Not Found); the file may have moved": 2
    }
    assert again.catalogue.column("reason") == [None] * 3 and again.report["remote"] == 0
    assert all((tmp_path / "out" / path).is_file() for path in again.catalogue.column("path"))
