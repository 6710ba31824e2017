"""Background and product, told apart on pictures of known shape."""

import numpy as np
import pytest

from robustfashion.data.check.background import foreground


def scene(background: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A red rectangle with a white hole before a background [90, 70, 3], with noise; and where the rectangle is."""
    rng = np.random.default_rng(0)
    image = background + rng.normal(0, 0.7, background.shape)
    image[25:60, 20:55] = (180, 30, 40)
    image[35:45, 30:40] = 255
    mask = np.zeros(image.shape[:2], bool)
    mask[25:60, 20:55] = True
    return np.clip(np.rint(image), 0, 255).astype(np.uint8), mask


WHITE = np.full((90, 70, 3), 254.0)
GRADED = 150 + 90 * np.linspace(0, 1, 90)[:, None, None] * np.ones((1, 70, 3))
PARTED = np.where(np.arange(90)[:, None, None] < 50, 220.0, 120.0) * np.ones((1, 70, 3))


@pytest.mark.parametrize("background", [WHITE, GRADED, PARTED], ids=["white", "graded", "parted"])
def test_product_with_its_hole_is_foreground(background):
    image, mask = scene(background)
    found = foreground(image)
    inner = np.zeros_like(mask)
    inner[27:58, 22:53] = True
    assert found[inner].all(), "what lies inside the product belongs to it, white or not"
    far = np.ones_like(mask)
    far[22:63, 17:58] = False
    far[47:53] = False  # the edge of the parted background
    assert not found[far].any()


def test_blank_picture_has_none():
    assert not foreground(np.full((40, 30, 3), 255, np.uint8)).any()


def test_noise_is_all_foreground():
    noise = np.random.default_rng(1).integers(0, 256, (60, 50, 3)).astype(np.uint8)
    assert foreground(noise).mean() > 0.9
