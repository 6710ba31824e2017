"""Checkpoints: the weights with everything that is needed to ask them, as plain values only.

A file holds ``state_dict`` (the weights) and ``robustfashion`` (the description: format, architecture, classes, taxonomy,
recipe, every step from file to answer with its library and version, thresholds, provenance, digests of the training pictures,
and what became of eight golden images). Lightning's own checkpoints of a
:class:`~robustfashion.models.classifier.Classifier` hold the same two entries beside the optimiser's state, so that each can be
loaded here. Suffix ``.safetensors`` writes that format, the description as JSON in its header.
"""

import json
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from robustfashion.atomic import atomic_path
from robustfashion.data.preprocess import Preprocessing
from robustfashion.decisions import Thresholds
from robustfashion.errors import InputError
from robustfashion.models.bases import NAMED_BASES
from robustfashion.models.classifier import Classifier
from robustfashion.models.description import (
    Description,
    RecordedPreprocessing,
    read_description,
    read_history,
    read_network,
)
from robustfashion.models.drift import warn_of_drift
from robustfashion.models.metadata_key import METADATA_KEY
from robustfashion.models.recorded_thresholds import RecordedThresholds, check_thresholds, deployed_thresholds
from robustfashion.models.stages import describe_stages
from robustfashion.models.task import describe_task
from robustfashion.models.trained_on import TrainedOn, read_trained_on
from robustfashion.models.weights import WeightFile, digest_parts, read_weights
from robustfashion.provenance import content_digest, library_versions, provenance


def save_checkpoint(
    model: Classifier,
    path: Path,
    preprocessing: Preprocessing | None = None,
    threshold: float | None = None,
    seed: int = 0,
    data_hash: str = "",
    class_thresholds: Mapping[str, float] | None = None,
) -> None:
    """Write a checkpoint, whole or not at all; ``.safetensors`` or any other suffix for a PyTorch archive.

    What the model was trained on goes along where its ``trained_on`` says so.

    Args:
        model: what to write; its ``description`` is replaced.
        path: where to.
        preprocessing: how the pixels came about that it was trained on.
        threshold: deployed threshold on the top-1 confidence, in (0, 1].
        seed: seed of the training run.
        data_hash: content hash of the catalogue that it was trained on.
        class_thresholds: thresholds of classes that have one of their own, by class name.

    Raises:
        InputError: a threshold outside (0, 1], or for a class that there is not.
    """
    model.description = provenance_of(model, preprocessing, threshold, seed, data_hash, class_thresholds)
    write_checkpoint(model.describe(), model.state_dict(), path)


def record_again(path: Path, out: Path, preprocessing: Preprocessing | None = None) -> None:
    """Write a checkpoint anew with the steps and golden images as they come out here; weights, thresholds, provenance stay.

    For checkpoints without a record, and after a drift that was measured and accepted.

    Args:
        path: the checkpoint.
        out: where to; may be ``path``.
        preprocessing: what it is served with; None = what it says.

    Raises:
        InputError: not a usable checkpoint, or none that says its preprocessing.
    """
    model = load_classifier(path, verify=False)
    said = model.description
    preprocessing = preprocessing or said.recorded_preprocessing()
    if preprocessing is None:
        raise InputError(f"{path}: does not say its preprocessing; name it, as pillow.bilinear with canvas and size")
    model.description = replace(
        said,
        task=describe_task(model.classes),
        preprocessing=RecordedPreprocessing.of(preprocessing),
        stages=describe_stages(preprocessing, model),
    )
    write_checkpoint(model.describe(), model.state_dict(), out)


def record_thresholds(path: Path, out: Path, thresholds: RecordedThresholds) -> None:
    """Write a checkpoint anew with these thresholds in place of its own; all else in it stays, a training's state included.

    Args:
        path: the checkpoint.
        out: where to; may be ``path``.
        thresholds: deployed from now on.

    Raises:
        InputError: not a usable checkpoint, a threshold outside (0, 1], or for a class that there is not.
    """
    model = load_classifier(path, verify=False)
    check_thresholds(thresholds, model.classes)
    description = replace(model.description, thresholds=thresholds)
    if ".safetensors" in (path.suffix, out.suffix):
        write_checkpoint(description, read_weights(path).tensors, out)  # whatever their precision
        return
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)  # of a training that may go on, its state too
    except pickle.UnpicklingError as error:
        raise InputError(
            f"{path}: holds objects beside the weights, which are not read here and so cannot be written again; name OUT with "
            ".safetensors, which keeps weights and description alone"
        ) from error
    with atomic_path(out) as temporary:
        torch.save({**content, METADATA_KEY: description.to_dict()}, temporary)


def write_checkpoint(description: Description, weights: Mapping[str, Tensor], path: Path) -> None:
    """Write weights and what they say about themselves, whole or not at all; any suffix but ``.safetensors`` is an archive."""
    state = {name: value.detach().cpu().contiguous() for name, value in weights.items()}
    metadata = description.to_dict()
    with atomic_path(path) as temporary:
        if path.suffix == ".safetensors":
            save_file(state, temporary, metadata={METADATA_KEY: json.dumps(metadata)})
            temporary.chmod(0o644)  # safetensors makes a new file, for its owner alone
        else:
            torch.save({METADATA_KEY: metadata, "state_dict": state, **_for_lightning(description)}, temporary)


