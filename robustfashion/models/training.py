"""Train a classifier on arrays of images by pl.Trainer, reproducibly and without litter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pytorch_lightning as pl
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader

from robustfashion.data.batch import Batch
from robustfashion.data.order import SeededOrder
from robustfashion.data.pixel_dataset import PixelDataset, as_gathered
from robustfashion.errors import InputError
from robustfashion.models.callbacks import OverfitStopping, ProgressFunction, StepProgress
from robustfashion.models.classifier import Classifier
from robustfashion.models.compiling import CompiledBackbone
from robustfashion.models.device_augmentation import RecipeAugmentation
from robustfashion.models.devices import resolve_device
from robustfashion.models.history import History
from robustfashion.models.input_size import check_takes
from robustfashion.models.losses import FREE
from robustfashion.models.normalisation import Normalisation, checked
from robustfashion.models.quiet import interruptible, quiet_lightning
from robustfashion.models.recipes import TWO_METHODS, Recipe, resolve_recipe
from robustfashion.models.thawing import Freeze, Thawing

Pixels = NDArray[np.uint8]


class Diverged(InputError):
    """A training whose weights are no numbers any more."""


@dataclass(frozen=True)
class TrainSettings:
    """Everything that decides a training run but its data."""

    architecture: str = "resnet18"
    """Any timm model, ``googlenet``, ``alexnet``, ``resnet18_gn`` or ``resnet34_gn``."""
    recipe: str | Recipe = "paper"
    """Name in RECIPES, or a recipe of one's own."""
    pretrained: str = "none"
    """``none``, ``imagenet``, ``lite0``, or the path of a weight file whose body is taken over."""
    normalisation: Normalisation | None = None
    """Scaling of the pixels: ``raw``, ``imagenet`` or numbers (:mod:`.normalisation`); None = as the initial weights expect."""
    classes: tuple[str, ...] = ("other", "dress")
    """Class names in class order."""
    max_epochs: int = 100
    """Passes over the training images, at most."""
    max_steps: int = -1
    """Optimiser steps, at most; -1 = no limit."""
    batch_size: int = 32
    """Images per optimiser step; all of them where there are fewer."""
    seed: int = 0
    """Decides initial weights, order, augmentation and dropout."""
    accelerator: str = "auto"
    """``auto``, ``cpu``, ``gpu`` or ``mps``."""
    precision: Literal["32-true", "bf16-mixed", "16-mixed"] = "32-true"
    """Lightning's precision."""
    compile: bool = False
    """``torch.compile``: faster steps after minutes of compilation; needs a C++ compiler on a CPU."""
    num_workers: int = 0
    """Processes that augment; 0 = this one, which is fastest for small images on a CPU."""
    overfit_gap: float | None = None
    """Stop when training accuracy exceeds validation accuracy by this for ``overfit_patience`` epochs; None = never."""
    overfit_patience: int = 3
    """Deviating epochs in a row that stop the training."""
    drop_rate: float | None = None
    """Dropout before the last layer; None = the architecture's own."""
    freeze: Freeze = "none"
    """What of a transferred network stays as it is: nothing, the body, or what has not thawed yet."""
    thaw_every: int = 5
    """Epochs between two stages of a gradual thaw."""

    def __post_init__(self) -> None:
        resolve_recipe(self.recipe)
        if self.normalisation is not None:
            object.__setattr__(self, "normalisation", checked(self.normalisation))
        if self.freeze not in ("none", "body", "gradual"):
            raise InputError(f"freeze is {self.freeze!r}; use none, body or gradual")
        for name, least in {"thaw_every": 1, "max_epochs": 1, "batch_size": 1, "num_workers": 0, "max_steps": -1}.items():
            if getattr(self, name) < least:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least {least}")


