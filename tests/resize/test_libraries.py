"""Pillow, OpenCV, torch and torchvision: the libraries themselves, called as their users call them."""

import cv2
import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms import InterpolationMode, v2

from robustfashion.resize import METHODS, resize

IMAGE = np.random.default_rng(2).integers(0, 256, (97, 131, 3), dtype=np.uint8)
SIZES = [(40, 51), (200, 150), (30, 260), (97, 131)]

PILLOW = {
    "nearest": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "hamming": Image.Resampling.HAMMING,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
OPENCV = {
    "nearest": cv2.INTER_NEAREST,
    "nearest_exact": cv2.INTER_NEAREST_EXACT,
    "linear": cv2.INTER_LINEAR,
    "linear_exact": cv2.INTER_LINEAR_EXACT,
    "cubic": cv2.INTER_CUBIC,
    "area": cv2.INTER_AREA,
    "lanczos4": cv2.INTER_LANCZOS4,
}


def names(library):
    return {name.removeprefix(f"{library}.") for name in METHODS if name.startswith(f"{library}.")}


def test_every_filter_is_offered():
    gaps = {f"{name}_gap{gap}" for name in PILLOW for gap in (2, 3) if name != "nearest"}
    assert names("pillow") == set(PILLOW) | gaps
    assert names("opencv") == set(OPENCV)
    assert names("torch") == names("torchvision") == {"bilinear", "bilinear_antialias", "bicubic", "bicubic_antialias"}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PILLOW)
def test_pillow(name, size):
    expected = np.asarray(Image.fromarray(IMAGE).resize(size[::-1], PILLOW[name]))
    np.testing.assert_array_equal(resize(IMAGE, size, f"pillow.{name}"), expected)


@pytest.mark.parametrize("gap", [2, 3])
@pytest.mark.parametrize("name", [name for name in PILLOW if name != "nearest"])
def test_pillow_gap(name, gap):
    image = np.random.default_rng(3).integers(0, 256, (700, 500, 3), dtype=np.uint8)
    expected = np.asarray(Image.fromarray(image).resize((50, 64), PILLOW[name], reducing_gap=gap))
    found = resize(image, (64, 50), f"pillow.{name}_gap{gap}")
    np.testing.assert_array_equal(found, expected)
    assert not np.array_equal(found, resize(image, (64, 50), f"pillow.{name}"))


def test_thumbnail_is_gap_2():
    image = np.random.default_rng(3).integers(0, 256, (700, 500, 3), dtype=np.uint8)
    thumbnail = Image.fromarray(image)
    thumbnail.thumbnail((70, 70))
    np.testing.assert_array_equal(resize(image, (70, 50), "pillow.bicubic_gap2"), np.asarray(thumbnail))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", OPENCV)
def test_opencv(name, size):
    expected = cv2.resize(IMAGE, size[::-1], interpolation=OPENCV[name])
    np.testing.assert_array_equal(resize(IMAGE, size, f"opencv.{name}"), expected)


@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("size", SIZES)
def test_torch(mode, antialias, size):
    name = f"{mode}_antialias" if antialias else mode
    batch = torch.from_numpy(IMAGE).permute(2, 0, 1)[None].float()
    floats = torch.nn.functional.interpolate(batch, size, mode=mode, align_corners=False, antialias=antialias)
    expected = np.rint(np.clip(floats[0].permute(1, 2, 0).numpy(), 0, 255)).astype(np.uint8)
    np.testing.assert_array_equal(resize(IMAGE, size, f"torch.{name}"), expected)


@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("size", SIZES)
def test_torchvision(mode, antialias, size):
    name = f"{mode}_antialias" if antialias else mode
    pipeline = v2.Compose([v2.ToImage(), v2.Resize(size, InterpolationMode(mode), antialias=antialias)])
    expected = pipeline(IMAGE).permute(1, 2, 0).numpy()
    np.testing.assert_array_equal(resize(IMAGE, size, f"torchvision.{name}"), expected)


def test_java_is_none_of_them():
    """No setting of the other libraries gives Java's pixels; nearness is as measured on photographs."""
    image = cv2.GaussianBlur(IMAGE, (0, 0), 2)
    java = resize(image, (40, 51), "java2d.bilinear").astype(int)
    others = {
        name: np.abs(resize(image, (40, 51), name) - java).max()
        for name in METHODS
        if name.split(".")[0] in ("pillow", "opencv", "torch", "torchvision")
    }
    assert min(others.values()) > 0
    assert others["opencv.linear"] <= 2
    smooth = resize(image, (40, 51), "java_image.smooth").astype(int)
    assert np.abs(resize(image, (40, 51), "opencv.area") - smooth).max() <= 1
