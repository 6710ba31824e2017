"""Short cuts of drawing give what Pillow and numpy give on the long way, to the bit."""

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageFilter

from robustfashion.data.synthetic.curves import even, normals, ribbon
from robustfashion.data.synthetic.rendering import _darken, _sharpen
from robustfashion.data.synthetic.shading import _slope, blur
from robustfashion.data.synthetic.tones import blends, coloured, lay, lit, scaled, tints

COLOURS = [(0, 0, 0), (255, 255, 255), (3, 127, 254), (90, 201, 17)]
SIZE = (256, 50)


def levels():
    """Every byte, 50 times."""
    return Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (SIZE[1], 1)))


def same(one, two):
    np.testing.assert_array_equal(np.asarray(one), np.asarray(two))


@pytest.mark.parametrize("ground", COLOURS)
@pytest.mark.parametrize("colour", COLOURS)
def test_blends_are_pastes(ground, colour):
    expected = Image.new("RGB", SIZE, ground)
    expected.paste(colour, (0, 0, *SIZE), levels())
    same(coloured(levels(), blends(ground, colour)), expected)
    laid = Image.new("RGB", SIZE, ground)
    lay(laid, colour, (0, 0, *SIZE), levels())  # large enough for a picture of the colour
    same(laid, expected)


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("gains", [(1.0, 1.0, 1.0), (0.965, 0.99, 1.0), (1.0, 0.986, 0.93)])
def test_lit_colours_are_products(colour, gains):
    light = Image.merge("RGB", [scaled(levels(), gain) for gain in gains])
    same(coloured(levels(), tints(gains)), light)
    same(coloured(levels(), lit(colour, tints(gains))), ImageChops.multiply(Image.new("RGB", SIZE, colour), light))


@pytest.mark.parametrize("ground", [(255, 255, 255), (211, 190, 77)])
def test_shadow_is_a_product(ground):
    rng = np.random.default_rng(0)
    shadow = Image.new("L", (90, 70))
    shadow.paste(Image.fromarray(rng.integers(0, 256, (20, 30), dtype=np.uint8)), (40, 10))
    dark = shadow.point([round(255 - k * 0.38) for k in range(256)])
    background = Image.new("RGB", (90, 70), ground)
    expected = ImageChops.multiply(background, Image.merge("RGB", (dark, dark, dark)))
    _darken(background, shadow, 0.38, ground == (255, 255, 255))
    same(background, expected)


@pytest.mark.parametrize("at", [(0, 0), (40, 30), (61, 39), None])
def test_sharpening_leaves_white_alone(at):
    image = Image.new("RGB", (100, 80), (255, 255, 255))
    if at is not None:
        image.paste(Image.fromarray(np.random.default_rng(1).integers(0, 256, (41, 39, 3), dtype=np.uint8)), at)
    expected = image.filter(ImageFilter.UnsharpMask(1.2, 60, 2))
    _sharpen(image)
    same(image, expected)


def test_numbers_are_numpys():
    rng = np.random.default_rng(2)
    for n in (2, 3, 24, 91):
        start, end = rng.normal(size=2) * 100
        same(even(start, end, n), np.linspace(start, end, n))
    same(even(3, 3, 5), np.linspace(3, 3, 5))
    field = rng.normal(size=(9, 13))
    same(_slope(field, 0.013), np.gradient(field, 0.013, axis=1))
    same(_slope(field[:, :2], 0.013), np.gradient(field[:, :2], 0.013, axis=1))


def test_ribbon_is_numpys():
    centre = np.cumsum(np.random.default_rng(3).normal(size=(12, 2)), axis=0)
    tangent = np.gradient(centre, axis=0)
    across = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1) / np.hypot(*tangent.T)[:, None]
    same(normals(centre), across)
    same(ribbon(centre, 0.3)[:12], centre + across * 0.3 / 2)
    same(ribbon(centre, 0.3), ribbon(centre, [0.3, 0.3]))


def test_blur_is_two_box_blurs():
    field = np.random.default_rng(4).random((7, 11))
    r, expected = 2, np.pad(field, 8)
    for _ in range(2):
        for axis in (1, 0):
            expected = sum(np.roll(expected, k, axis) for k in range(-r, r + 1)) / (2 * r + 1)
            inside = np.zeros_like(expected)
            inside[8:-8, 8:-8] = expected[8:-8, 8:-8]
            expected = inside
    np.testing.assert_allclose(blur(field, 2.2), expected[8:-8, 8:-8], atol=1e-12)
