"""predict_arrays: rows in order, independent of batches, from memory maps."""

import numpy as np
import pytest
import torch

from robustfashion.errors import InputError
from robustfashion.models.classifier import Classifier
from robustfashion.models.devices import device_name, resolve_device
from robustfashion.models.inference import predict_arrays
from tests.models.samples import NET, halves


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return Classifier(NET, ("a", "b", "c"))


@pytest.mark.parametrize("batch_size", [1, 4, 13, 64])
def test_rows_do_not_depend_on_their_batch(model, batch_size):
    images, _ = halves(13, size=40)
    logits, features = predict_arrays(model, images, batch_size=batch_size, accelerator="cpu")
    assert logits.shape == (13, 3) and logits.dtype == features.dtype == np.float32
    assert features.shape == (13, model.backbone.head_hidden_size)
    with torch.inference_mode():
        alone = [model.eval().logits_and_features(torch.from_numpy(i[None]).permute(0, 3, 1, 2)) for i in images]
    np.testing.assert_allclose(logits, torch.cat([a[0] for a in alone]).numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(features, torch.cat([a[1] for a in alone]).numpy(), rtol=1e-4, atol=1e-5)


def test_order_follows_the_images(model):
    images, _ = halves(9)
    order = np.random.default_rng(0).permutation(9)
    np.testing.assert_allclose(
        predict_arrays(model, images[order])[0], predict_arrays(model, images)[0][order], rtol=1e-4, atol=1e-5
    )


def test_memory_map_is_read_only_and_enough(tmp_path, model):
    images, _ = halves(7)
    np.save(tmp_path / "x.npy", images)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert np.array_equal(predict_arrays(model, mapped)[0], predict_arrays(model, images)[0])


def test_mode_is_put_back_and_progress_told(model):
    told = []
    model.train()
    predict_arrays(model, halves(5)[0], batch_size=2, progress=lambda *a: told.append(a))
    assert model.training
    assert [t[1:] for t in told] == [(2, 5), (4, 5), (5, 5)]


def test_no_images(model):
    logits, features = predict_arrays(model, np.zeros((0, 32, 32, 3), np.uint8))
    assert logits.shape == (0, 3) and features.shape == (0, model.backbone.head_hidden_size)


@pytest.mark.parametrize(
    "pixels", [np.zeros((2, 8, 8, 3), np.float32), np.zeros((8, 8, 3), np.uint8), np.zeros((2, 3, 8, 8), np.uint8)]
)
def test_wrong_arrays(model, pixels):
    with pytest.raises(InputError, match=r"expected uint8 \[n, S, S, 3\]"):
        predict_arrays(model, pixels)


def test_devices(monkeypatch):
    assert resolve_device("cpu").type == "cpu" and device_name("cpu") == "cpu"
    with pytest.raises(InputError, match="auto, cpu, gpu, mps"):
        resolve_device("tpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert resolve_device("auto").type == "cpu"
    with pytest.raises(InputError, match="no CUDA device"):
        resolve_device("gpu")


@pytest.mark.gpu
def test_gpu_agrees_with_cpu(model):
    images, _ = halves(13, size=64)
    on_cpu, on_gpu = (predict_arrays(model, images, accelerator=a)[0] for a in ("cpu", "gpu"))
    np.testing.assert_allclose(on_gpu, on_cpu, rtol=1e-2, atol=1e-2)
