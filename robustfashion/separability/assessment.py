"""Every measure with its interval and its chance level, at equal class sizes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from robustfashion.progress import Progress, silent
from robustfashion.separability.jackknife import interval
from robustfashion.separability.measures import MEASURES, Labelings, Measure, Sample
from robustfashion.separability.measures.neighbour import overlap
from robustfashion.separability.measures.sample import FOLDS
from robustfashion.separability.points import Points
from robustfashion.separability.sampling import (
    LEAST_PRODUCTS,
    MOST_GROUPS,
    IntArray,
    dealt,
    equal_draw,
    occupied,
    relabelled,
    units_of,
)
from robustfashion.stats import Estimate, FloatArray

Space = Literal["features", "pca", "map"]
MOST_PICTURES = 5_000
"""Pictures of one draw: all their distances are held."""
_MOST_DRAWS = 5


@dataclass(frozen=True)
class Measured:
    """What one measure says of a set of points."""

    value: Estimate | None
    """The measure at equal class sizes, with a 95 % interval over products; n is pictures. None: see ``reason``."""
    chance: Estimate | None = None
    """Mean under labels shuffled among products, and the range of 95 % of them; None: not asked for, or not defined there."""
    corrected: Estimate | None = None
    """(value - chance) / (best - chance): 0 for labels that mean nothing, 1 for perfectly separated ones; None: no best value."""
    by_class: dict[str, Estimate] = field(default_factory=dict)
    """The measure for each class, where it has such."""
    p: float | None = None
    """Share of shuffled labels that are as separable; at least 1 / (permutations + 1)."""
    n: int = 0
    """Pictures of a draw."""
    products: int = 0
    """Products of a draw."""
    reason: str = ""
    """Why there is no value."""


@dataclass(frozen=True)
class Draws:
    """Equal classes of a set of points, drawn several times: what the measures look at."""

    samples: tuple[Sample, ...]
    labelings: tuple[Labelings, ...]
    classes: tuple[str, ...]
    size: int
    """Pictures of each class."""
    products: int
    """Products of the first draw."""
    per_class: tuple[int, ...]
    """Products of each class, in the draw that has fewest."""


def assessed(
    points: Points,
    *,
    space: Space,
    names: Sequence[str] | None = None,
    seed: int = 0,
    permutations: int = 100,
    progress: Progress = silent,
) -> dict[str, Measured]:
    """Measures of how separable the labels are.

    Classes are drawn to equal sizes by products, up to five times where pictures are left over, 5,000 pictures at most;
    values are means over draws. Intervals leave out each of up to 20 groups of products in turn and compute (and learn)
    everything anew: they are of the value that as many products of the same source have on average. Chance levels shuffle the
    labels of products.

    Args:
        points: features of pictures, or their positions in a map. Classes without pictures are left out.
        space: where the points are: "features" (cosine distances), "pca" or "map" (Euclidean distances).
        names: keys of ``MEASURES``; None: all.
        seed: of draws, groups and shuffles.
        permutations: shuffles; 0: no chance level.
        progress: told of each measure.

    Returns:
        By name. A measure that cannot be computed has no value and a reason.

    Raises:
        InputError: fewer than two classes with pictures.
        KeyError: no such measure.
    """
    chosen = {name: MEASURES[name] for name in (MEASURES if names is None else names)}
    points = occupied(points)
    reason = unusable(points, space)
    if reason:
        return {name: Measured(None, reason=reason) for name in chosen}
    draws = drawn(points, space=space, seed=seed, permutations=permutations)
    found: dict[str, Measured] = {}
    for done, (name, measure) in enumerate(chosen.items()):
        progress("measures", done, len(chosen))
        found[name] = _measured(measure, draws)
    progress("measures", len(chosen), len(chosen))
    return found


def unusable(points: Points, space: Space) -> str:
    """Why nothing can be measured on points; empty: it can."""
    count = units_of(points).per_class(len(points.classes))
    if count.min() < LEAST_PRODUCTS:
        few = points.classes[int(count.argmin())]
        return (
            f"class {few!r} has {_number(int(count.min()), 'product')}, fewer than {LEAST_PRODUCTS}: "
            "leave the class out, or join it with another"
        )
    if bool((points.features == points.features[0]).all()):
        return "all points are the same: features are constant"
    largest = float(np.abs(points.features).max())
    if space != "features" and not 1e-15 < largest < 1e17:  # their squares do not fit into float32
        return f"features reach {largest:.0e}: no distances can be computed; multiply all of them by one number"
    zero = int((~points.features.any(axis=1)).sum())
    if space == "features" and zero:
        return f"features of {_number(zero, 'picture')} are all zero, which have no cosine distance: leave these pictures out"
    return ""


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def drawn(points: Points, *, space: Space, seed: int, permutations: int = 0) -> Draws:
    """Draws of equal classes, with the labels shuffled for the first of them."""
    k = len(points.classes)
    size = min(int(points.counts.min()), max(MOST_PICTURES // k, LEAST_PRODUCTS))
    used = size * k / len(points.labels)
    affordable = (MOST_PICTURES / (size * k)) ** 2  # time goes with the square: five draws of 2,200, one of 5,000
    count = max(1, min(_MOST_DRAWS, round(1 / used), int(affordable)))
    units = units_of(points)
    rng = np.random.default_rng(np.random.SeedSequence([seed, len(points.labels), k]))
    group = dealt(units, min(MOST_GROUPS, int(units.per_class(k).min())), rng)
    samples, labelings, products, per_class = [], [], 0, units.per_class(k)
    for number in range(count):
        rows = equal_draw(units, group, size, rng)
        labels, block = points.labels[rows], group[units.member[rows]]
        member = _renumbered(units.member[rows])
        products = products or int(member.max()) + 1
        per_class = np.minimum(per_class, [len(np.unique(member[labels == label])) for label in range(k)])
        shuffled = relabelled(units.unit[rows], labels, permutations if number == 0 else 0, rng)
        metric: Literal["cosine", "euclidean"] = "cosine" if space == "features" else "euclidean"
        samples.append(Sample(points.features[rows], member, block % FOLDS, metric))
        labelings.append(Labelings(labels, block, shuffled, k))
    return Draws(tuple(samples), tuple(labelings), points.classes, size, products, tuple(map(int, per_class)))


def _renumbered(numbers: IntArray) -> IntArray:
    return np.unique(numbers, return_inverse=True)[1].astype(np.int64)


def _measured(measure: Measure, draws: Draws) -> Measured:
    n = draws.size * len(draws.classes)
    if draws.size < measure.needs:
        reason = f"the smallest class has {_number(draws.size, 'picture')}, and this measure needs {measure.needs}"
        return Measured(None, n=n, products=draws.products, reason=reason)
    pairs = list(zip(draws.samples, draws.labelings, strict=True))
    tables = [measure.function(sample, labelings) for sample, labelings in pairs]
    blocks = min(labelings.blocks for labelings in draws.labelings)
    parts = np.mean([table[: 1 + blocks] for table in tables], axis=0)
    if not np.isfinite(parts[:, 0]).all():
        return Measured(None, n=n, products=draws.products, reason="not defined for these points: too many of them are the same")
    # A mean over classes is as sure as that of the class of fewest products.
    value = _interval(parts[:, 0], n, len(draws.classes) * min(draws.per_class), draws.products, measure, draws)
    shuffled = tables[0][1 + draws.labelings[0].blocks :, 0]
    then = _final(measure, len(draws.classes))
    by_class = {
        name: then(_interval(column, draws.size, products, products, measure, draws))
        for name, products, column in zip(draws.classes, draws.per_class, parts[:, 1:].T, strict=True)
        if np.isfinite(column).all() and measure.then is None
    }
    value = then(value)
    chance, corrected, p = _against_chance(value, np.array([then(Estimate(v, v, v, n)).value for v in shuffled]), measure)
    return Measured(value, chance, corrected, by_class, p, n, draws.products)


def _interval(values: FloatArray, n: int, products: int, items: int, measure: Measure, draws: Draws) -> Estimate:
    found = interval(values, n=n, share=measure.share, most=products, items=items if measure.of_products else None)
    if measure.unseen and measure.best is not None:  # as of shares: hardly ever missed is no surer than never
        missed = interval(np.zeros(len(values)), n=n, share=True, most=products).high
        reach = (len(draws.classes) - 1) * min(1.0, measure.unseen * missed)
        found = Estimate(found.value, found.low, max(found.high, measure.best + reach), n)
    return _bounded(found, measure)


def _final(measure: Measure, classes: int) -> "_Then":
    return _Then(measure, classes)


@dataclass(frozen=True)
class _Then:
    measure: Measure
    classes: int

    def __call__(self, estimate: Estimate) -> Estimate:
        then = self.measure.then
        if then is None:
            return estimate
        value, low, high = (then(x, self.classes) for x in (estimate.value, estimate.low, estimate.high))
        return Estimate(value, low, high, estimate.n)


def _bounded(estimate: Estimate, measure: Measure) -> Estimate:
    low, high = max(measure.low, estimate.low), min(measure.high, estimate.high)
    return Estimate(estimate.value, min(low, estimate.value), max(high, estimate.value), estimate.n)


def _against_chance(
    value: Estimate, shuffled: FloatArray, measure: Measure
) -> tuple[Estimate | None, Estimate | None, float | None]:
    shuffled = shuffled[np.isfinite(shuffled)]
    if not len(shuffled):
        return None, None, None
    mean = float(shuffled.mean())
    low, high = (float(x) for x in np.percentile(shuffled, [2.5, 97.5]))
    chance = Estimate(mean, low, high, value.n)
    sign = 1 if measure.better == "high" else -1
    p = (1 + int((sign * shuffled >= sign * value.value - 1e-12).sum())) / (1 + len(shuffled))
    if measure.best is None or math.isclose(mean, measure.best):
        return chance, None, p
    ends = [(x - mean) / (measure.best - mean) for x in (value.value, value.low, value.high)]
    return chance, Estimate(ends[0], min(ends[1:]), max(ends[1:]), value.n), p


@dataclass(frozen=True)
class Overlap:
    """Where the neighbours of each class are."""

    classes: tuple[str, ...]
    share: FloatArray
    """[k, k]: of the neighbours of class i those of class j; rows add up to 1, and chance is about 1 / k everywhere."""
    low: FloatArray
    """Lower bounds of 95 % intervals over products [k, k]."""
    high: FloatArray
    """Upper bounds [k, k]."""
    n: int
    """Pictures of each class."""


def class_overlap(points: Points, *, space: Space, k: int = 20, seed: int = 0) -> Overlap | str:
    """Which classes overlap: O[i, j], the share of the k nearest pictures of other products of class i that are of class j.

    Args:
        points: as for :func:`assessed`, at equal class sizes as there.
        space: where the points are.
        k: neighbours; at most as many as a class has pictures.
        seed: of draws.

    Returns:
        The matrix, or the reason why there is none.

    Raises:
        InputError: fewer than two classes with pictures.
    """
    points = occupied(points)
    reason = unusable(points, space)
    if reason:
        return reason
    draws = drawn(points, space=space, seed=seed)
    classes, k = len(draws.classes), min(k, draws.size)
    tables = [
        [overlap(sample, labels, classes, k) for labels in labelings.matrix]
        for sample, labelings in zip(draws.samples, draws.labelings, strict=True)
    ]
    blocks = min(len(table) for table in tables)
    parts = np.mean([table[:blocks] for table in tables], axis=0).reshape(blocks, -1)
    products = np.repeat(draws.per_class, classes)
    found = [interval(column, n=draws.size, share=True, most=int(m)) for column, m in zip(parts.T, products, strict=True)]
    share, low, high = (
        np.array([getattr(e, name) for e in found]).reshape(classes, classes) for name in ("value", "low", "high")
    )
    return Overlap(draws.classes, share, low, high, draws.size)
