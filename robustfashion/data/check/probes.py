"""Shortcut probes: how well a label can be told from what should not tell it.

Every probe is the same simple classifier on features that see one thing only. Principal components are found without labels; then
an image gets the class whose mean is nearest, in components of equal variance (a linear discriminant with equal priors, so that
class frequencies do not help). Products, not images, are held out. The classifier is solved in closed form, so that the null
distribution is that of the whole procedure, repeated with the labels of products exchanged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from robustfashion.data.check.factor import Codes, Factor
from robustfashion.data.check.store import FeatureStore
from robustfashion.data.check.views import VIEWS, Matrix, View
from robustfashion.progress import Progress, silent
from robustfashion.stats import Estimate
from robustfashion.threads import one_blas_thread

FOLDS = 5
COMPONENTS = 64
NEAR_CHANCE, STRONG, WEAK_P = 0.10, 0.50, 0.01
_BOOTSTRAPS = 1000

Finding = Literal["near chance", "weak", "above chance", "strong", "not settled"]

RULE = (
    "Skill = (balanced accuracy - chance) / (1 - chance), with the 95 % interval. strong: all of it above "
    f"{100 * STRONG:.0f} %; above chance: all of it above {100 * NEAR_CHANCE:.0f} %; near chance: all of it below "
    f"{100 * NEAR_CHANCE:.0f} %; weak: neither, but better than exchanged labels (p of at most {WEAK_P}); not settled: anything "
    "else, which more images would settle."
)


@dataclass(frozen=True)
class Probe:
    """What one probe knows about one label column."""

    column: str
    view: str
    classes: int
    left_out: int
    """Classes with fewer than two products per fold."""
    n: int
    products: int
    accuracy: Estimate
    """Balanced accuracy: mean of the classes' shares of right answers, on products held out."""
    chance: float
    null: tuple[float, float]
    """Mean and 97.5th percentile of the same with labels exchanged between products."""
    p: float
    """Share of exchanges that do at least as well, the labels themselves included."""
    finding: Finding
    best: tuple[str, float]
    """The class that is told best, and the share of its images that are."""

    @property
    def skill(self) -> float:
        """Accuracy between chance (0) and perfect (1)."""
        return (self.accuracy.value - self.chance) / (1 - self.chance)


@dataclass(frozen=True)
class ProbeSettings:
    """How the probes are run."""

    seed: int = 0
    images: int = 4000
    """Most images that a column is probed on: as many of each class, chosen by product."""
    permutations: int = 200


def probe(
    store: FeatureStore,
    factors: Sequence[Factor],
    products: Codes,
    settings: ProbeSettings = ProbeSettings(),
    progress: Progress = silent,
) -> list[Probe]:
    """Every view on every factor that has two classes of at least ten products; the others are left out."""
    found: list[Probe] = []
    total = len(factors) * len(VIEWS)
    for number, factor in enumerate(factors):
        sample = sample_rows(factor, products, settings)
        if sample is None:
            continue
        for place, view in enumerate(VIEWS.values()):
            progress("probing for shortcuts", number * len(VIEWS) + place, total)
            # The matrices are small: on a busy machine, threads that wait for each other cost twenty times the work.
            with one_blas_thread():
                found.append(_probe(store, view, factor, sample, products[sample.rows], settings))
    progress("probing for shortcuts", total, total)
    return found


@dataclass(frozen=True)
class Sample:
    """Images that a column is probed on."""

    rows: NDArray[np.int64]
    labels: NDArray[np.int64]
    """Class of each [n]."""
    folds: NDArray[np.int64]
    """Held-out part of each [n]; images of one product share it."""
    kept: NDArray[np.int64]
    """Numbers of the factor's values that are probed [classes]."""
    left_out: int

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.kept)


