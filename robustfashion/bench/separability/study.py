"""What the separability suite looks at: the pictures of each task as points, before any number is drawn from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench import measures as shared
from robustfashion.bench.experiment.tasks import Kind
from robustfashion.data.truth import OWN_LABELS
from robustfashion.separability.points import Points
from robustfashion.stats import Estimate

Pixels = NDArray[np.uint8]

UNSEEN = "not trained on"
ALL = "all"


@dataclass(frozen=True)
class Subject:
    """Labelled pictures of one task, as one network (or their raw pixels) has them."""

    task: str
    kind: Kind
    features: str
    """Whose features they are: ``pretrained network``, ``own network, seed 0``, ``raw pixels``."""
    points: Points
    ids: tuple[str, ...]
    splits: tuple[str | None, ...]
    filed: tuple[str, ...]
    """Label in the data of each picture, whatever the task."""
    which: str = ALL
    """Which pictures of the data these are, in words."""
    product_type: str = ""
    """Of an attribute: the only product type whose pictures are among these; empty: no such limit."""
    answers: shared.Asked | None = None
    """What the network whose features these are said of these pictures; None: it is no network of this task."""

    @property
    def name(self) -> str:
        """For tables: ``sleeve_type of dress``, ``watch``, ``own labels``."""
        if self.task == OWN_LABELS:
            return "own labels"
        alone = self.kind != "attribute" or not self.product_type
        return self.task if alone else f"{self.task} of {self.product_type}"

    @property
    def learned(self) -> bool:
        """Whether the task's own network has learned it, so that its features say something; granted to others' features."""
        return self.answers is None or shared.has_learned(self.answers)

    def take(self, rows: NDArray[np.int64]) -> "Subject":
        """These pictures, in this order, without anybody's answers."""
        kept = rows.tolist()
        return Subject(
            self.task, self.kind, self.features, self.points.take(rows), tuple(self.ids[i] for i in kept),
            tuple(self.splits[i] for i in kept), tuple(self.filed[i] for i in kept), self.which, self.product_type,
        )  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """A product type and one of its attributes, in the same kind of features; the type's pictures are in both."""

    first: Subject
    """Of the product type against the rest."""
    second: Subject
    """Of the attribute, pictures of that product type only."""

    @property
    def name(self) -> str:
        """``watch against display_type``."""
        return f"{self.first.task} against {self.second.task}"

    @property
    def learned(self) -> bool:
        """Whether neither is in features of a network of its own that has not learned it."""
        return self.first.learned and self.second.learned

    @property
    def points(self) -> tuple[Points, Points]:
        """Both with equally many features: logits of fewer classes get zeros, which change no distance and no linear answer."""
        first, second = self.first.points, self.second.points
        width = max(first.features.shape[1], second.features.shape[1])
        return _widened(first, width), _widened(second, width)


def _widened(points: Points, width: int) -> Points:
    missing = width - points.features.shape[1]
    return points if not missing else replace(points, features=np.pad(points.features, ((0, 0), (0, missing))))


@dataclass(frozen=True)
class Told:
    """How well heads on the shared network tell a task, beside its pictures."""

    subject: Subject
    skill: Estimate | None
    """Balanced skill on test pictures; None: they are of one class."""
    architecture: str


@dataclass(frozen=True)
class Strangers:
    """Outliers, which are drawn into finished maps of the pictures of a task."""

    features: NDArray[np.float32]
    """[m, d]."""
    ids: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Noisy:
    """Training pictures under labels of which some are wrong on purpose."""

    subject: Subject
    wrong: NDArray[np.bool_]
    """[n]."""
    share: float
    """That was asked for."""


@dataclass(frozen=True)
class Thumbnails:
    """Small pictures by id."""

    pixels: Pixels
    """[N, S, S, 3]."""
    row: Mapping[str, int]

    def of(self, ids: tuple[str, ...]) -> Pixels:
        """Those of some pictures, in order, [n, S, S, 3]; white where there is none."""
        found = np.full((len(ids), *self.pixels.shape[1:]), 255, np.uint8)
        for place, name in enumerate(ids):
            if name in self.row:
                found[place] = self.pixels[self.row[name]]
        return found


@dataclass(frozen=True)
class SeparabilityStudy:
    """Everything that was asked; the first subject is the one that the user's question is about."""

    depth: tuple[Subject, ...]
    """Studied with maps and all measures: a product type and its first attribute, or one task alone."""
    others: tuple[Subject, ...] = ()
    """The same tasks in other features: all measures, no maps."""
    pairs: tuple[Pair, ...] = ()
    told: tuple[Told, ...] = ()
    noisy: Noisy | None = None
    strangers: Mapping[str, Strangers] = field(default_factory=dict)
    """Outliers by the task of a subject of ``depth``."""
    thumbnails: Thumbnails | None = None
    """None: pictures are not at hand."""
    paths: Mapping[str, str] = field(default_factory=dict)
    """File of each picture by id; missing: its id stands for it."""
    no_pairs: str = ""
    """Why no product type is held against an attribute, where none is."""
    notes: tuple[str, ...] = ()

    @property
    def question(self) -> Subject:
        """The subject whose overlaps, pairs and labels are looked into: the attribute, or the task alone."""
        return self.depth[-1]
