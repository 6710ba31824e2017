"""A catalogue divided for one task: parts by name, ordinary pictures apart from outliers, every image accounted for."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.data.catalogue import SPLITS, Catalogue, Task, make_task
from robustfashion.data.network_task import checkpoint_task, strangers
from robustfashion.data.splits import Target, check_splits, prepare_splits, settle_splits
from robustfashion.errors import InputError
from robustfashion.provenance import content_digest
from robustfashion.result import Cell, Column, ColumnOf, Table, table_of

Settled = tuple[Catalogue, str]
"""A catalogue with its splits, and how they came about, in words."""

OUTLIERS = "outliers"
"""Name of the part that no network is trained or validated on."""

MOST_CLASSES = 20
"""Classes that a table of all images has a column for each of; of more it says how many there are."""

FREE = "free outliers"
"""Name of the part, where there is one, whose pictures are of no class of the task: a network may learn to be unsure of them."""


@dataclass(frozen=True)
class Part:
    """Some pictures of a catalogue, and their class numbers."""

    catalogue: Catalogue
    labels: NDArray[np.int64]
    """[n]; -1 = none of the task's."""

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: Sequence[int] | NDArray[np.int64]) -> "Part":
        """The given rows, in the given order."""
        return Part(self.catalogue.take(rows), self.labels[np.asarray(rows, dtype=np.int64)])

    def first_by_hash(self, count: int) -> "Part":
        """At most so many pictures, the first by their SHA-256: the same ones whatever their order."""
        hashes = self.catalogue.column("sha256")
        return self.take(sorted(range(len(self)), key=lambda row: str(hashes[row]))[:count])

    def digest(self) -> str:
        """Hash of the images' bytes and their class numbers, in order."""
        return content_digest(self.catalogue.column("sha256"), self.labels.tolist())

    def texts(self, column: str) -> tuple[str, ...]:
        """A column of the catalogue that has no nulls (``id``, ``group``)."""
        return tuple(str(name) for name in self.catalogue.column(column))

    @property
    def ids(self) -> tuple[str, ...]:
        """Id of each image."""
        return self.texts("id")

    @property
    def groups(self) -> tuple[str, ...]:
        """Product of each image."""
        return self.texts("group")


@dataclass(frozen=True)
class Division:
    """A catalogue divided for one task. ``division["test"]`` is a part."""

    catalogue: Catalogue
    """The rows that were divided (no more than a limit on them), with their splits, and all outliers."""
    note: str
    """How the splits came about, in words."""
    task: Task
    parts: Mapping[str, Part]
    """``train``, ``validation``, ``test``: ordinary pictures; ``outliers``, where there are some."""

    def __getitem__(self, name: str) -> Part:
        return self.parts[name]


def joined(first: Part, *others: Part) -> Part:
    """The pictures of several parts of one catalogue one after the other, with their labels."""
    labels = np.concatenate([first.labels, *(part.labels for part in others)])
    return Part(first.catalogue.joined(*(part.catalogue for part in others)), labels)


def union(parts: Sequence[Part]) -> Part:
    """The different pictures of several parts of one catalogue, without labels: each is of another task."""
    (first, *others) = parts
    if not others:
        return first
    whole = first.catalogue.joined(*(part.catalogue for part in others))
    rows = sorted({name: row for row, name in reversed(list(enumerate(whole.column("id"))))}.values())
    return Part(whole.take(rows), np.full(len(rows), -1, np.int64))


def divide(
    catalogue: Catalogue, target: Target, seed: int, max_images: int | None = None, settled: Settled | None = None
) -> Division:
    """The parts of a scanned catalogue for one task; outliers lie in a part of their own.

    Args:
        catalogue: scanned.
        target: what is told apart.
        seed: divides products where the data brings no splits, for every task alike.
        max_images: ordinary images, at most, as many of each class where there are, of each split its share; None: all.
        settled: splits of the ordinary rows where they are known, for many tasks ask for the same.

    Raises:
        InputError: fewer than two classes, or one that is absent from a split.
    """
    ordinary = catalogue.ordinary()
    task = make_task(ordinary, target.positive, target.column)
    divided, note = settled or settle_splits(ordinary, seed)
    check_splits(divided, target)
    return _with_outliers(_parts(divided, task, note, seed, max_images), catalogue)


