"""Heads on a frozen trunk: multinomial logistic regression on cached features, its penalty chosen by product folds.

A head is fitted on standardised features; the standardisation is folded into its weights, so that it is an ordinary linear layer:
``logits = features @ weight.T + bias``.
"""

import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from robustfashion.errors import InputError
from robustfashion.models import head_objective
from robustfashion.models.head_objective import Regularisers
from robustfashion.threads import one_blas_thread

Features = NDArray[np.float32]
Labels = NDArray[np.int64]

_ITERATIONS = (400, 4000)
"""Of lbfgs at most: at first, and once more from where it stopped if it did not converge."""
_LEAST_DEVIATION = 0.01
"""Of a feature, in medians of all: what hardly moves in training is not blown up until rounding and resizers decide."""


@dataclass(frozen=True)
class HeadSettings:
    """How a head is fitted."""

    penalties: tuple[float, ...] = (1e-3, 1e-2, 1e-1, 1.0, 10.0)
    """Weights of ½‖w‖² (on standardised features) against the mean cross-entropy: the best is taken, one alone is fixed."""
    folds: int = 3
    """Product folds by which the penalty is chosen: least cross-entropy on products that were left out. As many as the rarest
    class has products, where that is fewer."""
    class_weights: Literal["none", "balanced"] = "none"
    """Whether rare classes weigh more, as in :class:`~robustfashion.models.recipes.Recipe`."""
    tolerance: float = 1e-4
    """Largest entry of the gradient of the mean loss at which the fit ends."""
    added: Regularisers = field(default_factory=Regularisers)
    """To the cross-entropy."""

    def __post_init__(self) -> None:
        if not self.penalties or not all(0 < value < float("inf") for value in self.penalties):
            raise InputError(f"penalties is {self.penalties}; give one or more numbers above 0")
        if self.folds < 2:
            raise InputError(f"folds is {self.folds}; at least 2 are needed to choose a penalty")
        if self.class_weights not in ("none", "balanced"):
            raise InputError(f"class_weights is {self.class_weights!r}; use none or balanced")
        if not 0 < self.tolerance < float("inf"):
            raise InputError(f"tolerance is {self.tolerance}; it must be above 0")


@dataclass(frozen=True)
class Head:
    """A linear layer with its classes, and how it was fitted."""

    weight: Features
    """[k, d]."""
    bias: Features
    """[k]."""
    classes: tuple[str, ...]
    penalty: float
    """The one that was chosen, or given."""
    settings: HeadSettings
    seed: int = 0
    scores: dict[float, float] = field(default_factory=dict)
    """Cross-entropy on left-out products by penalty; empty where none was chosen."""
    history: dict[str, float] = field(default_factory=dict, compare=False)
    """``step`` (iterations of the last fit), ``images``, ``seconds`` in all, ``train/loss``, ``train/accuracy``."""


def head_logits(head: Head, features: Features) -> Features:
    """Logits float32 [n, k] of features [n, d]."""
    return np.asarray(features @ head.weight.T + head.bias, np.float32)


def fit_head(
    features: Features,
    labels: Labels,
    groups: Sequence[str],
    classes: Sequence[str],
    seed: int = 0,
    settings: HeadSettings | None = None,
    free: Features | None = None,
) -> Head:
    """Fit a head.

    Args:
        features: [n, d], finite.
        labels: [n], class numbers; rows of -1 are left out.
        groups: product of each row; products are never divided between folds.
        classes: class names in class order.
        seed: 0: all rows as they are; others: a bootstrap, products drawn with replacement within their class. Decides the folds,
            too; the penalty is chosen on all rows in any case.
        settings: of the fit; None = the defaults.
        free: [m, d], features of free outliers, for ``outlier_exposure`` only; the same for every seed.

    Raises:
        InputError: arguments of different lengths, free outliers without their weight or the other way round, a class without
            a picture, or with one product only where a penalty is to be chosen, features that are not finite.
    """
    begin = time.perf_counter()
    settings = settings or HeadSettings()
    names = tuple(classes)
    rows = _checked(features, labels, groups, names)
    product = np.unique(np.asarray(groups)[rows], return_inverse=True)[1]
    exposed = head_objective.checked_free(free, features.shape[1], settings.added)
    data = _Data(features[rows].astype(np.float64), labels[rows], product, np.ones(len(rows)), names, settings, exposed)
    with one_blas_thread():  # at these sizes more threads cost more than they bring
        scores = _scores(data, seed) if len(settings.penalties) > 1 else {}
        penalty = min(scores, key=lambda value: scores[value]) if scores else settings.penalties[0]
        drawn = data if seed == 0 else _bootstrap(data, seed)
        scale = _Scale.of(drawn)
        (fit,) = _path(drawn, scale, (penalty,))
        weight = fit.weight / scale.deviation
        history = _history(fit, scale, drawn)
    return Head(
        weight.astype(np.float32), (fit.bias - weight @ scale.mean).astype(np.float32), names, penalty, settings, seed, scores,
        history | {"seconds": time.perf_counter() - begin},
    )  # fmt: skip


