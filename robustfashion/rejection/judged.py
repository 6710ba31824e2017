"""Rows with several scores each, and what is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.measures import BoolArray, checked_scores
from robustfashion.stats import FloatArray


@dataclass(frozen=True)
class Judged:
    """Scores of rows that are ordinary, their answers right or wrong, or outliers."""

    scores: FloatArray
    """float64 [n, m], higher = more likely to be refused."""
    names: tuple[str, ...]
    """Of the scores [m]."""
    outlier: BoolArray
    """[n]."""
    wrong: BoolArray
    """[n]; those of outliers do not count."""
    products: tuple[str, ...]
    """Product of each row [n]."""
    tiers: tuple[str | None, ...] = ()
    """Kind of each outlier [n], None = ordinary; empty: not known."""

    def __post_init__(self) -> None:
        n = len(self.products)
        if not (
            self.scores.shape == (n, len(self.names))
            and self.outlier.shape == self.wrong.shape == (n,)
            and len(self.tiers) in (0, n)
        ):
            raise InputError(
                f"{n} products, scores {self.scores.shape} under {len(self.names)} names, outlier {self.outlier.shape}, "
                f"wrong {self.wrong.shape}, {len(self.tiers)} tiers; give one of each a row"
            )
        if not self.names or len(set(self.names)) < len(self.names):
            raise InputError(f"{self.names}; give each score a name of its own", "names")
        for name, column in zip(self.names, self.scores.T, strict=True):
            checked_scores(column, f"score {name}")

    @classmethod
    def of(cls, table: PredictionTable, scores: Mapping[str, FloatArray]) -> "Judged":
        """Rows of a prediction table, with scores float [n] by name.

        Raises:
            InputError: ordinary rows without a label, or scores that do not fit or are NaN.
        """
        kinds = table.outlier_kinds or (None,) * len(table.ids)
        outlier = np.array([kind is not None for kind in kinds], dtype=bool)
        unlabelled = np.flatnonzero(~outlier & (table.labels < 0))
        if unlabelled.size:
            raise InputError(
                f"{table.ids[unlabelled[0]]} has none ({unlabelled.size} ordinary rows); label them, mark them as outliers, or "
                "leave them out",
                "label",
            )
        columns = [checked_scores(values, f"score {name}") for name, values in scores.items()]
        if not columns or any(len(column) != len(kinds) for column in columns):
            raise InputError(f"{[len(column) for column in columns]} rows for a table of {len(kinds)}", "scores")
        return cls(np.stack(columns, axis=1), tuple(scores), outlier, ~outlier & ~table.correct, tuple(table.products), kinds)

    def column(self, name: str) -> FloatArray:
        """One score's values [n].

        Raises:
            InputError: there is no score of this name.
        """
        if name not in self.names:
            raise InputError(f"{name}; there are {', '.join(self.names)}", "score")
        return np.ascontiguousarray(self.scores[:, self.names.index(name)])

    def in_tier(self, tier: str) -> "Judged":
        """All ordinary rows with the outliers of one tier only.

        Raises:
            InputError: no outlier is of this tier.
        """
        if not any(kind == tier for kind in self.tiers):
            raise InputError(f"{tier}; there are {sorted({kind for kind in self.tiers if kind}) or 'none'}", "tier")
        kept = [row for row, kind in enumerate(self.tiers) if not self.outlier[row] or kind == tier]
        return replace(
            self,
            scores=self.scores[kept],
            outlier=self.outlier[kept],
            wrong=self.wrong[kept],
            products=tuple(self.products[row] for row in kept),
            tiers=tuple(self.tiers[row] for row in kept),
        )
