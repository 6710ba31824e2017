"""Small copies of pictures, and raw pixels."""

import numpy as np
import pytest
from PIL import Image

from robustfashion.bench.experiment.division import Part
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.separability import thumbnails as module
from robustfashion.bench.separability.settings import SeparabilitySettings
from robustfashion.bench.separability.study import Thumbnails
from robustfashion.bench.separability.thumbnails import raw_pixels, thumbnails
from robustfashion.data.synthetic import SyntheticSettings


@pytest.fixture
def session(tmp_path):
    drawn = SyntheticSettings(count=7, seed=5, long_side_px=(120, 140))
    return Session(SeparabilitySettings(synthetic=drawn, canvas=128, size=128, cache=tmp_path, accelerator="cpu"))


def test_they_are_area_averages_and_kept(session, monkeypatch):
    part = Part(session.catalogue.usable(), np.zeros(7, np.int64))
    preprocessing = session.settings.preprocessing()
    found = thumbnails(session.workspace, part, preprocessing)
    whole = session.pixels(part, [preprocessing])[preprocessing.name]
    for small, picture in zip(found, whole, strict=True):
        expected = np.asarray(Image.fromarray(np.asarray(picture)).resize((64, 64), Image.Resampling.BOX))
        assert np.abs(small.astype(int) - expected).max() <= 1
    monkeypatch.setattr(module, "iter_pixels", None)
    assert (thumbnails(session.workspace, part, preprocessing) == found).all()


def test_a_damaged_entry_is_made_again(session):
    part = Part(session.catalogue.usable(), np.zeros(7, np.int64))
    found = thumbnails(session.workspace, part, session.settings.preprocessing())
    (file,) = (session.workspace.cache / "thumbnails").iterdir()
    file.write_bytes(file.read_bytes()[:300])
    assert (thumbnails(session.workspace, part, session.settings.preprocessing()) == found).all()


def test_raw_pixels_are_means_of_squares():
    small = np.random.default_rng(0).integers(0, 256, (3, 6, 6, 3)).astype(np.uint8)
    found = raw_pixels(small)
    assert found.shape == (3, 27) and found.dtype == np.float32
    assert found[1, 4] == pytest.approx(small[1, 0:2, 2:4, 1].mean() / 255)
    assert raw_pixels(small[:, :5, :5]).shape == (3, 12), "an odd side gives up its last row"


def test_pictures_that_are_not_at_hand_are_white():
    known = Thumbnails(np.zeros((1, 4, 4, 3), np.uint8), {"a": 0})
    assert known.of(("b", "a"))[:, 0, 0, 0].tolist() == [255, 0]
