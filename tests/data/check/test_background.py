"""Background and product, told apart on pictures of known shape."""

import numpy as np
import pytest

from robustfashion.data.check.background import foreground


def scene(background: np.ndarray, hole: float) -> tuple[np.ndarray, np.ndarray]:
    """A red rectangle with a grey hole before a background [90, 70, 3], with noise; and where the rectangle is."""
    rng = np.random.default_rng(0)
    image = background + rng.normal(0, 0.7, background.shape)
    image[25:60, 20:55] = (180, 30, 40)
    image[35:45, 30:40] = hole
    mask = np.zeros(image.shape[:2], bool)
    mask[25:60, 20:55] = True
    return np.clip(np.rint(image), 0, 255).astype(np.uint8), mask


WHITE = np.full((90, 70, 3), 254.0)
GRADED = 150 + 90 * np.linspace(0, 1, 90)[:, None, None] * np.ones((1, 70, 3))
PARTED = np.where(np.arange(90)[:, None, None] < 50, 220.0, 120.0) * np.ones((1, 70, 3))


@pytest.mark.parametrize("background", [WHITE, GRADED, PARTED], ids=["white", "graded", "parted"])
def test_product_with_its_inner_parts_is_foreground(background):
    image, mask = scene(background, hole=70)
    found = foreground(image)
    inner = np.zeros_like(mask)
    inner[27:58, 22:53] = True
    assert found[inner].all(), "what lies inside the product and differs from the background belongs to it"
    far = np.ones_like(mask)
    far[22:63, 17:58] = False
    far[47:53] = False  # the edge of the parted background
    assert not found[far].any()


def test_what_has_the_colour_of_the_background_shows_through():
    image, _ = scene(WHITE, hole=252)
    found = foreground(image)
    assert not found[37:43, 32:38].any(), "nobody can tell a white print from white between two straps"
    assert found[27:33, 22:53].all()
    kept, _ = scene(WHITE, hole=236)
    assert foreground(kept)[37:43, 32:38].all(), "a light grey part stays"


def test_edge_belongs_to_whom_it_shows_more_of():
    image = np.full((90, 70, 3), 250, np.uint8)
    image[25:60, 20:55] = 40
    image[24, 20:55], image[60, 20:55] = 200, 90  # mixtures of both
    found = foreground(image)
    assert not found[24].any()
    assert found[60, 22:53].all()


def test_blank_picture_has_none():
    assert not foreground(np.full((40, 30, 3), 255, np.uint8)).any()


def test_noise_is_all_foreground():
    noise = np.random.default_rng(1).integers(0, 256, (60, 50, 3)).astype(np.uint8)
    assert foreground(noise).mean() > 0.9
