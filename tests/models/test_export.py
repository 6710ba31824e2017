"""Exported programs answer as the classifier does, or are not written."""

import importlib
import json

import numpy as np
import pytest
import torch

from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models import export as exporting
from robustfashion.models.checkpoint import checkpoint_digest, save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.models.export import PARITY, Served, export
from robustfashion.models.exported import open_exported, read_metadata
from robustfashion.models.golden import observe
from tests.models.samples import NET

CLASSES = ("Mini", "Knee-Long", "Midi", "Maxi")
SIZES = {NET: 48, "resnet18": 64, "googlenet": 64, "alexnet": 64, "resnet18_gn": 64}
LARGE = [pytest.param(name, marks=pytest.mark.slow) for name in ("resnet18", "googlenet", "alexnet", "resnet18_gn")]
AS_SERVED = pytest.mark.filterwarnings("ignore:`torch.jit.load` is deprecated")


def _checkpoint(folder, architecture=NET, preprocessing="java2d.bilinear", normalisation="imagenet"):
    torch.manual_seed(1)
    model = Classifier(architecture, CLASSES, normalisation=normalisation).eval()
    with torch.no_grad():
        model.backbone.get_classifier().weight.mul_(20)
    size = SIZES[architecture]
    path = folder / f"{architecture}.ckpt"
    preprocessing = None if preprocessing is None else Preprocessing.parse(preprocessing, canvas=200, size=size)
    save_checkpoint(model, path, preprocessing, threshold=0.7, class_thresholds={"Maxi": 0.9})
    return model, path


def _compare(model, ask, size, batches):
    """Golden images and batches of noise, none of the size that the exporter saw; the largest relative difference."""
    rng = np.random.default_rng(3)
    images = [rng.integers(0, 256, (n, 3, size, size)).astype(np.uint8) for n in batches]
    golden = np.stack(list(observe(Preprocessing.parse("java2d.bilinear", canvas=200, size=size)).pixels.values()))
    worst = 0.0
    for batch in [*images, *([] if set(batches) == {4} else [np.ascontiguousarray(golden.transpose(0, 3, 1, 2))])]:
        with torch.inference_mode():
            wanted = model(torch.from_numpy(batch)).numpy()
        logits, probabilities = ask(batch)
        assert logits.dtype == probabilities.dtype == np.float32 and logits.shape == (len(batch), len(CLASSES))
        worst = max(worst, float(np.abs(logits - wanted).max() / np.abs(wanted).max()))
        exact = np.exp(wanted.astype(float) - wanted.max(axis=1, keepdims=True))
        np.testing.assert_allclose(probabilities, exact / exact.sum(axis=1, keepdims=True), atol=1e-4)
    return worst


@AS_SERVED
@pytest.mark.parametrize("architecture", [NET, *LARGE])
def test_torchscript_parity(tmp_path, architecture):
    model, path = _checkpoint(tmp_path, architecture)
    out = tmp_path / "served.torchscript"
    made = export(path, out)
    program = torch.jit.load(out)  # as a server without this package loads it
    worst = _compare(model, lambda images: [t.numpy() for t in program(torch.from_numpy(images))], SIZES[architecture], (1, 3, 7))
    assert worst < 1e-5 and made["max_difference"] <= PARITY * made["largest_logit"]


@pytest.mark.parametrize("architecture", [NET, *LARGE])
def test_onnx_parity(tmp_path, architecture):
    pytest.importorskip("onnxscript")
    runtime = pytest.importorskip("onnxruntime")
    onnx = pytest.importorskip("onnx")
    model, path = _checkpoint(tmp_path, architecture)
    out = tmp_path / "served.onnx"
    made = export(path, out)
    onnx.checker.check_model(out, full_check=True)
    session = runtime.InferenceSession(out, providers=["CPUExecutionProvider"])
    worst = _compare(model, lambda images: session.run(None, {"image": images}), SIZES[architecture], (1, 3, 7))
    assert worst < 1e-5
    assert made["images"] == 13 and made["digest"] == checkpoint_digest(path)
    (given,) = session.get_inputs()
    assert (given.name, given.type, given.shape[1:]) == (
        "image",
        "tensor(uint8)",
        [3, SIZES[architecture]] * 1 + [SIZES[architecture]],
    )
    assert [output.name for output in session.get_outputs()] == ["logits", "probabilities"]
    told = json.loads(session.get_modelmeta().custom_metadata_map["robustfashion"])
    assert told == read_metadata(out)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["served.onnx", path.name])


