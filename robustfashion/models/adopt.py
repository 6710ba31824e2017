"""A network that was trained elsewhere becomes a robustfashion checkpoint, with its classes, its pixels and golden images."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from robustfashion.data.preprocess import Preprocessing
from robustfashion.data.timm_transform import preprocessing_of
from robustfashion.errors import InputError
from robustfashion.models.adopt_files import NAMED_CLASSES, check_out
from robustfashion.models.architecture_hints import hint
from robustfashion.models.backbones import check_name, create_backbone
from robustfashion.models.checkpoint import checkpoint_digest, provenance_of, write_checkpoint
from robustfashion.models.class_file import read_classes
from robustfashion.models.classifier import Classifier
from robustfashion.models.fitting import Source, fit_body, fit_head
from robustfashion.models.foreign import ForeignNetwork, find, with_defaults
from robustfashion.models.golden_record import GoldenRecord
from robustfashion.models.input_size import check_takes
from robustfashion.models.matching import COUNTER, best_table, renamed
from robustfashion.models.normalisation import MeanStd, checked, mean_std, of_config
from robustfashion.provenance import file_digest

_HARMLESS = frozenset({"num_classes", "in_chans", "drop_rate", "drop_path_rate", "drop_block_rate", "pretrained"})
"""Arguments of a timm model that change no answer, or that are looked at otherwise."""


@dataclass(frozen=True)
class AdoptSettings:
    """What a user says about a network beside its weights."""

    weights: str
    """File, folder with ``config.json``, ``hf-hub:USER/NAME``, or a timm model's name."""
    architecture: str | None = None
    """timm's name, perhaps with the tag of the weights (``resnet50.tv_in1k``); None: what config.json or the file says."""
    classes: str | None = None
    """File of class names in the order of the outputs (:mod:`.class_file`), or ``imagenet-1k``; None: config.json's labels."""
    preprocessing: str | None = None
    """As ``pillow.bicubic+shorter=256+crop=224``; None: what timm evaluates this network with."""
    canvas: int = 500
    """Side in px, for a preprocessing with a canvas."""
    size: int | None = None
    """Side of the input in px; None: what the preprocessing or the configuration says."""
    normalisation: str | None = None
    """``raw``, or numbers as ``mean=0.5/std=0.5``; None: what the configuration says."""
    averaged: bool = False
    """Take the average of the training's weights (EMA), where the file has one beside the weights."""


@dataclass(frozen=True)
class Adopted:
    """What became of a network, and what was assumed on the way."""

    out: Path
    architecture: str
    classes: tuple[str, ...]
    preprocessing: Preprocessing
    scaling: MeanStd
    digest: str
    """Of what decides the answers, see :func:`~robustfashion.models.checkpoint.checkpoint_digest`."""
    said_by: Mapping[str, str]
    """Where ``architecture``, ``classes``, ``preprocessing``, ``scaling`` and ``weights`` come from."""
    notes: Sequence[str]
    """What was done that a user would want to know."""


def adopt(settings: AdoptSettings, out: Path) -> Adopted:
    """Write a robustfashion checkpoint of a network that was trained elsewhere.

    Args:
        settings: what is known about it.
        out: file to write; ``.safetensors`` or any other suffix for a PyTorch archive.

    Raises:
        InputError: no such weights, weights that do not fit the architecture, a number of outputs other than that of the classes,
            a configuration that cannot be kept, a size that the network cannot take, an ``out`` that is one of the files read.
    """
    classes = _said_classes(settings.classes)
    check_out(out, Path(settings.weights), settings.classes)
    network = find(settings.weights)
    check_out(out, network.file.path, None)  # of the hub's cache
    if network.file.metadata is not None:
        raise InputError(f"{network.file.path}: is a robustfashion checkpoint already; use it as it is")
    architecture = settings.architecture or network.architecture
    if architecture is None:
        likely = hint(network.file.tensors, "", None)
        raise InputError(
            f"{settings.weights}: does not name its architecture; add --architecture NAME, as timm calls it (resnet50){likely}"
        )
    check_name(architecture)
    classes = classes or network.classes
    network = with_defaults(network, architecture)
    preprocessing = _preprocessing(settings, network)
    fitted = _fitted(settings, network, architecture, classes, preprocessing.size)
    scaling = mean_std(checked(settings.normalisation), network.config) if settings.normalisation else of_config(network.config)
    model = _classifier(fitted, scaling, preprocessing.size)
    _check_arguments(network, fitted, model, preprocessing.size)
    _check_answers(model, preprocessing.size)
    said_by = _said_by(settings, network, fitted)
    _write(model, preprocessing, network, said_by, out)
    notes = (*fitted.notes, *_notes(settings, network))
    return Adopted(out, model.architecture, model.classes, preprocessing, scaling, checkpoint_digest(out), said_by, notes)


