"""What was measured in each condition, before any number is drawn from it: answers under every method, and the factors beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.study import Classifier, ResizeStudy
from robustfashion.bench.sensitivity.condition import Condition
from robustfashion.bench.sensitivity.settings import SensitivitySettings
from robustfashion.stats import FloatArray


@dataclass(frozen=True, eq=False)
class Cell:
    """One task of one condition: networks of several seeds, served with every method."""

    condition: Condition
    settings: SensitivitySettings
    """The suite's, with what differs in this condition."""
    answers: ResizeStudy
    """All tasks of the condition."""
    classifier: Classifier
    """This task's networks."""
    reduction: float
    """Factor of the last resize; of a policy without a canvas the median over the evaluated pictures."""
    training: int
    """Pictures that were learnt from."""
    detail: FloatArray
    """Root mean square, in grey levels, of what the reduced picture cannot hold: [n], one for each evaluated picture."""
    data: str
    """Fingerprint of the catalogue: products of one name in two of them are two products."""
    recalibrated: Classifier | None = None
    """The same networks with BatchNorm statistics of served pictures; its first method is the training method, untouched."""

    @property
    def name(self) -> str:
        """For tables and lists."""
        return f"{self.condition.label}: {self.task}"

    @property
    def task(self) -> str:
        """What is told."""
        return self.classifier.task

    @property
    def row(self) -> Row:
        """How the networks are made."""
        return self.classifier.row

    @property
    def whole(self) -> bool:
        """Whether the networks learn from all training pictures that there are."""
        return self.condition.training_pictures is None

    @property
    def kind(self) -> str:
        """The kind of network, whatever it learnt and sees: what is held out as a whole when the model is tested."""
        base = "from scratch" if self.row.base == "none" else "pretrained"
        frozen = ", frozen" if self.row.freeze == "body" else ""
        return f"{self.row.architecture} {base}{frozen}"

    @property
    def methods(self) -> tuple[str, ...]:
        """Serving methods but the training method."""
        return self.answers.methods[1:]

    @property
    def learned(self) -> bool:
        """Whether its networks have something to lose."""
        return self.classifier.learned

    @property
    def seeds(self) -> int:
        """Networks."""
        return len(self.classifier.runs)

    @property
    def products(self) -> tuple[str, ...]:
        """Product of each evaluated picture, different in every catalogue."""
        return tuple(f"{self.data[:12]} {group}" for group in self.classifier.groups)

    @cached_property
    def margins(self) -> FloatArray:
        """Logit of the first class minus that of the second under the training method, at least 0: [n, S] by picture and seed."""
        return np.stack([_margin(run.tables[self.classifier.reference].logits) for run in self.classifier.runs], axis=1)

    @cached_property
    def sureness(self) -> FloatArray:
        """Probability of the first class minus that of the second under the training method: [n, S] in 0..1."""
        return np.stack([_margin(run.tables[self.classifier.reference].probabilities) for run in self.classifier.runs], axis=1)

    def changed(self, method: str) -> NDArray[np.bool_]:
        """Whether the class is another one than under the training method: [n, S]."""
        runs, reference = self.classifier.runs, self.classifier.reference
        return np.stack([run.tables[method].predicted != run.tables[reference].predicted for run in runs], axis=1)

    def tag_changed(self, method: str) -> NDArray[np.bool_]:
        """Whether the tag is lost, gained or another one: [n, S]."""
        return np.stack([run.tags[method] != run.tags[self.classifier.reference] for run in self.classifier.runs], axis=1)

    def drift(self, method: str) -> FloatArray:
        """Absolute change of the top-1 confidence, mean over seeds: [n] in 0..1."""
        reference = self.classifier.reference
        moved = [
            np.abs(run.tables[method].probabilities.max(axis=1) - run.tables[reference].probabilities.max(axis=1))
            for run in self.classifier.runs
        ]
        return np.asarray(np.mean(moved, axis=0, dtype=np.float64))


def _margin(values: NDArray[np.float32] | NDArray[np.float64]) -> FloatArray:
    first_two = np.sort(np.asarray(values, dtype=np.float64), axis=1)[:, -2:]
    return np.asarray(first_two[:, 1] - first_two[:, 0])


@dataclass(frozen=True)
class Surface:
    """All cells, in the order of the design."""

    cells: Sequence[Cell]

    @cached_property
    def learned(self) -> list[Cell]:
        """Those that may lose something, of which all claims are."""
        return [cell for cell in self.cells if cell.learned]

    @property
    def idle(self) -> list[Cell]:
        """Those that have not learned."""
        return [cell for cell in self.cells if not cell.learned]

    @cached_property
    def studies(self) -> dict[str, ResizeStudy]:
        """Answers by the condition's label."""
        return {cell.condition.label: cell.answers for cell in self.cells}

    @property
    def conditions(self) -> list[Condition]:
        """Different conditions, in order."""
        return list({cell.condition.label: cell.condition for cell in self.cells}.values())

    @property
    def methods(self) -> tuple[str, ...]:
        """Serving methods of any cell but the training methods, in order."""
        return tuple(dict.fromkeys(method for cell in self.cells for method in cell.methods))
