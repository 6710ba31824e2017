"""One model of the surface: which answer changes, from its margin, the picture's detail, the reduction and the method.

A line is one picture, one network and one serving method. Each line's logarithm of the odds that the class (or the tag) changes
is linear in the columns of :data:`COLUMNS`; logistic regression with a small ridge penalty (scikit-learn).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.sensitivity.study import Cell
from robustfashion.resize import is_antialiased
from robustfashion.stats import FloatArray

Event = Literal["class", "tag"]

COLUMNS: dict[str, str] = {
    "margin": "logarithm of (0.1 + logit of the first class − of the second) under the training method",
    "sureness": "probability of the first class − of the second under the training method",
    "threshold": "absolute difference between top-1 confidence and deployed threshold, under the training method",
    "detail": "logarithm of (1 + grey levels, root mean square, of what the reduced picture cannot hold)",
    "reduction": "logarithm of the last resize's factor",
    "aliasing": "1: the method's filter does not widen with the reduction; 0: it does",
    "jpeg": "1: the picture goes through a JPEG between or after the stages",
    "detail x aliasing": "product of the two",
    "reduction x aliasing": "product of the two",
    "margin x aliasing": "product of the two",
    "margin x detail": "product of the two",
}
"""Columns of the design matrix, before they are brought to mean 0 and variance 1 over the lines that are fitted."""

_ALL = (
    "margin", "sureness", "detail", "aliasing", "jpeg", "detail x aliasing", "margin x aliasing", "margin x detail",
)  # fmt: skip
MODELS: dict[str, tuple[str, ...]] = {
    "margin": ("margin", "sureness"),
    "detail": ("detail",),
    "method": ("aliasing", "jpeg"),
    "all": _ALL,
    "all, and the reduction": (*_ALL, "reduction", "reduction x aliasing"),
    "all, and the threshold": (*_ALL, "threshold"),
}
"""Models by name, and what each of them may look at. Detail is measured against the reduced grid, so that it knows how strong the
reduction is; a slope along a handful of reductions in a design would be carried far beyond them, so it stands apart."""
FULL: dict[Event, str] = {"class": "all", "tag": "all, and the threshold"}
"""The model of each event; a class knows no threshold."""

_SMALL = 0.1
"""Logits: keeps the logarithm of a margin finite, below what a resizer moves."""
_STRENGTH = 1.0
"""Inverse of the ridge penalty on columns of variance 1: too weak to be seen among thousands of lines; every fit is finite."""


@dataclass(frozen=True)
class Lines:
    """Lines of several cells, one under the other."""

    columns: FloatArray
    """[m, c], in the order of :data:`COLUMNS`."""
    changed: dict[Event, NDArray[np.bool_]]
    """Whether class and tag change: [m]."""
    products: NDArray[np.int64]
    """Number of each line's product: [m]."""
    cell: NDArray[np.int64]
    """Number of its cell: [m]."""
    conditions: tuple[str, ...]
    """Label of each cell's condition."""
    kinds: tuple[str, ...]
    """Kind of network of each cell."""

    def __len__(self) -> int:
        return len(self.cell)

    def of(self, labels: Sequence[str], wanted: str) -> NDArray[np.bool_]:
        """Which lines are of cells with this label: [m]."""
        return np.array([label == wanted for label in labels], dtype=bool)[self.cell]


def lines_of(cells: Sequence[Cell]) -> Lines:
    """Lines of cells: every picture under every seed and method but the training method."""
    numbers: dict[str, int] = {}
    blocks, classes, tags, products, owner = [], [], [], [], []
    for k, cell in enumerate(cells):
        own = np.array([numbers.setdefault(name, len(numbers)) for name in cell.products])
        for method in cell.methods:
            n, seeds = cell.margins.shape
            blocks.append(_block(cell, method))
            classes.append(cell.changed(method).T.ravel())
            tags.append(cell.tag_changed(method).T.ravel())
            products.append(np.tile(own, seeds))
            owner.append(np.full(n * seeds, k))
    return Lines(
        np.concatenate(blocks), {"class": np.concatenate(classes), "tag": np.concatenate(tags)}, np.concatenate(products),
        np.concatenate(owner), tuple(cell.condition.label for cell in cells), tuple(cell.kind for cell in cells),
    )  # fmt: skip


