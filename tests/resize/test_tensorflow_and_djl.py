"""TensorFlow's resizers beside digests of its own results, and DJL's beside what they hand over to."""

import json

import numpy as np
import pytest
import torch

from robustfashion.resize import METHODS, resize
from tests.resize.jdk import digest
from tests.resize.tensorflow_oracle import DIGESTS, SMALL_CASES, TENSORFLOW_METHODS, tensorflow_resize

RECORDED = json.loads(DIGESTS.read_text())
IMAGE = np.random.default_rng(2).integers(0, 256, (97, 131, 3), dtype=np.uint8)


@pytest.mark.parametrize("case", SMALL_CASES, ids=lambda case: case.name)
def test_digests_of_tensorflow(case):
    assert tuple(RECORDED["methods"]) == TENSORFLOW_METHODS
    image = case.image()
    wrong = []
    for (h, w), digests in zip(case.targets(), RECORDED["results"][case.name].values(), strict=True):
        for method, known in zip(TENSORFLOW_METHODS, digests.split(), strict=True):
            if digest(resize(image, (h, w), method)) != known:
                wrong.append((f"{h}x{w}", method))
    assert wrong == []


@pytest.mark.slow
def test_tensorflow_itself():
    pytest.importorskip("tensorflow")
    rng = np.random.default_rng(3)
    for _ in range(40):
        h, w, th, tw = (int(2 ** rng.uniform(0, 8)) for _ in range(4))
        image = rng.integers(0, 256, (h, w, 3), dtype=np.uint8)
        for method in TENSORFLOW_METHODS:
            differing = resize(image, (th, tw), method) != tensorflow_resize(image, (th, tw), method)
            assert differing.any(axis=2).sum() <= (1 if "lanczos" in method else 0), method


def test_methods():
    tensorflow = {name.removeprefix("tensorflow.") for name in METHODS if name.startswith("tensorflow.")}
    always = {"nearest", "bilinear", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"}
    assert tensorflow == always | {f"{name}_antialias" for name in always - {"nearest", "area"}}


def test_legacy_coordinates():
    """Corners of pixels coincide: halving takes every second pixel, doubling repeats the last one."""
    half = resize(IMAGE[:96, :130], (48, 65), "tensorflow_legacy.bilinear")
    np.testing.assert_array_equal(half, IMAGE[:96:2, :130:2])
    corners = resize(IMAGE, (193, 261), "tensorflow_legacy.bilinear_align_corners")
    np.testing.assert_array_equal(corners[::2, ::2], IMAGE)


def test_djl_image_is_smooth():
    np.testing.assert_array_equal(resize(IMAGE, (40, 51), "djl.image"), resize(IMAGE, (40, 51), "java_image.smooth"))


@pytest.mark.parametrize("mode", ["nearest", "bilinear", "area"])
def test_djl_truncates_what_torch_gives(mode):
    floats = torch.nn.functional.interpolate(torch.from_numpy(IMAGE).permute(2, 0, 1)[None].float(), (40, 51), mode=mode)
    expected = np.floor(floats[0].permute(1, 2, 0).numpy()).astype(np.uint8)
    np.testing.assert_array_equal(resize(IMAGE, (40, 51), f"djl.pytorch_{mode}"), expected)


@pytest.mark.parametrize("name", [name for name in METHODS if name.startswith("djl.")])
def test_djl_is_marked_unverified(name):
    assert "unverified" in METHODS[name].origin
