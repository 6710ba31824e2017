"""Labels that are probably wrong: confident learning on probabilities of classifiers that have not seen the product."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.progress import Progress, silent
from robustfashion.separability.measures.sample import FOLDS
from robustfashion.separability.points import Points
from robustfashion.separability.sampling import dealt, occupied, units_of
from robustfashion.stats import Estimate, FloatArray, wilson
from robustfashion.threads import one_blas_thread


@dataclass(frozen=True)
class LabelIssue:
    """A picture whose label is probably wrong."""

    row: int
    """Of the points."""
    given: str
    """Its label."""
    suggested: str
    """The most probable class."""
    score: float
    """Probability of the given label, 0 to 1: the smaller, the more probably it is wrong."""


def out_of_fold(points: Points, seed: int = 0, *, penalty: float = 1.0, progress: Progress = silent) -> FloatArray:
    """Probability of each class [n, k] by logistic regression that has not seen the picture's product.

    Args:
        points: n pictures of k classes, each with at least two products.
        seed: of the folds (five; fewer where the smallest class has fewer products).
        penalty: weight of the squared weights, features being standardised.
        progress: told of folds.

    Raises:
        InputError: fewer than two classes, or a class of one product: whoever has not seen it knows nothing of its class.
    """
    kept = occupied(points)
    units = units_of(kept)
    count = units.per_class(len(kept.classes))
    if count.min() < 2:
        few = kept.classes[int(count.argmin())]
        raise InputError(f"class {few!r} has {count.min()} product: label issues need two of each class; leave the class out")
    folds = min(FOLDS, int(count.min()))
    fold = dealt(units, folds, np.random.default_rng(np.random.SeedSequence([seed, len(kept.labels)])))[units.member]
    found = np.zeros((len(kept.labels), len(points.classes)))
    columns = np.flatnonzero(points.counts)
    for test in range(folds):
        progress("label issues", test, folds)
        asked, taught = np.flatnonzero(fold == test), np.flatnonzero(fold != test)
        if len(asked):
            with one_blas_thread():  # many small products: two threads take 15 times the processor time of one
                probabilities, known = _probabilities(kept, taught, asked, penalty)
            found[np.ix_(asked, columns[known])] = probabilities
    progress("label issues", folds, folds)
    return found


def _probabilities(
    points: Points, taught: NDArray[np.int64], asked: NDArray[np.int64], penalty: float
) -> tuple[FloatArray, NDArray[np.int64]]:
    from sklearn.linear_model import LogisticRegression

    known = np.unique(points.labels[taught])
    if len(known) == 1:  # products of several labels can leave a fold without the other class
        return np.ones((len(asked), 1)), known
    features = points.features.astype(np.float64)
    spread = features[taught].std(axis=0)
    used = spread > 1e-7 * max(float(spread.max()), 1e-300)
    if not used.any():
        raise InputError("features are constant: no classifier can be learned from them; take the features of another network")
    features = (features[:, used] - features[taught][:, used].mean(axis=0)) / spread[used] / np.sqrt(used.sum())
    # Divided by the root of the dimension: pictures are about at distance 1 of the mean, whatever the network's width.
    model = LogisticRegression(C=len(taught) / penalty / 10, max_iter=300, tol=1e-3)
    model.fit(features[taught], points.labels[taught])
    return np.asarray(model.predict_proba(features[asked])), np.asarray(model.classes_, np.int64)


def label_issues(points: Points, probabilities: FloatArray) -> list[LabelIssue]:
    """Candidates for wrong labels by confident learning (Northcutt, Jiang & Chuang 2021; cleanlab), the surest first.

    A candidate is a picture whose label is not the most probable class and which confident learning counts among the wrong: their
    number is estimated from how sure the classifier is of each class. Ranked by the probability of the given label.

    Args:
        points: n pictures of k classes.
        probabilities: out of fold [n, k], of :func:`out_of_fold` or of any network that has not learned from the product.

    Raises:
        ValueError: probabilities of another shape.
    """
    if probabilities.shape != (len(points.labels), len(points.classes)):
        raise ValueError(f"probabilities {probabilities.shape} of {len(points.labels)} pictures of {len(points.classes)} classes")
    from cleanlab.filter import find_label_issues

    columns = np.flatnonzero(points.counts)  # the library wants all classes to occur
    number = np.full(len(points.classes), -1, np.int64)
    number[columns] = np.arange(len(columns))
    inside = probabilities[:, columns]
    inside = inside / np.maximum(inside.sum(axis=1, keepdims=True), 1e-12)
    rows = find_label_issues(number[points.labels], inside, return_indices_ranked_by="self_confidence", n_jobs=1)
    best = columns[inside.argmax(axis=1)]
    return [
        LabelIssue(
            int(row), points.classes[points.labels[row]], points.classes[best[row]], float(probabilities[row, points.labels[row]])
        )
        for row in rows
        if best[row] != points.labels[row]
    ]


def precision_at(
    ranked: Sequence[LabelIssue], wrong: Collection[int], k: int, groups: Sequence[str] | None = None
) -> Estimate | None:
    """Share of the first k candidates whose label is wrong indeed, with its Wilson interval.

    Args:
        ranked: candidates, the surest first.
        wrong: rows whose label is known to be wrong.
        k: how many are looked at; fewer where there are not so many candidates.
        groups: product of each row; the pictures of a product, which are mis-filed together, then count once, at its first.

    Returns:
        n is the number of candidates that count; None: there are none.
    """
    rows = [issue.row for issue in ranked]
    if groups is not None:
        seen: dict[str, int] = {}
        for row in rows:
            seen.setdefault(groups[row], row)
        rows = list(seen.values())
    rows = rows[:k]
    truth = set(wrong)
    return wilson(sum(row in truth for row in rows), len(rows)) if rows else None
