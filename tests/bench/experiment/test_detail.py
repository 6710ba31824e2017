"""Detail of files that this test writes, on the canvas and by policy; what the cache keeps."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from robustfashion.bench.experiment import detail
from robustfashion.bench.experiment.detail import detail_of
from robustfashion.bench.experiment.division import Part
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.experiment.workspace import Workspace
from robustfashion.data.preprocess import Preprocessing
from robustfashion.data.sources import scanned_catalogue
from robustfashion.errors import InputError
from robustfashion.progress import silent
from robustfashion.spectrum import fine_detail

SIZES = {"a": (60, 44), "b": (90, 120), "c": (31, 37)}
ON_CANVAS = Preprocessing("java2d.bilinear", canvas=100, size=40)


@pytest.fixture
def pictures():
    rng = np.random.default_rng(4)
    return {name: rng.integers(0, 200, (*size, 3)).astype(np.uint8) for name, size in SIZES.items()}


@pytest.fixture
def part(tmp_path, pictures):
    for label in ("x", "y"):
        (tmp_path / "data" / label).mkdir(parents=True)
    for name, image in pictures.items():
        Image.fromarray(image).save(tmp_path / "data" / ("x" if name == "a" else "y") / f"{name}.png")
    catalogue, _ = scanned_catalogue(str(tmp_path / "data"), cache=tmp_path / "cache")
    catalogue = catalogue.usable()
    return Part(catalogue, np.zeros(len(catalogue), np.int64))


@pytest.fixture
def workspace(tmp_path):
    return Workspace(ExperimentSettings(data=str(tmp_path)), tmp_path / "cache", silent)


def names(part):
    return [str(name)[-5] for name in part.catalogue.column("path")]


def test_on_the_canvas(part, workspace, pictures):
    found = detail_of(workspace, part, ON_CANVAS)
    assert found.dtype == np.float64
    expected = [fine_detail(ON_CANVAS.on_canvas(pictures[name]), (40, 40)) for name in names(part)]
    np.testing.assert_allclose(found, expected)
    assert (found > 5).all()
    backwards = part.take([2, 0, 1])
    np.testing.assert_allclose(detail_of(workspace, backwards, ON_CANVAS), found[[2, 0, 1]])


@pytest.mark.parametrize(
    "text", ["pillow.bicubic+squash=40", "pillow.bicubic+longer=40+pad=white", "pillow.bicubic+shorter=40+crop=40"]
)
def test_by_policy_for_the_reduction_of_each_picture(part, workspace, pictures, text):
    found = dict(zip(names(part), detail_of(workspace, part, Preprocessing.parse(text)), strict=True))
    if "squash" in text:
        expected = {name: fine_detail(image, (40, 40)) for name, image in pictures.items()}
    elif "longer" in text:
        expected = {"a": fine_detail(pictures["a"], (40, 29)), "b": fine_detail(pictures["b"], (30, 40)), "c": 0.0}
    else:  # the middle: 44 rows of 60 (40 px of 54 after the resize); 91 columns of 120 (40 px of 53); the third is enlarged
        expected = {
            "a": fine_detail(pictures["a"][8:52], (40, 40)),
            "b": fine_detail(pictures["b"][:, 14:105], (40, 40)),
            "c": 0.0,
        }
    assert found == pytest.approx(expected)


def test_kept_for_every_preprocessing_that_comes_to_the_same_canvas(part, workspace, monkeypatch):
    first = detail_of(workspace, part, ON_CANVAS)
    monkeypatch.setattr(detail, "fine_detail", lambda *_: 77.0)
    same = replace(ON_CANVAS, fit_method="java2d.bilinear", method="opencv.area", reencode="jpeg75")
    np.testing.assert_array_equal(detail_of(workspace, part, same), first)
    others = [
        replace(ON_CANVAS, size=50), replace(ON_CANVAS, canvas=110), replace(ON_CANVAS, fit_method="opencv.area"),
        replace(ON_CANVAS, reencode="jpeg75@canvas"),
    ]  # fmt: skip
    for other in others:
        assert set(detail_of(workspace, part, other)) == {77.0}
    assert set(detail_of(workspace, part.take([0, 1]), ON_CANVAS)) == {77.0}


def test_damaged_entries_are_made_again(part, workspace):
    first = detail_of(workspace, part, ON_CANVAS)
    (file,) = (workspace.cache / "detail").glob("*.npy")
    for damage in (b"", file.read_bytes()[:-3], b"nothing of the kind"):
        file.write_bytes(damage)
        np.testing.assert_array_equal(detail_of(workspace, part, ON_CANVAS), first)


def test_a_picture_that_is_gone(part, workspace, tmp_path):
    next((tmp_path / "data").rglob("b.png")).unlink()
    with pytest.raises(InputError, match="could be read before"):
        detail_of(workspace, part, ON_CANVAS)
