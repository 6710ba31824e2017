"""What the resize suite measured, before any number is drawn from it: networks x serving methods, as prediction tables."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.experiment.row import Row
from robustfashion.decisions import Thresholds
from robustfashion.paper import TABLE_2, LibraryAccuracies
from robustfashion.predictions import PredictionTable


@dataclass(frozen=True)
class Run:
    """One trained network, asked about the same pictures under every serving method."""

    row: Row
    seed: int
    thresholds: Thresholds
    """When a prediction becomes a tag."""
    tables: dict[str, PredictionTable]
    """By serving method; all over the same images in the same order. The first is the training method."""


@dataclass(frozen=True)
class ResizeStudy:
    """All runs, and what they have in common."""

    reference: str
    """The training method, against which every other one is compared."""
    methods: tuple[str, ...]
    """Serving methods, ``reference`` first."""
    runs: tuple[Run, ...]
    ids: tuple[str, ...]
    groups: tuple[str, ...]
    """Product of each evaluated image; intervals resample products, not images."""
    classes: tuple[str, ...]
    trained: bool = True
    """Whether the suite trained the networks as rows of Table 2; a given network is none, whatever its architecture."""

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Distinct rows in order."""
        return tuple(dict.fromkeys(run.row for run in self.runs))

    def seeds_of(self, row: Row) -> tuple[Run, ...]:
        """The runs of one row, one per seed."""
        return tuple(run for run in self.runs if run.row == row)

    def printed(self, row: Row) -> LibraryAccuracies | None:
        """The paper's accuracies, where Table 2 has this row."""
        known = self.trained and row.unchanged
        return TABLE_2.get((row.architecture, row.recipe_name, row.base)) if known else None

    @property
    def n(self) -> int:
        """Evaluated images."""
        return len(self.ids)

    @property
    def labels(self) -> NDArray[np.int64]:
        """True class numbers [n]."""
        return self.runs[0].tables[self.reference].labels

    @property
    def labelled(self) -> bool:
        """Whether the evaluated images have labels; without, there are changes but no accuracies. They all have, or none."""
        return bool((self.labels >= 0).any())

    @property
    def majority_share(self) -> float:
        """Accuracy of always answering the most frequent class of the evaluated images, 0..1."""
        return float(np.bincount(self.labels).max() / self.n)

    def correct(self, row: Row, method: str) -> NDArray[np.float64]:
        """Share of seeds that are right, per image: [n] in 0..1."""
        return np.asarray(np.mean([run.tables[method].correct for run in self.seeds_of(row)], axis=0, dtype=np.float64))

    def differences(self, row: Row, method: str) -> NDArray[np.float64]:
        """Correctness under ``method`` minus under the training method, per image and seed: [n, S] of -1, 0 and 1."""
        tables = [run.tables for run in self.seeds_of(row)]
        return np.stack([of[method].correct.astype(np.float64) - of[self.reference].correct for of in tables], axis=1)
