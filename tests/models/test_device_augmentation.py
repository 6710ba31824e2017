"""Batched augmentation: against albumentations with the same factors, against colorsys, and its distributions."""

import colorsys
import os

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")

import albumentations.augmentations.pixel.functional as albumentations
import cv2
import numpy as np
import pytest
import torch
from scipy import stats

from robustfashion.data.streams import uniforms
from robustfashion.models.augmentation_kernel import augment_on_cpu
from robustfashion.models.device_augmentation import FACTORS, ORDERS, Jitter, RecipeAugmentation, augment, augment_by_torch
from robustfashion.models.recipes import RECIPES, PCANoise, Recipe

WAYS = {"kernel": augment_on_cpu, "torch": augment_by_torch}
STEPS = (
    albumentations.adjust_brightness_torchvision,
    albumentations.adjust_contrast_torchvision,
    albumentations.adjust_saturation_torchvision,
    albumentations.adjust_hue_torchvision,
)
"""Brightness, contrast, saturation, hue, as ColorJitter calls them."""
HUE_BOUND = 14
"""Levels: 8-bit hue knows steps of two degrees, 8.5 levels where the colour is strong; OpenCV rounds to a step, albumentations
cuts the turned hue to one, and saturation is rounded, too."""


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def way(request):
    return request.param


