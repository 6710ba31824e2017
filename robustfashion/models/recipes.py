"""Training recipes as data: the paper's plain one and its robust one (section 4), and the augmentations they ask for.

The paper names the robust recipe's augmentations (brightness, contrast, saturation, hue, PCA noise, grayscale) but gives no
strengths. The list is that of MXNet's ``CreateAugmenter``, most likely its origin, so the strengths are MXNet's too: 0.4 and
PCA noise 0.1 as in its ImageNet training script, grayscale 0.05 as in ``CreateAugmenter``'s own example; hue 0.1, for which
MXNet states none, as commonly used. The paper gives neither momentum nor weight decay: momentum 0.9 is the default of MXNet's
training script, weight decay 0 leaves regularisation to be studied by itself. The pretrained base, which the paper switches on
together with the augmentations, is no part of a recipe, so that both can be ablated.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # albumentations asks the network for its newest version otherwise

import albumentations as A
from albumentations.core.transforms_interface import BaseTransformInitSchema

_SHARE, _AMOUNT = (0.0, 1.0), (0.0, float("inf"))
_LIMITS = {
    "lr": _AMOUNT, "momentum": _SHARE, "weight_decay": _AMOUNT, "label_smoothing": _SHARE, "confidence_penalty": _AMOUNT,
    "outlier_exposure": _AMOUNT, "consistency": _AMOUNT,
    "flip_p": _SHARE, "brightness": _SHARE, "contrast": _SHARE, "saturation": _SHARE, "hue": (0.0, 0.5), "pca_noise": _SHARE,
    "grayscale_p": _SHARE,
}  # fmt: skip


TWO_METHODS = "name two preprocessings of the training pictures or more, or leave consistency 0"
"""The way out where a recipe wants what one preprocessing cannot give."""


@dataclass(frozen=True)
class Recipe:
    """Optimiser and augmentation settings of one training run."""

    name: str = "paper"
    """How reports call it."""
    lr: float = 0.01
    """Learning rate of SGD, at its start."""
    schedule: Literal["constant", "cosine"] = "constant"
    """Course of the learning rate: constant, as the paper states no other, or falling to 0 over the whole training along half a
    cosine, which short trainings need to end near their mean accuracy."""
    momentum: float = 0.9
    """Momentum of SGD."""
    weight_decay: float = 0.0
    """L2 penalty of SGD, on the weights that ``decay_on`` names."""
    decay_on: Literal["all", "head", "body"] = "all"
    """Which weights decay: all, the last layer's, or all but the last layer's."""
    decay_norms_and_biases: bool = True
    """Whether biases and the scales of normalisation layers decay, too, as in MXNet's training script; many leave them out."""
    class_weights: str | dict[str, float] = "none"
    """Weight of each class in the loss: ``none``, ``balanced`` (rare classes weigh more), or weights by class name."""
    label_smoothing: float = 0.0
    """Share of the target that is spread over all classes (Szegedy et al. 2016)."""
    confidence_penalty: float = 0.0
    """Weight of the predictions' entropy, which is subtracted from the loss (Pereyra et al. 2017, the paper's reference 13)."""
    outlier_exposure: float = 0.0
    """Weight of the loss of free outliers, whose target is every class alike (Hendrycks, Mazeika & Dietterich 2019: 0.5). Whoever
    trains brings them: pictures that are of no class."""
    consistency: float = 0.0
    """Weight of the Jensen-Shannon divergence between the answers to a picture under two of the training's preprocessings, which
    are augmented alike (Zheng et al. 2016, stability training; Hendrycks et al. 2020, AugMix, whose weight is 12). Needs two
    preprocessings at least, and twice the time of a training without."""
    consistency_on: Literal["mix", "first"] = "mix"
    """Which pictures the rest of the loss is of, where there is consistency: under a preprocessing that is drawn for each, as in
    a training on a mix, or under the first, so that the others are in the consistency alone."""
    flip_p: float = 0.5
    """Probability of a horizontal flip."""
    brightness: float = 0.0
    """Brightness factor is uniform in 1 ± this."""
    contrast: float = 0.0
    """Contrast factor is uniform in 1 ± this."""
    saturation: float = 0.0
    """Saturation factor is uniform in 1 ± this."""
    hue: float = 0.0
    """Hue shift is uniform in ± this, in turns of the colour circle."""
    pca_noise: float = 0.0
    """Standard deviation of the factors of :class:`PCANoise`."""
    grayscale_p: float = 0.0
    """Probability of conversion to gray."""

    def __post_init__(self) -> None:
        for key, (low, high) in _LIMITS.items():
            if not low <= getattr(self, key) <= high:
                raise InputError(f"recipe {self.name!r}: {key} is {getattr(self, key)}; it must lie in [{low:g}, {high:g}]")
        if self.schedule not in ("constant", "cosine"):
            raise InputError(f"recipe {self.name!r}: schedule is {self.schedule!r}; use constant or cosine")
        if self.decay_on not in ("all", "head", "body"):
            raise InputError(f"recipe {self.name!r}: decay_on is {self.decay_on!r}; use all, head or body")
        if self.consistency_on not in ("mix", "first"):
            raise InputError(f"recipe {self.name!r}: consistency_on is {self.consistency_on!r}; use mix or first")
        if self.consistency_on != "mix" and self.consistency == 0:
            raise InputError(f"recipe {self.name!r}: consistency_on is {self.consistency_on}, but consistency is 0; set it")
        self._check_class_weights()

    @property
    def pairs(self) -> Literal["mix", "first"] | None:
        """How a data set pairs the training pictures for it; None: it needs no pairs."""
        return self.consistency_on if self.consistency > 0 else None

    def _check_class_weights(self) -> None:
        wanted = self.class_weights
        if isinstance(wanted, str):
            if wanted not in ("none", "balanced"):
                raise InputError(f"recipe {self.name!r}: class_weights is {wanted!r}; use none, balanced, or a weight per class")
        elif not all(0 <= value < float("inf") for value in wanted.values()) or not any(wanted.values()):
            raise InputError(
                f"recipe {self.name!r}: class_weights is {wanted}; weights are 0 or greater, and one of them above 0"
            )

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as kept in checkpoints."""
        return asdict(self)


RECIPES: dict[str, Recipe] = {
    "paper": Recipe("paper"),
    "robust": Recipe(
        "robust", brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1, pca_noise=0.1, grayscale_p=0.05
    ),
}  # fmt: skip


def resolve_recipe(recipe: str | Recipe | Mapping[str, Any]) -> Recipe:
    """A recipe by its name in :data:`RECIPES`, by a name and the fields that differ, by all its fields, or as it is.

    Raises:
        InputError: unknown name or field, value out of range, fields without saying which recipe they change.
    """
    if isinstance(recipe, Recipe):
        return recipe
    if isinstance(recipe, str):
        if recipe not in RECIPES:
            raise InputError(f"recipe is {recipe!r}; use one of {', '.join(RECIPES)}, or give all fields of one of your own")
        return RECIPES[recipe]
    known = {field.name for field in fields(Recipe)}
    if set(recipe) - known:
        raise InputError(f"recipe has unknown fields {sorted(set(recipe) - known)}; known are {sorted(known)}")
    if "name" not in recipe:
        raise InputError(f"recipe changes {sorted(recipe)} but does not say of which recipe; add name: {' or '.join(RECIPES)}")
    if recipe["name"] in RECIPES:
        return replace(RECIPES[recipe["name"]], **recipe)
    if not _required() <= set(recipe):
        raise InputError(
            f"recipe is named {recipe['name']!r}; use {' or '.join(RECIPES)} and the fields that differ, or give all fields of "
            f"your own; missing are {sorted(_required() - set(recipe))}"
        )
    return Recipe(**recipe)


def _required() -> set[str]:
    """Fields that a recipe of one's own has to give; the others came later and are absent from older checkpoints."""
    later = {
        "decay_on", "decay_norms_and_biases", "class_weights", "label_smoothing", "confidence_penalty", "outlier_exposure",
        "consistency", "consistency_on",
    }  # fmt: skip
    return {field.name for field in fields(Recipe)} - later


