"""What the networks of the study said, before anything is counted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench import measures as shared
from robustfashion.bench.experiment.noisy import tier_of
from robustfashion.decisions import Thresholds, mean_confidence_thresholds, rest_of
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.cascade import GATES, Case, Levels, Point, case_of

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Gate:
    """Validators before the attribute classifier, and what they said of the same pictures."""

    levels: Levels
    thresholds: Mapping[str, float]
    """Least confidence by validator."""
    noisy: Mapping[str, PredictionTable]
    """Answers to the noisy set by validator."""
    pool: Mapping[str, PredictionTable] = field(default_factory=dict)
    """Answers to the pool."""
    rule: str = "the validator's own answer"
    """Where the thresholds come from, in words."""
    skills: Mapping[str, shared.Asked] = field(default_factory=dict)
    """Answers of each validator to its own test pictures, where there are some."""

    @property
    def name(self) -> str:
        """For sentences: ``watch validator``, ``top or dress validator``."""
        return " and ".join(" or ".join(level) for level in self.levels) + " validator"


@dataclass(frozen=True)
class Subject:
    """One attribute classifier, what it said of each set, and its gate."""

    name: str
    seed: int
    fit: PredictionTable
    """Ordinary pictures that taught the network; may be empty."""
    calibration: PredictionTable
    """Ordinary pictures that it has not seen, on which thresholds are set."""
    noisy: PredictionTable
    """Ordinary pictures and outliers, of products that stand in no other set."""
    pool: PredictionTable
    """More outliers; may be empty."""
    thresholds: Thresholds
    """Deployed."""
    gate: Gate | None = None
    recipe: str = ""
    """Networks of one recipe differ by their seed only."""

    @property
    def outlier(self) -> Mask:
        """Which pictures of the noisy set are outliers [n]."""
        return outliers_of(self.noisy)

    @cached_property
    def every(self) -> PredictionTable:
        """The noisy set, then the pool."""
        return joined(self.noisy, self.pool)

    @property
    def alone(self) -> Point:
        """The deployed threshold without a gate."""
        by_class = dict(self.thresholds.by_class)
        return Point("no gate", self.thresholds.overall, class_thresholds=by_class)

    @property
    def gated(self) -> Point | None:
        """The deployed threshold behind the validator: the paper's hard gate."""
        if self.gate is None:
            return None
        by_class = dict(self.thresholds.by_class)
        return Point("hard", self.thresholds.overall, self.gate.levels, dict(self.gate.thresholds), by_class)

    @cached_property
    def case(self) -> Case:
        """The noisy set as it went through the cascade."""
        return case_of(self.noisy, self.gate.noisy if self.gate else {})

    @cached_property
    def pool_case(self) -> Case:
        """The noisy set and the pool as they went through the cascade."""
        if not len(self.pool.ids):
            return self.case
        gates = (
            {} if self.gate is None else {name: joined(self.gate.noisy[name], self.gate.pool[name]) for name in self.gate.noisy}
        )
        return case_of(self.every, gates)

    @property
    def asked(self) -> shared.Asked:
        """Its answers to the ordinary pictures of the noisy set."""
        table = self.noisy.ordinary()
        return shared.Asked(table.correct.astype(np.float64), table.labels, table.products, len(table.classes))

    @property
    def learned(self) -> bool:
        """Whether the classifier has learned enough for its refusals to mean something."""
        return bool(len(self.noisy.ordinary().ids)) and shared.has_learned(self.asked)

    @property
    def gate_learned(self) -> bool:
        """Whether every validator has; granted where it cannot be known."""
        return self.gate is None or all(shared.has_learned(asked) for asked in self.gate.skills.values())


@dataclass(frozen=True)
class OutlierStudy:
    """All classifiers, the first of which is studied in depth."""

    task: str
    subjects: tuple[Subject, ...]
    no_gate: str = ""
    """Why there is no gate, in words."""
    notes: tuple[str, ...] = ()
    resized: Mapping[str, "Resized"] = field(default_factory=dict)
    """The noisy set under other resize methods, of the first subject."""

    @property
    def first(self) -> Subject:
        """The one that is studied in depth."""
        return self.subjects[0]

    @property
    def alike(self) -> list[Subject]:
        """The first one, and the others of its recipe, which were asked about the same pictures."""
        first = self.first
        return [one for one in self.subjects if one is first or (one.recipe and one.recipe == first.recipe)]


