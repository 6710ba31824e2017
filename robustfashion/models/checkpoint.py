"""Checkpoints: the weights with everything that is needed to ask them, as plain values only.

A file holds ``state_dict`` (the weights) and ``robustfashion`` (the description: format, architecture, classes, recipe,
normalisation, preprocessing, threshold, provenance). Lightning's own checkpoints of a
:class:`~robustfashion.models.classifier.Classifier` hold the same two entries beside the optimiser's state, so that each
can be loaded here. Suffix ``.safetensors`` writes that format, the description as JSON in its header.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from robustfashion.atomic import atomic_path
from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.classifier import Classifier
from robustfashion.models.weights import METADATA_KEY, WeightFile, read_weights
from robustfashion.provenance import content_digest, library_versions, provenance

FORMAT_VERSION = 1


def describe(model: Classifier) -> dict[str, Any]:
    """The description that goes into a checkpoint: plain values only."""
    return {"format_version": FORMAT_VERSION, **model.settings(), **model.description}


def save_checkpoint(
    model: Classifier,
    path: Path,
    preprocessing: Preprocessing | None = None,
    threshold: float | None = None,
    seed: int = 0,
    data_hash: str = "",
) -> None:
    """Write a checkpoint, whole or not at all; ``.safetensors`` or any other suffix for a PyTorch archive.

    Args:
        model: what to write; its ``description`` is replaced.
        path: where to.
        preprocessing: how the pixels came about that it was trained on.
        threshold: deployed threshold on the top-1 confidence, in (0, 1].
        seed: seed of the training run.
        data_hash: content hash of the catalogue that it was trained on.
    """
    model.description = provenance_of(model, preprocessing, threshold, seed, data_hash)
    state = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    with atomic_path(path) as temporary:
        if path.suffix == ".safetensors":
            save_file(state, temporary, metadata={METADATA_KEY: json.dumps(describe(model))})
        else:
            torch.save({METADATA_KEY: describe(model), "state_dict": state, **_for_lightning(model)}, temporary)


def _for_lightning(model: Classifier) -> dict[str, Any]:
    """What Lightning wants to find in a file given as ``--ckpt_path`` to validate, test or predict."""
    version = library_versions()["pytorch-lightning"]
    return {"pytorch-lightning_version": version, "hyper_parameters": model.settings(), "epoch": 0, "global_step": 0}


def provenance_of(
    model: Classifier,
    preprocessing: Preprocessing | None,
    threshold: float | None = None,
    seed: int = 0,
    data_hash: str = "",
) -> dict[str, Any]:
    """What a checkpoint says beside the constructor's arguments: preprocessing, threshold, seed, commit, versions."""
    found: dict[str, Any] = {
        "threshold": threshold,
        "seed": seed,
        "provenance": provenance(seed, str(model.device), data_hash).to_dict(),
    }
    if preprocessing is not None:
        found |= {"preprocessing": preprocessing.name, "canvas": preprocessing.canvas, "size": preprocessing.size}
    return found


def load_classifier(path: Path, classes: Sequence[str] | None = None, architecture: str | None = None) -> Classifier:
    """Read a checkpoint into a classifier in eval mode on the CPU.

    Args:
        path: written by :func:`save_checkpoint` or by Lightning.
        classes: what its classes must be, in order; None = whatever they are.
        architecture: what its architecture must be; None = whatever it is.

    Raises:
        InputError: no such file, not a checkpoint, a pickle with code in it, not written by robustfashion, other classes,
            another architecture, missing or foreign weights.
    """
    file = read_weights(path)
    description = check_description(file.metadata, str(path), classes, architecture)
    model = _build(description, path)
    _load_state(model, file)
    known = set(model.settings()) | {"format_version"}
    model.description = {key: value for key, value in description.items() if key not in known}
    return model.eval()


