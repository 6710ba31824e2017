"""Whole classifiers through onnxruntime: torch's logits and features, the same bits in every batch, torch where it fails."""

import copy

import numpy as np
import pytest
import torch

from robustfashion.errors import InputError
from robustfashion.models import graphs, network_engines
from robustfashion.models.checkpoint import load_classifier, save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.models.graphs import PARITY
from robustfashion.models.inference import predict_arrays
from robustfashion.models.network_engines import PAYS_FROM, engine_digest, exporting_pays, open_network
from tests.models.samples import NET, halves

SIZE = 40


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return Classifier(NET, ("a", "b", "c"), normalisation="imagenet")


@pytest.fixture(scope="module")
def cache(graph_cache):
    return graph_cache


@pytest.fixture(scope="module")
def engine(model, cache):
    return open_network(model, SIZE, cache, threads=2)


def test_answers_are_torchs(model, engine):
    assert engine.name == "onnxruntime" and not engine.reason
    pixels, _ = halves(21, SIZE)
    told = []
    found = predict_arrays(model, pixels, 8, "cpu", lambda *a: told.append(a[1:]), engine.graph)
    wanted = predict_arrays(model, pixels, accelerator="cpu")
    for ours, theirs, width in zip(found, wanted, (3, model.backbone.head_hidden_size), strict=True):
        assert ours.shape == theirs.shape == (21, width) and ours.dtype == np.float32
        assert np.abs(theirs).max() > 0 and np.abs(ours - theirs).max() <= PARITY * max(1.0, np.abs(theirs).max())
    assert told == [(8, 21), (16, 21), (21, 21)]


def test_a_pictures_bits_depend_on_nothing_else(model, cache, engine):
    pixels, _ = halves(37, SIZE)
    wanted = predict_arrays(model, pixels, 37, "cpu", graph=engine.graph)
    for threads, batch in ((1, 1), (1, 5), (3, 37), (3, 2)):
        graph = open_network(model, SIZE, cache, threads).graph
        for ours, theirs in zip(predict_arrays(model, pixels, batch, "cpu", graph=graph), wanted, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_no_images_and_wrong_ones(model, engine):
    logits, features = predict_arrays(model, np.zeros((0, SIZE, SIZE, 3), np.uint8), graph=engine.graph)
    assert logits.shape == (0, 3) and features.shape == (0, model.backbone.head_hidden_size)
    with pytest.raises(InputError, match=r"expected uint8 \[n, S, S, 3\]"):
        predict_arrays(model, np.zeros((2, 3, SIZE, SIZE), np.uint8), graph=engine.graph)


def test_graphs_are_named_by_the_weights(model, cache, engine, tmp_path, monkeypatch):
    """The same network from its file finds its graph; another last layer or scaling does not."""
    exported = []
    monkeypatch.setattr(graphs, "write_onnx", lambda *_given, **_named: (exported.append(1), given_up())[0])
    save_checkpoint(model, tmp_path / "a.ckpt")
    same = load_classifier(tmp_path / "a.ckpt", verify=False)
    assert open_network(same, SIZE, cache, 1).name == "onnxruntime" and not exported
    other = load_classifier(tmp_path / "a.ckpt", verify=False)
    with torch.no_grad():
        other.backbone.get_classifier().bias.add_(1e-3)
    assert open_network(other, SIZE, cache, 1).name == "torch" and exported == [1]
    same.mean.add_(1)
    assert open_network(same, SIZE, cache, 1).name == "torch" and exported == [1, 1]
    assert open_network(model, SIZE + 1, cache, 1).name == "torch" and exported == [1, 1, 1]


def given_up():
    raise InputError("this network cannot be exported to ONNX (a hole); wait")


def test_torch_where_it_cannot_be_exported(model, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(graphs, "write_onnx", lambda *_given, **_named: given_up())
    model.train()
    engine = open_network(model, SIZE, tmp_path)
    assert engine.name == "torch" and engine.graph is None and "a hole" in engine.reason and engine.reason in caplog.text
    assert model.training and not list(tmp_path.rglob("*.onnx"))
    model.eval()


def test_an_answer_that_differs_is_refused(model, cache, engine, tmp_path, monkeypatch):
    """The graph of a network whose last layer differs a little: its features agree, its logits do not."""
    graph = graphs.graph_file(network_engines._digest(model), SIZE, cache).read_bytes()
    other = copy.deepcopy(model)
    with torch.no_grad():
        other.backbone.get_classifier().bias[1] += 0.01
    monkeypatch.setattr(graphs, "write_onnx", lambda *given: given[3].write_bytes(graph))
    found = open_network(other, SIZE, tmp_path, 1)
    assert found.name == "torch" and "network answers otherwise (logits differ by 0.01" in found.reason
    assert not list(tmp_path.rglob("*.onnx"))


def test_heads_of_two_layers(tmp_path):
    torch.manual_seed(1)
    model = Classifier("deit_tiny_distilled_patch16_224", ("a", "b"))
    given = network_engines._Asked(model.eval())
    pixels, _ = halves(2, 224)
    with torch.inference_mode():
        logits, features = given(torch.from_numpy(pixels))
    wanted = predict_arrays(model, pixels, accelerator="cpu")
    np.testing.assert_allclose(logits.numpy(), wanted[0], atol=1e-5)
    np.testing.assert_allclose(features.numpy(), wanted[1], atol=1e-4)


def test_where_exporting_pays(monkeypatch):
    assert exporting_pays(PAYS_FROM, "cpu") and not exporting_pays(PAYS_FROM - 1, "cpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert not exporting_pays(10 * PAYS_FROM, "gpu") and exporting_pays(PAYS_FROM, "cpu")
    with pytest.raises(InputError, match="tpu"):
        exporting_pays(1, "tpu")


def test_keys_know_the_engine(monkeypatch):
    before = engine_digest(True)
    assert before != engine_digest(False)
    real = graphs.metadata.version
    monkeypatch.setattr(graphs.metadata, "version", lambda name: "9" if name == "onnxruntime" else real(name))
    assert engine_digest(True) not in (before, engine_digest(False))


def test_threads(model, cache):
    with pytest.raises(InputError, match="threads is 0"):
        open_network(model, SIZE, cache, 0)
