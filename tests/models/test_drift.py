"""Drift: every step that comes out otherwise is found, and it alone is named."""

import json
import re
from dataclasses import replace

import cv2
import pytest
import torch

from robustfashion.data import preprocess
from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models import golden
from robustfashion.models.checkpoint import load_classifier, save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.models.doctor import examine
from robustfashion.models.drift import DriftWarning
from robustfashion.models.golden import IMAGES, observe
from robustfashion.models.golden_record import STEPS
from robustfashion.resize import METHODS
from robustfashion.resize.reencode import JpegEncoding, reencode
from tests.models.samples import NET

PREPROCESSING = Preprocessing.parse("pillow.bilinear+fit=opencv.area+jpeg75", canvas=420, size=48)
CLASSES = ("0", "2", "4")


@pytest.fixture(autouse=True)
def fresh():
    """As a process of its own would see it."""
    _forget()
    yield
    _forget()


def _forget():
    observe.cache_clear()
    golden._bodies.clear()


@pytest.fixture
def checkpoint(tmp_path):
    torch.manual_seed(0)
    model = Classifier(NET, CLASSES, normalisation="imagenet").eval()
    with torch.no_grad():
        model.backbone.get_classifier().weight.mul_(20)
    save_checkpoint(model, tmp_path / "wheels.ckpt", preprocessing=PREPROCESSING, threshold=0.8)
    _forget()
    return tmp_path / "wheels.ckpt"


def _brighter(function):
    """The same, but for one pixel by one level."""

    def changed(*arguments):
        image = function(*arguments).copy()
        image[1, 2, 0] ^= 1
        return image

    return changed


def _decode(patch):
    patch.setattr(cv2, "imdecode", _brighter(cv2.imdecode))


def _fit(patch):
    patch.setitem(METHODS, "opencv.area", replace(METHODS["opencv.area"], function=_brighter(METHODS["opencv.area"].function)))


def _pad(patch):
    patch.setattr(preprocess, "_WHITE", 254)


def _resize(patch):
    method = METHODS["pillow.bilinear"]
    patch.setitem(METHODS, method.name, replace(method, function=_brighter(method.function), version=lambda: "99.1"))


def _reencode(patch):
    patch.setattr(preprocess, "reencode", lambda image, _encoding: reencode(image, JpegEncoding(74)))


def _normalise(patch):
    patch.setattr(Classifier, "scale", lambda self, image: (image[:, [2, 1, 0]].float() - self.mean) / self.std)


def _network(patch):
    whole = Classifier.forward
    patch.setattr(Classifier, "forward", lambda self, image: whole(self, image) * 1.01)


CHANGES = {
    _decode: ("decode", {"portrait.jpg", "large.jpg", "gray.jpg", "oriented.jpg"}),
    _fit: ("canvas", {"large.jpg"}),
    _pad: ("canvas", set(IMAGES)),
    _resize: ("resize", set(IMAGES)),
    _reencode: ("reencode", set(IMAGES)),
    _normalise: ("normalise", set(IMAGES) - {"gray.jpg"}),  # gray has no channels to exchange
    _network: ("logits", set(IMAGES)),
}


STEPS_OF_CANVAS = [step for step in STEPS if step not in ("crop", "pad")]


def test_nothing_drifted(checkpoint):
    load_classifier(checkpoint)  # a warning would be an error
    diagnosis = examine(checkpoint)
    assert (diagnosis.verdict, diagnosis.exit_status, diagnosis.drifted, diagnosis.versions) == ("healthy", 0, [], {})
    assert [(f.image, f.step) for f in diagnosis.findings] == [(image, step) for image in IMAGES for step in STEPS_OF_CANVAS]
    assert {f.status for f in diagnosis.findings} == {"same"}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__[1:])
def test_a_drifted_step_is_named_and_it_alone(checkpoint, change, monkeypatch):
    change(monkeypatch)
    step, images = CHANGES[change]
    diagnosis = examine(checkpoint)
    assert (diagnosis.verdict, diagnosis.exit_status, diagnosis.drifted) == ("drifted", 1, [step])
    hit = {f.image for f in diagnosis.findings if f.status == "drifted"}
    assert hit == images
    assert diagnosis.reasons[0].startswith(step) and diagnosis.ways_out[0].startswith(f"{step}: ")
    later = {s for s in STEPS[: STEPS.index(step)] for f in diagnosis.findings if f.step == s and f.status != "same"}
    assert not later


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__[1:])
def test_loading_warns(checkpoint, change, monkeypatch):
    change(monkeypatch)
    step = CHANGES[change][0]
    with pytest.warns(DriftWarning, match=rf"wheels\.ckpt: .* drifted at {step}\b.*robustfashion\.models doctor") as caught:
        model = load_classifier(checkpoint)
    assert caught[0].filename == __file__, "the warning points at who loads"
    assert len(caught) == 1 and model.classes == CLASSES
    load_classifier(checkpoint, verify=False)