def _block(cell: Cell, method: str) -> FloatArray:
    """Columns of one cell and method, seed after seed: [n x S, c]."""
    seeds = cell.seeds
    jpeg = float(cell.settings.preprocessing(method).reencode is not None)
    return columns(
        cell.margins.T.ravel(),
        cell.sureness.T.ravel(),
        np.concatenate([_beyond(cell, k) for k in range(seeds)]),
        np.tile(cell.detail, seeds),
        (cell.reduction, float(not is_antialiased(method)), jpeg),
    )


def _beyond(cell: Cell, k: int) -> FloatArray:
    run = cell.classifier.runs[k]
    table = run.tables[cell.classifier.reference]
    return np.asarray(np.abs(table.probabilities.max(axis=1) - run.thresholds.of(table.classes)[table.predicted]))


def columns(
    margin: FloatArray, sureness: FloatArray, beyond: FloatArray, detail: FloatArray, served: tuple[float, float, float]
) -> FloatArray:
    """The design matrix of lines, in the order of :data:`COLUMNS`: float64 [m, c].

    Args:
        margin: logit of the first class minus that of the second, at least 0: [m].
        sureness: the same of probabilities, 0..1: [m].
        beyond: absolute difference of confidence and threshold, 0..1: [m].
        detail: grey levels, at least 0: [m].
        served: reduction (at least 0.1), 1 where the method aliases, 1 where a JPEG is in the way.
    """
    ones = np.ones(len(margin))
    reduced, aliasing, jpeg = np.log(served[0]) * ones, served[1] * ones, served[2] * ones
    by_margin, by_detail = np.log(_SMALL + margin), np.log1p(detail)
    return np.column_stack([
        by_margin, sureness, beyond, by_detail, reduced, aliasing, jpeg,
        by_detail * aliasing, reduced * aliasing, by_margin * aliasing, by_margin * by_detail,
    ])  # fmt: skip


@dataclass(frozen=True)
class Fitted:
    """A fitted model."""

    names: tuple[str, ...]
    """Columns that it looks at."""
    centre: FloatArray
    spread: FloatArray
    weights: FloatArray
    """Of the columns brought to mean 0 and variance 1 [c]."""
    intercept: float

    def probability(self, design: FloatArray) -> FloatArray:
        """Modelled probability of a change: design [m, all columns] -> [m] in (0, 1)."""
        score = self.intercept + ((design[:, _places(self.names)] - self.centre) / self.spread) @ self.weights
        return np.asarray(1 / (1 + np.exp(-np.clip(score, -30, 30))))


def fit(design: FloatArray, changed: NDArray[np.bool_], names: tuple[str, ...]) -> Fitted:
    """Fit one model on lines.

    Args:
        design: float64 [m, all columns].
        changed: [m].
        names: columns to look at, of :data:`COLUMNS`.

    Raises:
        ValueError: all lines change, or none does.
    """
    from sklearn.linear_model import LogisticRegression

    if changed.all() or not changed.any():
        raise ValueError("a model of changes needs lines that change and lines that do not")
    values = design[:, _places(names)]
    centre, spread = values.mean(axis=0), values.std(axis=0)
    spread = np.where(spread > 1e-12, spread, 1.0)
    regression: Any = LogisticRegression(C=_STRENGTH, max_iter=1000).fit((values - centre) / spread, changed)
    return Fitted(names, centre, spread, np.asarray(regression.coef_[0]), float(regression.intercept_[0]))


def _places(names: Sequence[str]) -> list[int]:
    every = list(COLUMNS)
    return [every.index(name) for name in names]
