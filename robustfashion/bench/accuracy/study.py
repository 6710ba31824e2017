"""What the accuracy suite measured, before any number is drawn from it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.accuracy.tasks import TaskSpec
from robustfashion.bench.material import Material
from robustfashion.predictions import PredictionTable


@dataclass(frozen=True)
class Run:
    """One trained network, asked about the test images of its task."""

    seed: int
    table: PredictionTable
    history: list[dict[str, float]]
    """Of the training, epoch by epoch."""


@dataclass(frozen=True)
class Classifier:
    """One line of Table 1 or 3: a task, how it was trained, one run per seed."""

    spec: TaskSpec
    architecture: str
    base: str
    """``scratch``, or where the body came from."""
    material: Material
    runs: tuple[Run, ...]

    @property
    def name(self) -> str:
        """Short text for tables."""
        return self.spec.name if self.base == "scratch" else f"{self.spec.name} from {self.base}"

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in class order."""
        return self.material.task.classes

    @property
    def labels(self) -> NDArray[np.int64]:
        """True class numbers of the test images [n]."""
        return self.material.test.labels

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Product of each test image."""
        return self.material.test.groups

    @property
    def n(self) -> int:
        """Test images."""
        return len(self.labels)

    @cached_property
    def correct(self) -> NDArray[np.float64]:
        """Share of seeds that are right, per image: [n] in 0..1."""
        return np.asarray(np.mean([run.table.correct for run in self.runs], axis=0, dtype=np.float64))

    @property
    def first(self) -> Run:
        """The run whose pictures and confusion matrix are shown."""
        return self.runs[0]


@dataclass(frozen=True)
class Study:
    """All classifiers, and the tasks that could not be trained, with reasons."""

    classifiers: tuple[Classifier, ...]
    left_out: tuple[tuple[str, str], ...]
    images: dict[str, Any]
    """Test pixels by task, uint8 [n, S, S, 3]."""

    def scratch(self, kind: str | None = None) -> list[Classifier]:
        """Classifiers trained from scratch, of one kind or all."""
        return [c for c in self.classifiers if c.base == "scratch" and kind in (None, c.spec.kind)]

    def pairs(self) -> list[tuple[Classifier, Classifier]]:
        """Transferred classifiers, each after the same task from scratch."""
        plain = {c.spec.name: c for c in self.scratch()}
        return [(plain[c.spec.name], c) for c in self.classifiers if c.base != "scratch"]
