"""What the forecast is drawn from: one network's answers to a sample of a catalogue under every method."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.study import Classifier, Run
from robustfashion.bench.sensitivity.forecast.margins import class_margin, tag_margin
from robustfashion.data.network_task import name_of_classes
from robustfashion.predictions import PredictionTable
from robustfashion.stats import FloatArray

GIVEN = Row("unknown", label="given network")


@dataclass(frozen=True, eq=False)
class Subject:
    """A network, the pictures that it was asked about, and how many it was not."""

    run: Run
    """Answers by method, the training method's first."""
    total: int
    """Pictures of the catalogue, those that were asked among them."""
    total_products: int | None
    """Products of the catalogue; None: some were asked in part, so that products cannot be counted."""
    detail: FloatArray | None = None
    """Fine detail of each picture in grey levels [n] that the reduction must remove or fold; None: not known."""
    row: Row = GIVEN
    drawn: bool = True
    """Whether the sample was drawn here, by product; of answers that are given nobody knows how their pictures were chosen."""
    beyond: int = 0
    """Pictures of the catalogue in products that are larger than any that was asked: of :func:`sample.larger_than_asked`."""
    everyone: PredictionTable | None = None
    """Answers under the training method to all pictures of the catalogue; None: not asked."""

    @property
    def reference(self) -> str:
        """The training method."""
        return next(iter(self.run.tables))

    @property
    def others(self) -> tuple[str, ...]:
        """The serving methods."""
        return tuple(self.run.tables)[1:]

    @property
    def table(self) -> PredictionTable:
        """The answers under the training method."""
        return self.run.tables[self.reference]

    @property
    def groups(self) -> tuple[str, ...]:
        """Product of each picture."""
        return self.table.products

    @property
    def n(self) -> int:
        """Pictures that were asked."""
        return len(self.table.ids)

    @property
    def complete(self) -> bool:
        """Whether all of the catalogue was asked."""
        return self.n == self.total

    @property
    def labelled(self) -> bool:
        """Whether the pictures have labels."""
        return bool((self.table.labels >= 0).all())

    @cached_property
    def classifier(self) -> Classifier:
        """As the resize suite knows it."""
        task = name_of_classes(self.table.classes)
        return Classifier(task, self.row, (self.run,), self.row.name)

    def tags_change(self, method: str) -> FloatArray:
        """Whether a picture's tag is another one than under the training method: 0 or 1 [n]."""
        return np.asarray(self.run.tags[self.reference] != self.run.tags[method], dtype=np.float64)

    def classes_change(self, method: str) -> FloatArray:
        """Whether a picture's most probable class is another one: 0 or 1 [n]."""
        return np.asarray(self.table.predicted != self.run.tables[method].predicted, dtype=np.float64)

    @cached_property
    def class_margin(self) -> FloatArray:
        """Of each picture under the training method [n], in logits."""
        return self.margins_of(self.table, of_tags=False)

    @cached_property
    def tag_margin(self) -> FloatArray:
        """Of each picture under the training method [n], in logits."""
        return self.margins_of(self.table, of_tags=True)

    def margins_of(self, table: PredictionTable, of_tags: bool) -> FloatArray:
        """Margins of the network's answers to any pictures [n], in logits: of their tags, or of their classes."""
        return tag_margin(table, self.run.thresholds) if of_tags else class_margin(table)

    @property
    def tags(self) -> NDArray[np.int64]:
        """Tags under the training method [n]."""
        return self.run.tags[self.reference]
