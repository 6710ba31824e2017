"""Pixels of a given checkpoint: recorded, said again, said otherwise."""

import pytest

from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.given_checkpoint import served
from robustfashion.models.preliminary import checkpoint_file

PADDED = Preprocessing.parse("opencv.area+jpeg80", 90, 61)
CROPPED = Preprocessing.parse("pillow.bicubic+shorter=73+crop=64")


@pytest.mark.parametrize(
    ("recorded", "given", "name", "note"),
    [
        (PADDED, {}, "opencv.area+jpeg80", False),
        (PADDED, {"canvas": 90, "size": 61, "methods": "opencv.area+jpeg80"}, "opencv.area+jpeg80", False),
        (PADDED, {"methods": ["opencv.area+jpeg80", "java2d.nearest"]}, "opencv.area+jpeg80", False),
        (PADDED, {"methods": "java2d.nearest", "serve_method": "opencv.area+jpeg80"}, "opencv.area+jpeg80", False),
        (PADDED, {"serve_method": "java2d.nearest"}, "java2d.nearest", True),
        (CROPPED, {}, "pillow.bicubic+shorter=73+crop=64", False),
        (CROPPED, {"methods": "pillow.bicubic", "size": 64}, "pillow.bicubic+shorter=73+crop=64", False),
        (CROPPED, {"methods": "pillow.bicubic+shorter=73+crop=64", "canvas": 160}, "pillow.bicubic+shorter=73+crop=64", False),
        (CROPPED, {"serve_method": "java2d.bicubic"}, "java2d.bicubic+shorter=73+crop=64", True),
        (CROPPED, {"serve_method": "java2d.bicubic+squash"}, "java2d.bicubic+squash", True),
    ],
)
def test_served(recorded, given, name, note, tmp_path):
    found, said = served(tmp_path / "c.ckpt", recorded, given)
    assert (found.name, found.canvas, found.size) == (name, recorded.canvas, recorded.size)
    assert bool(said) == note and (not note or f"trained on {recorded.name} and is asked about {name}." in said)


def test_size_limit_of_the_checkpoint_stays(tmp_path):
    recorded = Preprocessing.parse("pillow.box", 50, 40)
    assert served(tmp_path, recorded, {})[0] is recorded


@pytest.mark.parametrize(
    ("recorded", "given", "message"),
    [
        (PADDED, {"canvas": 500}, "was trained with canvas 90, but data.canvas is 500; leave it out"),
        (PADDED, {"size": 224}, "was trained with size 61, but data.size is 224; leave it out"),
        (CROPPED, {"size": 65, "serve_method": "java2d.bicubic"}, "was trained with size 64, but data.size is 65"),
        (PADDED, {"methods": "opencv.area"}, r"trained on opencv.area\+jpeg80, but data.methods is opencv.area; .*serve_method"),
        (PADDED, {"serve_method": "opencv.areas"}, "opencv.areas"),
        (None, {"serve_method": "java2d.nearest", "canvas": 50}, "does not say with which pixels it was trained; give data"),
    ],
)
def test_contradictions(recorded, given, message, tmp_path):
    with pytest.raises(InputError, match=message):
        served(tmp_path / "c.ckpt", recorded, given)


def test_unrecorded_pixels_are_the_users_and_named(tmp_path):
    found, note = served(tmp_path / "c.ckpt", None, {"size": 51, "methods": ["pillow.box"]})
    assert (found.name, found.canvas, found.size) == ("pillow.box", 500, 51)
    assert note.endswith("it is asked about pillow.box, canvas 500 px, size 51 px.")
    found, note = served(tmp_path / "c.ckpt", None, {"methods": "pillow.box+squash=70"})
    assert (found.name, found.size) == ("pillow.box+squash=70", 70) or found.policy is not None


def test_home_folder_and_words(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert checkpoint_file("test", "~/a.ckpt") == tmp_path / "a.ckpt"
    with pytest.raises(InputError, match=r"^predict: no checkpoint is given, and an untrained network has no answers"):
        checkpoint_file("predict", None, tmp_path)
