"""The resize study on predictions that somebody brings: a file for each serving method, the training method's first."""

from pathlib import Path

import numpy as np

from robustfashion.bench.experiment.given import counted, evaluated, name_of, threshold_of
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.settings import ResizeSettings
from robustfashion.bench.resize.study import Run, Study
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable, open_predictions
from robustfashion.result import Table


def study_of(settings: ResizeSettings) -> tuple[Study, Table]:
    """The study, and the account of the files' pictures.

    Raises:
        InputError: a file that cannot be read, fewer than two, or files of other pictures, labels or classes than the first.
    """
    files = settings.predictions
    if len(files) < 2:
        raise InputError(f"predictions is {files[0]}; give the training method's file first, then one for each serving method")
    whole = [open_predictions(file) for file in files]
    names = _names(files, whole)
    shown = [evaluated(table) for table in whole]
    for file, table in zip(files[1:], shown[1:], strict=True):
        _check_same(files[0], shown[0], file, table)
    thresholds = threshold_of(settings, whole[0], shown[0])
    row = Row("unknown", label="given network")
    run = Run(row, settings.seeds[0], thresholds, dict(zip(names, shown, strict=True)))
    first = shown[0]
    study = Study(names[0], tuple(names), (run,), first.ids, first.products, first.classes, trained=False)
    return study, counted(files, whole, shown)


def _names(files: tuple[Path, ...], tables: list[PredictionTable]) -> list[str]:
    """Serving method of each file: what the file says of itself, else its name."""
    names = [name_of(file, table) for file, table in zip(files, tables, strict=True)]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InputError(f"predictions: two files are of the method {twice[0]!r}; rename one file, or leave one out")
    return names


def _check_same(first: Path, wanted: PredictionTable, file: Path, found: PredictionTable) -> None:
    if found.classes != wanted.classes:
        raise InputError(
            f"{file}: its classes are {', '.join(found.classes[:10])}, those of {first} {', '.join(wanted.classes[:10])}"
        )
    if found.ids != wanted.ids:
        other = set(found.ids) ^ set(wanted.ids)
        what = f"{len(other)} ids stand in one of them only, such as {min(other)!r}" if other else "the order of ids differs"
        raise InputError(f"{file}: not of the same pictures as {first}: {what}; write both for the same pictures in one order")
    if not np.array_equal(found.labels, wanted.labels):
        row = int(np.flatnonzero(found.labels != wanted.labels)[0])
        raise InputError(f"{file}: {found.ids[row]!r} has another label than in {first}; changes are counted on equal labels")
