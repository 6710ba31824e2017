"""What the regularization suite measured, before any number is drawn from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench import measures as shared
from robustfashion.bench.experiment.noisy import tier_of
from robustfashion.bench.experiment.row import Row
from robustfashion.decisions import rest_of
from robustfashion.predictions import PredictionTable
from robustfashion.stats import FloatArray

Kind = Literal["decay", "loss", "gate", "temperature"]

HARD, SOFT = "hard gate", "soft gate"
"""The arms behind the validators; the hard one is the paper's, at whose coverage the others are compared."""
FITTED = "fitted temperature"
INSTEAD = "temperature instead of "
"""Before the name of an arm: its control, the network without weight decay at the same mean confidence."""


@dataclass(frozen=True)
class Trained:
    """The networks of one row, one for each seed, and their answers."""

    name: str
    architecture: str
    decay: float
    place: str
    """Which weights decay: ``all``, ``head``, ``body``."""
    row: Row
    noisy: tuple[PredictionTable, ...]
    """Of the noisy set, by seed."""
    validation: tuple[PredictionTable, ...]
    test: tuple[PredictionTable, ...]
    history: tuple[Mapping[str, float], ...] = ()
    """The last epoch of each training; empty: not kept."""

    @property
    def asked(self) -> shared.Asked:
        """Its answers to the ordinary test pictures, mean over seeds."""
        correct = np.mean([table.correct for table in self.test], axis=0, dtype=np.float64)
        first = self.test[0]
        return shared.Asked(np.asarray(correct), first.labels, first.products, len(first.classes))

    @cached_property
    def constant(self) -> bool:
        """Whether a network of it gives one answer to every test picture."""
        return any(len(set(table.predicted.tolist())) == 1 for table in self.test)

    @cached_property
    def learned(self) -> bool:
        """Whether it can be compared."""
        return not self.constant and shared.has_learned(self.asked)

    @property
    def steps(self) -> float | None:
        """Optimiser steps of its training, mean over seeds; None: fitted, or not kept."""
        found = [] if self.row.on_trunk else [epoch["step"] for epoch in self.history if "step" in epoch]
        return float(np.mean(found)) if found else None

    @property
    def mean_confidence(self) -> float:
        """On validation pictures, mean over seeds."""
        return float(np.mean([table.probabilities.max(axis=1).mean() for table in self.validation]))


@dataclass(frozen=True)
class Arm:
    """A way to answer: networks and what is done to their confidence. All columns are by seed."""

    name: str
    kind: Kind
    trained: Trained
    refusal: FloatArray
    """[n, S], higher = sooner refused; 1 − how sure it is of the tag, or more than 1 where the gate refuses."""
    predicted: NDArray[np.int64]
    """[n, S]."""
    thresholds: FloatArray
    """[S]: refusals up to this one are answered: 1 − the mean confidence on validation pictures, the paper's rule."""
    temperatures: tuple[float, ...] = ()
    """That the logits were divided by, by seed; empty: by none."""

    validators: tuple[Trained, ...] = ()
    """That stand before it, of a gate."""

    @property
    def answered(self) -> NDArray[np.bool_]:
        """At its own thresholds, [n, S]."""
        return np.asarray(self.refusal <= self.thresholds)

    @property
    def control(self) -> bool:
        """Whether it is one of weight decay, by a temperature alone, and no remedy."""
        return self.name.startswith(INSTEAD)

    @property
    def learned(self) -> bool:
        """Whether it can be compared: its networks have learned, and every validator before them."""
        return self.trained.learned and all(one.learned for one in self.validators)


def of_one_place(decayed: Sequence[Arm]) -> list[Arm]:
    """Of arms with weight decay those that stand beside the paper's, weakest first.

    The paper's decay is on all weights; where none is, as in heads on a frozen body, the first place of the settings counts.
    """
    places = [arm.trained.place for arm in decayed]
    return [arm for arm in decayed if arm.trained.place == ("all" if "all" in places else places[0])]


def strongest(decayed: Sequence[Arm]) -> Arm | None:
    """The strongest weight decay beside the paper's, of those that have learned; of all where none has; None: there is none."""
    found = of_one_place(decayed)
    return ([arm for arm in found if arm.learned] or found)[-1] if found else None


