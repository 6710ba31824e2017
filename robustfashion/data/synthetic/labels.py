"""Attribute labels: drawn before anything else of a product, independent of all of it, balanced or by weights.

Labels that cannot go together (sleeves at a halterneck) never do. The joint distribution is otherwise the one of independent
labels: weights fitted to the wanted shares of all labels by iterative proportional fitting, with the impossible cells at zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion import taxonomy
from robustfashion.data.synthetic.parameters import ranges
from robustfashion.errors import InputError

NONE = "none"
"""Stands for the label of an attribute that a product does not have."""
_ROUNDS = 300

Mix = Mapping[str, Mapping[str, float]]


def label_rules() -> dict[str, Any]:
    """The content of ``ranges/labels.yaml``."""
    return ranges("labels")


@dataclass(frozen=True)
class Joint:
    """Joint distribution of the attribute labels of one product type."""

    names: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    """Labels per attribute; :data:`NONE` among them where not all products have the attribute."""
    shares: NDArray[np.float64]
    """Probability of every combination, one axis per attribute."""

    def draw(self, u: float) -> dict[str, str]:
        """Labels for a uniform number in [0, 1)."""
        edges = np.cumsum(self.shares.ravel())
        place = np.unravel_index(min(int(np.searchsorted(edges, u * edges[-1], "right")), edges.size - 1), self.shares.shape)
        return {name: labels[k] for name, labels, k in zip(self.names, self.labels, place, strict=True)}


def joint(product_type: str, mix: Mix) -> Joint:
    """Distribution of the labels of ``product_type``.

    Args:
        product_type: one of :data:`robustfashion.taxonomy.PRODUCT_TYPES`.
        mix: weights of labels by attribute; attributes that are absent are balanced.

    Raises:
        InputError: the weights leave no possible combination.
    """
    key = tuple((name, tuple(weights.items())) for name, weights in mix.items())
    return _joint(product_type, key)


@lru_cache(maxsize=64)
def _joint(product_type: str, mix: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]) -> Joint:
    rules, known, weights = label_rules()["products"][product_type], taxonomy.attributes(), dict(mix)
    names, labels, targets = tuple(rules["has"]), [], []
    for name, share in rules["has"].items():
        usual = dict.fromkeys(known[name].labels, 1.0) | label_rules()["weights"].get(name, {})
        wanted = dict(weights.get(name, usual.items()))
        wanted_sum = sum(wanted.values())
        axis = {label: share * wanted.get(label, 0.0) / wanted_sum for label in known[name].labels}
        axis |= {NONE: 1 - share} if share < 1 else {}
        labels.append(tuple(axis))
        targets.append(np.array(list(axis.values())))
    possible = _possible(names, labels, rules["never"])
    shares = _fitted(possible, targets)
    if shares.sum() <= 0:
        raise InputError(f"attribute_mix leaves no possible {product_type}: no combination of {', '.join(names)} is allowed")
    return Joint(names, tuple(labels), shares / shares.sum())


def _possible(names: tuple[str, ...], labels: list[tuple[str, ...]], never: list[dict[str, list[str]]]) -> NDArray[np.float64]:
    """1 where a combination may occur, 0 where ``never`` forbids it."""
    table = np.ones([len(axis) for axis in labels])
    for rule in never:
        hit = [[name not in rule or label in rule[name] for label in axis] for name, axis in zip(names, labels, strict=True)]
        table[np.ix_(*hit)] = 0.0
    return table


def _fitted(table: NDArray[np.float64], targets: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Iterative proportional fitting of ``table`` to the shares along every axis; met as far as the zeros allow."""
    for _ in range(_ROUNDS):
        for axis, target in enumerate(targets):
            others = tuple(k for k in range(table.ndim) if k != axis)
            total = table.sum(axis=others)
            gain = np.divide(target, total, out=np.zeros_like(target), where=total > 0)
            table = table * gain.reshape([-1 if k == axis else 1 for k in range(table.ndim)])
    return table


@dataclass(frozen=True)
class Doubt:
    """An ambiguous cue: on the way from the label's own look to another's."""

    toward: str
    """The other label."""
    amount: float
    """0 = the clear cue, 1 = the border between both labels; always below 1, so that the label is the nearer one."""


def draw_doubts(
    rng: np.random.Generator, product_type: str, labels: Mapping[str, str], share: float, width: float
) -> dict[str, Doubt]:
    """Which of the labels get an ambiguous cue; every attribute takes three numbers from ``rng``.

    Args:
        rng: decides.
        product_type: of the product.
        labels: of the product, by attribute.
        share: of the cues that become ambiguous.
        width: how far from the border they begin.
    """
    neighbours, never, found = label_rules()["neighbours"], impossible_pairs(product_type), {}
    for name, label in labels.items():
        chosen, which, amount = rng.random(3).tolist()
        beside = [(other, mark) for other, mark in labels.items() if other != name]
        others = [
            toward
            for toward in neighbours[name].get(label, [])
            if not any(((name, toward), known) in never or (known, (name, toward)) in never for known in beside)
        ]
        if chosen < share and others:
            found[name] = Doubt(others[int(which * len(others))], 0.98 * (1 - width * amount))
    return found


def tied_attributes() -> frozenset[frozenset[str]]:
    """Pairs of attributes that are not independent, since some of their labels never go together."""
    rules = [rule for rules in label_rules()["products"].values() for rule in rules["never"]]
    return frozenset(frozenset(rule) for rule in rules)


@cache
def impossible_pairs(product_type: str) -> set[tuple[tuple[str, str], tuple[str, str]]]:
    """All pairs of (attribute, label) that no product of the type shows together."""
    found = set()
    for rule in label_rules()["products"][product_type]["never"]:
        (first, second) = rule
        found |= {((first, a), (second, b)) for a, b in product(rule[first], rule[second])}
    return found
