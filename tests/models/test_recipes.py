"""Recipes and their augmentations."""

from dataclasses import replace

import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.models.recipes import RECIPES, PCANoise, Recipe, augmentation, resolve_recipe


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(60, 200, (37, 23, 3)).astype(np.uint8)


def _many(recipe, image, count=300, seed=0):
    compose = augmentation(recipe)
    compose.set_random_seed(seed)
    return [compose(image=image)["image"] for _ in range(count)]


def test_paper_recipe_is_a_flip_and_nothing_else(image):
    found = _many(RECIPES["paper"], image)
    flipped = [np.array_equal(other, image[:, ::-1]) for other in found]
    assert all(f or np.array_equal(other, image) for f, other in zip(flipped, found, strict=True))
    assert 0.4 < np.mean(flipped) < 0.6
    assert (RECIPES["paper"].lr, RECIPES["paper"].weight_decay) == (0.01, 0.0)


def test_robust_recipe_has_every_augmentation_of_the_paper():
    recipe = RECIPES["robust"]
    for name in ("brightness", "contrast", "saturation", "hue", "pca_noise", "grayscale_p"):
        assert getattr(recipe, name) > 0 and getattr(RECIPES["paper"], name) == 0
    assert (
        replace(recipe, name="paper", brightness=0, contrast=0, saturation=0, hue=0, pca_noise=0, grayscale_p=0)
        == RECIPES["paper"]
    )


def test_brightness_stays_in_its_range():
    gray = np.full((5, 6, 3), 100, np.uint8)
    means = [other.mean() for other in _many(Recipe(flip_p=0, brightness=0.4), gray)]
    assert 59 <= min(means) < 65 and 135 < max(means) <= 141


def test_contrast_and_saturation(image):
    spread = [other.std() / image.std() for other in _many(Recipe(flip_p=0, contrast=0.3), image)]
    assert 0.68 < min(spread) < 0.75 and 1.2 < max(spread) < 1.32
    pale = [np.ptp(other.astype(int), axis=2).mean() / np.ptp(image.astype(int), axis=2).mean()
            for other in _many(Recipe(flip_p=0, saturation=0.3), image)]  # fmt: skip
    assert 0.65 < min(pale) < 0.76 and 1.2 < max(pale) < 1.33


def test_hue_turns_colours_and_keeps_gray():
    red = np.zeros((4, 5, 3), np.uint8)
    red[..., 0] = 200
    recipe = Recipe(flip_p=0, hue=0.1)
    others = _many(recipe, red, 100)
    assert max(o[..., 1].max() for o in others) > 80 and max(o[..., 2].max() for o in others) > 80
    assert max(o[..., 1].max() for o in others) <= 200 * 0.62  # a tenth of a turn reaches 60 % of the way to yellow
    gray = np.full((4, 5, 3), 90, np.uint8)
    assert all(np.array_equal(o, gray) for o in _many(recipe, gray, 20))


def test_grayscale_probability(image):
    found = _many(Recipe(flip_p=0, grayscale_p=0.3), image, 400)
    gray = [bool((o[..., 0] == o[..., 1]).all() and (o[..., 1] == o[..., 2]).all()) for o in found]
    assert 0.2 < np.mean(gray) < 0.4


def test_pca_noise_is_one_colour_with_imagenets_covariance():
    flat = np.full((3, 4, 3), 128, np.uint8)
    alpha = 0.3
    found = np.array(_many(Recipe(flip_p=0, pca_noise=alpha), flat, 4000)).astype(int) - 128
    assert (found == found[:, :1, :1]).all()  # one colour for the whole image
    axes, deviations = PCANoise.AXES, PCANoise.DEVIATIONS * alpha
    expected = axes @ np.diag(deviations**2) @ axes.T + np.eye(3) / 12  # rounding adds 1/12
    np.testing.assert_allclose(np.cov(found[:, 0, 0].T), expected, rtol=0.1)
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=2e-3)


def test_pca_noise_clips(image):
    compose = augmentation(Recipe(flip_p=0, pca_noise=1.0))
    compose.set_random_seed(1)
    white = np.full((2, 3, 3), 255, np.uint8)
    results = [compose(image=white)["image"] for _ in range(20)]
    assert max(r.max() for r in results) == 255 and min(r.min() for r in results) > 40  # saturates, never wraps around


def test_same_seed_same_images(image):
    first, second = (_many(RECIPES["robust"], image, 5, seed=4) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, _many(RECIPES["robust"], image, 5, seed=5), strict=True))


def test_output_is_uint8_rgb_of_the_same_size(image):
    for other in _many(RECIPES["robust"], image, 30):
        assert other.shape == image.shape and other.dtype == np.uint8


def test_nothing_at_all(image):
    assert np.array_equal(_many(Recipe(flip_p=0), image, 1)[0], image)


@pytest.mark.parametrize(
    ("field", "value"),
    [("lr", -1.0), ("flip_p", 1.5), ("hue", 0.6), ("brightness", -0.1), ("momentum", 1.01), ("lr", float("nan"))],
)
def test_values_out_of_range(field, value):
    with pytest.raises(InputError, match=field):
        Recipe(**{field: value})


def test_resolve():
    assert resolve_recipe("robust") is RECIPES["robust"]
    assert resolve_recipe(RECIPES["robust"].to_dict()) == RECIPES["robust"]
    assert resolve_recipe({"name": "robust", "weight_decay": 0.3}) == replace(RECIPES["robust"], weight_decay=0.3)
    own = Recipe("own", hue=0.2)
    assert resolve_recipe(own.to_dict()) == own


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ("strong", "paper, robust"),
        ({"name": "paper", "blur": 1}, "'blur'"),
        ({"weight_decay": 0.3}, "of which recipe"),
        ({"name": "robst", "weight_decay": 0.3}, "missing are .*'brightness'"),
        ({"name": "robust", "lr": -1.0}, "lr is -1"),
    ],
)
def test_unusable_recipes(recipe, message):
    with pytest.raises(InputError, match=message):
        resolve_recipe(recipe)
