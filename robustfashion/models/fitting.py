"""Weights of a file fitted to a network: its body, or the whole, or in words why not."""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from robustfashion.errors import InputError
from robustfashion.models.architecture_hints import hint
from robustfashion.models.matching import COUNTER, contradiction, head_names, not_of_a_head, renamed, rivals
from robustfashion.models.torchvision_names import from_torchvision

_OF_POSITIONS = re.compile(r"pos|attn_mask")
"""In the names of weights that a transformer has for each place of its input, which differ in shape with its size alone."""


@dataclass(frozen=True)
class Source:
    """What is to be fitted: for messages, and for choosing between two copies in one file."""

    name: str
    """File, or the name of a base."""
    architecture: str
    """That the weights are meant for."""
    said: str | None = None
    """Architecture that the file itself names."""
    averaged: bool = False
    """Whether the average of a training's weights is asked for, where the names tell one."""


@dataclass(frozen=True)
class Body:
    """The body's weights by the network's names, and what else the file holds of that network."""

    weights: dict[str, Tensor]
    others: dict[str, Tensor]
    """Heads: the network's own by its names, and those that it does not know."""


def fit_body(model: Any, tensors: Mapping[str, Tensor], source: Source) -> Body:  # noqa: ANN401 - a timm model
    """Find the weights of the body of ``model``; heads of any shape and auxiliary heads are told apart from it.

    Positions of another input size are resampled, as timm does it for its own weights.

    Raises:
        InputError: a weight of the body is missing, has another shape, or one is left over; copies that differ.
    """
    copies = contradiction(tensors, model.state_dict(), source.averaged)
    if copies is not None:
        raise InputError(f"{source.name}: {copies[0]!r} and {copies[1]!r} are one weight of the network and differ; keep one")
    head = head_names(model)
    wanted = {key: value for key, value in model.state_dict().items() if key not in head}
    two = rivals(tensors, wanted, source.averaged)
    if two is not None:
        names = " and ".join(repr(prefix) if prefix else "no prefix" for prefix in two)
        raise InputError(f"{source.name}: holds two networks, under {names}, that differ; write the one that is meant to a file")
    found = _best_reading(_readings(model, wanted, tensors, source), wanted)
    _check_body(found, wanted, head, tensors, source)
    body = {key: found[key] for key in wanted if key in found}
    return Body(body, {key: value for key, value in found.items() if key not in wanted})