def test_onnx_of_fixed_batch(tmp_path):
    pytest.importorskip("onnxscript")
    runtime = pytest.importorskip("onnxruntime")
    model, path = _checkpoint(tmp_path)
    export(path, tmp_path / "four.onnx", batch=4)
    session = runtime.InferenceSession(tmp_path / "four.onnx", providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape[0] == 4
    assert _compare(model, open_exported(tmp_path / "four.onnx", "onnx"), 48, (4, 4)) < 1e-5


@AS_SERVED
def test_what_goes_along(tmp_path):
    _, path = _checkpoint(tmp_path)
    export(path, tmp_path / "a.torchscript")
    told = read_metadata(tmp_path / "a.torchscript")
    assert told["classes"] == list(CLASSES) and (told["threshold"], told["class_thresholds"]) == (0.7, {"Maxi": 0.9})
    assert told["taxonomy"]["task"] == "skirt_length" and told["taxonomy"]["product_types"] == ["dress"]
    assert (told["preprocessing"], told["canvas"], told["size"]) == ("java2d.bilinear", 200, 48)
    assert told["digest"] == checkpoint_digest(path) and len(told["golden"]["images"]) == 8
    assert told["interface"]["input"]["shape"] == ["n", 3, 48, 48]
    extra = {"robustfashion.json": ""}
    torch.jit.load(tmp_path / "a.torchscript", _extra_files=extra)
    assert json.loads(extra["robustfashion.json"]) == told


def test_a_program_that_answers_otherwise_is_not_written(tmp_path, monkeypatch):
    _, path = _checkpoint(tmp_path)
    out = tmp_path / "served.torchscript"
    out.write_bytes(b"the old one")
    straight = Served.forward
    monkeypatch.setattr(Served, "forward", lambda self, image: straight(self, image.flip(1)))
    with pytest.raises(InputError, match=r"served\.torchscript: not written: .*answers otherwise \(logits differ by"):
        export(path, out)
    assert out.read_bytes() == b"the old one" and len(list(tmp_path.iterdir())) == 2


def test_a_network_that_cannot_be_exported(tmp_path, monkeypatch):
    _, path = _checkpoint(tmp_path)

    def fail(*_args, **_options):
        raise RuntimeError("operator hole is not there\nand a long traceback")

    monkeypatch.setattr(torch.jit, "trace", fail)
    with pytest.raises(
        InputError, match=r"cannot be exported to TorchScript \(operator hole is not there\); try the other format"
    ):
        export(path, tmp_path / "a.torchscript")


@pytest.mark.parametrize(
    ("out", "form", "batch", "message"),
    [
        ("a.bin", None, None, r"a\.bin: suffix '\.bin' names no format"),
        ("a.onnx", "torchscript", None, r"a\.onnx: suffix '\.onnx' is not one of a torchscript file"),
        ("a.bin", "tflite", None, "format is 'tflite'; use onnx or torchscript"),
        ("a.torchscript", None, 4, "batch is 4; .*TorchScript takes any"),
        ("a.onnx", None, 0, "batch is 0"),
    ],
)
def test_bad_requests(tmp_path, out, form, batch, message):
    with pytest.raises(InputError, match=message):
        export(tmp_path / "absent.ckpt", tmp_path / out, form, batch)


def test_without_preprocessing(tmp_path):
    _, path = _checkpoint(tmp_path, preprocessing=None)
    with pytest.raises(InputError, match=r"test_resnet\.ckpt: does not say the size of its input"):
        export(path, tmp_path / "a.torchscript")


@pytest.mark.parametrize("missing", ["onnx", "onnxscript", "onnxruntime"])
def test_missing_package(tmp_path, monkeypatch, missing):
    def find(name):
        if name == missing:
            raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(importlib, "import_module", find)
    with pytest.raises(InputError, match=rf"needs the package {missing} .*; pip install {missing}"):
        export(tmp_path / "absent.ckpt", tmp_path / "a.onnx")


def test_folder_that_cannot_be_written(tmp_path):
    _, path = _checkpoint(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"file/a\.torchscript: cannot be written"):
        export(path, tmp_path / "file" / "a.torchscript")


@pytest.mark.parametrize("name", ["a.torchscript", "a.onnx"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more", b"\x08\x07"])
def test_files_of_others(tmp_path, name, content):
    if name == "a.onnx":
        pytest.importorskip("onnx")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=r"not a file exported by robustfashion"):
        read_metadata(tmp_path / name)


def test_parity_bound_is_that_of_the_documentation():
    assert exporting.PARITY == 1e-4