def _for_lightning(description: Description) -> dict[str, Any]:
    """What Lightning wants to find in a file given as ``--ckpt_path`` to validate, test or predict."""
    version, settings = library_versions()["pytorch-lightning"], description.network.to_dict()
    return {"pytorch-lightning_version": version, "hyper_parameters": settings, "epoch": 0, "global_step": 0}


def provenance_of(
    model: Classifier,
    preprocessing: Preprocessing | None,
    threshold: float | None = None,
    seed: int = 0,
    data_hash: str = "",
    class_thresholds: Mapping[str, float] | None = None,
) -> Description:
    """What a trained classifier's checkpoint says: taxonomy, preprocessing, thresholds, seed, commit, versions.

    Raises:
        InputError: a threshold outside (0, 1], or for a class that there is not.
    """
    thresholds = RecordedThresholds(threshold, dict(class_thresholds or {}))
    check_thresholds(thresholds, model.classes)
    return Description(
        network=read_network(model.settings(), "classifier"),
        task=describe_task(model.classes),
        preprocessing=None if preprocessing is None else RecordedPreprocessing.of(preprocessing),
        stages=describe_stages(preprocessing, model),
        thresholds=RecordedThresholds(
            None if threshold is None else float(threshold),
            {name: float(value) for name, value in (class_thresholds or {}).items()},
        ),
        seed=seed,
        provenance=provenance(seed, str(model.device), data_hash).to_dict(),
    )


def load_classifier(
    path: Path, classes: Sequence[str] | None = None, architecture: str | None = None, verify: bool = True
) -> Classifier:
    """Read a checkpoint into a classifier in eval mode on the CPU.

    Args:
        path: written by :func:`save_checkpoint` or by Lightning.
        classes: what its classes must be, in order; None = whatever they are.
        architecture: what its architecture must be; None = whatever it is.
        verify: compare the golden images, where the checkpoint has some: 0.1 s in a process's first call, then 0.05 s.

    Warns:
        DriftWarning: golden images come out otherwise here; the message says at which step.

    Raises:
        InputError: no such file, not a checkpoint, a pickle with code in it, not written by robustfashion, other classes,
            another architecture, missing or foreign weights.
    """
    file = read_weights(path)
    description = read_description(file.metadata, str(path))
    description.check_fits(str(path), classes, architecture)
    model = _build(description, path)
    _load_state(model, file)
    model.history = [dict(entry) for entry in description.history]
    model.trained_on = description.trained_on
    model.description = description
    model.eval()
    if verify:
        warn_of_drift(model, description, str(path))
    return model


def _build(description: Description, path: Path) -> Classifier:
    try:
        model = Classifier(**description.network.to_dict() | {"pretrained": "none"})
    except (InputError, TypeError, RuntimeError) as error:
        raise InputError(f"{path}: {error}") from error
    model.pretrained = description.network.pretrained
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


def history_of(path: Path) -> list[dict[str, float]]:
    """What each epoch of the training ended with, as :class:`~robustfashion.models.history.History` kept it; empty: not kept.

    Raises:
        InputError: not a readable weight file.
    """
    return read_history(read_weights(path).metadata or {}, str(path))


def base_trained_on(base: str) -> TrainedOn | None:
    """What initial weights were trained on, as far as one's own pictures go: nothing of named ones, of a file what it says.

    Args:
        base: ``none``, ``imagenet``, ``lite0``, or a path.

    Returns:
        None where the file does not say.

    Raises:
        InputError: not a readable weight file, or one whose record is damaged.
    """
    if base in NAMED_BASES:
        return TrainedOn()
    return read_trained_on((read_weights(Path(base)).metadata or {}).get("trained_on"), base)


def checkpoint_preprocessing(model: Classifier) -> Preprocessing | None:
    """Preprocessing that a loaded classifier was trained with; None where its checkpoint does not say.

    Raises:
        InputError: a method that this robustfashion does not know.
    """
    return model.description.recorded_preprocessing()


def checkpoint_thresholds(model: Classifier) -> Thresholds | None:
    """Deployed thresholds that a loaded classifier's checkpoint carries; None where it has none.

    Where it has some for single classes only, all other predictions become tags: their threshold lies below every top-1
    confidence.
    """
    return deployed_thresholds(model.description.thresholds, model.classes)


def checkpoint_digest(path: Path) -> str:
    """SHA-256 (hex) over what decides a checkpoint's answers: weights, architecture, classes, normalisation.

    The same for a PyTorch archive and a safetensors file of the same network; threshold and provenance do not count.

    Raises:
        InputError: not a readable weight file.
    """
    file = read_weights(path)
    described = {key: (file.metadata or {}).get(key) for key in ("architecture", "classes", "normalisation")}
    return content_digest(described, *digest_parts(file.tensors))