def photos(n=7, h=19, w=26, seed=0):
    """Smooth colours with noise, some of it clipped, a gray and a white image: uint8 [n, h, w, 3]."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(-60, 315, (n, 4, 5, 3))
    images = np.stack([cv2.resize(image, (w, h), interpolation=cv2.INTER_CUBIC) for image in coarse])
    images = np.clip(images + rng.normal(0, 6, images.shape), 0, 255).astype(np.uint8)
    images[-2] = images[-2, :, :, :1]
    images[-1] = 255
    return images


def jitter(n, **given):
    """A jitter that does nothing but what is given."""
    nothing = {
        "flip": np.zeros(n, bool), "brightness": np.ones(n), "contrast": np.ones(n), "saturation": np.ones(n), "hue": np.zeros(n),
        "order": np.tile(ORDERS[0], (n, 1)), "shift": np.zeros((n, 3)), "gray": np.zeros(n, bool),
    }  # fmt: skip
    return Jitter(**(nothing | given))


def done(way, images, drawn):
    batch = torch.from_numpy(images.copy()).permute(0, 3, 1, 2)
    found = way(batch, torch.from_numpy(drawn.factors()))
    assert (found.dtype, found.shape) == (torch.uint8, batch.shape)
    assert found.is_contiguous(memory_format=torch.channels_last)
    return found.permute(0, 2, 3, 1).numpy().astype(int)


def test_nothing_drawn_nothing_changed(way):
    images = photos()
    np.testing.assert_array_equal(done(way, images, jitter(7)), images)


def test_flip_is_exact(way):
    images = photos()
    flip = np.array([True, False, True, True, False, False, True])
    want = np.where(flip[:, None, None, None], images[:, :, ::-1], images)
    np.testing.assert_array_equal(done(way, images, jitter(7, flip=flip)), want)


@pytest.mark.parametrize("step", [0, 1, 2], ids=["brightness", "contrast", "saturation"])
def test_a_step_is_albumentations_step_within_one_level(way, step):
    images = photos()
    factors = np.array([0.6, 0.83, 0.97, 1.04, 1.22, 1.4, 0.71])
    found = done(way, images, jitter(7, **{("brightness", "contrast", "saturation")[step]: factors}))
    want = np.stack([STEPS[step](image, factor) for image, factor in zip(images, factors, strict=True)]).astype(int)
    assert np.abs(found - want).max() <= 1
    assert np.abs(found - images).mean() > 2


@pytest.mark.parametrize("factors", [[0.04, -0.1, 0.1, 0.07, -0.03, 0.09, -0.06], [0.5, -0.5, 0.31, -0.44, 0.2, 0.25, -0.3]])
def test_hue_is_albumentations_hue_but_for_its_steps_of_two_degrees(way, factors):
    images = photos()
    found = done(way, images, jitter(7, hue=np.array(factors)))
    want = np.stack([STEPS[3](image, factor) for image, factor in zip(images, factors, strict=True)]).astype(int)
    assert np.abs(found - want).max() <= HUE_BOUND
    assert np.abs(found - want).mean() < 1.5
    assert np.abs(found - images)[:-2].mean() > 3


def test_hue_turns_by_exact_angles(way):
    images = photos(3, 5, 6)
    factors = np.array([0.1, -0.083, 0.37])
    found = done(way, images, jitter(3, hue=factors))
    for image, turned, turn in zip(images, found, factors, strict=True):
        for pixel, new in zip(image.reshape(-1, 3), turned.reshape(-1, 3), strict=True):
            h, s, v = colorsys.rgb_to_hsv(*(pixel / 255))
            assert np.abs(255 * np.array(colorsys.hsv_to_rgb((h + turn) % 1, s, v)) - new).max() <= 0.501


def test_pca_noise_is_the_transforms_within_one_level(way):
    images = photos()
    shift = np.random.default_rng(3).normal(0, 20, (7, 3))
    found = done(way, images, jitter(7, shift=shift))
    want = np.stack([PCANoise().apply(image, colour) for image, colour in zip(images, shift, strict=True)]).astype(int)
    assert np.abs(found - want).max() <= 1


def test_gray_is_opencvs_within_one_level(way):
    images = photos()
    gray = np.array([True, False, True, False, True, True, True])
    found = done(way, images, jitter(7, gray=gray))
    want = np.stack([albumentations.to_gray_weighted_average(image) for image in images])[..., None]
    assert np.abs(found - np.where(gray[:, None, None, None], want, images)).max() <= 1


def test_all_orders_of_all_steps(way):
    images = photos(24)
    rng = np.random.default_rng(5)
    strengths = [rng.uniform(0.6, 1.4, 24) for _ in range(3)]
    strengths.append(rng.uniform(-0.1, 0.1, 24))
    found = done(way, images, jitter(24, brightness=strengths[0], contrast=strengths[1], saturation=strengths[2],
                                     hue=strengths[3], order=ORDERS))  # fmt: skip
    for image, result, order, factors in zip(images, found, ORDERS, np.stack(strengths, 1), strict=True):
        want = image
        for step in order:
            want = STEPS[step](want, factors[step])
        assert np.abs(result - want).mean() < 2.5
        swapped = image
        for step in order[::-1]:
            swapped = STEPS[step](swapped, factors[step])
        if np.abs(want.astype(int) - swapped).mean() > 6:
            assert np.abs(result - want).mean() < np.abs(result - swapped).mean()


def test_both_ways_give_the_same_pixels():
    images = photos(200, 11, 14)
    drawn = RecipeAugmentation(RECIPES["robust"]).jitter(uniforms(2, np.arange(200), np.zeros(200, int), 10))
    kernel, torch_ = (done(way, images, drawn) for way in WAYS.values())
    assert np.abs(kernel - torch_).max() <= 1
    assert (kernel != torch_).mean() < 1e-3


def test_batches_larger_than_a_chunk_and_threads(monkeypatch):
    images = photos(300, 6, 7)
    drawn = RecipeAugmentation(RECIPES["robust"]).jitter(uniforms(2, np.arange(300), np.zeros(300, int), 10))
    want = done(augment, images, drawn)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    np.testing.assert_array_equal(done(augment, images, drawn), want)
    for k in (0, 130, 299):
        alone = Jitter(*(field[k : k + 1] for field in drawn))
        np.testing.assert_array_equal(done(augment, images[k : k + 1], alone)[0], want[k])


def test_no_images():
    assert augment(torch.zeros(0, 3, 5, 4, dtype=torch.uint8), torch.zeros(0, FACTORS)).shape == (0, 3, 5, 4)


def test_planar_images_are_not_overwritten():
    batch = torch.from_numpy(photos()).permute(0, 3, 1, 2).contiguous()
    before = batch.clone()
    augment(batch, torch.from_numpy(jitter(7, brightness=np.full(7, 0.5)).factors()))
    assert torch.equal(batch, before)


def _drawn(recipe, n=5000):
    return RecipeAugmentation(recipe).jitter(uniforms(11, np.arange(n), np.full(n, 2), 10))


def test_factors_are_distributed_as_the_recipe_says():
    recipe = Recipe("own", flip_p=0.3, brightness=0.4, contrast=0.2, saturation=0.5, hue=0.1, pca_noise=0.2, grayscale_p=0.1)
    drawn = _drawn(recipe)
    for name in ("brightness", "contrast", "saturation"):
        low, width = 1 - getattr(recipe, name), 2 * getattr(recipe, name)
        assert stats.kstest(getattr(drawn, name), "uniform", (low, width)).pvalue > 0.001
    assert stats.kstest(drawn.hue, "uniform", (-0.1, 0.2)).pvalue > 0.001
    along = drawn.shift @ np.linalg.inv(PCANoise.AXES).T / PCANoise.DEVIATIONS / recipe.pca_noise
    assert all(stats.kstest(column, "norm").pvalue > 0.001 for column in along.T)
    assert stats.binomtest(int(drawn.flip.sum()), 5000, 0.3).pvalue > 0.001
    assert stats.binomtest(int(drawn.gray.sum()), 5000, 0.1).pvalue > 0.001
    kinds = np.unique(drawn.order, axis=0, return_counts=True)[1]
    assert len(kinds) == 24
    assert stats.chisquare(kinds).pvalue > 0.001


def test_factors_are_independent_of_one_another():
    drawn = _drawn(RECIPES["robust"])
    columns = [drawn.flip, drawn.brightness, drawn.contrast, drawn.saturation, drawn.hue, drawn.order[:, 0], *drawn.shift.T]
    # The colour's three channels are not independent: the noise is mostly gray.
    correlation = np.corrcoef(np.array(columns[:-2], float)) - np.eye(7)
    assert np.abs(correlation).max() < 0.05


def test_the_plain_recipe_only_flips():
    images = photos(400, 4, 6)
    drawn = RecipeAugmentation(RECIPES["paper"]).jitter(uniforms(0, np.arange(400), np.zeros(400, int), 10))
    found = done(augment, images, drawn)
    np.testing.assert_array_equal(found, np.where(drawn.flip[:, None, None, None], images[:, :, ::-1], images))
    assert 0.4 < drawn.flip.mean() < 0.6


def test_the_smallest_number_is_a_colour():
    drawn = RecipeAugmentation(RECIPES["robust"]).factors(np.zeros((2, 10)))
    assert np.isfinite(drawn).all()
    assert drawn.shape == (2, FACTORS)


@pytest.mark.gpu
def test_a_gpu_gives_the_same_pixels():
    images = photos(200, 11, 14)
    drawn = RecipeAugmentation(RECIPES["robust"]).jitter(uniforms(2, np.arange(200), np.zeros(200, int), 10))
    batch = torch.from_numpy(images).permute(0, 3, 1, 2)
    found = augment(batch.cuda(), torch.from_numpy(drawn.factors())).cpu().permute(0, 2, 3, 1).numpy().astype(int)
    assert np.abs(found - done(augment, images, drawn)).max() <= 1