@dataclass(frozen=True)
class _Fitted:
    """Weights by timm's names, head included, and what they tell apart."""

    architecture: str
    classes: tuple[str, ...]
    weights: dict[str, Tensor]
    key: str
    notes: tuple[str, ...]


def _fitted(
    settings: AdoptSettings, network: ForeignNetwork, architecture: str, classes: tuple[str, ...] | None, size: int
) -> _Fitted:
    file, base = network.file, architecture.partition(".")[0]
    with torch.random.fork_rng(devices=[]):
        model = create_backbone(base, 2 if classes is None else len(classes), image_size=size)
    check_takes(model, size, 1, training=False)
    wanted = model.state_dict()
    table = best_table(file, wanted, settings.averaged)
    source = Source(str(file.path), base, network.architecture, settings.averaged)
    body = fit_body(model, table.tensors, source)
    head = fit_head(model, body, source)
    other = sorted({tensor.shape[0] for name, tensor in head.items() if tensor.shape != wanted[name].shape})
    outputs = other[0] if other else wanted[sorted(head)[0]].shape[0]
    if classes is None:
        raise InputError(
            f"{settings.weights}: tells {outputs} classes apart, but not which; add --classes FILE, one name a line in the order "
            "of the network's outputs (or JSON, as class_to_idx)"
        )
    notes = _resampled(model, table.tensors, source)
    if outputs == 1 and len(classes) == 2:
        head = {
            name: torch.cat([torch.zeros_like(tensor), tensor]) if tensor.shape != wanted[name].shape else tensor
            for name, tensor in head.items()
        }
        notes += (f"one output: its sigmoid is the probability of {classes[1]!r}; as softmax, {classes[0]!r} has the logit 0",)
    elif other:
        raise InputError(_other_number(settings, network, outputs, classes))
    return _Fitted(base, classes, {**body.weights, **head}, table.key, notes)


def _resampled(model: Any, tensors: Mapping[str, Tensor], source: Source) -> tuple[str, ...]:  # noqa: ANN401 - a timm model
    """A note where positions of another input size had to be resampled."""
    plain, wanted = renamed(tensors, model.state_dict(), source.averaged), model.state_dict()
    moved = [name for name in wanted if "pos" in name and name in plain and plain[name].shape != wanted[name].shape]
    if not moved:
        return ()
    return (
        f"{moved[0]} was {list(plain[moved[0]].shape)} and was resampled for this input size: not quite the network as trained",
    )


def _other_number(settings: AdoptSettings, network: ForeignNetwork, outputs: int, classes: Sequence[str]) -> str:
    said = settings.classes or network.said_by
    if outputs == 1:
        return (
            f"{settings.weights}: has one output, and {said} names {len(classes)} classes; one output with a sigmoid tells two "
            "classes apart: name the negative one first, then the positive one"
        )
    return (
        f"{settings.weights}: has {outputs} outputs, but {said} names {len(classes)} classes ({', '.join(classes[:3])}, ...); "
        "name all, in the order of the outputs"
    )


