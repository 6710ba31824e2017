"""From settings to pixels: the catalogue, its splits, and every picture under every method, decoded once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.resize.settings import ResizeSettings
from robustfashion.bench.result import Cell, Column, Table
from robustfashion.data.cache import cache_root
from robustfashion.data.catalogue import SPLITS, Catalogue, Task, make_task
from robustfashion.data.pixels import build_pixels
from robustfashion.data.preprocess import Preprocessing
from robustfashion.data.progress import Progress
from robustfashion.data.sources import load_catalogue, scanned_catalogue
from robustfashion.data.splits import Target
from robustfashion.errors import InputError
from robustfashion.provenance import content_digest

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Part:
    """One split: its rows and labels."""

    catalogue: Catalogue
    labels: NDArray[np.int64]

    def digest(self) -> str:
        """Hash of the images' bytes and their class numbers, in order."""
        return content_digest(self.catalogue.column("sha256"), self.labels.tolist())


@dataclass(frozen=True)
class Material:
    """What every network of the suite shares."""

    catalogue: Catalogue
    split_note: str
    """How train, validation and test came about, in words."""
    task: Task
    train: Part
    validation: Part
    test: Part
    cache: Path
    device: str = "cpu"
    """Where the last resize is done; elsewhere than on the CPU for methods that are exact there."""


def load_material(settings: ResizeSettings, classes: tuple[str, ...] | None, progress: Progress) -> Material:
    """Open, scan and split the data; ``classes`` are those of a given checkpoint, which the data must be mapped to.

    Raises:
        InputError: nothing there, one class only, classes that the checkpoint does not know.
    """
    cache = settings.cache if settings.cache is not None else cache_root()
    if classes is not None and settings.data != "synthetic":
        catalogue, note = _own_pictures(settings, cache, progress)
    else:
        positive = settings.positive if classes is None else _positive_of(settings.positive, classes)
        catalogue, note = load_catalogue(
            settings.data,
            synthetic=settings.synthetic,
            seed=settings.split_seed,
            target=Target(positive),
            cache=cache,
            workers=settings.workers,
            progress=progress,
        )
    task = make_task(catalogue, settings.positive) if classes is None else _checkpoint_task(catalogue, settings.positive, classes)
    train, validation, test = (_part(catalogue, task, split) for split in SPLITS)
    if not len(test.labels):
        raise InputError(f"{catalogue.root}: no image of the test split has a class of the task ({', '.join(task.classes)})")
    return Material(catalogue, note, task, train, validation, test, cache, _resize_device(settings.accelerator))


def _resize_device(accelerator: str) -> str:
    from robustfashion.models.devices import resolve_device

    found = resolve_device(accelerator).type
    return found if found == "cuda" else "cpu"


def _own_pictures(settings: ResizeSettings, cache: Path, progress: Progress) -> tuple[Catalogue, str]:
    """A user's pictures for a user's checkpoint: their test split where they bring one, else all of them."""
    catalogue, note = scanned_catalogue(settings.data, cache=cache, workers=settings.workers, progress=progress)
    if "test" in catalogue.usable().column("split"):
        return catalogue, f"Splits are those of the data. {note}".strip()
    reasons = catalogue.column("reason")
    catalogue = catalogue.replace(split=["test" if reason is None else None for reason in reasons])
    said = (
        "All usable images are evaluated: the data brings no test split. If the checkpoint was trained on some of them, "
        "accuracies are optimistic."
    )
    return catalogue, f"{said} {note}".strip()


def _positive_of(positive: str | None, classes: tuple[str, ...]) -> str | None:
    """The class that a checkpoint tells from the rest; None where it has a class for each label."""
    if len(classes) != 2 or classes[0] != "other":
        return None
    if positive not in (None, classes[1]):
        raise InputError(f"positive is {positive!r}, but the checkpoint tells {classes[1]!r} from the rest; leave it out")
    return classes[1]


def _checkpoint_task(catalogue: Catalogue, positive: str | None, classes: tuple[str, ...]) -> Task:
    told = _positive_of(positive, classes)
    known = {label for label in catalogue.usable().column("label") if label is not None}
    if not known:  # changes can be counted without labels
        return Task("label", classes, told)
    if told is not None:
        return _one_against_rest(catalogue, told)
    if not known & set(classes):
        raise InputError(
            f"{catalogue.root}: its classes ({', '.join(sorted(known)[:10])}) and the checkpoint's ({', '.join(classes[:10])}) "
            "have none in common; rename the folders or labels to the checkpoint's classes, or give a folder of images without "
            "sub-folders, which is evaluated without labels"
        )
    return Task("label", classes)


def _one_against_rest(catalogue: Catalogue, positive: str) -> Task:
    """As :func:`make_task`, but pictures of one class alone are enough to evaluate."""
    if positive not in catalogue.usable().column("label"):
        raise InputError(f"{catalogue.root}: no image is labelled {positive!r}, which the checkpoint tells from the rest")
    return Task("label", ("other", positive), positive)


def _part(catalogue: Catalogue, task: Task, split: str) -> Part:
    rows = catalogue.usable().in_split(split)
    labels = rows.targets(task)
    unlabelled = not any(catalogue.usable().column(task.column))
    kept = np.flatnonzero((labels >= 0) | unlabelled)
    return Part(rows.take(kept), labels[kept])


def render(
    material: Material, part: Part, preprocessings: Sequence[Preprocessing], workers: int, progress: Progress
) -> dict[str, Pixels]:
    """Pictures of one split under each preprocessing, by its name; memory-mapped, from cache where they are there."""
    return build_pixels(part.catalogue, preprocessings, material.cache, workers, progress, material.device)


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
