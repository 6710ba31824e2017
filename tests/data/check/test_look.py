"""Hash and content: the same picture in other clothes, and other pictures."""

import numpy as np
import pytest
from PIL import Image

from robustfashion.data.check import look as module
from robustfashion.data.check.look import fitted, look
from robustfashion.data.check.near import MAX_ASPECT, MAX_BITS, MAX_RMS_LEVELS
from robustfashion.pictures.decode import decode_bytes
from tests.data.check.pictures import product
from tests.data.images import encoded


def same(first: np.ndarray, second: np.ndarray) -> bool:
    """What near.py decides, for one pair."""
    a, b = look(fitted(first, 256)), look(fitted(second, 256))
    rms = float(np.sqrt(((a.content.astype(float) - b.content) ** 2).mean()))
    ratio = max(a.aspect / b.aspect, b.aspect / a.aspect)
    return (a.hash ^ b.hash).bit_count() <= MAX_BITS and rms <= MAX_RMS_LEVELS and ratio <= MAX_ASPECT


def padded(image: np.ndarray, top: int, bottom: int, left: int, right: int) -> np.ndarray:
    return np.pad(image, ((top, bottom), (left, right), (0, 0)), constant_values=255)


def again(image: np.ndarray, quality: int) -> np.ndarray:
    return decode_bytes(encoded(image, quality=quality))


def scaled(image: np.ndarray, factor: float) -> np.ndarray:
    height, width = image.shape[:2]
    size = (round(width * factor), round(height * factor))
    return np.array(Image.fromarray(image).resize(size, Image.Resampling.BILINEAR))


@pytest.mark.parametrize("seed", range(8))
def test_padding_quality_and_size_change_nothing(seed):
    image = product(300, 240, seed)
    for other in (
        again(image, 40),
        scaled(image, 0.5),
        padded(image, 90, 10, 0, 200),
        again(scaled(padded(image, 40, 0, 120, 30), 0.6), 50),
    ):
        assert same(image, other)


def test_other_pictures_are_others():
    images = [product(300, 240, seed) for seed in range(8)]
    assert not any(same(a, b) for k, a in enumerate(images) for b in images[k + 1 :])


def test_colour_tells_equal_silhouettes_apart():
    image = product(300, 240, 1)
    assert not same(image, image[:, :, ::-1].copy())


def test_averages_are_exact():
    image = np.random.default_rng(0).integers(0, 256, (57, 43, 3), dtype=np.uint8)
    repeated = np.kron(image, np.ones((32, 32, 1), np.uint8)).reshape(32, 57, 32, 43, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(module._averaged(image, (0, 57), (0, 43)), repeated, atol=1e-4)
    part = module._averaged(image, (10.5, 26.5), (3.25, 35.25))
    fine = np.kron(image, np.ones((4, 4, 1), np.uint8))[42:106, 13:141].reshape(32, 2, 32, 4, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(part, fine, atol=1e-4)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (256, 2), (7, 5)])
def test_small_and_blank_pictures(shape):
    white = look(np.full((*shape, 3), 255, np.uint8))
    assert white.flat and white.content.min() == 255
    spot = np.full((*shape, 3), 255, np.uint8)
    spot[0, 0] = 0
    assert np.isfinite(look(spot).aspect) and look(spot).aspect > 0