@dataclass(frozen=True)
class Resized:
    """The noisy set under one resize method."""

    noisy: PredictionTable
    gates: Mapping[str, PredictionTable]


def validators_of(task: str) -> tuple[str, ...]:
    """Product types whose validators may stand before an attribute, those of every level; none for other tasks."""
    return tuple(name for level in GATES.get(task, ()) for name in level)


def levels_of(task: str, names: Collection[str]) -> Levels:
    """The gate that these validators make before a task: those of an attribute by its levels, others side by side.

    A second level may stand alone: a picture that a sandal validator passes has passed what a shoe validator asks.
    """
    if task not in GATES:
        return (tuple(names),)
    levels = (tuple(name for name in level if name in names) for level in GATES[task])
    return tuple(level for level in levels if level)


def outliers_of(table: PredictionTable) -> Mask:
    """Which rows are outliers [n]."""
    return np.array([kind is not None for kind in table.outlier_kinds or (None,) * len(table.ids)], np.bool_)


def tiers_of(table: PredictionTable) -> tuple[str | None, ...]:
    """Tier of each outlier [n], None for ordinary pictures."""
    return tuple(None if kind is None else tier_of(kind) for kind in table.outlier_kinds or (None,) * len(table.ids))


def tag_rows(table: PredictionTable) -> NDArray[np.int64]:
    """Rows whose class is a tag: all, but for those that are said to be none of the one label."""
    rest = rest_of(table.classes)
    return np.flatnonzero(table.predicted != rest) if rest is not None else np.arange(len(table.ids))


def label_told(classes: Sequence[str]) -> str | None:
    """The one label that is told from the rest; None where every class is a tag."""
    rest = rest_of(classes)
    return None if rest is None else classes[1 - rest]


def mean_confidence_of(known: PredictionTable, which: str) -> Thresholds:
    """The paper's threshold: mean confidence of all pictures, whatever they are called.

    Rules of the same name are set on pictures whose class is a tag: of one label against the rest that is another number, so
    that the rule's words say which it is.

    Args:
        known: at least one ordinary picture.
        which: of which pictures, in words.
    """
    label = label_told(known.classes)
    them = "" if label is None else f", called {label} or not"
    return mean_confidence_thresholds(known.probabilities, f"mean confidence {which}{them}")


def joined(first: PredictionTable, *others: PredictionTable) -> PredictionTable:
    """Rows of tables of one network, one table after the other; without splits."""
    tables = [table for table in (first, *others) if len(table.ids)] or [first]
    kinds = tuple(kind for table in tables for kind in (table.outlier_kinds or (None,) * len(table.ids)))
    return replace(
        first,
        ids=tuple(name for table in tables for name in table.ids),
        labels=np.concatenate([table.labels for table in tables]),
        logits=np.concatenate([table.logits for table in tables]),
        features=np.concatenate([table.features for table in tables]),
        groups=tuple(name for table in tables for name in table.products),
        splits=(),
        outlier_kinds=kinds,
    )


def checked_noisy(table: PredictionTable, where: str) -> PredictionTable:
    """A noisy set that the suite can work with; labels of outliers are taken away.

    Raises:
        InputError: no ordinary picture, or one without a label.
    """
    outlier = outliers_of(table)
    labels = np.where(outlier, -1, table.labels)
    if outlier.all():
        raise InputError(
            f"{where}: has outliers only ({len(table.ids)}); thresholds and lost products are of ordinary pictures: add some"
        )
    bare = int((labels[~outlier] < 0).sum())
    if bare:
        raise InputError(f"{where}: {bare} ordinary pictures have no label; label them, or mark them as outliers")
    return replace(table, labels=labels, outlier_kinds=table.outlier_kinds or (None,) * len(table.ids))


def halves(products: Sequence[str], outlier: Mask, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of two halves that share no product, outliers and ordinary pictures divided evenly each."""
    rng = np.random.default_rng(seed)
    second: set[str] = set()
    for part in (~outlier, outlier):
        names = sorted({product for product, kept in zip(products, part, strict=True) if kept} - second)
        second |= {names[i] for i in rng.permutation(len(names))[: len(names) // 2]}
    chosen = np.array([product in second for product in products], np.bool_)
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)