@dataclass(frozen=True)
class _Data:
    x: NDArray[np.float64]
    y: Labels
    product: NDArray[np.intp]
    counts: NDArray[np.float64]
    """How often each row was drawn."""
    classes: tuple[str, ...]
    settings: HeadSettings
    free: NDArray[np.float64] | None = None
    """Features of free outliers [m, d]."""

    def take(self, rows: NDArray[np.intp]) -> "_Data":
        """The data of some rows; classes and settings stay."""
        return replace(self, x=self.x[rows], y=self.y[rows], product=self.product[rows], counts=self.counts[rows])

    def weights(self) -> NDArray[np.float64]:
        """Of each row in the loss; their mean is 1."""
        weights = self.counts
        if self.settings.class_weights == "balanced":
            weights = weights / np.bincount(self.y, self.counts, len(self.classes))[self.y]
        return np.asarray(weights / weights.mean())

    def members(self) -> list[NDArray[np.intp]]:
        """Products of each class; a product belongs to the class of its first row."""
        products, first = np.unique(self.product, return_index=True)
        return [products[self.y[first] == label] for label in range(len(self.classes))]


@dataclass(frozen=True)
class _Scale:
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]

    @classmethod
    def of(cls, data: _Data) -> "_Scale":
        """Weighted mean and deviation of each feature; a feature that hardly varies is only centred in effect, not blown up."""
        mean = np.average(data.x, axis=0, weights=data.counts)
        deviation = np.sqrt(np.average((data.x - mean) ** 2, axis=0, weights=data.counts))
        least = _LEAST_DEVIATION * float(np.median(deviation))
        return cls(mean, np.where(deviation > least, deviation, least or 1.0))

    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((x - self.mean) / self.deviation)


