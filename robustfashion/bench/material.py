"""What suites share: parts of a catalogue with their labels, their pixels, and the account of every image."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from robustfashion.data.catalogue import SPLITS, Catalogue, Task
from robustfashion.data.pixels import build_pixels
from robustfashion.data.preprocess import Preprocessing
from robustfashion.progress import Progress
from robustfashion.provenance import content_digest
from robustfashion.result import Cell, Column, Table

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Part:
    """One split: its rows and labels."""

    catalogue: Catalogue
    labels: NDArray[np.int64]

    def digest(self) -> str:
        """Hash of the images' bytes and their class numbers, in order."""
        return content_digest(self.catalogue.column("sha256"), self.labels.tolist())

    @property
    def ids(self) -> tuple[str, ...]:
        """Id of each image."""
        return tuple(str(name) for name in self.catalogue.column("id"))

    @property
    def groups(self) -> tuple[str, ...]:
        """Product of each image."""
        return tuple(str(name) for name in self.catalogue.column("group"))


@dataclass(frozen=True)
class Material:
    """A catalogue divided for one task."""

    catalogue: Catalogue
    split_note: str
    """How train, validation and test came about, in words."""
    task: Task
    train: Part
    validation: Part
    test: Part


@dataclass(frozen=True)
class Place:
    """Where and how a suite works."""

    cache: Path
    workers: int
    progress: Progress
    accelerator: str
    """Lightning's accelerator: auto, cpu, gpu."""

    @property
    def resize_device(self) -> str:
        """Where the last resize is done; elsewhere than on the CPU for methods that are exact there."""
        from robustfashion.models.devices import resolve_device

        found = resolve_device(self.accelerator).type
        return found if found == "cuda" else "cpu"

    def render(self, part: Part, preprocessings: Sequence[Preprocessing]) -> dict[str, Pixels]:
        """Pictures of one split under each preprocessing, by its name; memory-mapped, from cache where they are there."""
        return build_pixels(part.catalogue, preprocessings, self.cache, self.workers, self.progress, self.resize_device)


def part_of(catalogue: Catalogue, task: Task, split: str) -> Part:
    """Labelled rows of one split; all its rows where no image of the catalogue has a label."""
    rows = catalogue.usable().in_split(split)
    labels = rows.targets(task)
    unlabelled = not any(catalogue.usable().column(task.column))
    kept = np.flatnonzero((labels >= 0) | unlabelled)
    return Part(rows.take(kept), labels[kept])


def accounting(material: Material) -> Table:
    """Every image of the data, once: used in a split, unlabelled for this task, or refused with a reason."""
    usable = material.catalogue.usable()
    used = {split: getattr(material, split) for split in SPLITS}
    columns = [
        Column("Part", "text", "what became of the images"),
        Column("Images", "count", "number of image files"),
        Column("Products", "count", "number of product groups; a product never lies in two splits that were made here"),
        *[Column(name, "count", f"images of class {name!r}") for name in material.task.classes],
    ]
    rows: list[list[Cell]] = []
    for split, part in used.items():
        per_class = [int((part.labels == k).sum()) for k in range(len(material.task.classes))]
        rows.append([_PART_NAMES[split], len(part.labels), len(set(part.catalogue.column("group"))), *per_class])
    blank: list[Cell] = [None] * len(material.task.classes)
    in_use = sum(len(part.labels) for part in used.values())
    refused = len(material.catalogue.refused())
    rows.append(["no label of this task", len(usable) - in_use, None, *blank])
    rows.append(["refused, see the list of reasons", refused, None, *blank])
    rows.append(["all files found", len(material.catalogue), None, *blank])
    return Table("accounting", "Every image accounted for", columns, rows, material.split_note)


_PART_NAMES = {
    "train": "train: fits the networks",
    "validation": "validation: early decisions and the threshold",
    "test": "test: every number of this report",
}
