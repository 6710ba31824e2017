"""What a rule sees when it sets a threshold: scores, answers, and which pictures show the same product."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.thresholds.rates import Mask, product_weights
from robustfashion.stats import FloatArray

Classes = NDArray[np.int64]


@dataclass(frozen=True)
class Calibration:
    """Rows that neither the network nor the score was fitted on, of the kind that is to come.

    Raises:
        InputError: no rows, columns of other lengths, NaN scores, a predicted class that there is not.
    """

    scores: FloatArray
    """[n]; higher = more likely to be refused."""
    predicted: Classes
    """Class numbers [n]."""
    classes: tuple[str, ...]
    """Names, k of them."""
    wrong: Mask | None = None
    """Whether the predicted class is not the label, [n]; None: not known. Of outliers it is not read."""
    products: tuple[str, ...] = ()
    """Product of each row; empty: each row is one."""
    outlier: Mask | None = None
    """[n]; None: all are ordinary."""
    score: str = "max_softmax"
    """Name of the score."""

    def __post_init__(self) -> None:
        n = len(self.scores)
        if not n:
            raise InputError("there are no rows to set a threshold on; give predictions of ordinary validation pictures")
        lengths = {"predicted": self.predicted, "wrong": self.wrong, "products": self.products or None, "outlier": self.outlier}
        for name, column in lengths.items():
            if column is not None and len(column) != n:
                raise InputError(f"{n} scores and {len(column)} {name}; give one for each row")
        check_rows(self.scores, self.predicted, self.classes)

    @classmethod
    def of(cls, table: PredictionTable, scores: FloatArray, score: str = "max_softmax") -> "Calibration":
        """Rows of a prediction table with their scores [n]; whether they are wrong is known if every ordinary row has a label.

        Raises:
            InputError: as the class.
        """
        outlier = np.array([kind is not None for kind in table.outlier_kinds], dtype=np.bool_) if table.outlier_kinds else None
        ordinary = np.ones(len(table.ids), dtype=np.bool_) if outlier is None else ~outlier
        wrong = None if bool((table.labels[ordinary] < 0).any()) else ~table.correct
        return cls(np.asarray(scores, dtype=np.float64), table.predicted, table.classes, wrong, table.products, outlier, score)

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def owners(self) -> Sequence[str]:
        """Product of each row [n]: itself, where products are not known."""
        return self.products or [str(i) for i in range(len(self))]

    @property
    def weights(self) -> FloatArray:
        """1 / rows of the same product [n]."""
        return product_weights(self.owners)

    def take(self, rows: Any) -> "Calibration":  # noqa: ANN401 - whatever indexes an array: a mask, or row numbers
        """These rows.

        Raises:
            InputError: none.
        """
        numbers = np.arange(len(self))[rows]
        products = tuple(self.products[i] for i in numbers.tolist()) if self.products else ()
        wrong, outlier = (None if column is None else column[numbers] for column in (self.wrong, self.outlier))
        scores, predicted = self.scores[numbers], self.predicted[numbers]
        return Calibration(scores, predicted, self.classes, wrong, products, outlier, self.score)

    def ordinary(self) -> "Calibration":
        """The rows that are no outliers.

        Raises:
            InputError: all are.
        """
        if self.outlier is None:
            return self
        if bool(self.outlier.all()):
            raise InputError(f"all {len(self)} rows are outliers; a threshold is set on ordinary pictures")
        return self.take(~self.outlier)

    def outliers(self) -> "Calibration | None":
        """The rows that are outliers; None where there are none."""
        return None if self.outlier is None or not bool(self.outlier.any()) else self.take(self.outlier)

    def one_per_product(self, seed: int = 0) -> "Calibration":
        """One row of each product, drawn by a seed: independent rows. In whatever order the rows stand, the same are drawn."""
        if not self.products:
            return self
        wrong = np.zeros(len(self), np.bool_) if self.wrong is None else self.wrong
        names, member = np.unique(np.asarray(self.products), return_inverse=True)
        order = np.lexsort((self.predicted, wrong, self.scores, member))
        sizes = np.bincount(member)
        draws = np.random.default_rng(np.random.SeedSequence([seed, len(names)])).random(len(names))
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        return self.take(order[starts + (draws * sizes).astype(np.int64)])


def check_rows(scores: FloatArray, predicted: Classes, classes: Sequence[str]) -> None:
    """Check rows before thresholds are set on them, or applied to them.

    Raises:
        InputError: NaN scores, not one predicted class for each score, or a class that there is not.
    """
    if len(scores) != len(predicted):
        raise InputError(f"{len(scores)} scores and {len(predicted)} predicted classes; give one for each row")
    if bool(np.isnan(scores).any()):
        raise InputError(
            f"{int(np.isnan(scores).sum())} of {len(scores)} scores are NaN; leave these rows out or mend the network"
        )
    if len(predicted) and not 0 <= int(predicted.min()) <= int(predicted.max()) < len(classes):
        raise InputError(f"predicted classes are {predicted.min()} to {predicted.max()}; there are {len(classes)} classes")
