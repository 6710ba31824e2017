"""The last resize on a device: the same pixels, whatever the device makes of them."""

import numpy as np
import pytest
import torch

from robustfashion.data import device_resize as module
from robustfashion.data.pixels import build_pixels
from robustfashion.data.preprocess import Preprocessing
from robustfashion.data.scan import scan
from robustfashion.data.sources import open_catalogue
from robustfashion.resize.batch.uniform import resize_by_plan
from tests.data.images import put

# Every kind: integer plans, ordered float sums, one that has no plan, a fitted one, re-encoded at the end and at the canvas;
# policies, which stay on the CPU.
TEXTS = (
    "pillow.bilinear",
    "java2d.bicubic+jpeg75",
    "java_image.smooth",
    "opencv.linear+jpeg80@canvas",
    "torch.bilinear",
    "pillow.lanczos+fit=thumbnailator.default",
    "pillow.box+shorter=30+crop=23",
    "opencv.area+squash+jpeg80",
)


@pytest.fixture
def catalogue(tmp_path):
    for k in range(9):
        put(tmp_path / "data" / "ab"[k % 2] / f"{k}.jpg", 50 + 7 * k, 33, seed=k)
    return scan(open_catalogue(tmp_path / "data"))


@pytest.fixture
def planned(monkeypatch):
    """Batches go through the operations of a GPU, on the CPU; the methods that did are listed."""
    methods = []

    def by_plan(images, size, method):
        methods.append(method)
        result = torch.empty((len(images), 3, *size), dtype=torch.uint8)
        resize_by_plan(images, result, method)
        return result

    monkeypatch.setattr(module, "resize_batch", by_plan)
    monkeypatch.setattr(module, "CHUNK", 4)
    return methods


def built(catalogue, place, device):
    preprocessings = [Preprocessing.parse(text, canvas=60, size=23) for text in TEXTS]
    return build_pixels(catalogue, preprocessings, place, workers=3, device=device)


def test_a_device_gives_the_same_files_as_the_cpu(catalogue, tmp_path, planned):
    want = built(catalogue, tmp_path / "cpu", "cpu")
    assert planned == []
    got = built(catalogue, tmp_path / "device", "cpu:0")
    assert set(planned) == {"pillow.bilinear", "java2d.bicubic", "java_image.smooth", "opencv.linear", "pillow.lanczos"}
    assert planned.count("java2d.bicubic") == 3, "nine pictures in chunks of four"
    for text in want:
        np.testing.assert_array_equal(got[text], want[text])
    names = [sorted(path.name for path in (tmp_path / place).rglob("*.npy")) for place in ("cpu", "device")]
    assert names[0] == names[1], "the cache does not tell them apart, since the pixels do not differ"


def test_a_device_that_differs_is_not_believed(catalogue, tmp_path, planned, monkeypatch):
    want = built(catalogue, tmp_path / "cpu", "cpu")
    exact = module.resize_batch

    def wrong(images, size, method):
        result = exact(images, size, method)
        if method == "java2d.bicubic":
            result[1, 2, 5, 7] ^= 1
        return result

    monkeypatch.setattr(module, "resize_batch", wrong)
    with pytest.warns(RuntimeWarning, match=r"java2d\.bicubic on cpu:0: 1 of 2116 pixels differ"):
        got = built(catalogue, tmp_path / "device", "cpu:0")
    assert planned.count("java2d.bicubic") == 1
    assert planned.count("pillow.bilinear") == 3
    for text in want:
        np.testing.assert_array_equal(got[text], want[text])


@pytest.mark.gpu
def test_cuda_gives_the_same_files_as_the_cpu(catalogue, tmp_path):
    want = built(catalogue, tmp_path / "cpu", "cpu")
    got = built(catalogue, tmp_path / "cuda", "cuda")
    for text in want:
        np.testing.assert_array_equal(got[text], want[text])
