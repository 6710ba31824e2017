"""The augmentations of a recipe for whole batches, where the network runs: flip, colour jitter, PCA noise, grayscale.

The data set draws the factors of each image from the seed, the image's number and the epoch, and sends them along as a row of
numbers (:data:`FACTORS`); :func:`augment` carries them out. Every step is that of albumentations' ``ColorJitter``,
``HorizontalFlip`` and ``ToGray``, but for two things: pixels are rounded once, at the end, and not after every step, and hue
turns by exact angles, where OpenCV's 8-bit HSV knows steps of two degrees.
"""

from dataclasses import dataclass
from itertools import permutations
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtri
from torch import Tensor

from robustfashion.models.augmentation_kernel import augment_on_cpu
from robustfashion.models.recipes import PCANoise, Recipe

Numbers = NDArray[np.float64]

FACTORS = 16
"""Numbers per image: flip (0 or 1); three times scale, share of the pixel's gray and share of the image's mean gray, which
brightness, contrast and saturation are, in their order; turn of the hue; how many of the three come before it (0..3); red, green
and blue of the PCA noise in levels; grayscale (0 or 1)."""

_FLIP, _TURN, _PLACE, _GRAY = 0, 10, 11, 15
_BLENDS, _SHIFT = slice(1, 10), slice(12, 15)
_NO_BLENDS = torch.tensor([1.0, 0.0, 0.0] * 3)
_LUMA = (0.299, 0.587, 0.114)
_CHUNK = 128
"""Images at a time on a GPU: float32 copies of 224 px take 77 MB each."""

ORDERS = np.array(list(permutations(range(4))))
"""[24, 4]: all orders of brightness (0), contrast (1), saturation (2) and hue (3)."""


class Jitter(NamedTuple):
    """What happens to each of n images, in the recipe's own terms."""

    flip: NDArray[np.bool_]
    """[n]"""
    brightness: Numbers
    """[n], factor."""
    contrast: Numbers
    """[n], factor."""
    saturation: Numbers
    """[n], factor."""
    hue: Numbers
    """[n], in turns of the colour circle."""
    order: NDArray[np.int64]
    """[n, 4]: rows of :data:`ORDERS`."""
    shift: Numbers
    """[n, 3], RGB in levels."""
    gray: NDArray[np.bool_]
    """[n]"""

    def factors(self) -> NDArray[np.float32]:
        """Float32 [n, FACTORS], as :func:`augment` takes them."""
        zero = np.zeros_like(self.brightness)
        steps = np.stack(
            [
                np.stack([self.brightness, zero, zero], axis=1),
                np.stack([self.contrast, zero, 1 - self.contrast], axis=1),
                np.stack([self.saturation, 1 - self.saturation, zero], axis=1),
            ],
            axis=1,
        )
        n, is_hue = len(zero), self.order == 3
        blends = np.take_along_axis(steps, self.order[~is_hue].reshape(n, 3, 1), axis=1).reshape(n, 9)
        columns = [self.flip[:, None], blends, self.hue[:, None], is_hue.argmax(1)[:, None], self.shift, self.gray[:, None]]
        return np.concatenate(columns, axis=1, dtype=np.float32)


@dataclass(frozen=True)
class RecipeAugmentation:
    """A recipe's augmentations, as a data set draws them."""

    recipe: Recipe
    """Probabilities and strengths."""
    draws: int = 10
    """Uniform numbers that one image takes."""

    def jitter(self, uniform: Numbers) -> Jitter:
        """What numbers [n, draws], uniform in [0, 1), mean."""
        u, recipe = uniform.T, self.recipe
        normal = ndtri(np.maximum(u[6:9], 2.0**-54))  # 0 is drawn once in 2^53, and minus infinity is no colour
        return Jitter(
            flip=u[0] < recipe.flip_p,
            brightness=1 + recipe.brightness * (2 * u[1] - 1),
            contrast=1 + recipe.contrast * (2 * u[2] - 1),
            saturation=1 + recipe.saturation * (2 * u[3] - 1),
            hue=recipe.hue * (2 * u[4] - 1),
            order=ORDERS[(len(ORDERS) * u[5]).astype(np.int64)],
            shift=recipe.pca_noise * normal.T * PCANoise.DEVIATIONS @ PCANoise.AXES.T,
            gray=u[9] < recipe.grayscale_p,
        )

    def factors(self, uniform: Numbers) -> NDArray[np.float32]:
        """Numbers [n, draws], uniform in [0, 1), to float32 [n, FACTORS]."""
        return self.jitter(uniform).factors()

    def carry_out(self, images: Tensor, factors: Tensor) -> Tensor:
        """:func:`augment`."""
        return augment(images, factors)


