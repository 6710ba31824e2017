"""What the mitigation suite measured, before any number is drawn from it: remedies x seeds x serving methods, as tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench import measures as shared
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.mitigation.remedy import Kind
from robustfashion.consistency import tag_changes
from robustfashion.decisions import NO_TAG, Thresholds, tags
from robustfashion.predictions import PredictionTable
from robustfashion.stats import FloatArray

Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Run:
    """One network under one remedy, asked about the same pictures by every serving method."""

    seed: int
    thresholds: Thresholds
    """When a prediction becomes a tag."""
    before: PredictionTable
    """Under the training method, by the network as it was trained: whose tags count as those before."""
    clean: Mapping[str, PredictionTable]
    """Under the training method, by the network that serves, by serving method: another one only where it was recalibrated."""
    served: Mapping[str, PredictionTable]
    """What the remedy answers, by the serving method that it stands in place of or goes with."""
    cutoff: float = 0.0
    """Margin below which a picture is left to people."""
    seconds: float | None = None
    """Of the training, when it was done; None: not known, or not trained here."""

    @cached_property
    def tags_before(self) -> NDArray[np.int64]:
        """[n], :data:`~robustfashion.decisions.NO_TAG` where there is none."""
        return self._tags(self.before)

    def tags(self, method: str) -> NDArray[np.int64]:
        """Tags when served, of pictures that are left to people too: [n]."""
        return self._tags(self.served[method])

    def refused(self, method: str) -> Bools:
        """Pictures that are left to people when served: [n]."""
        return margins(self.served[method]) < self.cutoff

    def tag_changed(self, method: str) -> Bools:
        """Pictures that go out with another tag than before: another class, one lost or one gained: [n]."""
        _, changed = tag_changes(self.tags_before, self.tags(method))
        return np.asarray(changed & ~self.refused(method))

    def class_changed(self, method: str) -> Bools:
        """Pictures that go out with another class than before, whatever the threshold: [n]."""
        return np.asarray((self.served[method].predicted != self.before.predicted) & ~self.refused(method))

    def _tags(self, table: PredictionTable) -> NDArray[np.int64]:
        return tags(table.probabilities, self.thresholds, table.classes)


def margins(table: PredictionTable) -> FloatArray:
    """Probability of the most probable class minus that of the second: [n] in 0..1."""
    two = np.sort(table.probabilities, axis=1)[:, -2:]
    return np.asarray(two[:, 1] - two[:, 0])


@dataclass(frozen=True, eq=False)
class Arm:
    """A remedy, or none: its networks' answers, a run for each seed. Arrays are [n, S]."""

    name: str
    kind: Kind
    row: Row
    runs: tuple[Run, ...]
    passes: float = 1.0
    """Time of the network for one served picture, as a multiple of that without a remedy."""
    call: str = ""
    """The serving method that stands in place of every other one; empty: none does."""
    reference: str = ""
    """The training method of its networks, where they have not learned from the study's; empty: they have."""

    @property
    def given(self) -> PredictionTable:
        """The first seed's answers before: ids, labels and classes are those of all tables."""
        return self.runs[0].before

    def tag_changes(self, method: str) -> FloatArray:
        """1 where a picture goes out with another tag than before."""
        return _columns([run.tag_changed(method) for run in self.runs])

    def class_changes(self, method: str) -> FloatArray:
        """1 where a picture goes out with another class than before."""
        return _columns([run.class_changed(method) for run in self.runs])

    def refused(self, method: str) -> FloatArray:
        """1 where a picture is left to people."""
        return _columns([run.refused(method) for run in self.runs])

    def tagged(self) -> FloatArray:
        """1 where a picture carries a tag before."""
        return _columns([run.tags_before != NO_TAG for run in self.runs])

    def correct_clean(self, method: str) -> FloatArray:
        """1 where the answer under the training method is right."""
        return _columns([run.clean[method].correct for run in self.runs])

    def correct_served(self, method: str) -> FloatArray:
        """1 where the answer when served is right, of pictures that are left to people too."""
        return _columns([run.served[method].correct for run in self.runs])

    @cached_property
    def asked(self) -> shared.Asked:
        """Its answers before, mean over seeds."""
        correct = _columns([run.before.correct for run in self.runs]).mean(axis=1)
        return shared.Asked(correct, self.given.labels, self.given.products, len(self.given.classes))

    @cached_property
    def learned(self) -> bool:
        """Whether its networks have learned enough to have something to lose; granted where that cannot be known."""
        return not bool((self.given.labels >= 0).any()) or shared.has_learned(self.asked)


def _columns(found: "list[Bools]") -> FloatArray:
    return np.stack(found, axis=1).astype(np.float64)


@dataclass(frozen=True, eq=False)
class MitigationStudy:
    """All arms, and what they have in common."""

    task: str
    reference: str
    """The training method of the network without a remedy."""
    methods: tuple[str, ...]
    """Serving methods."""
    arms: tuple[Arm, ...]
    """Without a remedy first."""
    trained: bool = True
    """Whether networks were trained here; a given network is one of its kind."""

    @property
    def plain(self) -> Arm:
        """Without a remedy."""
        return self.arms[0]

    @property
    def others(self) -> tuple[Arm, ...]:
        """Remedies and the control."""
        return self.arms[1:]

    @property
    def remedies(self) -> tuple[Arm, ...]:
        """Without the control."""
        return tuple(arm for arm in self.others if arm.kind != "control")

    def arm(self, name: str) -> Arm:
        """The arm of this name."""
        return next(arm for arm in self.arms if arm.name == name)

    @property
    def groups(self) -> tuple[str, ...]:
        """Product of each evaluated picture."""
        return self.plain.given.products

    @property
    def n(self) -> int:
        """Evaluated pictures."""
        return len(self.plain.given.ids)

    @property
    def products(self) -> int:
        """Products among them."""
        return len(set(self.groups))

    @property
    def seeds(self) -> int:
        """Networks of each arm."""
        return len(self.plain.runs)

    @property
    def labelled(self) -> bool:
        """Whether the pictures have labels; they all have, or none."""
        return bool((self.plain.given.labels >= 0).any())