def _said_classes(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    if text.startswith(NAMED_CLASSES) and not Path(text).exists():
        import timm.data

        data: Any = timm.data
        try:
            return tuple(data.ImageNetInfo(text).label_names())
        except (AssertionError, KeyError, OSError) as error:
            raise InputError(
                f"--classes {text}: no such file, and no list of timm's; it has imagenet-1k, imagenet-22k, ..."
            ) from error
    return read_classes(Path(text))


def _preprocessing(settings: AdoptSettings, network: ForeignNetwork) -> Preprocessing:
    text = settings.preprocessing or network.preprocessing
    if text is not None:
        size = settings.size
        if size is None and not any(option in text for option in ("crop=", "squash=", "longer=")):
            size = preprocessing_of(network.config).size
        return Preprocessing.parse(text, settings.canvas, size)
    if settings.size is None:
        return preprocessing_of(network.config)
    return preprocessing_of({**network.config, "input_size": [3, settings.size, settings.size]})


def _classifier(fitted: _Fitted, scaling: MeanStd, size: int) -> Classifier:
    with torch.random.fork_rng(devices=[]):  # first weights are drawn, and overwritten
        model = Classifier(fitted.architecture, fitted.classes, normalisation=scaling.text, image_size=size)
    state = model.backbone.state_dict()
    missing = [name for name in state if name not in fitted.weights and not name.endswith(COUNTER)]
    if missing:
        raise InputError(f"{fitted.architecture}: weight {missing[0]!r} is in no part of the file")
    model.backbone.load_state_dict({**state, **fitted.weights})
    return model.eval()


def _check_arguments(network: ForeignNetwork, fitted: _Fitted, model: Classifier, size: int) -> None:
    """Refuse a network that was built with arguments which a checkpoint cannot keep, unless it answers alike without them."""
    import timm

    arguments = {name: value for name, value in network.model_args.items() if name not in _HARMLESS}
    if not arguments:
        return
    unknown = [name for name in arguments if name not in _own_arguments(type(model.backbone))]
    if unknown:
        raise InputError(
            f"{network.said_by}: model_args has {unknown[0]!r}, which is no argument of {fitted.architecture}'s layers "
            f"({type(model.backbone).__name__}); leave it out, if the network answers as it should without it"
        )
    try:
        built = timm.create_model(fitted.architecture, num_classes=len(fitted.classes), **arguments).eval()
        built.load_state_dict(model.backbone.state_dict())
        pixels = torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(0))
        with torch.inference_mode():
            same = torch.allclose(built(pixels), model.backbone(pixels), rtol=1e-3, atol=1e-4)
    except Exception:  # an argument that is not known, weights or a size that do not fit: not the same network
        same = False
    if not same:
        listed = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        raise InputError(
            f"{network.said_by}: the network was built with model_args {listed}, which a robustfashion checkpoint does not keep, "
            "and without them it answers otherwise; name an architecture of timm's that has them"
        )


def _own_arguments(kind: type) -> set[str]:
    """What builds the layers of a timm model, and nothing of how timm finds, loads or compiles it (``checkpoint_path``, ...)."""
    import timm.models

    helpers: Any = (timm.create_model, timm.models.build_model_with_cfg)
    general = {name for helper in helpers for name in inspect.signature(helper).parameters}
    own = inspect.signature(kind).parameters.values()
    return {one.name for one in own if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)} - general


def _check_answers(model: Classifier, size: int) -> None:
    with torch.inference_mode():
        logits = model(torch.full((1, 3, size, size), 128, dtype=torch.uint8))
    if not torch.isfinite(logits).all():
        raise InputError(f"{model.architecture}: answers a gray picture with NaN or infinity: the weights are damaged")


def _said_by(settings: AdoptSettings, network: ForeignNetwork, fitted: _Fitted) -> dict[str, str]:
    name = str(network.file.path)
    return {
        "weights": f"{name} ({fitted.key})" if fitted.key else name,
        "architecture": "--architecture" if settings.architecture else network.said_by or name,
        "classes": settings.classes or network.said_by,
        "preprocessing": "--preprocessing" if settings.preprocessing else network.said_by,
        "scaling": "--normalisation" if settings.normalisation else network.said_by,
    }


def _notes(settings: AdoptSettings, network: ForeignNetwork) -> list[str]:
    averages = [table.key for table in network.file.tables if table.averaged]
    notes = []
    if averages and not settings.averaged:
        notes.append(f"the file also has an average of the weights ({averages[0]}); --ema takes that one")
    if settings.averaged and not averages:
        notes.append("--ema: the file names no average; the weights are the only ones in it")
    test: Any = network.config.get("test_input_size")
    larger = isinstance(test, list | tuple) and len(test) == 3 and list(test) != list(network.config.get("input_size") or test)
    if larger and settings.preprocessing is None:
        notes.append(f"timm also evaluates it at {test[-1]} px; --size {test[-1]} takes that")
    return notes


def _write(
    model: Classifier, preprocessing: Preprocessing, network: ForeignNetwork, said_by: Mapping[str, str], out: Path
) -> None:
    origin: dict[str, Any] = {"file": network.file.path.name, "sha256": file_digest(network.file.path), "said_by": dict(said_by)}
    model.description = replace(provenance_of(model, preprocessing), seed=None, other={"adopted": origin})
    description = model.describe()
    if not isinstance(description.golden, GoldenRecord):
        reason = "" if description.golden is None else description.golden.reason
        raise InputError(f"{network.file.path}: the network could not be asked about the golden images ({reason})")
    write_checkpoint(description, model.state_dict(), out)