def divide_for_network(
    catalogue: Catalogue,
    classes: tuple[str, ...],
    positive: str | None,
    seed: int,
    split_all: bool,
    max_images: int | None = None,
) -> Division:
    """A user's pictures for a given network: their test split where they bring one, else all of them.

    Args:
        catalogue: scanned.
        classes: of the network.
        positive: must agree with the classes, if given.
        seed: divides products, with ``split_all``.
        split_all: make splits as for a training (of drawn data, which no network has been trained on by chance).
        max_images: as for the training, with ``split_all``: fewer pictures of each split.

    Raises:
        InputError: data and network have no class in common, or no picture has any.
    """
    ordinary = catalogue.ordinary()
    task = checkpoint_task(ordinary, classes, positive)
    if split_all:
        divided, note = prepare_splits(ordinary, seed, Target(task.positive, task.column))
    elif "test" in ordinary.usable().column("split"):
        divided, note = ordinary, "Splits are those of the data."
    else:
        divided = ordinary.replace(split=["test" if reason is None else None for reason in ordinary.column("reason")])
        note = "The data brings no test split: all usable images can be evaluated."
    note = " ".join(filter(None, [note, strangers(ordinary, task)]))
    division = _parts(divided, task, note, seed, max_images if split_all else None)
    if not len(division["test"]):
        raise InputError(f"{catalogue.root}: no image of the test split has a class of the task ({', '.join(task.classes)})")
    return _with_outliers(division, catalogue)


def _parts(divided: Catalogue, task: Task, note: str, seed: int, max_images: int | None) -> Division:
    limited = _limited(divided, divided.targets(task), seed, max_images)
    return Division(limited, note, task, {split: _labelled(limited, task, split) for split in SPLITS})


def _with_outliers(division: Division, catalogue: Catalogue) -> Division:
    outliers = catalogue.outliers()
    if not len(outliers):
        return division
    part = Part(outliers.usable(), np.full(len(outliers.usable()), -1, np.int64))
    return Division(division.catalogue.joined(outliers), division.note, division.task, {**division.parts, OUTLIERS: part})


def _labelled(catalogue: Catalogue, task: Task, split: str) -> Part:
    """Labelled rows of one split; all its rows where no image of the catalogue has a label."""
    rows = catalogue.usable().in_split(split)
    labels = rows.targets(task)
    unlabelled = catalogue.usable().truth(task.column, task.positive).null_count == len(catalogue.usable())
    kept = np.flatnonzero((labels >= 0) | unlabelled)
    return Part(rows.take(kept), labels[kept])


def _limited(divided: Catalogue, labels: NDArray[np.int64], seed: int, max_images: int | None) -> Catalogue:
    """Whole products, chosen by a hash, until there are ``max_images``, as many of each class where there are.

    Each split gives its share of a class, so that a limit leaves products out and moves none.
    """
    reasons, groups, splits = (divided.column(name) for name in ("reason", "group", "split"))
    wanted = np.array([label >= 0 and reason is None for label, reason in zip(labels.tolist(), reasons, strict=True)])
    if max_images is None or wanted.sum() <= max_images:
        return divided
    per_class = max_images // len(set(labels[wanted].tolist()))
    members: dict[tuple[str, str], list[int]] = defaultdict(list)
    available: dict[tuple[str, int], int] = defaultdict(int)
    for row in np.flatnonzero(wanted).tolist():
        members[str(groups[row]), str(splits[row])].append(row)
        available[str(splits[row]), int(labels[row])] += 1
    of_class = np.bincount(labels[wanted])
    counts: dict[tuple[str, int], int] = defaultdict(int)
    kept: list[int] = []
    for group, split in sorted(members, key=lambda key: (hashlib.sha256(f"{seed}\0{key[0]}".encode()).digest(), key[1])):
        rows = members[group, split]
        place = split, int(labels[rows[0]])
        # A split with a class keeps one product of it at least.
        if counts[place] < max(1, per_class * available[place] / max(of_class[place[1]], per_class)):
            counts[place] += len(rows)
            kept += rows
    return divided.take(sorted(kept))


