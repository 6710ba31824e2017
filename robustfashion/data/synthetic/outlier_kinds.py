"""Which kinds of outliers there are, in three tiers, and their parameters: ``ranges/outliers.yaml``.

* ``near``: another product type, or something that looks like the product it is filed under
* ``junk``: what catalogues hold beside products: size charts, swatches, boxes, placeholders, logos, collages, close-ups, labels
* ``far``: noise, gradients, gratings, and patterns like those that fool networks
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from robustfashion.data.synthetic.parameters import ParameterSet, parameter_set, ranges
from robustfashion.errors import InputError

TIERS = ("near", "junk", "far")
OTHER_PRODUCT = "near/other product"
"""An ordinary product of another type."""


def _table() -> dict[str, dict[str, Any]]:
    return ranges("outliers")


def all_kinds() -> tuple[str, ...]:
    """Every kind, as ``tier/kind``."""
    return tuple(_table())


@cache
def outlier_parameters(kind: str) -> ParameterSet:
    """Parameters of one kind."""
    return parameter_set(_table()[kind]["parameters"])


def check_kinds(weights: Mapping[str, float]) -> None:
    """Refuse names that are neither a tier nor a kind, and bad weights.

    Raises:
        InputError: see above.
    """
    known = (*TIERS, *all_kinds())
    unknown = [name for name in weights if name not in known]
    if unknown:
        raise InputError(f"outlier_kinds names {unknown[0]!r}; use {', '.join(known)}")
    if weights and (any(not 0 <= w < float("inf") for w in weights.values()) or sum(weights.values()) <= 0):
        raise InputError(f"outlier_kinds is {dict(weights)}; weights must be 0 or greater, and one of them above 0")


def outlier_kinds(label: str, weights: Mapping[str, float]) -> dict[str, float]:
    """Weights of the kinds that may be filed under ``label``.

    A tier's weight is shared evenly by those of its kinds that have no weight of their own; kinds left without one do not occur.

    Raises:
        InputError: no kind is left for ``label``.
    """
    given = weights or dict.fromkeys(TIERS, 1.0)
    allowed = [kind for kind, rule in _table().items() if label in rule.get("for", [label])]
    found = {}
    for tier in TIERS:
        members = [kind for kind in allowed if kind.startswith(f"{tier}/")]
        shared = [kind for kind in members if kind not in given]
        for kind in members:
            found[kind] = given.get(kind, given.get(tier, 0.0) / max(len(shared), 1))
    found = {kind: weight for kind, weight in found.items() if weight > 0}
    if not found:
        raise InputError(f"outlier_kinds {dict(weights)} leaves no kind of outlier for {label}; name a tier or another kind")
    return found
