"""Checkpoints: the weights with everything that is needed to ask them, as plain values only.

A file holds ``state_dict`` (the weights) and ``robustfashion`` (the description: format, architecture, classes, taxonomy,
recipe, every step from file to answer with its library and version, thresholds, provenance, and what became of eight golden
images). Lightning's own checkpoints of a :class:`~robustfashion.models.classifier.Classifier` hold the same two entries beside
the optimiser's state, so that each can be loaded here. Suffix ``.safetensors`` writes that format, the description as JSON in
its header.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, distributed

from robustfashion.atomic import atomic_path
from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.classifier import Classifier
from robustfashion.models.description import check_thresholds, describe_stages, describe_task, recorded_preprocessing
from robustfashion.models.drift import warn_of_drift
from robustfashion.models.golden import record
from robustfashion.models.weights import METADATA_KEY, WeightFile, digest_parts, read_weights
from robustfashion.provenance import content_digest, library_versions, provenance

FORMAT_VERSION = 1


def describe(model: Classifier, state: Mapping[str, Tensor] | None = None) -> dict[str, Any]:
    """The description that goes into a checkpoint, golden images included: plain values only.

    Args:
        model: what is written.
        state: the weights that are written; None = the model's own. They differ from the model's where a callback averages
            weights, and are whole where a strategy shards the model's.
    """
    described = {"format_version": FORMAT_VERSION, **model.settings(), **model.description, "history": model.history}
    if distributed.is_available() and distributed.is_initialized() and distributed.get_rank() > 0:  # the first one writes
        return described
    preprocessing = checkpoint_preprocessing(model)
    if preprocessing is None:
        return described | {"golden": {"reason": "written without a preprocessing"}}
    weights = model.state_dict() if state is None else state
    if any(type(weight) not in (Tensor, torch.nn.Parameter) for weight in weights.values()):
        return described | {"golden": {"reason": "written in shards"}}
    return described | {"golden": _golden(described, weights, preprocessing)}


def _golden(described: Mapping[str, Any], weights: Mapping[str, Tensor], preprocessing: Preprocessing) -> dict[str, Any]:
    """What the file that is about to be written answers to the golden images, once it is loaded elsewhere."""
    try:
        with torch.random.fork_rng(devices=[]):  # a network's first weights are drawn: not from the training's stream
            model = _build(described, Path("checkpoint"))
        _load_state(model, WeightFile(Path("checkpoint"), dict(weights)))
        return record(preprocessing, model.cpu().eval())
    except Exception as error:  # a long training's weights are worth more than what can be said about them
        return {"reason": f"{type(error).__name__}: {error}"[:500]}


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
    _write(model, path)


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
    preprocessing = preprocessing or checkpoint_preprocessing(model)
    if preprocessing is None:
        raise InputError(f"{path}: does not say its preprocessing; name it, as pillow.bilinear with canvas and size")
    model.description |= _pixels_of(preprocessing) | {
        "taxonomy": describe_task(model.classes),
        "stages": describe_stages(preprocessing, model),
    }
    _write(model, out)


def _write(model: Classifier, path: Path) -> None:
    state = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    described = describe(model, state)
    with atomic_path(path) as temporary:
        if path.suffix == ".safetensors":
            save_file(state, temporary, metadata={METADATA_KEY: json.dumps(described)})
            temporary.chmod(0o644)  # safetensors makes a new file, for its owner alone
        else:
            torch.save({METADATA_KEY: described, "state_dict": state, **_for_lightning(model)}, temporary)


def _for_lightning(model: Classifier) -> dict[str, Any]:
    """What Lightning wants to find in a file given as ``--ckpt_path`` to validate, test or predict."""
    version = library_versions()["pytorch-lightning"]
    return {"pytorch-lightning_version": version, "hyper_parameters": model.settings(), "epoch": 0, "global_step": 0}


def _pixels_of(preprocessing: Preprocessing) -> dict[str, Any]:
    return {"preprocessing": preprocessing.name, "canvas": preprocessing.canvas, "size": preprocessing.size}


def provenance_of(
    model: Classifier,
    preprocessing: Preprocessing | None,
    threshold: float | None = None,
    seed: int = 0,
    data_hash: str = "",
    class_thresholds: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """What a checkpoint says beside the constructor's arguments: taxonomy, preprocessing, thresholds, seed, commit, versions.

    Raises:
        InputError: a threshold outside (0, 1], or for a class that there is not.
    """
    check_thresholds(threshold, class_thresholds or {}, model.classes)
    return {
        "taxonomy": describe_task(model.classes),
        **({} if preprocessing is None else _pixels_of(preprocessing)),
        "stages": describe_stages(preprocessing, model),
        "threshold": None if threshold is None else float(threshold),
        "class_thresholds": {name: float(value) for name, value in (class_thresholds or {}).items()},
        "seed": seed,
        "provenance": provenance(seed, str(model.device), data_hash).to_dict(),
    }


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
    description = check_description(file.metadata, str(path), classes, architecture)
    model = _build(description, path)
    _load_state(model, file)
    known = set(model.settings()) | {"format_version", "history"}
    model.history = list(description.get("history", []))
    model.description = {key: value for key, value in description.items() if key not in known}
    model.eval()
    if verify:
        warn_of_drift(model, str(path))
    return model


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


def history_of(path: Path) -> list[dict[str, float]]:
    """What each epoch of the training ended with, as :class:`~robustfashion.models.history.History` kept it; empty: not kept.

    Raises:
        InputError: not a readable weight file.
    """
    return list((read_weights(path).metadata or {}).get("history", []))


def checkpoint_preprocessing(model: Classifier) -> Preprocessing | None:
    """Preprocessing that a loaded classifier was trained with; None where its checkpoint does not say.

    Raises:
        InputError: a method that this robustfashion does not know.
    """
    return recorded_preprocessing(model.description)


def checkpoint_digest(path: Path) -> str:
    """SHA-256 (hex) over what decides a checkpoint's answers: weights, architecture, classes, normalisation.

    The same for a PyTorch archive and a safetensors file of the same network; threshold and provenance do not count.

    Raises:
        InputError: not a readable weight file.
    """
    file = read_weights(path)
    described = {key: (file.metadata or {}).get(key) for key in ("architecture", "classes", "normalisation")}
    return content_digest(described, *digest_parts(file.tensors))