def accounting(division: Division, note: str) -> Table:
    """Every image of the data, once: used in a part, unlabelled for this task, or refused with a reason."""
    usable = division.catalogue.usable()
    of_classes = _of_classes(division.task.classes)
    columns = [
        Column("Part", "text", "what became of the images"),
        Column("Images", "count", "number of image files"),
        Column("Products", "count", "number of product groups; a product never lies in two splits that were made here"),
        *(column for column, _ in of_classes),
    ]
    rows: list[list[Cell]] = []
    for name, part in division.parts.items():
        counts = np.bincount(part.labels[part.labels >= 0], minlength=len(division.task.classes))
        rows.append([_PART_NAMES.get(name, name), len(part), len(set(part.groups)), *(cell(counts) for _, cell in of_classes)])
    blank: list[Cell] = [None] * len(of_classes)
    in_use = sum(len(part) for part in division.parts.values())
    rows.append(["no label of this task", len(usable) - in_use, None, *blank])
    rows.append(["refused, see the list of reasons", len(division.catalogue.refused()), None, *blank])
    rows.append(["all files found", len(division.catalogue), None, *blank])
    return Table("accounting", "Every image accounted for", columns, rows, note)


def _of_classes(classes: Sequence[str]) -> list[tuple[Column, Callable[[NDArray[np.int64]], Cell]]]:
    """Columns on the classes, and what they show of the images of each [c]: a column each where they fit on a page."""
    if len(classes) <= MOST_CLASSES:
        return [(Column(name, "count", f"images of class {name!r}"), _number_of(k)) for k, name in enumerate(classes)]
    named = f"of the task's {len(classes):,} classes, those that any of these images is labelled with"
    return [
        (Column("Classes", "count", named), lambda of: int((of > 0).sum())),
        (
            Column("Fewest", "count", "images of the rarest of these classes"),
            lambda of: int(of[of > 0].min()) if of.any() else None,
        ),
        (Column("Most", "count", "images of the commonest"), lambda of: int(of.max()) if of.any() else None),
    ]


def _number_of(k: int) -> Callable[[NDArray[np.int64]], Cell]:
    """Images of class ``k``, of those of each."""
    return lambda counts: int(counts[k])


def accounting_by_task(catalogue: Catalogue, divisions: Mapping[str, Division], note: str) -> Table:
    """Every image of the data, task by task: used in a part, without a label of the task, an outlier, or refused."""
    refused = len(catalogue.refused())
    outliers = len(catalogue.usable().outliers())
    beyond = "usable ordinary images without a label of the task"
    notes = list(dict.fromkeys(division.note for division in divisions.values()))
    common = notes[0] if len(notes) == 1 else ""

    def unlabelled(division: Division) -> int:
        """Images that no part holds."""
        return len(catalogue) - refused - outliers - sum(len(division[split]) for split in SPLITS)

    splits: list[ColumnOf[tuple[str, Division]]] = [("Splits", "text", "how they came about", lambda of: of[1].note)]
    return table_of("accounting", "Every image accounted for", list(divisions.items()), [
        ("Task", "text", "what is told", lambda of: of[0]),
        ("Train", "count", "images that it learnt from", lambda of: len(of[1]["train"])),
        ("Validation", "count", "images for early decisions and the threshold", lambda of: len(of[1]["validation"])),
        ("Test", "count", "images of every number of this report", lambda of: len(of[1]["test"])),
        ("Test products", "count", "products among them", lambda of: len(set(of[1]["test"].groups))),
        ("Not for this task", "count", beyond, lambda of: unlabelled(of[1])),
        ("Outliers", "count", "usable images marked as outliers: nothing is trained or tested on them", lambda _: outliers),
        ("Refused", "count", "files that cannot be used; see the list of reasons", lambda _: refused),
        *([] if common else splits),
    ], " ".join(filter(None, [f"{len(catalogue)} files were found.", common, note])))  # fmt: skip


_PART_NAMES = {
    "train": "train: fits the networks",
    "validation": "validation: early decisions and the threshold",
    "test": "test: every number of this report",
    OUTLIERS: "outliers: never trained on",
    FREE: "free outliers: for outlier exposure only",
}
