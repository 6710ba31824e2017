"""From what a user names to a catalogue that a study can use."""

import shutil

import pytest

from robustfashion.data.sources import loading
from robustfashion.data.sources.loading import load_catalogue, rendered_catalogue
from robustfashion.data.splits import Target
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from tests.data.images import put

SMALL = SyntheticSettings(count=26, seed=3, long_side_px=(40, 60), mix={"dress": 1.0, "watch": 1.0})


@pytest.fixture
def photos(tmp_path):
    for k in range(20):
        put(tmp_path / "photos" / ("dress", "hat")[k % 2] / f"{k:02}.jpg", seed=k)
    return tmp_path / "photos"


def test_folder(photos, tmp_path):
    shutil.copy(photos / "dress/00.jpg", photos / "dress/copy.jpg")
    (photos / "dress/empty.jpg").write_bytes(b"")
    (photos / ".hidden").write_text("x")
    calls = []
    catalogue, note = load_catalogue(photos, seed=2, cache=tmp_path / "cache", progress=lambda *call: calls.append(call))
    assert len(catalogue) == 22
    assert catalogue.refused() == [("dress/empty.jpg", "zero bytes")]
    assert None not in catalogue.usable().column("split")
    places = dict(zip(catalogue.column("id"), catalogue.column("split"), strict=True))
    assert places["dress/00.jpg"] == places["dress/copy.jpg"]
    assert calls[-1] == ("reading images", 22, 22)
    assert note == (
        "The data brings no splits. All were divided by product, once for the whole catalogue, every label as evenly as "
        "possible: 70% train, 10% validation, 20% test (seed 2). "
        "Skipped: 1 hidden names (.hidden). 1 files are exact copies of others; copies count as one product."
    )
    again, _ = load_catalogue(photos, seed=2, cache=tmp_path / "cache")
    assert again.table.equals(catalogue.table)
    other, _ = load_catalogue(photos, seed=3, cache=tmp_path / "cache")
    assert other.column("split") != catalogue.column("split")


def test_target(photos, tmp_path):
    put(photos / "sock/1.jpg", seed=99)
    with pytest.raises(InputError, match="'sock': train 1"):
        load_catalogue(photos, cache=tmp_path / "cache")
    catalogue, _ = load_catalogue(photos, target=Target("dress"), cache=tmp_path / "cache")
    assert len(catalogue) == 21
    with pytest.raises(InputError, match="no image has label 'dresss'; use one of dress, hat, sock"):
        load_catalogue(photos, target=Target("dresss"), cache=tmp_path / "cache")


def test_nothing_there(tmp_path):
    with pytest.raises(InputError, match="gone: no such folder or file"):
        load_catalogue(tmp_path / "gone", cache=tmp_path)


def test_synthetic(tmp_path, monkeypatch):
    catalogue, note = load_catalogue("synthetic", synthetic=SMALL, seed=1, cache=tmp_path, workers=1)
    assert len(catalogue) == len(catalogue.usable()) == 26
    assert set(catalogue.column("label")) == {"dress", "watch"}
    assert None not in catalogue.column("sha256")
    assert "divided by product" in note
    monkeypatch.setattr(loading, "render_catalogue", None)
    again, _ = load_catalogue("synthetic", synthetic=SMALL, seed=1, cache=tmp_path, workers=1)
    assert again.table.equals(catalogue.table)


def test_rendered_catalogue_goes_by_its_settings(tmp_path):
    one = rendered_catalogue(SMALL, tmp_path, workers=1)
    other = rendered_catalogue(SyntheticSettings(count=5, seed=4, long_side_px=(40, 60)), tmp_path, workers=1)
    assert one.root != other.root
    assert len(other) == 5
