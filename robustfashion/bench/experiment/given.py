"""Predictions that somebody brings in place of data and networks: which of their pictures are evaluated, and their thresholds."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from robustfashion.bench.experiment.settings import ON_THE_COMMAND_LINE, ExperimentSettings
from robustfashion.decisions import Thresholds, mean_confidence_thresholds
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable, open_predictions
from robustfashion.result import Table, table_of


def opened(files: Sequence[Path]) -> list[PredictionTable]:
    """The tables of the files.

    Raises:
        InputError: a file given twice, or one that cannot be read.
    """
    for k, file in enumerate(files):
        if any(file.resolve() == other.resolve() for other in files[:k]):
            raise InputError(f"predictions names {file} twice; leave it out once")
    return [open_predictions(file) for file in files]


def evaluated(file: Path, table: PredictionTable) -> PredictionTable:
    """The ordinary pictures of the test split, where the table knows splits, else all of them.

    Where some of them have a label, those without are left out.

    Raises:
        InputError: none is left.
    """
    found = table.ordinary()
    if not found.ids:
        raise InputError(f"{file}: has no ordinary picture to evaluate; all are marked as outliers")
    if any(table.splits):
        found = found.in_split("test")
    if not found.ids:
        others = ", ".join(sorted({name for name in table.splits if name is not None}))
        raise InputError(
            f"{file}: has no ordinary picture of the split 'test' (splits: {others}); write those of the test split, or leave "
            "splits out to evaluate all"
        )
    if (found.labels >= 0).any():
        found = found.take(np.flatnonzero(found.labels >= 0))
    return found


def check_same_pictures(first: Path, wanted: PredictionTable, file: Path, found: PredictionTable) -> None:
    """Check that the evaluated pictures of two files are the same, with the same labels, in the same order.

    Raises:
        InputError: naming both files and the first picture on which they differ.
    """
    if found.ids != wanted.ids:
        other = set(found.ids) ^ set(wanted.ids)
        what = f"{len(other)} ids stand in one of them only, such as {min(other)!r}" if other else "the order of ids differs"
        raise InputError(f"{file}: not of the same pictures as {first}: {what}; write both for the same pictures in one order")
    if not np.array_equal(found.labels, wanted.labels):
        row = int(np.flatnonzero(found.labels != wanted.labels)[0])
        raise InputError(f"{file}: {found.ids[row]!r} has another label than in {first}; write both with the same labels")


def name_of(file: Path, table: PredictionTable) -> str:
    """What a file is of: the preprocessing that it names, else the file's own name without its suffix."""
    return table.origin.preprocessing or file.stem


def threshold_of(settings: ExperimentSettings, whole: PredictionTable, shown: PredictionTable) -> Thresholds:
    """The given threshold, else the mean confidence on the table's validation pictures, else on the evaluated ones."""
    if settings.threshold is not None:
        return Thresholds(settings.threshold, rule=ON_THE_COMMAND_LINE)
    validation = whole.ordinary().in_split("validation")
    if validation.ids:
        return mean_confidence_thresholds(validation.probabilities)
    rule = "mean confidence on the evaluated images, as there are no validation images"
    return mean_confidence_thresholds(shown.probabilities, rule)


def counted(files: Sequence[Path], whole: Sequence[PredictionTable], shown: Sequence[PredictionTable]) -> Table:
    """Every row of the files: evaluated, or why not."""
    evaluated = "ordinary pictures of the test split (of all, where the file knows no splits) with a label"
    products = "product groups among them; each picture is one where the file knows no groups"
    other = "pictures of other splits, or without a label where others have one"
    records = [
        (file.name, len(table.ids), len(kept.ids), len(set(kept.products)), len(table.ids) - len(table.ordinary().ids))
        for file, table, kept in zip(files, whole, shown, strict=True)
    ]
    return table_of("accounting", "Every prediction accounted for", records, [
        ("Predictions", "text", "file", lambda r: r[0]),
        ("Rows", "count", "pictures in the file", lambda r: r[1]),
        ("Evaluated", "count", evaluated, lambda r: r[2]),
        ("Products", "count", products, lambda r: r[3]),
        ("Outliers", "count", "pictures marked as outliers", lambda r: r[4]),
        ("Other", "count", other, lambda r: r[1] - r[2] - r[4]),
    ])  # fmt: skip
