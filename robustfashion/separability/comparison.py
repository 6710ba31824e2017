"""Is one labelling of the same catalogue more separable than another? Paired by product, at the same sizes, with a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats as scipy_stats

from robustfashion.errors import InputError
from robustfashion.progress import Progress, silent
from robustfashion.separability.jackknife import standard_error
from robustfashion.separability.measures.sample import FOLDS, distances
from robustfashion.separability.points import Points
from robustfashion.separability.sampling import MOST_GROUPS, IntArray, occupied
from robustfashion.stats import Estimate, FloatArray
from robustfashion.threads import one_blas_thread

LEAST = 20
"""Products of each class: fewer teach a classifier too little for a difference to be seen."""
MOST = 250
"""Products of each class in one draw; further ones come in with other draws."""
_PAIRS = 66
_FITS = 100


@dataclass(frozen=True)
class Comparison:
    """Two problems on pictures of the same source, as balanced skill: 0 for guessing, 1 for no errors, whatever the classes."""

    first: Estimate
    second: Estimate
    difference: Estimate
    """First minus second, 95 % interval by products, those of both problems paired; n is the products of either."""
    p: float
    """Two-sided, of no difference."""
    verdict: Literal["first", "second", "not shown"]
    """Which one is more separable: the interval of the difference lies on one side of 0."""
    shared: int
    """Products that are in both."""
    per_class: int
    """Products of each class in each draw."""
    note: str
    """How it was made comparable, and what was left out."""


@dataclass(frozen=True)
class _Problem:
    """Products of the classes of one problem, and the pairs of classes to be told apart."""

    points: Points
    product: IntArray
    """Number of the product of each picture [n], the same in both problems."""
    strata: IntArray
    """What the products of a class are drawn evenly over [n]."""
    classes: IntArray
    """Numbers of those that are compared."""

    def products(self, label: int) -> IntArray:
        """Numbers of the products of a class."""
        return np.unique(self.product[self.points.labels == label])


def compare(
    first: Points,
    second: Points,
    *,
    measure: Literal["probe", "knn20"] = "probe",
    seed: int = 0,
    strata: Sequence[str] | None = None,
    progress: Progress = silent,
) -> Comparison:
    """Test whether the labels of ``first`` are more separable than those of ``second``.

    Each problem is taken apart into all pairs of its classes, at the same number of products for each class of each pair, one
    picture a product; its skill is the mean of 2 x balanced accuracy - 1 out of product folds. A product type against the
    rest is then as hard a kind of problem as any two values of an attribute. Groups of products are left out of both problems
    at once, and every classifier learns anew: the standard error knows that test pictures share what their classifiers
    learned from.

    Args:
        first: for instance watches against the rest. Features of both must be of the same network, of as many dimensions.
        second: for instance watches by their display type. Products of the same name are the same.
        measure: "probe": ridge regression on the two labels, which is linear discriminant analysis with shrinkage; "knn20": vote
            of the 20 nearest, cosine distance.
        seed: of draws and groups.
        strata: of each picture of ``first``; products of a class are drawn evenly over them (the rest over its product types).
        progress: told of each pair of classes.

    Raises:
        InputError: features of different dimensions, or fewer than two classes of 20 products in one problem.
    """
    problems, note = _prepared(first, second, strata)
    size = min(MOST, *(len(problem.products(int(c))) for problem in problems for c in problem.classes))
    groups = min(MOST_GROUPS, size // 2)
    rng = np.random.default_rng(np.random.SeedSequence([seed, size]))
    block = _blocks(problems, groups, rng)
    works = [_pairs(problem, rng) for problem in problems]
    total, done = sum(len(pairs) for pairs, _ in works), 0
    skills = []
    for problem, (pairs, fits) in zip(problems, works, strict=True):
        parts = []
        for pair in pairs:
            progress("comparison", done, total)
            with one_blas_thread():  # at these sizes more threads cost more than they bring
                parts += [_skill(problem, pair, block, groups, size, measure, rng) for _ in range(fits)]
            done += 1
        skills.append(np.mean(parts, axis=0))
    progress("comparison", total, total)
    shared = len(np.intersect1d(problems[0].product, problems[1].product))
    note = f"{note}{size} products of each class in each pair; {' and '.join(_words(pairs, fits) for pairs, fits in works)}"
    counts = [len(np.unique(problem.product[np.isin(problem.points.labels, problem.classes)])) for problem in problems]
    return _judged(skills[0], skills[1], counts, shared, size, note)


def _words(pairs: list[tuple[int, int]], fits: int) -> str:
    return f"{len(pairs)} pair{'s' if len(pairs) > 1 else ''} of classes in {fits} draws"


def _judged(first: FloatArray, second: FloatArray, counts: list[int], shared: int, size: int, note: str) -> Comparison:
    freedom = len(first) - 2
    t = float(scipy_stats.t.ppf(0.975, freedom))
    # Not surer than whole products allow: with no errors at all nothing varies, and yet the next product might be wrong.
    errors = [max(standard_error(values[1:]), 2 / size) for values in (first, second, first - second)]
    bounded = [
        Estimate(float(values[0]), max(-1.0, float(values[0]) - t * error), min(1.0, float(values[0]) + t * error), n)
        for values, error, n in zip((first, second), errors[:2], counts, strict=True)
    ]
    value, error = float(first[0] - second[0]), errors[2]
    half = t * error
    difference = Estimate(value, value - half, value + half, sum(counts) - shared)
    p = float(2 * scipy_stats.t.sf(abs(value) / error, freedom))
    verdict: Literal["first", "second", "not shown"] = "not shown"
    if difference.low > 0 or difference.high < 0:
        verdict = "first" if difference.low > 0 else "second"
    return Comparison(bounded[0], bounded[1], difference, p, verdict, shared, size, note)


def _prepared(first: Points, second: Points, strata: Sequence[str] | None) -> tuple[list[_Problem], str]:
    if first.features.shape[1] != second.features.shape[1]:
        raise InputError(
            f"features of {first.features.shape[1]} and of {second.features.shape[1]} dimensions: compare labels on the features "
            "of one network"
        )
    of_pictures = strata if strata is not None else [""] * len(first.labels)
    if len(of_pictures) != len(first.labels):
        raise ValueError(f"{len(of_pictures)} strata for {len(first.labels)} pictures")
    names = np.unique(np.asarray((*first.groups, *second.groups)), return_inverse=True)[1].astype(np.int64)
    product = names[: len(first.groups)], names[len(first.groups) :]
    layers = np.unique(np.asarray(of_pictures), return_inverse=True)[1].astype(np.int64), np.zeros(len(second.labels), np.int64)
    problems, notes = [], []
    for points, mine, layer, which in zip((first, second), product, layers, ("first", "second"), strict=True):
        occupied(points)
        count = [len(np.unique(mine[points.labels == c])) for c in range(len(points.classes))]
        kept = [c for c, number in enumerate(count) if number >= LEAST]
        few = [f"{points.classes[c]!r} ({number})" for c, number in enumerate(count) if 0 < number < LEAST]
        if len(kept) < 2:
            raise InputError(
                f"{which} problem: too few products of a class: {', '.join(few)}; a comparison needs two classes of {LEAST}"
            )
        notes += [f"left out of the {which} problem, fewer than {LEAST} products: {', '.join(few)}; "] if few else []
        problems.append(_Problem(points, mine, layer, np.asarray(kept, np.int64)))
    return problems, "".join(notes)


def _blocks(problems: list[_Problem], groups: int, rng: np.random.Generator) -> IntArray:
    """Group of each product [p], 0 to groups - 1, dealt over what a product is in both problems."""
    count = 1 + max(int(problem.product.max()) for problem in problems)
    key = np.full((2, 2, count), -1, np.int64)
    for problem, (label, layer) in zip(problems, key, strict=True):
        label[problem.product], layer[problem.product] = problem.points.labels, problem.strata
    order = np.lexsort((rng.random(count), *key.reshape(4, count)))
    block = np.empty(count, np.int64)
    block[order] = np.arange(count) % groups
    return block


def _pairs(problem: _Problem, rng: np.random.Generator) -> tuple[list[tuple[int, int]], int]:
    """Pairs of classes (a sample where there are very many), and draws of each."""
    pairs = list(combinations(problem.classes.tolist(), 2))
    if len(pairs) > _PAIRS:
        pairs = [pairs[i] for i in np.sort(rng.permutation(len(pairs))[:_PAIRS])]
    return pairs, min(20, max(3, _FITS // len(pairs)))


def _skill(
    problem: _Problem,
    pair: tuple[int, int],
    block: IntArray,
    groups: int,
    size: int,
    measure: Literal["probe", "knn20"],
    rng: np.random.Generator,
) -> FloatArray:
    """2 x balanced accuracy - 1 of one draw, then without each group of products [1 + groups]."""
    rows, sign = [], []
    for label, side in zip(pair, (-1.0, 1.0), strict=True):
        mine = _draw(problem, label, block, size, rng)
        rows.append(mine)
        sign.append(np.full(len(mine), side))
    index, target = np.concatenate(rows), np.concatenate(sign)
    features = problem.points.features[index].astype(np.float64)
    mine_block = block[problem.product[index]]
    # Other folds in each draw: their average hangs less on who teaches whom, and its standard error is nearer to the truth.
    fold = rng.permutation(groups)[mine_block] % min(FOLDS, groups)
    ask = _probe if measure == "probe" else _knn
    correct = ask(features, target, fold, mine_block, groups)
    found = []
    for row, right in enumerate(correct):
        kept = mine_block != row - 1
        found.append(float(np.mean([right[kept & (target == side)].mean() for side in (-1.0, 1.0)])))
    return 2 * np.asarray(found) - 1


def _draw(problem: _Problem, label: int, block: IntArray, size: int, rng: np.random.Generator) -> IntArray:
    """One picture of each of ``size`` products of a class, evenly over strata and groups of products."""
    rows = np.flatnonzero(problem.points.labels == label)
    rows = rows[rng.permutation(len(rows))]
    _, at = np.unique(problem.product[rows], return_index=True)
    rows = rows[np.sort(at)]  # the first, that is any, picture of each product, in random order
    turn = _turns(problem.strata[rows], block[problem.product[rows]])
    return rows[np.argsort(turn, kind="stable")[:size]]


def _turns(strata: IntArray, block: IntArray) -> FloatArray:
    """When each row is taken [n]: strata in turn, and within one its groups of products in turn."""
    turn = np.empty(len(strata))
    for layer in np.unique(strata):
        inside = np.flatnonzero(strata == layer)
        times = np.empty(len(inside))
        for part in np.unique(block[inside]):
            same = np.flatnonzero(block[inside] == part)
            times[same] = np.arange(len(same)) + part / (1 + block.max())
        turn[inside[np.argsort(times, kind="stable")]] = np.arange(len(inside))
    return turn


def _probe(features: FloatArray, target: FloatArray, fold: IntArray, block: IntArray, groups: int) -> FloatArray:
    """Whether ridge regression is right out of fold [1 + groups, n], row g + 1 after learning without group g.

    A prediction without a set of rows follows from the fit on all of them: for any penalised least squares the residuals of the
    set are (I - H) of it, inverted, times its residuals in the fit.
    """
    hat = _hat(features)
    fit = hat @ target
    found = np.empty((1 + groups, len(target)))
    for test in np.unique(fold):
        asked = fold == test
        found[0, asked] = _without(hat, fit, target, asked)[asked]
        for group in range(groups):
            gone = asked | (block == group)
            same = gone.sum() == asked.sum()
            found[1 + group, asked] = found[0, asked] if same else _without(hat, fit, target, gone)[asked]
    return np.where(found * target > 0, 1.0, np.where(found == 0, 0.5, 0.0))


def _without(hat: FloatArray, fit: FloatArray, target: FloatArray, gone: NDArray[np.bool_]) -> FloatArray:
    """Scores of all rows [n], learned without those that are gone; 0 lies midway between the means of the two classes taught.

    Where regression has its own 0 it would favour the class of which more is taught, that is, of which fewer are asked.
    """
    at = np.flatnonzero(gone)
    residual = np.linalg.solve(np.eye(len(at)) - hat[np.ix_(at, at)], (target - fit)[at])
    score = fit - hat[:, at] @ residual
    taught = ~gone
    middle = (score[taught & (target > 0)].mean() + score[taught & (target < 0)].mean()) / 2
    return np.asarray(score - middle)


def _hat(features: FloatArray) -> FloatArray:
    """Matrix [n, n] that takes targets to ridge regression's fit with a free intercept; its ridge by Ledoit and Wolf."""
    from robustfashion.separability.measures.probe import ridge_share

    n, d = features.shape
    centred = features - features.mean(axis=0)
    share = ridge_share(centred)
    gram = centred @ centred.T
    ridge = max(share / (1 - share) * float(np.trace(gram)) / d, 1e-300)
    return np.asarray(np.linalg.solve(gram + ridge * np.eye(n), gram) + 1 / n)


def _knn(features: FloatArray, target: FloatArray, fold: IntArray, block: IntArray, groups: int) -> FloatArray:
    """Whether the vote of the 20 nearest of other folds is right [1 + groups, n], row g + 1 without group g."""
    far = distances(features.astype(np.float32), features.astype(np.float32), "cosine")
    far[fold[:, None] == fold] = np.inf
    # Beyond the 20 only as many as one group can take away.
    order = far.argsort(axis=1, kind="stable")[:, : 20 + int(np.bincount(block).max())]
    reachable = np.isfinite(np.take_along_axis(far, order, axis=1))
    votes = target[order] * (1 + 1e-6 * np.arange(order.shape[1], 0, -1))
    found = np.empty((1 + groups, len(target)))
    for row in range(1 + groups):
        there = reachable & (block[order] != row - 1)
        counted = there & (there.cumsum(axis=1) <= 20)
        found[row] = (votes * counted).sum(axis=1) * target > 0
    return found
