"""The study on prediction tables that somebody brings: the features column of each file, a task a file."""

from pathlib import Path

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.experiment.given import opened
from robustfashion.bench.experiment.tasks import spec_of_classes
from robustfashion.bench.separability.questions import attributes_of
from robustfashion.bench.separability.settings import LEAST_POINTS, SeparabilitySettings
from robustfashion.bench.separability.study import ALL, UNSEEN, Pair, SeparabilityStudy, Subject, Told
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.result import Table, table_of
from robustfashion.separability.points import Points

GIVEN = "given features"


def study_of(settings: SeparabilitySettings) -> tuple[SeparabilityStudy, Table]:
    """The study, and the account of the files' pictures.

    Of each file the ordinary labelled pictures are taken that are in no training split: a network's features of its training
    pictures look more separable than they are. A file of a product type and one of an attribute of its are held against each
    other.

    Raises:
        InputError: a file that cannot be read, or has no features, no labels or too few pictures; two files of the same task.
    """
    tables = dict(zip(settings.predictions, opened(settings.predictions), strict=True))
    kept = {file: _kept(file, table) for file, table in tables.items()}
    subjects: dict[str, Subject] = {}
    told = []
    for file, table in kept.items():
        subject = _subject(file, table, tables[file])
        if subject.task in subjects:
            raise InputError(f"{file}: of the task {subject.task}, as another of the files is; give one of each task")
        subjects[subject.task] = subject
        told.append(_told(subject, table))
    pairs = [
        Pair(first, second)
        for first in subjects.values()
        for second in subjects.values()
        if second.task in attributes_of(first.task)
    ]
    depth = (pairs[0].first, pairs[0].second) if pairs else (next(iter(subjects.values())),)
    why = "" if pairs else "the files are of no product type together with one of its attributes"
    study = SeparabilityStudy(depth, pairs=tuple(pairs), told=tuple(told), no_pairs=why)
    return study, _account(tables, kept)


def _kept(file: Path, table: PredictionTable) -> PredictionTable:
    if not table.features.shape[1]:
        raise InputError(f"{file}: has no features, and these are what is measured; write them (robustfashion predict does)")
    found = table.ordinary()
    splits = found.splits or (None,) * len(found.ids)
    unseen = np.array([split != "train" for split in splits], bool) & (found.labels >= 0)
    found = found.take(np.flatnonzero(unseen))
    if len(found.ids) < LEAST_POINTS:
        raise InputError(
            f"{file}: {len(found.ids)} ordinary labelled pictures that are in no training split; at least {LEAST_POINTS} are "
            "needed: add such rows"
        )
    if len(np.unique(found.labels)) < 2:
        only = found.classes[int(found.labels[0])]
        raise InputError(f"{file}: all pictures are {only!r}; separability needs pictures of at least two classes")
    _check_features(file, found)
    return found


_LARGEST = 1e15
"""Of features: sums of their squares are within float32."""
_LEAST_PRODUCTS = 2


def _check_features(file: Path, table: PredictionTable) -> None:
    """Refuse features in which no distance can be taken, and pictures that are all of one product."""
    features = table.features
    bad = np.flatnonzero(~np.isfinite(features).all(axis=1))
    if len(bad):
        raise InputError(
            f"{file}: features of id {table.ids[int(bad[0])]!r} hold NaN or infinity, as {len(bad)} of "
            f"{len(features)} do: leave them out, or take a network that has not diverged"
        )
    if float(np.abs(features).max()) > _LARGEST:
        row, column = np.unravel_index(int(np.abs(features).argmax()), features.shape)
        raise InputError(
            f"{file}: feature {column} of id {table.ids[int(row)]!r} is {features[row, column]:g}; distances of features beyond "
            f"{_LARGEST:g} cannot be taken: scale the features"
        )
    if not np.ptp(features, axis=0).any():
        raise InputError(
            f"{file}: all {len(features)} pictures have the same features; give features that differ from picture to picture"
        )
    if len(set(table.products)) < _LEAST_PRODUCTS:
        raise InputError(
            f"{file}: group is {table.products[0]!r} of all {len(features)} pictures, and neighbours of the same product do not "
            "count; give each product its own group, or leave the column out"
        )


def _subject(file: Path, table: PredictionTable, whole: PredictionTable) -> Subject:
    spec = spec_of_classes(table.classes)
    there = np.unique(table.labels)
    labels = np.searchsorted(there, table.labels).astype(np.int64)
    points = Points(table.features, labels, tuple(table.classes[k] for k in there), table.products)
    name = file.stem if spec.kind == "labels" else spec.name
    splits = table.splits or (None,) * len(table.ids)
    filed = tuple(table.classes[k] for k in table.labels)
    return Subject(name, spec.kind, GIVEN, points, table.ids, splits, filed, UNSEEN if any(whole.splits) else ALL)


def _told(subject: Subject, table: PredictionTable) -> Told:
    answers = shared.Asked(table.correct.astype(np.float64), table.labels, table.products, len(table.classes))
    return Told(subject, shared.balanced_skill(answers), "given")


def _account(tables: dict[Path, PredictionTable], kept: dict[Path, PredictionTable]) -> Table:
    records = [(file.name, table, table.ordinary(), kept[file]) for file, table in tables.items()]
    return table_of("accounting", "Every prediction accounted for", records, [
        ("Predictions", "text", "file", lambda r: r[0]),
        ("Rows", "count", "pictures in the file", lambda r: len(r[1].ids)),
        ("Measured", "count", "ordinary pictures with a label, of no training split", lambda r: len(r[3].ids)),
        ("Products", "count", "product groups among them; each picture is one where the file knows no groups",
         lambda r: len(set(r[3].products))),
        ("Outliers", "count", "pictures marked as outliers", lambda r: len(r[1].ids) - len(r[2].ids)),
        ("Other", "count", "pictures of the training split, or without a label", lambda r: len(r[2].ids) - len(r[3].ids)),
    ])  # fmt: skip
