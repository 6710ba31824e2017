"""What every score checks before it is fitted and before it scores, and the score that comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, NoReturn, Protocol

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError, printable
from robustfashion.predictions import LastLayer, PredictionTable
from robustfashion.rejection.contract import FitOn, Need
from robustfashion.stats import FloatArray
from robustfashion.threads import each, pieces

Formula = Callable[[PredictionTable], FloatArray]
Counts = NDArray[np.int64]


class Named(Protocol):
    """What the checks read of a score."""

    name: ClassVar[str]
    needs: ClassVar[frozenset[Need]]
    fit_on: ClassVar[FitOn]


@dataclass(frozen=True)
class Fitted:
    """A fitted score: a formula with what it learned, for tables of the network that it was fitted on."""

    name: str
    needs: frozenset[Need]
    classes: tuple[str, ...]
    width: int
    """Number of features; 0: they are not read."""
    network: str
    """Digest of the network; empty: not known."""
    formula: Formula
    chosen: Mapping[str, float] = field(default_factory=dict)
    """Hyper-parameters as they were used, those that a rule chose among them: ``{"k": 50}``."""
    looks: bool = True
    """Whether features are looked through for NaN and infinity first; False: the formula does it where its numbers say so."""

    def __call__(self, table: PredictionTable) -> FloatArray:
        """Scores float64 [n]; higher = more likely to be refused.

        Raises:
            InputError: the table is of another network (digest, classes, width of the features), or has not what is needed.
        """
        where = f"score {self.name}"
        if table.classes != self.classes:
            raise InputError(
                f"fitted on the classes {_listed(self.classes)}, asked about {_listed(table.classes)}; "
                "fit it on rows of this network",
                where,
            )
        if self.network and table.origin.network and table.origin.network != self.network:
            raise InputError(
                f"fitted on network {self.network}, asked about network {printable(table.origin.network)}; "
                "fit it on rows of that",
                where,
            )
        if "features" in self.needs:
            _check_width(table, where)
            if table.features.shape[1] != self.width:
                raise InputError(
                    f"fitted on {self.width} features, asked about {table.features.shape[1]}; fit it on rows of this network",
                    where,
                )
            if self.looks:
                check_finite(self.name, table)
        return self.formula(table)


def fitted(
    score: Named, table: PredictionTable, formula: Formula, chosen: Mapping[str, float] | None = None, looks: bool = True
) -> Fitted:
    """The score of the table's network with this formula."""
    width = table.features.shape[1] if "features" in score.needs else 0
    return Fitted(score.name, score.needs, table.classes, width, table.origin.network, formula, chosen or {}, looks)


class OfLogits(Named, Protocol):
    """A score of the logits alone, with nothing to learn: a dataclass whose fields are its hyper-parameters."""

    def formula(self, table: PredictionTable) -> FloatArray:
        """Scores float64 [n]."""
        ...


def learns_nothing(score: OfLogits, table: PredictionTable) -> Fitted:
    """What fitting a score comes to that learns nothing: the table is checked.

    Raises:
        InputError: rows marked as outliers, or fewer than two classes.
    """
    fit_rows(score, table)
    numbers = {name: value for name, value in vars(score).items() if isinstance(value, float)}
    return fitted(score, table, score.formula, numbers)


def not_fitted(score: Named, table: PredictionTable) -> NoReturn:
    """What calling a score comes to before it is fitted.

    Raises:
        InputError: always.
    """
    raise InputError(
        f"is not fitted; call fit with ordinary rows first, then what it returns with these {len(table.ids)} rows",
        f"score {score.name}",
    )


def fit_rows(score: Named, table: PredictionTable, looks: bool = True) -> PredictionTable:
    """The rows to fit on: all, or the labelled ones where labels are needed.

    Args:
        score: what is fitted.
        table: candidates.
        looks: whether features are looked through for NaN and infinity; else the caller does it where its numbers say so.

    Raises:
        InputError: fewer than two classes, rows marked as outliers, or a need that the table does not meet.
    """
    where = f"score {score.name}"
    if len(table.classes) < 2:
        raise InputError(f"the network knows {len(table.classes)} class; a score of refusal needs at least 2", where)
    if marked := [i for i, kind in enumerate(table.outlier_kinds) if kind is not None]:
        raise InputError(
            f"{len(marked)} of {len(table.ids)} rows to fit on are marked as outliers, "
            f"the first is {printable(table.ids[marked[0]])!r}; "
            "fit on table.ordinary()",
            where,
        )
    if score.fit_on != "nothing" and not table.ids:
        raise InputError(f"no rows to fit on; give ordinary rows of the {score.fit_on} part", where)
    if "features" in score.needs:
        _check_width(table, where)
        if looks:
            check_finite(score.name, table)
    if "last layer" in score.needs and table.last_layer is None:
        raise InputError("needs the network's last linear layer, which this table does not have; predict again with it", where)
    return _labelled(table, where) if "labels" in score.needs else table


def last_layer(table: PredictionTable) -> LastLayer:
    """The last layer of a table that ``fit_rows`` has passed."""
    if table.last_layer is None:
        raise ValueError("no last layer")
    return table.last_layer


def class_counts(score: Named, table: PredictionTable, labels: NDArray[np.int64], least: int = 1) -> Counts:
    """Rows of each class, [k].

    Raises:
        InputError: a class with fewer than ``least``.
    """
    counts = np.bincount(labels, minlength=len(table.classes))
    small = int(counts.argmin())
    if counts[small] < least:
        raise InputError(
            f"class {printable(table.classes[small])!r} has {counts[small]} rows to fit on and needs {least}; "
            "add pictures of it, or use a score that does not learn from classes, such as max_softmax",
            f"score {score.name}",
        )
    return counts


_NUMBERS_AT_ONCE = 2**20
"""By one thread: fewer are looked at sooner by one."""


def _labelled(table: PredictionTable, where: str) -> PredictionTable:
    rows = np.flatnonzero(table.labels >= 0)
    if not len(rows):
        raise InputError(f"none of the {len(table.ids)} rows to fit on has a label; give labelled rows", where)
    return table if len(rows) == len(table.ids) else table.take(rows)


def _check_width(table: PredictionTable, where: str) -> None:
    if not table.features.shape[1]:
        raise InputError(
            "needs features, which this table does not have; predict again with them, or use a score of logits", where
        )


def check_finite(name: str, table: PredictionTable) -> None:
    """Refuse features that are no numbers.

    Raises:
        InputError: NaN or infinity.
    """
    parts = pieces(len(table.ids), max(1, _NUMBERS_AT_ONCE // table.features.shape[1]))
    if not all(each(lambda part: bool(np.isfinite(table.features[part]).all()), parts)):
        bad = np.flatnonzero(~np.isfinite(table.features).all(axis=1))
        raise InputError(
            f"features of {len(bad)} rows hold NaN or infinity, the first is {printable(table.ids[bad[0]])!r}; "
            "leave them out or predict them again",
            f"score {name}",
        )


def _listed(classes: tuple[str, ...]) -> str:
    shown = ", ".join(printable(name) for name in classes[:6])
    return f"{shown} and {len(classes) - 6} more" if len(classes) > 6 else shown
