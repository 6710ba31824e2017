"""Weights of a file by the names of a network, whatever a training script wrapped around it.

The names that a network wants are the only guide: no list of prefixes. ``module._orig_mod.model.backbone.conv1.weight`` fits a
network that wants ``conv1.weight``, and the prefix that makes most names known is the one that all of its weights share.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import torch
from torch import Tensor

from robustfashion.models.weights import AVERAGED, Table, WeightFile

# What compiling, sharding and checkpointing of activations put between the parts of a name; no network has parts called so.
_WRAPPERS = frozenset({"_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"})
_HEAD = re.compile(r"(aux|fc|head|classif|logits?|last_linear|linear|output|proj|cls|loss|criterion|metric|arc)", re.IGNORECASE)
_MANY = 10
"""Names that a network has at least, of which two copies in one file are told from layers that happen to be called alike."""
COUNTER = "num_batches_tracked"
"""Last part of the names of what batch normalisation counts, which old files lack."""


def renamed(tensors: Mapping[str, Tensor], wanted: Collection[str], averaged: bool = False) -> dict[str, Tensor]:
    """Tensors by a network's own names: without the prefix that makes most of them known.

    Args:
        tensors: by the names of a file.
        wanted: names of the network's weights.
        averaged: where two copies fit alike, that whose prefix calls it an average (``ema_model.``), not the other.

    Returns:
        What carries the prefix, also weights that the network does not know; what does not carry it is not the network's.
    """
    groups = _unwrapped(tensors, wanted)
    prefix = _prefix(groups, wanted, averaged)
    return {name.removeprefix(prefix): tensors[names[0]] for name, names in groups.items() if name.startswith(prefix)}


def contradiction(tensors: Mapping[str, Tensor], wanted: Collection[str], averaged: bool = False) -> tuple[str, str] | None:
    """Two names of a file that stand for one weight of a network, as ``fc.bias`` and ``_orig_mod.fc.bias``, and differ in value.

    Args:
        tensors: as in :func:`renamed`, as the others.
        wanted: names of the network's weights.
        averaged: which of two copies is asked for.
    """
    groups, known = _unwrapped(tensors, wanted), set(wanted)
    prefix = _prefix(groups, wanted, averaged)
    for name, (first, *others) in groups.items():
        if name.startswith(prefix) and name.removeprefix(prefix) in known:
            other = next((other for other in others if not _same(tensors[first], tensors[other])), None)
            if other is not None:
                return first, other
    return None


def _unwrapped(tensors: Mapping[str, Tensor], wanted: Collection[str]) -> dict[str, list[str]]:
    """Names of a file by what they are without wrappers' parts."""
    own = {part for name in wanted for part in name.split(".")}
    dropped = _WRAPPERS | ({"module"} - own)
    groups: dict[str, list[str]] = {}
    for name in tensors:
        groups.setdefault(".".join(part for part in name.split(".") if part not in dropped), []).append(name)
    return groups


def _same(one: Tensor, other: Tensor) -> bool:
    return one.dtype == other.dtype and torch.equal(one, other)


def rivals(tensors: Mapping[str, Tensor], wanted: Collection[str], averaged: bool = False) -> tuple[str, str] | None:
    """Two prefixes under which a file holds a network alike, as ``net_a.`` and ``net_b.``, with other values; None: one at most.

    Averages of a training's weights beside the weights are no rivals: which of them is meant is asked for. A teacher may be an
    average or another network: it is taken where averages are asked for, and else is a rival. Arguments as of
    :func:`contradiction`.
    """
    groups = _unwrapped(tensors, wanted)
    counts = _counts(groups, wanted)
    most = max(counts.values(), default=0)

    def asked_for(prefix: str) -> bool:
        """Whether a copy of this name may be meant."""
        return (AVERAGED.search(prefix) is not None) == averaged or (not averaged and "teacher" in prefix.lower())

    alike = [prefix for prefix, count in counts.items() if count == most and asked_for(prefix)]
    if len(alike) < 2 or most < _MANY:
        return None
    first, *others = alike
    for other in others:
        shared = [name for name in wanted if first + name in groups and other + name in groups]
        if any(not _same(tensors[groups[first + name][0]], tensors[groups[other + name][0]]) for name in shared):
            return first, other
    return None


def _prefix(names: Collection[str], wanted: Collection[str], averaged: bool) -> str:
    counts = _counts(names, wanted)
    return max(counts, key=lambda prefix: (counts[prefix], (AVERAGED.search(prefix) is not None) == averaged), default="")


def _counts(names: Collection[str], wanted: Collection[str]) -> Counter[str]:
    """How many of the wanted names each prefix makes known."""
    known = set(wanted)
    counts: Counter[str] = Counter()
    for name in names:
        start = 0
        while True:
            if name[start:] in known:
                counts[name[:start]] += 1
            start = name.find(".", start) + 1
            if start == 0:
                break
    return counts


def head_names(model: Any) -> set[str]:  # noqa: ANN401 - timm's models share methods, not a base class
    """Names of the last layer's weights in the model's state dict."""
    classifier = model.get_classifier()
    heads = classifier if isinstance(classifier, tuple) else (classifier,)
    return {
        f"{path}.{key}" for path, module in model.named_modules() for head in heads if module is head for key in head.state_dict()
    }


def not_of_a_head(found: Mapping[str, Tensor], wanted: Collection[str], head: Collection[str]) -> list[str]:
    """Weights that a body does not know and that are of no head: signs of another architecture.

    A head is what lies where the network's own does, what is called one, or what stands beside the body and is made of linear
    layers.
    """
    places = {name.rpartition(".")[0] for name in head}
    body = {name.partition(".")[0] for name in wanted}
    groups: dict[str, list[Tensor]] = {}
    extra = [name for name in found if name not in wanted and not any(_within(name, place) for place in places)]
    for name in extra:
        groups.setdefault(name.partition(".")[0], []).append(found[name])

    def is_head(group: str) -> bool:
        """Whether what lies below a first part is a head by its name, or linear layers beside the body."""
        shapes = [tensor.ndim for tensor in groups[group]]
        called = _HEAD.match(group) is not None
        linear = group not in body and 2 in shapes and max(shapes) <= 2
        return called or linear

    return [name for name in extra if found[name].ndim > 0 and not ("." in name and is_head(name.partition(".")[0]))]


def _within(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}.")


def best_table(file: WeightFile, wanted: Collection[str], averaged: bool = False) -> Table:
    """The set of weights in a file that knows most of a network's names; of equals the first, or the first average.

    Args:
        file: with at least one table.
        wanted: names of the network's weights.
        averaged: prefer an average of a training's weights.
    """
    names = set(wanted)

    def rank(table: Table) -> tuple[int, bool]:
        """How many names it knows, then whether it is the kind of weights that is asked for."""
        return len(names & renamed(table.tensors, names, averaged).keys()), table.averaged == averaged

    return max(file.tables, key=rank)
