"""What ``resize`` accepts and refuses, and what the list of methods says."""

import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from robustfashion.errors import InputError
from robustfashion.resize import METHODS, check_method, check_size, resize
from robustfashion.resize.methods import methods_like
from robustfashion.resize.oracle.jdk import JDK_FAMILIES, LIBRARIES

IMAGE = np.random.default_rng(1).integers(0, 256, (37, 53, 3), dtype=np.uint8)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [(19, 80), (37, 53), (1, 1), (60, 20)])
def test_result_is_a_new_image(method, size):
    if method.startswith("imgscalr.ultra_quality") and min(size) < 6:
        with pytest.raises(InputError, match=r"it stops at \(6, 6\)"):
            resize(IMAGE, size, method)
        return
    before = IMAGE.copy()
    result = resize(IMAGE, size, method)
    assert result.shape == (*size, 3)
    assert result.dtype == np.uint8
    assert result.flags.c_contiguous
    assert result.flags.writeable
    assert not np.shares_memory(result, IMAGE)
    result += 1
    np.testing.assert_array_equal(IMAGE, before)


BLURRING = {f"twelvemonkeys.{name}" for name in ("hamming", "gaussian", "cubic", "mitchell", "blackman_bessel")}
BLURRING |= {f"tensorflow.{name}{suffix}" for name in ("gaussian", "mitchellcubic") for suffix in ("", "_antialias")}
BLURRING |= {name for name in METHODS if name.endswith("_antialias") and name.startswith("imgscalr")}
"""These change a picture that keeps its size; so does Java (tests/resize/java/digests.json)."""


@pytest.mark.parametrize("method", METHODS)
def test_same_size_keeps_the_image(method):
    assert np.array_equal(resize(IMAGE, (37, 53), method), IMAGE) == (method not in BLURRING)


@pytest.mark.parametrize("method", METHODS)
def test_memory_layout_does_not_matter(method):
    views = [IMAGE[::-1, ::2], IMAGE.transpose(1, 0, 2), IMAGE[:, :, ::-1], np.asfortranarray(IMAGE)]
    read_only = IMAGE.copy()
    read_only.setflags(write=False)
    for view in (*views, read_only):
        expected = resize(np.array(view, order="C"), (20, 31), method)
        np.testing.assert_array_equal(resize(view, (20, 31), method), expected)


@pytest.mark.parametrize("method", METHODS)
def test_gradient_keeps_its_direction(method):
    """Neither axes nor channels are mixed up: red grows to the right, green downward, blue is constant."""
    y, x = np.mgrid[:90, :120]
    image = np.stack([x * 2, y * 2, np.full_like(x, 77)], axis=2).astype(np.uint8)
    result = resize(image, (30, 50), method).astype(int)
    assert (np.diff(result[:, :, 0], axis=1) > 0).all()
    assert (np.diff(result[:, :, 1], axis=0) > 0).all()
    constant = {76, 77} if "imgscalr" in method and "antialias" in method else {77}  # its weights add to less than 1
    assert set(np.unique(result[:, :, 2])) == constant


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (Image.new("RGB", (3, 2)), "image is a Image; it must be a numpy array"),
        ([[[1, 2, 3]]], "image is a list"),
        (np.zeros((4, 5, 3)), r"dtype float64; it must be uint8"),
        (np.zeros((4, 5, 3), np.int16), r"dtype int16"),
        (np.zeros((4, 5), np.uint8), r"shape \[4, 5\]; it must be RGB"),
        (np.zeros((4, 5, 4), np.uint8), r"shape \[4, 5, 4\].*lay alpha on a background"),
        (np.zeros((3, 4, 5), np.uint8), r"shape \[3, 4, 5\].*move channels last"),
        (np.zeros((0, 5, 3), np.uint8), r"shape \[0, 5, 3\]: no pixels"),
    ],
)
def test_refused_images(image, message):
    with pytest.raises(InputError, match=message):
        resize(image, (2, 2))


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ((0, 5), r"\(0, 5\); height and width must be at least 1"),
        ((5, -1), r"\(5, -1\)"),
        ((2.0, 5), r"two whole numbers"),
        ((True, 5), "two whole numbers"),
        ("22", "two whole numbers"),
        ((5,), "two whole numbers"),
        ((5, 6, 7), "two whole numbers"),
        (5, "two whole numbers"),
        (None, "two whole numbers"),
        ((20_000, 20_000), r"\(20000, 20000\): more than 100000000 px"),
    ],
)
def test_refused_sizes(size, message):
    with pytest.raises(InputError, match=message):
        resize(IMAGE, size)


@pytest.mark.parametrize("threads", [0, -1])
def test_refused_threads(threads):
    with pytest.raises(InputError, match=f"threads is {threads}; it must be at least 1"):
        resize(IMAGE, (3, 4), threads=threads)


def test_sizes_of_other_kinds():
    assert check_size([np.int64(3), np.uint8(4)]) == (3, 4)
    assert all(type(side) is int for side in check_size(np.array([3, 4])))


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("java2d.bilinaer", "java2d.bilinear"),
        ("pillow.cubic", "pillow.bicubic"),
        ("java2d", "java2d.nearest"),
        ("smooth", "java_image.smooth"),
        ("Pillow.bilinear", "pillow.bilinear"),
    ],
)
def test_unknown_method_names_near_ones(name, suggestion):
    with pytest.raises(InputError, match=rf"unknown resize method '{name}'; did you mean .*\b{re.escape(suggestion)}\b"):
        check_method(name)


@pytest.mark.parametrize("name", ["", "xyz", None, 3])
def test_unknown_method_lists_all(name):
    with pytest.raises(InputError, match=r"methods are pillow\.nearest, .*djl\.pytorch_area"):
        check_method(name)


def test_methods_tell_where_they_come_from():
    libraries = {"pillow", "opencv", "torch", "torchvision", *JDK_FAMILIES, *LIBRARIES, "tensorflow", "tensorflow_legacy", "djl"}
    for name, method in METHODS.items():
        assert name == method.name
        assert name.split(".")[0] in libraries
        assert method.origin
        assert re.search(r"\d+\.\d+", method.version()), method.version()
    assert METHODS["java2d.nearest"].version() == METHODS["java_image.smooth"].version()


def test_import_loads_no_library():
    heavy = "{'torch', 'torchvision', 'cv2', 'numba', 'PIL', 'albumentations', 'scipy'}"
    code = f"import sys, robustfashion.resize, robustfashion.resize.reencode; print(*({heavy} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == ""


def test_patterns_stand_for_methods():
    assert methods_like("java2d.*+jpeg75") == [f"java2d.{name}+jpeg75" for name in ("nearest", "bilinear", "bicubic")]
    assert methods_like("*") == list(METHODS) and methods_like("no.such") == ["no.such"]
    with pytest.raises(InputError, match=r"no resize method is like 'java3d\.\*'"):
        methods_like("java3d.*")