def train(
    pixels: Pixels | Sequence[Pixels],
    labels: NDArray[np.int64],
    settings: TrainSettings,
    progress: ProgressFunction | None = None,
    validation: tuple[Pixels, NDArray[np.int64]] | None = None,
) -> Classifier:
    """Train on uint8 images [n, S, S, 3] with class numbers [n]; the same seed gives the same network on the same device.

    Args:
        pixels: one array, or the same images under several preprocessings, of which each epoch draws one per image (two
            where the recipe wants consistency).
        labels: class numbers int64 [n]; -1 is a free outlier, for a recipe with ``outlier_exposure`` only.
        settings: the run.
        progress: called after every step.
        validation: images and labels that early stopping watches.

    Returns:
        The trained classifier in eval mode, on the CPU.

    Raises:
        InputError: arrays that do not fit together, labels out of range, unusable settings, early stopping without
            validation images.
        Diverged: the weights are no numbers any more.
    """
    arrays = [pixels] if isinstance(pixels, np.ndarray) else list(pixels)
    _check_exposure(labels, settings)
    _check(arrays, labels[labels != FREE], settings, len(labels))
    if resolve_recipe(settings.recipe).pairs and len(arrays) < 2:
        raise InputError(f"recipe {resolve_recipe(settings.recipe).name!r} wants consistency of one preprocessing; {TWO_METHODS}")
    if settings.overfit_gap is not None and validation is None:
        raise InputError("overfit_gap is set, but no validation images are given; give them, or leave it out")
    device = resolve_device(settings.accelerator)
    devices = [torch.cuda.current_device()] if device.type == "cuda" else []
    # Initial weights and dropout draw from torch's global stream: borrowed here, put back afterwards.
    with quiet_lightning(), interruptible(), torch.random.fork_rng(devices=devices):
        torch.manual_seed(settings.seed)
        recipe = resolve_recipe(settings.recipe).to_dict()
        size = arrays[0].shape[1]
        model = Classifier(
            settings.architecture, settings.classes, recipe, settings.pretrained, settings.normalisation, settings.drop_rate, size
        )
        check_takes(model.backbone, size, min(settings.batch_size, len(labels)), training=settings.freeze != "body")
        model.count_classes(torch.from_numpy(np.bincount(labels[labels != FREE], minlength=len(settings.classes))))
        dataset = PixelDataset(arrays, labels, RecipeAugmentation(model.recipe), settings.seed, model.recipe.pairs)
        history = History()
        _trainer(settings, progress, history).fit(
            model, _training_loader(dataset, settings), None if validation is None else _validation_loader(*validation, settings)
        )
    if not all(bool(torch.isfinite(weights).all()) for weights in model.state_dict().values()):
        raise Diverged(
            f"training {settings.architecture} by recipe {model.recipe.name!r} diverged: its weights are no numbers any more; "
            f"use a smaller learning rate than {model.recipe.lr:g}"
        )
    model.history = history.epochs
    return model.cpu().eval()


def _trainer(settings: TrainSettings, progress: ProgressFunction | None, history: History) -> pl.Trainer:
    callbacks: list[pl.Callback] = [history]
    if progress is not None:
        callbacks.append(StepProgress(progress, f"training {settings.architecture}, seed {settings.seed}"))
    if settings.overfit_gap is not None:
        callbacks.append(OverfitStopping(settings.overfit_gap, settings.overfit_patience))
    if settings.compile:
        callbacks.append(CompiledBackbone())
    if settings.freeze != "none":
        callbacks.append(Thawing(settings.thaw_every if settings.freeze == "gradual" else None))
    device = resolve_device(settings.accelerator)
    return pl.Trainer(
        accelerator="gpu" if device.type == "cuda" else device.type,
        devices=1,
        precision=settings.precision,
        max_epochs=settings.max_epochs,
        max_steps=settings.max_steps,
        callbacks=callbacks,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )


def _training_loader(dataset: PixelDataset, settings: TrainSettings) -> "DataLoader[Batch]":
    return DataLoader(
        dataset,
        batch_size=min(settings.batch_size, len(dataset)),
        sampler=SeededOrder(len(dataset), settings.seed, dataset.start_epoch),
        drop_last=True,  # batch normalisation cannot take a last batch of one; every epoch leaves out others
        collate_fn=as_gathered,
        num_workers=settings.num_workers,
        persistent_workers=settings.num_workers > 0,
        pin_memory=resolve_device(settings.accelerator).type == "cuda",
        generator=torch.Generator().manual_seed(settings.seed),
    )


def _validation_loader(pixels: Pixels, labels: NDArray[np.int64], settings: TrainSettings) -> "DataLoader[Batch]":
    _check([pixels], labels, settings)
    dataset = PixelDataset([pixels], labels, augment=None, seed=settings.seed)
    # A loader draws a number when it starts: from a stream of its own, so that watching does not change the training.
    stream = torch.Generator().manual_seed(settings.seed)
    return DataLoader(dataset, batch_size=settings.batch_size, collate_fn=as_gathered, generator=stream)


def _check_exposure(labels: NDArray[np.int64], settings: TrainSettings) -> None:
    weight, free = resolve_recipe(settings.recipe).outlier_exposure, int((labels == FREE).sum())
    if weight > 0 and not free:
        raise InputError(
            f"outlier_exposure is {weight:g}, but no free outliers are given (labels of {FREE}); give some, or leave it 0"
        )
    if free and weight == 0:
        raise InputError(
            f"{free} labels are {FREE} (free outliers), but the recipe's outlier_exposure is 0; set it, or leave them out"
        )


def _check(arrays: Sequence[Pixels], labels: NDArray[np.int64], settings: TrainSettings, images: int | None = None) -> None:
    """Check arrays and the labels of the pictures that have a class; ``images``: number of all, where some have none."""
    if not arrays or not len(labels):
        raise InputError("no training images; a classifier needs some of every class")
    for array in arrays:
        if array.ndim != 4 or array.shape[3] != 3 or array.dtype != np.uint8:
            raise InputError(f"pixels are {array.dtype} {list(array.shape)}; expected uint8 [n, S, S, 3]")
        if array.shape != arrays[0].shape or len(array) != (len(labels) if images is None else images):
            raise InputError(
                f"pixels are {[list(a.shape) for a in arrays]} for {len(labels)} labels; "
                "all preprocessings must hold the same images, one label each"
            )
    k = len(settings.classes)
    if labels.min() < 0 or labels.max() >= k:
        raise InputError(f"labels lie in {labels.min()}..{labels.max()}; class numbers of {k} classes are 0..{k - 1}")