def check_description(
    description: Mapping[str, Any] | None, source: str, classes: Sequence[str] | None, architecture: str | None
) -> Mapping[str, Any]:
    """Check a checkpoint's description against what is expected of it.

    Raises:
        InputError: absent, of a newer format, incomplete, other classes or another architecture.
    """
    if description is None:
        raise InputError(
            f"{source}: weights without a robustfashion description, so their classes and preprocessing are unknown; "
            "train with them as `pretrained`, or load them into a Classifier and write it with "
            "robustfashion.models.checkpoint.save_checkpoint"
        )
    version = description.get("format_version")
    if version != FORMAT_VERSION:
        raise InputError(f"{source}: checkpoint format {version!r}; this robustfashion reads format {FORMAT_VERSION}")
    names = description.get("classes")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InputError(f"{source}: field 'classes' is {names!r}; expected a list of names, the file is damaged")
    if not isinstance(description.get("architecture"), str):
        raise InputError(f"{source}: field 'architecture' is {description.get('architecture')!r}; expected a timm model's name")
    if architecture is not None and description["architecture"] != architecture:
        raise InputError(f"{source}: holds a {description['architecture']}, but a {architecture} is asked for")
    if classes is not None:
        _check_classes(source, tuple(names), tuple(classes))
    return description


def _check_classes(source: str, found: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    if len(found) != len(wanted):
        raise InputError(
            f"{source}: tells {len(found)} classes apart ({', '.join(found[:10])}), the data has {len(wanted)} "
            f"({', '.join(wanted[:10])}); give data of the checkpoint's classes, or train on this data"
        )
    if found != wanted:
        raise InputError(
            f"{source}: its classes in order are {', '.join(found[:10])}, the data's are {', '.join(wanted[:10])}; "
            "give data of the checkpoint's classes, or train on this data"
        )


def _build(description: Mapping[str, Any], path: Path) -> Classifier:
    settings = ("architecture", "classes", "recipe", "normalisation", "drop_rate")
    try:
        model = Classifier(**{key: description[key] for key in settings})
    except KeyError as error:
        raise InputError(f"{path}: field {error} is missing; the file is damaged") from error
    except (InputError, TypeError, RuntimeError) as error:
        raise InputError(f"{path}: {error}") from error
    model.pretrained = str(description.get("pretrained", "none"))
    return model


def _load_state(model: Classifier, file: WeightFile) -> None:
    wanted = model.state_dict()
    missing = [key for key in wanted if key not in file.tensors]
    extra = [key for key in file.tensors if key not in wanted]
    if missing or extra:
        what = f"lacks {len(missing)} weights ({missing[0]!r})" if missing else f"has {len(extra)} too many ({extra[0]!r})"
        raise InputError(f"{file.path}: {what} for a {model.architecture}; the file is damaged or its description is wrong")
    for key, value in wanted.items():
        if file.tensors[key].shape != value.shape:
            raise InputError(
                f"{file.path}: weight {key!r} has shape {list(file.tensors[key].shape)}, a {model.architecture} with "
                f"{len(model.classes)} classes needs {list(value.shape)}; the file is damaged or its description is wrong"
            )
    model.load_state_dict(file.tensors)


def checkpoint_preprocessing(model: Classifier) -> Preprocessing | None:
    """Preprocessing that a loaded classifier was trained with; None where its checkpoint does not say.

    Raises:
        InputError: a method that this robustfashion does not know.
    """
    found = model.description
    if "preprocessing" not in found:
        return None
    return Preprocessing.parse(str(found["preprocessing"]), canvas=int(found["canvas"]), size=int(found["size"]))


def checkpoint_digest(path: Path) -> str:
    """SHA-256 (hex) over what decides a checkpoint's answers: weights, architecture, classes, normalisation.

    The same for a PyTorch archive and a safetensors file of the same network; threshold and provenance do not count.

    Raises:
        InputError: not a readable weight file.
    """
    file = read_weights(path)
    described = {key: (file.metadata or {}).get(key) for key in ("architecture", "classes", "normalisation")}
    parts: list[object] = [described]
    for name in sorted(file.tensors):
        tensor = file.tensors[name]
        parts += [name, str(tensor.dtype), list(tensor.shape), _bytes(tensor)]
    return content_digest(*parts)


def _bytes(tensor: Tensor) -> bytes:
    return tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