def _best_reading(readings: Iterator[dict[str, Tensor]], wanted: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The first that fits in names and shapes, else the first that has all names, else the first."""
    seen: list[dict[str, Tensor]] = []
    for found in readings:
        if _has_all(found, wanted) and not _misfits(found, wanted):
            return found
        seen.append(found)
    return next((found for found in seen if _has_all(found, wanted)), seen[0])


def _readings(
    model: Any,  # noqa: ANN401 - a timm model
    wanted: Mapping[str, Tensor],
    tensors: Mapping[str, Tensor],
    source: Source,
) -> Iterator[dict[str, Tensor]]:
    """The weights by timm's names: as they are, as torchvision's, as timm translates those of first releases and other sizes."""
    plain = renamed(tensors, model.state_dict(), source.averaged)
    yield plain
    torchvisions = None if _has_all(plain, wanted) else from_torchvision(tensors, source.architecture, model)
    if torchvisions is not None:
        yield torchvisions
    known = torchvisions or plain
    if _has_all(known, wanted) and not all(_OF_POSITIONS.search(key) for key in _misfits(known, wanted)):
        return  # timm would resample patches and channels, too: another network under this one's name
    translate = getattr(sys.modules[type(model).__module__], "checkpoint_filter_fn", None)
    if translate is not None:
        with suppress(Exception):  # written for the files of one release: on any other they may fail in any way
            yield dict(translate(dict(known or tensors), model))


def _has_all(found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> bool:
    return all(key in found or key.endswith(COUNTER) for key in wanted)


def _misfits(found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> list[str]:
    return [key for key, value in wanted.items() if key in found and found[key].shape != value.shape]


def _check_body(
    found: Mapping[str, Tensor],
    wanted: Mapping[str, Tensor],
    head: set[str],
    tensors: Mapping[str, Tensor],
    source: Source,
) -> None:
    missing = [key for key in wanted if key not in found and not key.endswith(COUNTER)]
    if missing:
        why = f"{len(missing)} of {len(wanted)} weights of {source.architecture} are missing, the first is {missing[0]!r}"
        raise _other_architecture(tensors, source, why)
    for key in _misfits(found, wanted):
        raise _other_shape(key, found[key], wanted[key], tensors, source)
    extra = not_of_a_head(found, wanted, head)
    if extra:
        why = f"{len(extra)} weights have no place in {source.architecture}, the first is {extra[0]!r}"
        raise _other_architecture(tensors, source, why)


def _other_architecture(tensors: Mapping[str, Tensor], source: Source, why: str) -> InputError:
    likely = hint(tensors, source.architecture, source.said)
    return InputError(f"{source.name}: {why}; these are weights of another architecture, name that one instead{likely}")


def _other_shape(key: str, found: Tensor, wanted: Tensor, tensors: Mapping[str, Tensor], source: Source) -> InputError:
    shapes = f"weight {key!r} has shape {list(found.shape)}, {source.architecture} needs {list(wanted.shape)}"
    only_channels = found.shape[:1] + found.shape[2:] == wanted.shape[:1] + wanted.shape[2:]
    if found.ndim == wanted.ndim == 4 and only_channels and wanted.shape[1] == 3:
        channels = found.shape[1]
        gray = f"; for one of gray pictures, write {key!r}.repeat(1, 3, 1, 1) / 3 in its place" if channels == 1 else ""
        return InputError(
            f"{source.name}: {shapes}: the network takes pictures of {channels} channel{'s' * (channels > 1)}, and "
            f"robustfashion shows every network three, RGB{gray}"
        )
    if found.ndim == wanted.ndim and key.rpartition(".")[2].startswith("pos_embed") and found.shape[-1] == wanted.shape[-1]:
        return InputError(
            f"{source.name}: {shapes}: these are positions of another input size than the architecture's own, which timm cannot "
            "resample here; name the architecture of that size"
        )
    return _other_architecture(tensors, source, shapes)


def fit_head(model: Any, body: Body, source: Source) -> dict[str, Tensor]:  # noqa: ANN401 - a timm model
    """The last layer's weights, by the network's names; the number of outputs need not be the model's.

    Raises:
        InputError: the file has none, or a head of another build, which is named.
    """
    state = model.state_dict()
    names = sorted(head_names(model), key=list(state).index)
    found = {name: body.others[name] for name in names if name in body.others}
    missing = [name for name in names if name not in found]
    others = {name: tensor for name, tensor in body.others.items() if name not in names and tensor.ndim > 0}
    if missing and others:
        listed = ", ".join(f"{name} {list(tensor.shape)}" for name, tensor in list(others.items())[:6])
        raise InputError(
            f"{source.name}: has the body of {source.architecture}, but a head of another build: it lacks {missing[0]!r} and has "
            f"{listed}; a robustfashion checkpoint has timm's own head, one linear layer. Take the body as `pretrained` of a "
            "training, or export the whole network as ONNX from the script that builds it"
        )
    if missing:
        raise InputError(
            f"{source.name}: has the body of {source.architecture}, but no head ({missing[0]!r} is missing), so it tells no "
            "classes apart; take it as `pretrained` of a training"
        )
    wrong = [name for name in names if found[name].ndim != state[name].ndim or found[name].shape[1:] != state[name].shape[1:]]
    if wrong:
        raise InputError(
            f"{source.name}: the head's {wrong[0]!r} has shape {list(found[wrong[0]].shape)}, {source.architecture} needs "
            f"[{', '.join(['classes', *map(str, state[wrong[0]].shape[1:])])}]"
        )
    for name in names:
        bias = found.get(f"{name.removesuffix('.weight')}.bias") if name.endswith(".weight") else None
        if bias is not None and bias.shape[:1] != found[name].shape[:1]:
            raise InputError(
                f"{source.name}: the head's {name!r} has {found[name].shape[0]} outputs and its bias {bias.shape[0]}; one of "
                "them is of another network"
            )
    return found
