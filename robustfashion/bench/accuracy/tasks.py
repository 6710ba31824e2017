"""What each classifier tells apart, and the images it learns from."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

import numpy as np

from robustfashion import paper, taxonomy
from robustfashion.bench.accuracy.settings import AccuracySettings
from robustfashion.bench.material import Material, part_of
from robustfashion.data.catalogue import SPLITS, Catalogue, make_task
from robustfashion.data.splits import Target, prepare_splits
from robustfashion.errors import InputError

Kind = Literal["attribute", "product type", "labels"]
OWN_LABELS = "label"


@dataclass(frozen=True)
class TaskSpec:
    """One classifier of Table 1 or 3, or of one's own labels."""

    name: str
    kind: Kind
    target: Target
    paper_images: int | None = None
    paper_accuracy: float | None = None


def task_spec(name: str, catalogue: Catalogue) -> TaskSpec:
    """The classifier of this name; a product type is looked for in the column ``product_type``, else among the labels.

    Raises:
        InputError: unknown name.
    """
    if name == OWN_LABELS:
        return TaskSpec(name, "labels", Target(column="label"))
    if name in taxonomy.PRODUCT_TYPES:
        column = "product_type" if any(catalogue.usable().column("product_type")) else "label"
        validator = paper.TABLE_3[name]
        return TaskSpec(name, "product type", Target(name, column), validator.images, validator.accuracy)
    attributes = taxonomy.attributes()
    if name not in attributes:
        raise InputError(f"task is {name!r}; use {OWN_LABELS} or one of {', '.join((*attributes, *taxonomy.PRODUCT_TYPES))}")
    found = paper.TABLE_1[name]
    return TaskSpec(name, "attribute", Target(column=name), found.images, found.accuracy)


def teachable(catalogue: Catalogue) -> list[str]:
    """Tasks of the paper for which the data has at least two classes; the data's own labels where there is none."""
    usable = catalogue.usable()
    found = [name for name in taxonomy.attributes() if len(set(usable.column(name)) - {None}) > 1]
    kinds = set(usable.column("product_type")) | set(usable.column("label"))
    found += [name for name in taxonomy.PRODUCT_TYPES if name in kinds and len(kinds - {None}) > 1]
    return found or [OWN_LABELS]


def task_material(spec: TaskSpec, catalogue: Catalogue, settings: AccuracySettings) -> Material:
    """The catalogue divided for one task.

    Raises:
        InputError: fewer than two classes, or one that is absent from a split.
    """
    task = make_task(catalogue, spec.target.positive, spec.target.column)
    limited = _limited(catalogue, catalogue.targets(task), settings)
    divided, note = prepare_splits(limited, settings.split_seed, spec.target)
    parts = {split: part_of(divided, task, split) for split in SPLITS}
    return Material(divided, note, task, parts["train"], parts["validation"], parts["test"])


def _limited(catalogue: Catalogue, labels: np.ndarray, settings: AccuracySettings) -> Catalogue:
    """Whole products, chosen by a hash, until there are ``max_images``, as many of each class where there are."""
    reasons, groups = catalogue.column("reason"), catalogue.column("group")
    wanted = np.array([label >= 0 and reason is None for label, reason in zip(labels.tolist(), reasons, strict=True)])
    if settings.max_images is None or wanted.sum() <= settings.max_images:
        return catalogue
    per_class = settings.max_images // len(set(labels[wanted].tolist()))
    members: dict[str, list[int]] = defaultdict(list)
    for row in np.flatnonzero(wanted).tolist():
        members[str(groups[row])].append(row)
    counts: dict[int, int] = defaultdict(int)
    kept: list[int] = []
    for group in sorted(members, key=lambda name: hashlib.sha256(f"{settings.split_seed}\0{name}".encode()).digest()):
        label = int(labels[members[group][0]])
        if counts[label] < per_class:
            counts[label] += len(members[group])
            kept += members[group]
    return catalogue.take(sorted(kept))
