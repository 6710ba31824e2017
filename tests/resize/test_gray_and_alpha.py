"""Gray pictures and pictures with alpha: digests of the JDK's pixels, bounds between the kinds, what is refused."""

import json
import zlib

import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.resize import resize
from robustfashion.resize.alpha import RGBA_METHODS, resize_rgba
from robustfashion.resize.gray import linear_to_srgb, resize_gray
from tests.resize.images import JAVA_METHODS
from tests.resize.jdk import OTHER_DIGESTS, REFUSED, digest, other_digests, other_pictures, other_targets

RECORDED = json.loads(OTHER_DIGESTS.read_text())
PICTURES = other_pictures()


def own_digest(picture, size, method):
    function = resize_gray if picture.ndim == 2 else resize_rgba
    try:
        return digest(function(picture, size, method))
    except InputError:
        return REFUSED


@pytest.mark.parametrize("name", PICTURES)
def test_digests_of_the_jdk(name):
    assert tuple(RECORDED["methods"]) == JAVA_METHODS
    expected = RECORDED["results"][name]
    assert list(expected) == [f"{h}x{w}" for h, w in other_targets(PICTURES[name])]
    for size, digests in zip(other_targets(PICTURES[name]), expected.values(), strict=True):
        wrong = [
            method
            for method, known in zip(JAVA_METHODS, digests.split(), strict=True)
            if own_digest(PICTURES[name], size, method) != known
        ]
        assert wrong == [], size


def test_all_methods():
    assert set(RGBA_METHODS) == set(JAVA_METHODS)


def test_gray_table():
    assert f"{zlib.crc32(linear_to_srgb()):08x}" == "6520996c"
    assert [int(linear_to_srgb()[v]) for v in (0, 50, 128, 255)] == [0, 122, 188, 255]


@pytest.mark.parametrize("method", [name for name in JAVA_METHODS if name != "java2d.nearest"])
@pytest.mark.parametrize("size", [(20, 31), (64, 40)])
def test_opaque_alpha_is_as_without(method, size):
    rgb = np.random.default_rng(1).integers(0, 256, (40, 53, 3), dtype=np.uint8)
    rgba = np.dstack([rgb, np.full((40, 53), 255, np.uint8)])
    if method in ("imgscalr.speed", "imgscalr.speed_antialias", "halving.nearest"):
        pytest.skip("nearest takes other pixels")
    result = resize_rgba(rgba, size, method)
    np.testing.assert_array_equal(result[:, :, :3], resize(rgb, size, method))
    assert (result[:, :, 3] >= 255 - method.endswith("_antialias")).all()


def test_transparent_colours_are_forgotten_by_graphics():
    rgba = np.random.default_rng(1).integers(0, 256, (30, 20, 4), dtype=np.uint8)
    rgba[:, :, 3] = 0
    assert not resize_rgba(rgba, (9, 11), "java2d.bilinear").any()
    assert resize_rgba(rgba, (9, 11), "affine_op.bilinear").any()


@pytest.mark.parametrize(
    ("function", "image", "method", "message"),
    [
        (resize_rgba, np.zeros((4, 5, 3), np.uint8), "java2d.bilinear", r"uint8 RGBA \[H, W, 4\]"),
        (resize_rgba, np.zeros((4, 5, 4)), "java2d.bilinear", r"uint8 RGBA"),
        (resize_rgba, np.zeros((0, 5, 4), np.uint8), "java2d.bilinear", r"uint8 RGBA"),
        (resize_rgba, np.zeros((4, 5, 4), np.uint8), "pillow.bilinear", "not one of Java's"),
        (resize_rgba, np.zeros((4, 5, 4), np.uint8), "java2d.x", "unknown resize method"),
        (resize_gray, np.zeros((4, 5, 3), np.uint8), "java2d.bilinear", r"uint8 \[H, W\]"),
        (resize_gray, np.zeros((4, 5)), "java2d.bilinear", "dtype float64"),
        (resize_gray, np.zeros((4, 5), np.uint8), "opencv.linear", "not one of Java's"),
    ],
)
def test_refused(function, image, method, message):
    with pytest.raises(InputError, match=message):
        function(image, (2, 3), method)


@pytest.mark.parametrize("function", [resize_gray, resize_rgba])
def test_refused_size(function):
    image = np.zeros((4, 5) if function is resize_gray else (4, 5, 4), np.uint8)
    with pytest.raises(InputError, match="at least 1 px"):
        function(image, (0, 3), "java2d.bilinear")


@pytest.mark.jdk
def test_recorded_digests_are_javas(jdk):
    if set(jdk.families) >= {name.split(".")[0] for name in JAVA_METHODS}:
        assert other_digests(jdk) == RECORDED["results"]
    else:
        pytest.skip("a library's jar is missing")