@dataclass(frozen=True)
class RegularizationStudy:
    """Everything that was asked, and what was left out, with reasons."""

    task: str
    noisy: PredictionTable
    """Any network's: who the pictures are."""
    trained: tuple[Trained, ...]
    arms: tuple[Arm, ...]
    gates: tuple[Trained, ...]
    """Validators of the task's product types; empty: there is none."""
    note: str
    seeds: tuple[int, ...]
    """Of the networks of each row; empty: not known, one network each."""
    passes: FloatArray | None = None
    """Confidence of the first seed's validators that a picture is of their type, [n]; None: there is none."""
    left_out: tuple[tuple[str, str], ...] = ()
    brought: bool = False
    """Whether somebody brought the networks' answers, so that it is not known here what was done to each."""

    @cached_property
    def outlier(self) -> NDArray[np.bool_]:
        """[n]."""
        return np.array([kind is not None for kind in self.noisy.outlier_kinds])

    @cached_property
    def told(self) -> int | None:
        """Class number of the one label that is told from the rest, the only tag; None: every class is one."""
        rest = rest_of(self.noisy.classes)
        return None if rest is None else 1 - rest

    @property
    def label(self) -> str | None:
        """The one label that is told from the rest; None: every class is a tag."""
        return None if self.told is None else self.noisy.classes[self.told]

    @property
    def of_label(self) -> NDArray[np.bool_]:
        """Which pictures are of the one label [n]; none where every class is a tag."""
        return np.asarray(~self.outlier & (self.noisy.labels == (-1 if self.told is None else self.told)))

    @cached_property
    def tiers(self) -> tuple[str | None, ...]:
        """Tier of each picture; None: ordinary."""
        return tuple(None if kind is None else tier_of(kind) for kind in self.noisy.outlier_kinds)

    def errors(self, arm: Arm) -> NDArray[np.bool_]:
        """Answers that are wrong, whoever is answered: [n, S]; every answer to an outlier is.

        Of one label against the rest the answer is that label, whatever the network would call a picture.
        """
        given = arm.predicted if self.told is None else np.full_like(arm.predicted, self.told)
        return np.asarray(self.outlier[:, None] | (given != self.noisy.labels[:, None]))

    @property
    def what_answers(self) -> str:
        """What an answer is where one label is told from the rest, for notes; empty: every class is a tag."""
        if self.label is None:
            return ""
        return f" An answer is the tag {self.label}: to be none is no answer, however sure the network is of it."

    def right(self, arm: Arm) -> NDArray[np.bool_]:
        """Ordinary pictures whose class the network knows, where that class is a tag: [n, S]."""
        known = ~self.errors(arm)
        return known if self.told is None else known & (arm.predicted == self.told)

    def arm(self, name: str) -> Arm:
        """The arm of this name."""
        return next(arm for arm in self.arms if arm.name == name)

    @property
    def remedy(self) -> str:
        """What a temperature is the control of, in words."""
        return "the remedy" if self.brought else "weight decay"

    @property
    def given(self) -> list[Arm]:
        """Networks that somebody brought, but for the first; none where networks were trained here."""
        return self.of_kind("loss") if self.brought else []

    @property
    def candidates(self) -> Sequence[Arm]:
        """Learned arms among which the best remedy is looked for: with weight decay, or all that somebody brought."""
        return [arm for arm in self.given if arm.learned] if self.brought else self.decayed()

    def cooled(self, decayed: Arm) -> Arm | None:
        """The control of an arm with weight decay; None where no temperature makes the network without it as sure."""
        return next((arm for arm in self.arms if arm.name == INSTEAD + decayed.name), None)

    @cached_property
    def compared(self) -> list[Arm]:
        """Remedies that can be compared, and none at all."""
        return [arm for arm in self.arms if arm.learned and not arm.control]

    def of_kind(self, *kinds: Kind) -> list[Arm]:
        """Arms of some kinds, learned or not."""
        return [arm for arm in self.arms if arm.kind in kinds]

    def reference(self, architecture: str) -> Arm:
        """The arm of an architecture that stands for no weight decay."""
        return next(arm for arm in self.arms if arm.kind == "decay" and arm.trained.architecture == architecture)

    @property
    def plain(self) -> Arm:
        """The first architecture without any remedy, which the others are compared with."""
        return self.arms[0]

    def decayed(self, architecture: str | None = None, learned: bool = True) -> Sequence[Arm]:
        """Arms with weight decay, of one architecture or all, in the order of the settings."""
        return [
            arm for arm in self.of_kind("decay")
            if architecture in (None, arm.trained.architecture) and arm is not self.reference(arm.trained.architecture)
            and (arm.learned or not learned)
        ]  # fmt: skip