@dataclass(frozen=True)
class _Fit:
    """On standardised features."""

    weight: NDArray[np.float64]
    bias: NDArray[np.float64]
    iterations: int

    def logits(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of standardised features [n, d] the logits [n, classes]."""
        return np.asarray(x @ self.weight.T + self.bias)


def _checked(features: Features, labels: Labels, groups: Sequence[str], classes: tuple[str, ...]) -> NDArray[np.intp]:
    """Rows that have a label."""
    if features.ndim != 2 or not len(features) == len(labels) == len(groups):
        raise InputError(
            f"features {list(features.shape)}, {len(labels)} labels, {len(groups)} groups: they do not belong together"
        )
    rows = np.flatnonzero(labels >= 0)
    counts = np.bincount(labels[rows], minlength=len(classes))
    if len(classes) < 2 or len(counts) > len(classes):
        raise InputError(f"{len(classes)} classes, labels up to {len(counts) - 1}; a head needs two classes, and a name for each")
    if not counts.all():
        raise InputError(f"no picture of class {classes[int(counts.argmin())]!r} to fit a head on; leave it out, or add some")
    if not np.isfinite(features[rows]).all():
        raise InputError("features hold NaN or infinity; the trunk's weights are damaged, or it expects another normalisation")
    return rows


def _bootstrap(data: _Data, seed: int) -> _Data:
    """Products drawn with replacement within their class, so that none gets lost; rows that are drawn, with their counts."""
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn = np.zeros(int(data.product.max()) + 1)
    for products in data.members():
        np.add.at(drawn, rng.choice(products, len(products)), 1)
    counts = drawn[data.product]
    return replace(data, counts=counts).take(np.flatnonzero(counts))


def _scores(data: _Data, seed: int) -> dict[float, float]:
    """Cross-entropy on left-out products by penalty, the strongest first."""
    penalties = tuple(sorted(data.settings.penalties, reverse=True))
    fold = _folds(data, seed)[data.product]
    losses = np.zeros((len(penalties), len(data.y)))
    for left_out in range(int(fold.max()) + 1):
        part, rest = np.flatnonzero(fold == left_out), data.take(np.flatnonzero(fold != left_out))
        scale = _Scale.of(rest)
        asked = data.take(part)
        x = scale(asked.x)
        for row, fit in enumerate(_path(rest, scale, penalties)):
            losses[row, part] = _cross_entropy(fit.logits(x), asked.y)
    return dict(zip(penalties, np.average(losses, axis=1, weights=data.weights()).tolist(), strict=True))


def _folds(data: _Data, seed: int) -> NDArray[np.intp]:
    """Fold of each product: those of a class are dealt out evenly, in an order that the seed decides."""
    members = data.members()
    sizes = [len(products) for products in members]
    if min(sizes) < 2:
        raise InputError(
            f"class {data.classes[int(np.argmin(sizes))]!r} has too few products ({min(sizes)}) to leave some out, by which a "
            "penalty is chosen; give a single penalty, or more pictures"
        )
    rng = np.random.Generator(np.random.PCG64(seed))
    fold = np.zeros(int(data.product.max()) + 1, np.intp)
    for products in members:
        fold[rng.permutation(products)] = np.arange(len(products)) % min(data.settings.folds, min(sizes))
    return fold


def _path(data: _Data, scale: _Scale, penalties: tuple[float, ...]) -> list[_Fit]:
    """Fits for one penalty after the other, each starting from the one before."""
    if data.settings.added:
        return [_regularised(data, scale, penalty) for penalty in penalties]
    x, weights = scale(data.x), data.weights()
    model = LogisticRegression(warm_start=True, tol=data.settings.tolerance)
    fits = []
    for penalty in penalties:
        model.C = 1 / (penalty * weights.sum())
        _fit(model, x, data.y, weights)
        weight, bias = model.coef_.copy(), model.intercept_.copy()
        if len(weight) == 1:  # two classes: one row, against nothing
            weight, bias = np.concatenate([-weight, weight]) / 2, np.concatenate([-bias, bias]) / 2
        fits.append(_Fit(weight, bias, int(model.n_iter_[0])))
    return fits


def _regularised(data: _Data, scale: _Scale, penalty: float) -> _Fit:
    free = scale(data.x[:0] if data.free is None else data.free)
    rows = head_objective.Rows(scale(data.x), data.y, data.weights(), free, len(data.classes))
    settings = data.settings
    return _Fit(*head_objective.fit(rows, penalty, settings.added, settings.tolerance, _ITERATIONS[1]))


def _fit(model: LogisticRegression, x: NDArray[np.float64], y: Labels, weights: NDArray[np.float64]) -> None:
    """Fit, and go on from where it stopped short; what does not converge then warns."""
    model.max_iter = _ITERATIONS[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the next lines see to it
        model.fit(x, y, weights)
    if model.n_iter_[0] >= _ITERATIONS[0]:
        model.max_iter = _ITERATIONS[1]
        model.fit(x, y, weights)


def _cross_entropy(logits: NDArray[np.float64], y: Labels) -> NDArray[np.float64]:
    return np.asarray(logsumexp(logits, axis=1) - logits[np.arange(len(y)), y])


def _history(fit: _Fit, scale: _Scale, data: _Data) -> dict[str, float]:
    logits = fit.logits(scale(data.x))
    return {
        "epoch": 0.0,
        "step": float(fit.iterations),
        "images": float(data.counts.sum()),
        "train/loss": float(np.average(_cross_entropy(logits, data.y), weights=data.weights())),
        "train/accuracy": float(np.average(logits.argmax(axis=1) == data.y, weights=data.counts)),
    }
