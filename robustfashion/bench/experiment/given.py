"""Predictions that somebody brings in place of data and networks: which of their pictures are evaluated, and their thresholds."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.decisions import Thresholds, mean_confidence_thresholds
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.result import Cell, Column, Table


def evaluated(table: PredictionTable) -> PredictionTable:
    """The ordinary pictures of the test split, where the table knows splits, else all of them.

    Where some of them have a label, those without are left out.

    Raises:
        InputError: none is left.
    """
    found = table.ordinary()
    if "test" in found.splits:
        found = found.in_split("test")
    if (found.labels >= 0).any():
        found = found.take(np.flatnonzero(found.labels >= 0))
    if not found.ids:
        raise InputError("the predictions have no ordinary picture to evaluate; all are marked as outliers")
    return found


def name_of(file: Path, table: PredictionTable) -> str:
    """What a file is of: the preprocessing that it names, else the file's own name without its suffix."""
    return table.origin.preprocessing or file.stem


def threshold_of(settings: ExperimentSettings, whole: PredictionTable, shown: PredictionTable) -> Thresholds:
    """The given threshold, else the mean confidence on the table's validation pictures, else on the evaluated ones."""
    if settings.threshold is not None:
        return Thresholds(settings.threshold, rule="given on the command line")
    validation = whole.ordinary().in_split("validation")
    if validation.ids:
        return mean_confidence_thresholds(validation.probabilities)
    rule = "mean confidence on the evaluated images, as there are no validation images"
    return mean_confidence_thresholds(shown.probabilities, rule)


def counted(files: Sequence[Path], whole: Sequence[PredictionTable], shown: Sequence[PredictionTable]) -> Table:
    """Every row of the files: evaluated, or why not."""
    columns = [
        Column("Predictions", "text", "file"),
        Column("Rows", "count", "pictures in the file"),
        Column("Evaluated", "count", "ordinary pictures of the test split (of all, where the file knows no splits) with a label"),
        Column("Products", "count", "product groups among them; each picture is one where the file knows no groups"),
        Column("Outliers", "count", "pictures marked as outliers"),
        Column("Other", "count", "pictures of other splits, or without a label where others have one"),
    ]
    rows: list[list[Cell]] = []
    for file, table, kept in zip(files, whole, shown, strict=True):
        outliers = sum(kind is not None for kind in table.outlier_kinds)
        other = len(table.ids) - outliers - len(kept.ids)
        rows.append([file.name, len(table.ids), len(kept.ids), len(set(kept.products)), outliers, other])
    return Table("accounting", "Every prediction accounted for", columns, rows)