def test_versions_then_and_now(checkpoint, monkeypatch):
    _resize(monkeypatch)
    diagnosis = examine(checkpoint)
    then = preprocess.METHODS["pillow.nearest"].version()
    assert diagnosis.versions == {"resize": {"pillow.bilinear": (then, "99.1")}}
    assert f"pillow.bilinear {then} then, 99.1 now" in diagnosis.reasons[0]
    with pytest.warns(DriftWarning, match=rf"resize \(pillow\.bilinear\) .*{re.escape(then)} then, 99\.1 now"):
        load_classifier(checkpoint)


def test_two_causes_are_told_apart(checkpoint, monkeypatch):
    """JPEGs drift at decode, so that lossless images alone show that resizing drifted, too."""
    _decode(monkeypatch)
    _resize(monkeypatch)
    diagnosis = examine(checkpoint)
    assert diagnosis.drifted == ["decode", "resize"]
    first = {f.image: f.step for f in diagnosis.findings if f.status == "drifted"}
    assert first["portrait.jpg"] == "decode" and first["fine.png"] == "resize"
    follows = {f.step for f in diagnosis.findings if f.image == "portrait.jpg" and f.status == "follows"}
    assert {"canvas", "resize"} <= follows


def test_how_far(checkpoint, monkeypatch):
    _pad(monkeypatch)
    shifts = {f.image: f.shift for f in examine(checkpoint).findings if f.step == "canvas"}
    assert shifts["palette.png"] == 1.0, "blocks beside the picture are one level darker"


def _rewritten(path, change):
    content = torch.load(path, weights_only=True)
    change(content)
    torch.save(content, path)


def _one_weight(content):
    content["state_dict"]["backbone.fc.weight"] *= 1.1


def test_changed_weights_are_named(checkpoint):
    _rewritten(checkpoint, _one_weight)
    diagnosis = examine(checkpoint)
    assert diagnosis.drifted == ["weights"] and "others than were written" in diagnosis.reasons[0]
    with pytest.warns(DriftWarning, match="drifted at weights: others than were written"):
        load_classifier(checkpoint)


def test_weights_that_hardly_changed_are_found_by_the_doctor(checkpoint):
    _rewritten(checkpoint, lambda content: content["state_dict"]["backbone.fc.bias"][0].add_(1e-7))
    load_classifier(checkpoint)
    assert examine(checkpoint).drifted == ["weights"]


def test_changed_mean_is_normalisation(checkpoint):
    _rewritten(checkpoint, lambda content: content["state_dict"]["mean"].mul_(0.5))
    assert examine(checkpoint).drifted == ["normalise"]


def test_refused_here_only(checkpoint, monkeypatch):
    def refuse(_self, _image):
        raise InputError("no such thing here")

    monkeypatch.setattr(Preprocessing, "steps", refuse)
    diagnosis = examine(checkpoint)
    assert diagnosis.drifted[0] == "decode" and all(f.shift is None for f in diagnosis.findings if f.status == "drifted")
    json.dumps(diagnosis.to_dict(), allow_nan=False)


def test_another_set_of_images_cannot_be_compared(checkpoint):
    _rewritten(checkpoint, lambda content: content["robustfashion"]["golden"].update(set="0" * 64))
    load_classifier(checkpoint)
    diagnosis = examine(checkpoint)
    assert (diagnosis.verdict, diagnosis.exit_status) == ("not recorded", 3)
    assert "others than this robustfashion's" in diagnosis.reasons[0]


@pytest.mark.parametrize(
    "change",
    [
        lambda golden: golden.update(images=[]),
        lambda golden: golden["images"].update({"fine.png": 7}),
        lambda golden: golden["images"]["fine.png"].update(decode="abc"),
        lambda golden: golden["images"]["fine.png"]["decode"].update(blocks="%%%"),
        lambda golden: golden["images"]["fine.png"].update(logits=["many"]),
        lambda golden: golden.pop("weights"),
    ],
)
def test_damaged_record(checkpoint, change):
    _rewritten(checkpoint, lambda content: change(content["robustfashion"]["golden"]))
    for read in (load_classifier, examine):
        with pytest.raises(InputError, match=r"wheels\.ckpt: field 'golden' cannot be read.*damaged"):
            read(checkpoint)


def test_damaged_steps_do_not_matter(checkpoint, monkeypatch):
    _rewritten(checkpoint, lambda content: content["robustfashion"].update(stages={"resize": 3, "decode": {"versions": []}}))
    assert examine(checkpoint).verdict == "healthy"
    _resize(monkeypatch)
    observe.cache_clear()
    assert "unknown then, 99.1 now" in examine(checkpoint).reasons[0]


def test_unknown_method(checkpoint):
    _rewritten(checkpoint, lambda content: content["robustfashion"].update(preprocessing="nosuch.filter"))
    with pytest.warns(DriftWarning, match=r"preprocessing cannot be had here: unknown resize method 'nosuch\.filter'"):
        load_classifier(checkpoint)
    with pytest.raises(InputError, match=r"wheels\.ckpt: unknown resize method"):
        examine(checkpoint)