def sample_rows(factor: Factor, products: Codes, settings: ProbeSettings) -> Sample | None:
    """At most ``settings.images`` images, evenly over the classes; None where fewer than two classes have enough products.

    The order of products is random but fixed by the seed; a product counts for the label of its first image.
    """
    known = np.flatnonzero(factor.codes >= 0)
    _, first, member = np.unique(products[known], return_index=True, return_inverse=True)
    of_product = factor.codes[known][first]
    counts = np.bincount(of_product, minlength=len(factor.values))
    kept = np.flatnonzero(counts >= 2 * FOLDS)
    if len(kept) < 2:
        return None
    order = np.random.default_rng(np.random.SeedSequence([settings.seed, len(first)])).permutation(len(first))
    place = np.full(len(first), -1, dtype=np.int64)
    for k in kept:
        mine = order[of_product[order] == k]
        images = np.cumsum(np.bincount(member, minlength=len(first))[mine])
        mine = mine[images - images[0] < max(settings.images // len(kept), 2 * FOLDS)]
        place[mine] = np.arange(len(mine))
    chosen = (place[member] >= 0) & np.isin(factor.codes[known], kept)
    rows, places = known[chosen], place[member][chosen]
    labels = np.searchsorted(kept, factor.codes[rows])
    return Sample(rows, labels, places % FOLDS, kept, len(factor.values) - len(kept))


def _probe(store: FeatureStore, view: View, factor: Factor, sample: Sample, products: Codes, settings: ProbeSettings) -> Probe:
    features = components(view.features(store, sample.rows), view.whiten, settings.seed)
    _, product = np.unique(products, return_inverse=True)
    labels = np.concatenate([sample.labels[None], exchanged(sample.labels, product, settings)])
    right = cross_validated(features, labels, sample.folds, sample.classes) == labels
    scores = np.array([balanced(right[r], labels[r], sample.classes) for r in range(len(labels))])
    accuracy = interval(right[0], sample.labels, product, sample.classes, settings.seed)
    chance, p = 1 / sample.classes, float((scores >= scores[0] - 1e-12).mean())
    recall = np.bincount(sample.labels[right[0]], minlength=sample.classes) / np.bincount(sample.labels)
    return Probe(
        column=factor.name, view=view.name, classes=sample.classes, left_out=sample.left_out, n=len(sample.rows),
        products=int(product.max()) + 1, accuracy=accuracy, chance=chance,
        null=(float(scores[1:].mean()), float(np.quantile(scores[1:], 0.975))),
        p=p, finding=finding(accuracy, chance, p),
        best=(factor.values[sample.kept[int(recall.argmax())]], float(recall.max())),
    )  # fmt: skip


def finding(accuracy: Estimate, chance: float, p: float) -> Finding:
    """Rule :data:`RULE`."""
    low, high = ((bound - chance) / (1 - chance) for bound in (accuracy.low, accuracy.high))
    if high < NEAR_CHANCE:
        return "near chance"
    if low > STRONG:
        return "strong"
    if low > NEAR_CHANCE:
        return "above chance"
    return "weak" if p <= WEAK_P else "not settled"


def components(features: Matrix, whiten: bool, seed: int) -> Matrix:
    """Principal components [n, at most 64] of features [n, d], found without labels; fewer where images are few."""
    if (features == features[0]).all():
        return np.zeros((len(features), 1), dtype=np.float32)  # nothing to see: every class is as near
    count = min(COMPONENTS, features.shape[1], max(1, len(features) // 10))
    solver = "covariance_eigh" if features.shape[1] <= 2 * COMPONENTS else "randomized"
    pca = PCA(count, whiten=whiten, svd_solver=solver, random_state=seed)
    found = pca.fit_transform(features.astype(np.float64))
    scale = np.sqrt(np.maximum(pca.explained_variance_, 0))
    used = scale > 1e-3 * max(float(scale[0]), 1e-12)  # directions without variance would be whitened to noise
    return np.asarray(found[:, used], dtype=np.float32)


def exchanged(labels: NDArray[np.int64], product: NDArray[np.int64], settings: ProbeSettings) -> NDArray[np.int64]:
    """Labels [permutations, n] of images after products exchanged theirs: each gets the first label of another product."""
    _, first = np.unique(product, return_index=True)
    rng = np.random.default_rng(np.random.SeedSequence([settings.seed, settings.permutations]))
    return np.stack([labels[rng.permutation(first)][product] for _ in range(settings.permutations)])


def cross_validated(features: Matrix, labels: NDArray[np.int64], folds: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Predictions [r, n] for r sets of labels [r, n]: the class whose mean over the other folds is nearest."""
    predicted = np.empty(labels.shape, dtype=np.int64)
    for fold in np.unique(folds):
        held = folds == fold
        seen, asked = features[~held], features[held]
        best = np.full((len(asked), len(labels)), np.inf, dtype=np.float32)
        answer = np.zeros((len(asked), len(labels)), dtype=np.int64)
        for k in range(classes):
            member = (labels[:, ~held] == k).astype(np.float32)
            count = member.sum(axis=1)
            means = (member @ seen) / np.maximum(count, 1)[:, None]
            distance = (means**2).sum(axis=1)[None] - 2 * asked @ means.T
            distance[:, count == 0] = np.inf
            nearer = distance < best
            best[nearer], answer[nearer] = distance[nearer], k
        predicted[:, held] = answer.T
    return predicted


def balanced(right: NDArray[np.bool_], labels: NDArray[np.int64], classes: int) -> float:
    """Mean over the classes of the share of right answers."""
    count = np.bincount(labels, minlength=classes)
    hits = np.bincount(labels[right], minlength=classes)
    return float((hits[count > 0] / count[count > 0]).mean())


def interval(
    right: NDArray[np.bool_], labels: NDArray[np.int64], product: NDArray[np.int64], classes: int, seed: int
) -> Estimate:
    """Balanced accuracy with its 95 % percentile interval, whole products resampled 1,000 times."""
    groups = int(product.max()) + 1
    count, hits = np.zeros((groups, classes)), np.zeros((groups, classes))
    np.add.at(count, (product, labels), 1)
    np.add.at(hits, (product, labels), right)
    rng = np.random.default_rng(np.random.SeedSequence([seed, groups]))
    values = []
    for _ in range(0, _BOOTSTRAPS, 100):
        drawn = rng.multinomial(groups, np.full(groups, 1 / groups), size=100).astype(np.float64)
        with np.errstate(invalid="ignore"):
            values.append(np.nanmean((drawn @ hits) / (drawn @ count), axis=1))
    low, high = np.percentile(np.concatenate(values), [2.5, 97.5])
    value = balanced(right, labels, classes)
    return Estimate(value, float(min(low, value)), float(max(high, value)), len(labels))
