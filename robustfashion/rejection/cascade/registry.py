"""Which validators stand before which attribute classifier, and what a validator says of a picture."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError, printable

Floats = NDArray[np.floating[Any]]

Levels = tuple[tuple[str, ...], ...]
"""Validators of a gate: a picture must pass every level, and passes a level where any of its validators lets it."""

GATES: dict[str, Levels] = {
    "sleeve_type": (("top", "dress"),),
    "boot_style": (("shoe",), ("boot",)),
    "display_type": (("watch",),),
    "heel_type": (("shoe",),),
    "shell_type": (("luggage",),),
    "sandal_style": (("shoe",), ("sandal",)),
    "skirt_length": (("dress", "skirt"),),
    "neck_style": (("top", "dress"),),
    "number_of_wheels": (("luggage",),),
}
"""For each attribute of the taxonomy the gate that it should have. The paper's five validators are among them; boot, sandal
and skirt are those that it lacks (taxonomy.py says where), so that :func:`gate_of` takes what there is."""


def gate_of(attribute: str, available: Collection[str]) -> Levels:
    """The gate of an attribute out of the validators that there are: levels and validators that are not available are left out.

    Raises:
        InputError: no attribute of the taxonomy, or no validator of its first level is available.
    """
    wanted = _wanted(attribute)
    if not set(wanted[0]) & set(available):
        have = ", ".join(map(printable, sorted(available))) or "none"
        raise InputError(f"{attribute} stands behind {' or '.join(wanted[0])}; the validators at hand are {have}")
    kept = (tuple(name for name in level if name in available) for level in wanted)
    return tuple(level for level in kept if level)


def check_gate(attribute: str, levels: Levels) -> None:
    """Check that validators suit the attribute; an attribute of one's own, that the taxonomy does not know, may have any.

    Raises:
        InputError: a level without validators, a validator twice, or one that says nothing of this attribute's products.
    """
    names = [name for level in levels for name in level]
    if not all(levels) or len(set(names)) < len(names):
        raise InputError(f"levels are {levels!r:.200}; each needs a validator at least, and a validator has one place")
    if attribute not in GATES:
        return
    related = {name for level in GATES[attribute] for name in level}
    for name in names:
        if name not in related:
            raise InputError(
                f"{attribute} stands behind {printable(name)!r:.80}, which does not tell its products from others; "
                f"use {', '.join(sorted(related))}"
            )


def type_confidence(probabilities: Floats, classes: Sequence[str], product_type: str) -> Floats:
    """P(type) of each picture by a validator: its column of probabilities [n, k], in their own precision -> [n].

    The validator may tell one type from the rest (``other``, ``watch``) or all types apart.

    Raises:
        InputError: the type is none of its classes, or the probabilities are not [n, k].
    """
    if product_type not in classes:
        shown = ", ".join(map(printable, classes[:10]))
        raise InputError(f"the validator of {printable(product_type)!r:.80} knows no such class; its classes are {shown}")
    if probabilities.ndim != 2 or probabilities.shape[1] != len(classes):
        raise InputError(f"probabilities of the validator are {list(probabilities.shape)} for {len(classes)} classes")
    return np.asarray(probabilities[:, list(classes).index(product_type)])


def level_confidences(levels: Levels, gates: Mapping[str, Floats]) -> list[Floats]:
    """Confidence of each level [n]: that of its surest validator."""
    return [np.max([gates[name] for name in level], axis=0) for level in levels]


def weakest_level(levels: Levels, gates: Mapping[str, Floats]) -> Floats:
    """Confidence of a whole gate [n]: at a threshold for all validators, every level passes where the weakest does."""
    return np.asarray(np.min(level_confidences(levels, gates), axis=0))


def joint_levels(levels: Levels, gates: Mapping[str, Floats]) -> NDArray[np.float64]:
    """P(type) of a whole gate, float64 [n] in 0..1: the product over its levels, a chain of conditional probabilities.

    P(shoe) · P(boot | shoe). Among the validators of one level the largest is taken and not the sum: types exclude each
    other, but networks that were trained apart do not know that, and their sum can exceed 1.
    """
    return np.asarray(np.prod([level.astype(np.float64) for level in level_confidences(levels, gates)], axis=0))


def _wanted(attribute: str) -> Levels:
    if attribute not in GATES:
        raise InputError(f"attribute is {printable(attribute)!r:.80}; use one of {', '.join(GATES)}")
    return GATES[attribute]