def augment(images: Tensor, factors: Tensor) -> Tensor:
    """Carry out what was drawn; row i is for image i alone.

    Args:
        images: uint8 [n, 3, h, w] on any device; may be overwritten.
        factors: float32 [n, FACTORS] in main memory, so that steps that no image needs are left out without asking a GPU.

    Returns:
        uint8 [n, 3, h, w] on the images' device, channels last in memory.
    """
    if not len(images):
        return images
    factors = factors.float()
    if images.device.type == "cpu":
        return augment_on_cpu(images, factors)
    parts = zip(torch.split(images, _CHUNK), torch.split(factors, _CHUNK), strict=True)
    return torch.cat([augment_by_torch(*part) for part in parts])


def augment_by_torch(images: Tensor, factors: Tensor) -> Tensor:
    """:func:`augment` in torch operations, for any device; ``images`` stay as they are."""
    there = factors.to(images.device, non_blocking=True)[:, :, None, None, None]
    if bool(factors[:, _FLIP].any()):
        images = torch.where(there[:, _FLIP] > 0, images.flip(3), images)
    if _keeps_colours(factors):
        return images.contiguous(memory_format=torch.channels_last)
    place = torch.where(factors[:, _TURN] == 0, 4, factors[:, _PLACE].long())
    order = torch.argsort(place, stable=True)  # images whose hue turns at the same time lie side by side
    ends = torch.bincount(place, minlength=5).cumsum(0).tolist()
    order, back = (way.to(images.device, non_blocking=True) for way in (order, torch.argsort(order)))
    there = there.index_select(0, order)
    x = _rows(images, order).to(torch.float32, memory_format=torch.contiguous_format)
    for step, (start, end) in enumerate(zip([0, *ends[:3]], ends[:4], strict=True)):
        if end > start:
            _turn_hue(x[start:end], there[start:end, _TURN])
        if step < 3:
            _blend(x, *(there[:, column] for column in range(1 + 3 * step, 4 + 3 * step)))
    x.add_(there[:, _SHIFT].reshape(len(x), 3, 1, 1)).clamp_(0, 255)
    if bool(factors[:, _GRAY].any()):
        x = torch.where(there[:, _GRAY] > 0, _gray(x), x)
    # The conversion cuts, hence the half.
    return _rows(x.clamp_(0, 255).add_(0.5).to(torch.uint8, memory_format=torch.channels_last), back)


def _rows(images: Tensor, rows: Tensor) -> Tensor:
    """Some images, in the layout that they have: index_select on [n, 3, h, w] would give planes."""
    return images.permute(0, 2, 3, 1).index_select(0, rows).permute(0, 3, 1, 2)


def _keeps_colours(factors: Tensor) -> bool:
    blends = factors[:, _BLENDS] != _NO_BLENDS
    return not bool(blends.any() or factors[:, _TURN].any() or factors[:, _SHIFT].any() or factors[:, _GRAY].any())


def _gray(x: Tensor) -> Tensor:
    """Luma [n, 1, h, w] of [n, 3, h, w]."""
    gray = x[:, 0] * _LUMA[0]
    return gray.add_(x[:, 1], alpha=_LUMA[1]).add_(x[:, 2], alpha=_LUMA[2])[:, None]


def _blend(x: Tensor, scale: Tensor, gray: Tensor, mean: Tensor) -> None:
    """Brightness, contrast or saturation, in place: each sample times ``scale`` plus shares of its pixel's and image's gray."""
    more = _gray(x)
    average = more.mean((1, 2, 3), keepdim=True)
    x.mul_(scale).add_(more.mul_(gray).add_(average.mul_(mean))).clamp_(0, 255)


def _turn_hue(x: Tensor, turn: Tensor) -> None:
    """Turn the hue by ``turn`` [n, 1, 1, 1] turns, in place; value and chroma of HSV stay."""
    r, g, b = x.unbind(1)
    value, lowest = x.amax(1), x.amin(1)
    chroma = value - lowest
    scale = chroma.clamp(min=1e-6).reciprocal_()
    hue = torch.where(value == r, (g - b) * scale, torch.where(value == g, 2 + (b - r) * scale, 4 + (r - g) * scale))
    hue.add_(turn[:, 0], alpha=6)
    for channel, offset in enumerate((5, 3, 1)):
        place = torch.remainder(hue + offset, 6)
        place = torch.minimum(place, 4 - place).clamp_(0, 1)
        x[:, channel] = value - chroma * place
