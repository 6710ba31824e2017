"""What a condition's networks answer to another method: change of accuracy, of classes, of tags, of scores; with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.resize.measures import accuracy, changes_of, churn
from robustfashion.bench.sensitivity.study import Cell, Surface
from robustfashion.resize import is_antialiased, is_java
from robustfashion.stats import Change, Estimate, paired_change, share_bootstrap, simultaneous_changes


@dataclass(frozen=True, eq=False)
class Response:
    """One cell under one method against the training method; mean over seeds."""

    cell: Cell
    method: str
    delta: Change | None
    """Accuracy under the method minus under the training method; None: no labels."""
    classes: Estimate
    """Share of pictures whose class changes."""
    tags: Estimate
    """Share of pictures that lose, gain or change their tag."""
    drift: Estimate
    """Mean absolute change of the top-1 confidence."""

    @property
    def accuracy(self) -> Estimate | None:
        """The change of accuracy with its interval, by itself."""
        return None if self.delta is None else self.delta.estimate

    @property
    def antialiased(self) -> bool:
        """Whether the method's filter widens with the reduction."""
        return is_antialiased(self.method)

    @property
    def between(self) -> str:
        """Where a JPEG stands, in words; empty: nowhere."""
        encoding = self.cell.settings.preprocessing(self.method).reencode
        if encoding is None:
            return ""
        return "between the stages" if encoding.endswith("@canvas") else "after the last resize"


def responses(cell: Cell) -> list[Response]:
    """Of one cell under every method."""
    c, groups = cell.classifier, cell.classifier.groups
    deltas = changes_of(cell.answers, c) if c.labelled else {}
    classes = churn(cell.answers, c)
    beside = np.stack(
        [values for method in cell.methods for values in (cell.tag_changed(method).mean(axis=1), cell.drift(method))], axis=1
    )
    found = [e for e in share_bootstrap(beside, np.ones_like(beside), groups, shared.BOOTSTRAP_SEED) if e is not None]
    return [
        Response(cell, method, deltas.get(method), classes[method], found[2 * k], found[2 * k + 1])
        for k, method in enumerate(cell.methods)
    ]


def at_training(cell: Cell) -> Estimate:
    """Accuracy under the training method."""
    return accuracy(cell.classifier, cell.classifier.reference)


def simultaneous(cells: Sequence[Cell]) -> dict[tuple[Cell, str], Estimate]:
    """Change of accuracy of every cell under every Java method, with intervals that hold all at once: for the largest of them.

    Cells without a Java method, or without labels, are left out.
    """
    asked = [(cell, [m for m in cell.methods if is_java(m)]) for cell in cells if cell.classifier.labelled]
    asked = [(cell, methods) for cell, methods in asked if methods]
    if not asked:
        return {}
    blocks = [np.stack([cell.classifier.differences(m) for m in methods], axis=2) for cell, methods in asked]
    found = simultaneous_changes(blocks, [cell.products for cell, _ in asked], shared.BOOTSTRAP_SEED)
    return {
        (cell, method): change.estimate
        for (cell, methods), changes in zip(asked, found, strict=True)
        for method, change in zip(methods, changes, strict=True)
    }


def recalibrated_change(cell: Cell, method: str) -> Change | None:
    """Accuracy under a method with re-estimated BatchNorm statistics minus as trained under the training method, if asked."""
    again = cell.recalibrated
    return None if again is None or not again.labelled else paired_change(again.differences(method), again.groups)


def recovered(cell: Cell, method: str) -> float | None:
    """Share of the loss under a method that re-estimation gives back; above 1: more than was lost; None: no loss is shown."""
    again = cell.recalibrated
    if again is None or not again.labelled:
        return None
    lost = paired_change(cell.classifier.differences(method), cell.classifier.groups).estimate
    if lost.high >= 0:  # a share of what could as well be nothing is any number
        return None
    return 1 - float(again.differences(method).mean()) / lost.value


def all_responses(surface: Surface) -> list[Response]:
    """Of every cell, learned or not, in order."""
    return [response for cell in surface.cells for response in responses(cell)]