class PCANoise(A.ImageOnlyTransform):  # type: ignore[misc]  # albumentations is untyped
    """Add one colour to the whole image, drawn along the principal axes of ImageNet's colours (Krizhevsky et al. 2012, 4.1).

    The colour is the sum over the three axes of axis × standard deviation of ImageNet's pixels along it × a normal factor
    of standard deviation ``alpha``. albumentations' ``FancyPCA`` is something else: it takes the axes from the image itself
    and scales each pixel's distance from the mean colour, which leaves a uniform area (a white background) unchanged.
    """

    AXES = np.array([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]])
    """Principal axes of ImageNet's RGB values, one a column."""
    DEVIATIONS = np.array([55.46, 4.794, 1.148])
    """Along each axis, in levels of 0..255: what MXNet calls eigenvalues and uses so, as deviations."""

    class InitSchema(BaseTransformInitSchema):  # type: ignore[misc]  # albumentations is untyped
        """Checks of the constructor's arguments."""

        alpha: float

    def __init__(self, alpha: float = 0.1, p: float = 1.0) -> None:
        super().__init__(p=p)
        self.alpha = alpha

    def apply(self, img: NDArray[np.uint8], shift: NDArray[np.float64], **_params: Any) -> NDArray[np.uint8]:  # noqa: ANN401
        """Image uint8 [h, w, 3] plus the colour ``shift`` [3] in levels, rounded and clipped."""
        levels = np.arange(256)[:, None] + np.rint(shift)
        table = np.clip(levels, 0, 255).astype(np.uint8)
        return np.asarray(cv2.LUT(img, table[None]), dtype=np.uint8)

    def get_params(self) -> dict[str, Any]:
        """Draw the colour of one call, in levels."""
        return {"shift": self.AXES @ (self.DEVIATIONS * self.random_generator.normal(0.0, self.alpha, 3))}


def augmentation(recipe: Recipe) -> A.Compose:
    """The recipe's augmentations for a uint8 image [h, w, 3]: flip, colour jitter in random order, PCA noise, grayscale."""
    steps: list[A.BasicTransform] = []
    if recipe.flip_p > 0:
        steps.append(A.HorizontalFlip(p=recipe.flip_p))
    if max(recipe.brightness, recipe.contrast, recipe.saturation, recipe.hue) > 0:
        steps.append(
            A.ColorJitter(
                brightness=_around_one(recipe.brightness),
                contrast=_around_one(recipe.contrast),
                saturation=_around_one(recipe.saturation),
                hue=(-recipe.hue, recipe.hue),
                p=1.0,
            )
        )
    if recipe.pca_noise > 0:
        steps.append(PCANoise(alpha=recipe.pca_noise, p=1.0))
    if recipe.grayscale_p > 0:
        steps.append(A.ToGray(p=recipe.grayscale_p))
    return A.Compose(steps)


def _around_one(strength: float) -> tuple[float, float]:
    return (1 - strength, 1 + strength)
