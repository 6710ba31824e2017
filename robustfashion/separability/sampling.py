"""Which pictures are looked at: equally many of each class, whole products, dealt into groups that are left out in turn."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.separability.points import Points

IntArray = NDArray[np.int64]

LEAST_PRODUCTS = 5
"""Products that a class needs for a number with an interval: of those without a group something must still be said."""
MOST_GROUPS = 20
"""Groups of products that are left out in turn: 19 degrees of freedom, beyond which an interval hardly narrows."""


def occupied(points: Points) -> Points:
    """The points with those classes only that have pictures, their numbers closed up.

    Raises:
        InputError: fewer than two classes.
    """
    present = np.flatnonzero(points.counts)
    if len(present) < 2:
        only = f"all {len(points.labels)} pictures are {points.classes[present[0]]!r}" if len(present) else "no pictures"
        raise InputError(f"separability is between classes: {only}; give labels of at least two classes")
    number = np.full(len(points.classes), -1, np.int64)
    number[present] = np.arange(len(present))
    return Points(points.features, number[points.labels], tuple(points.classes[i] for i in present), points.groups)


@dataclass(frozen=True)
class Units:
    """The pictures of one product in one class, which are drawn, left out and relabelled together."""

    member: IntArray
    """Product of each picture [n]."""
    unit: IntArray
    """Unit of each picture [n]: a product whose pictures differ in label is several."""
    label: IntArray
    """Class of each unit [u]."""
    product: IntArray
    """Product of each unit [u]."""

    def per_class(self, classes: int) -> IntArray:
        """How many of each class [k]."""
        return np.bincount(self.label, minlength=classes).astype(np.int64)


def units_of(points: Points) -> Units:
    """Units of points."""
    member = np.unique(np.asarray(points.groups), return_inverse=True)[1].astype(np.int64)
    pairs, unit = np.unique(np.stack([member, points.labels]), axis=1, return_inverse=True)
    return Units(member, unit.reshape(-1).astype(np.int64), pairs[1], pairs[0])


def dealt(units: Units, count: int, rng: np.random.Generator) -> IntArray:
    """Group 0 to count - 1 of each product [p]: classes as evenly as can be, at random within a class."""
    products = int(units.member.max()) + 1
    main = np.zeros(products, np.int64)
    rarest_last = np.argsort(-units.per_class(int(units.label.max()) + 1)[units.label], kind="stable")
    main[units.product[rarest_last]] = units.label[rarest_last]  # of several labels, the rarest: it is the one that may run out
    order = np.lexsort((rng.random(products), main))
    group = np.empty(products, np.int64)
    group[order] = np.arange(products) % count
    return np.asarray(rng.permutation(count)[group], np.int64)


def equal_draw(units: Units, group: IntArray, size: int, rng: np.random.Generator) -> IntArray:
    """Rows [classes * size] in random order: ``size`` pictures of each class.

    The products of a class are taken from all groups alike, so that leaving out a group leaves out the same share of each class.
    Of one product no more pictures are taken than one of the smallest class has on average, as long as there are other products:
    50 pictures of 50 products are not held against 50 pictures of one. The random order matters: neighbours at the same distance
    are taken in it, and rows in order of class would favour the first.

    Args:
        units: of all pictures.
        group: of each product [p].
        size: pictures of each class, at most as many as the smallest class has.
        rng: of the draw.
    """
    shuffled = rng.permutation(len(units.unit))
    rank = np.empty(len(shuffled), np.int64)  # of a picture among those of its unit
    rank[shuffled] = _rank(units.unit[shuffled])
    order = rng.permutation(len(units.label))
    turn = np.empty(len(order), np.int64)  # of a unit among those of its class and group
    turn[order] = _rank(units.label[order] * (1 + int(group.max())) + group[units.product[order]])
    place = np.argsort(order)
    pictures = np.bincount(units.label[units.unit])
    smallest = int(pictures.argmin())
    most = max(1, size // int((units.label == smallest).sum()))
    rows = []
    for label in range(len(pictures)):
        mine = np.flatnonzero(units.label[units.unit] == label)
        of = units.unit[mine]
        rows.append(mine[np.lexsort((rank[mine], place[of], turn[of], rank[mine] // most))[:size]])
    return np.asarray(rng.permutation(np.concatenate(rows)), np.int64)


def _rank(numbers: IntArray) -> IntArray:
    """How many of the same number come before each [n]."""
    order = np.argsort(numbers, kind="stable")
    _, first, count = np.unique(numbers[order], return_index=True, return_counts=True)
    found = np.empty(len(numbers), np.int64)
    found[order] = np.arange(len(numbers)) - np.repeat(first, count)
    return found


def relabelled(unit: IntArray, labels: IntArray, count: int, rng: np.random.Generator) -> IntArray:
    """Labels [count, n] shuffled among units: pictures of a product that had one label have one again."""
    _, first, inverse = np.unique(unit, return_index=True, return_inverse=True)
    names = labels[first]
    return (
        np.stack([rng.permutation(names)[inverse] for _ in range(count)]) if count > 0 else np.empty((0, len(labels)), np.int64)
    )
