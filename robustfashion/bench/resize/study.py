"""What the resize suite measured, before any number is drawn from it: classifiers x serving methods, as prediction tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench import measures
from robustfashion.bench.experiment.row import Row
from robustfashion.decisions import Thresholds, tags
from robustfashion.paper import TABLE_2, LibraryAccuracies
from robustfashion.predictions import PredictionTable

PAPERS_TASK = "dress"
"""Table 2 is of dresses against the rest."""


@dataclass(frozen=True)
class Run:
    """One network, asked about the same pictures under every serving method."""

    seed: int
    thresholds: Thresholds
    """When a prediction becomes a tag."""
    tables: dict[str, PredictionTable]
    """By serving method; all over the same images in the same order. The first is the training method."""

    @cached_property
    def tags(self) -> dict[str, NDArray[np.int64]]:
        """Tag of each image by serving method, :data:`~robustfashion.decisions.NO_TAG` where it has none: [n]."""
        return {method: tags(of.probabilities, self.thresholds, of.classes) for method, of in self.tables.items()}


@dataclass(frozen=True, eq=False)
class Classifier:
    """Networks of one row for one task, a run for each seed."""

    task: str
    """Name of what it tells; empty: not known."""
    row: Row
    runs: tuple[Run, ...]
    name: str = ""
    """For tables and lists; a study sets it to what tells its classifiers apart."""

    @property
    def reference(self) -> str:
        """The training method."""
        return next(iter(self.first.tables))

    @property
    def first(self) -> Run:
        """The run of the first seed, whose pictures are shown."""
        return self.runs[0]

    @cached_property
    def given(self) -> PredictionTable:
        """The first seed's answers under the training method: ids, labels and classes are those of all tables."""
        return self.first.tables[self.reference]

    @property
    def ids(self) -> tuple[str, ...]:
        """Id of each evaluated image."""
        return self.given.ids

    @property
    def labels(self) -> NDArray[np.int64]:
        """True class numbers [n]; -1: no label."""
        return self.given.labels

    @property
    def groups(self) -> tuple[str, ...]:
        """Product of each evaluated image; intervals resample products, not images."""
        return self.given.products

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in class order."""
        return self.given.classes

    @property
    def n(self) -> int:
        """Evaluated images."""
        return len(self.ids)

    @property
    def products(self) -> int:
        """Products among them."""
        return len(set(self.groups))

    @property
    def labelled(self) -> bool:
        """Whether the images have labels; without, there are changes but no accuracies. They all have, or none."""
        return bool((self.labels >= 0).any())

    def correct(self, method: str) -> NDArray[np.float64]:
        """Share of seeds that are right, per image: [n] in 0..1."""
        return np.asarray(np.mean([run.tables[method].correct for run in self.runs], axis=0, dtype=np.float64))

    def differences(self, method: str) -> NDArray[np.float64]:
        """Correctness under ``method`` minus under the training method, per image and seed: [n, S] of -1, 0 and 1."""
        tables = [run.tables for run in self.runs]
        return np.stack([of[method].correct.astype(np.float64) - of[self.reference].correct for of in tables], axis=1)

    @cached_property
    def learned(self) -> bool:
        """Whether the networks have learned enough to have something to lose; granted where that cannot be known."""
        return not self.labelled or measures.has_learned(self.asked)

    @property
    def asked(self) -> measures.Asked:
        """Its answers under the training method."""
        return measures.Asked(self.correct(self.reference), self.labels, self.groups, len(self.classes))


@dataclass(frozen=True)
class ResizeStudy:
    """All classifiers, and what they have in common."""

    reference: str
    """The training method, against which every other one is compared."""
    methods: tuple[str, ...]
    """Serving methods, ``reference`` first."""
    everyone: tuple[Classifier, ...]
    """Those that have not learned among them, which stand in the tables of classifiers only."""
    trained: bool = True
    """Whether the suite trained the networks as rows of Table 2; a given network is none, whatever its architecture."""

    @classmethod
    def of(cls, reference: str, methods: Sequence[str], found: Sequence[Classifier], trained: bool = True) -> "ResizeStudy":
        """A study whose classifiers are called by what tells them apart: the task, the row, or both."""
        many_tasks, many_rows = len({c.task for c in found}) > 1, len({c.row for c in found}) > 1
        named = tuple(Classifier(c.task, c.row, c.runs, _name(c, many_tasks, many_rows)) for c in found)
        return cls(reference, tuple(methods), named, trained)

    @cached_property
    def classifiers(self) -> tuple[Classifier, ...]:
        """Those that have learned, of which everything is reported; all of them, where none has."""
        return tuple(c for c in self.everyone if c.learned) or self.everyone

    @property
    def idle(self) -> tuple[Classifier, ...]:
        """Those that have not learned."""
        return tuple(c for c in self.everyone if not c.learned)

    @property
    def labelled(self) -> bool:
        """Whether the evaluated images have labels."""
        return all(c.labelled for c in self.everyone)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Distinct rows of the reported classifiers, in order."""
        return tuple(dict.fromkeys(c.row for c in self.classifiers))

    def of_row(self, row: Row) -> tuple[Classifier, ...]:
        """The reported classifiers of one row, one for each task: what tags one catalogue."""
        return tuple(c for c in self.classifiers if c.row == row)

    def printed(self, c: Classifier) -> LibraryAccuracies | None:
        """The paper's accuracies, where Table 2 has this row and it tells what Table 2 is of."""
        known = self.trained and c.row.unchanged and c.task == PAPERS_TASK
        return TABLE_2.get((c.row.architecture, c.row.recipe_name, c.row.base)) if known else None

    @property
    def seeds(self) -> int:
        """Networks of each classifier, at the least."""
        return min(len(c.runs) for c in self.classifiers)


def _name(c: Classifier, many_tasks: bool, many_rows: bool) -> str:
    if many_tasks and many_rows:
        return f"{c.task}: {c.row.name}"
    return c.task if many_tasks else c.row.name
