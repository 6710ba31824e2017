"""What the accuracy suite measured, before any number is drawn from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.experiment.tasks import TaskSpec
from robustfashion.decisions import Thresholds
from robustfashion.predictions import PredictionTable


@dataclass(frozen=True)
class Answers:
    """One network's answers to the test images of its task, and the history of its training, epoch by epoch."""

    seed: int
    table: PredictionTable
    history: list[Mapping[str, float]]


@dataclass(frozen=True)
class ImageCounts:
    """Images of each part; None: not known."""

    train: int | None
    validation: int | None
    test: int

    @property
    def used(self) -> int:
        """Images of the parts that are known."""
        return (self.train or 0) + (self.validation or 0) + self.test


@dataclass(frozen=True)
class TaskResult:
    """One line of Table 1 or 3: a task, how its networks came about, one network per seed."""

    spec: TaskSpec
    architecture: str
    base: str
    """``scratch``, or where the body came from."""
    counts: ImageCounts
    split_note: str
    """How train, validation and test came about, in words."""
    runs: tuple[Answers, ...]
    thresholds: Thresholds | None = None
    """From which confidence on an answer is a tag, where that was given or is carried by a checkpoint."""

    given: bool = False
    """Whether the network came from outside: what it learnt from is not known."""

    @property
    def name(self) -> str:
        """Short text for tables."""
        return self.spec.name if self.base == "scratch" else f"{self.spec.name} from {self.base}"

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in class order."""
        return self.first.table.classes

    @property
    def labels(self) -> NDArray[np.int64]:
        """True class numbers of the test images [n]."""
        return self.first.table.labels

    @property
    def groups(self) -> tuple[str, ...]:
        """Product of each test image."""
        return self.first.table.products

    @property
    def n(self) -> int:
        """Test images."""
        return len(self.labels)

    @cached_property
    def correct(self) -> NDArray[np.float64]:
        """Share of seeds that are right, per image: [n] in 0..1."""
        return np.asarray(np.mean([run.table.correct for run in self.runs], axis=0, dtype=np.float64))

    @property
    def right(self) -> NDArray[np.float64]:
        """Whether each network is right, per image and seed: [n, S] of 0 and 1."""
        return np.stack([run.table.correct for run in self.runs], axis=1).astype(np.float64)

    @property
    def first(self) -> Answers:
        """The network whose pictures and confusion matrix are shown."""
        return self.runs[0]


@dataclass(frozen=True)
class AccuracyStudy:
    """Results of all tasks, and the tasks that could not be trained, with reasons."""

    results: tuple[TaskResult, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    images: Mapping[str, NDArray[np.uint8]] | None = None
    """Test pixels by task, [n, S, S, 3]; None: predictions were given without pictures."""

    def scratch(self, kind: str | None = None) -> list[TaskResult]:
        """Results of networks that no other network of this study was the base of, of one kind or all."""
        return [c for c in self.results if c.base == "scratch" and kind in (None, c.spec.kind)]

    def pairs(self) -> list[tuple[TaskResult, TaskResult]]:
        """Transferred networks' results, each after the same task from scratch."""
        plain = {c.spec.name: c for c in self.scratch()}
        return [(plain[c.spec.name], c) for c in self.results if c.base != "scratch"]
