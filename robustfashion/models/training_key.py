"""What decides the weights of a training, in one place: the key under which a trained network is found again.

Settings and data count by what they do to the weights, not by how they are written: a base by its content, an accelerator by the
kind of device that it means, a recipe without its name. Code counts without docstrings and comments
(:func:`~robustfashion.provenance.source_digest`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from robustfashion.models.backbones import expected_normalisation
from robustfashion.models.devices import resolve_device
from robustfashion.models.recipes import resolve_recipe
from robustfashion.models.training import TrainSettings
from robustfashion.provenance import content_digest, library_versions, source_digest

DECIDING = (
    "architecture", "drop_rate", "classes", "max_epochs", "max_steps", "batch_size", "seed", "precision",
    "compile", "freeze",
)  # fmt: skip
"""Fields of :class:`TrainSettings` that count as they are."""

TRANSLATED = ("recipe", "pretrained", "normalisation", "accelerator", "overfit_gap", "overfit_patience", "thaw_every")
"""Fields that count by their meaning, see :func:`_meaning`."""

NOT_DECIDING = ("num_workers",)
"""Fields that change how fast the weights come about, but not which."""

CODE = (
    "models/augmentation_kernel.py", "models/backbones.py", "models/callbacks.py", "models/classifier.py", "models/compiling.py",
    "models/device_augmentation.py", "models/fitting.py", "models/group_norm_backbones.py", "models/inert.py",
    "models/input_size.py", "models/lite0.py", "models/losses.py", "models/matching.py", "models/normalisation.py",
    "models/parameter_groups.py", "models/recipes.py", "models/thawing.py",
    "models/torchvision_backbones.py", "models/torchvision_names.py", "models/training.py", "models/weights.py",
    "data/batch.py", "data/order.py", "data/pixel_dataset.py", "data/streams.py",
)  # fmt: skip
"""Modules whose code decides weights."""

NOT_DECIDING_CODE = (
    "errors.py", "provenance.py", "models/architecture_hints.py", "models/description.py", "models/devices.py",
    "models/metadata_key.py",
    "models/golden.py", "models/history.py", "models/quiet.py", "models/trained_on.py", "resize/kernels/jit.py",
)  # fmt: skip
"""Modules that a training loads and that decide no weight."""

LIBRARIES = ("torch", "torchvision", "timm", "pytorch-lightning", "numpy", "numba", "albumentations", "opencv-python-headless")
"""Libraries whose version may change a weight."""


@dataclass(frozen=True)
class TrainingData:
    """What a training learns from, by content."""

    preprocessings: Sequence[str]
    """Digest of each preprocessing of the training pictures, in order."""
    images: str
    """Digest of the training pictures' bytes and labels, in order."""
    validation: str | None = None
    """The same of the watched pictures; counts only where they may stop the training."""
    base: str = "none"
    """Digest of the weights that it starts from, or the name that says which they are."""


def training_key(settings: TrainSettings, data: TrainingData) -> str:
    """Key (hex) of the network that this training comes to: equal keys, equal weights, on the same kind of device."""
    versions = library_versions()
    return content_digest(
        {name: getattr(settings, name) for name in DECIDING} | _meaning(settings, data),
        list(data.preprocessings), data.images, source_digest(*CODE), {name: versions.get(name) for name in LIBRARIES},
    )  # fmt: skip


def _meaning(settings: TrainSettings, data: TrainingData) -> dict[str, Any]:
    recipe = {key: value for key, value in resolve_recipe(settings.recipe).to_dict().items() if key != "name"}
    stops = None if settings.overfit_gap is None else (settings.overfit_gap, settings.overfit_patience, data.validation)
    thaws = settings.thaw_every if settings.freeze == "gradual" else None
    return {
        "recipe": recipe,
        "base": data.base,
        "normalisation": settings.normalisation or expected_normalisation(settings.pretrained),
        "device": resolve_device(settings.accelerator).type,
        "stops": stops,
        "thaws": thaws,
    }


def undecided_fields() -> set[str]:
    """Fields of :class:`TrainSettings` of which nobody has said whether they decide weights; a test keeps it empty."""
    return {field.name for field in fields(TrainSettings)} - {*DECIDING, *TRANSLATED, *NOT_DECIDING}
