"""The door for predictions that somebody brings: tables of this project, or another team's CSV, Parquet or NPZ.

The layouts stand in ``docs/predictions.md``. CSV and Parquet have a column ``logit:CLASS`` (or ``probability:CLASS``) for each
class and may have ``id``, ``label`` (a class name; empty: unlabelled), ``group``, ``split``, ``outlier_kind`` and ``feature:0``,
``feature:1``, …; NPZ has the arrays ``logits`` [n, k] (or ``probabilities``), ``classes`` [k] and may have ``ids``, ``labels``
(names, or class numbers with -1 for none), ``groups``, ``splits``, ``outlier_kinds``, ``features`` [n, d], ``weight`` [k, d] and
``bias`` [k] of the last layer.
"""

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from robustfashion.errors import InputError
from robustfashion.predictions.foreign_arrays import from_npz
from robustfashion.predictions.foreign_columns import from_csv, from_parquet
from robustfashion.predictions.foreign_content import LAYOUTS, checked_table
from robustfashion.predictions.storage import is_prediction_file, read_predictions
from robustfashion.predictions.table import PredictionTable


def open_predictions(path: Path) -> PredictionTable:
    """Read a prediction table of this project, or another team's file, by its suffix and content.

    Nothing in a file is run: arrays of pickled objects are refused.

    Raises:
        InputError: no such file, another kind of file, a column or array missing, damaged, misspelt or of another length, a
            label that is no class, an id given twice, NaN or infinite numbers, probabilities that do not sum to 1.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file of predictions")
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise InputError(f"{path}: predictions are read from {', '.join(_READERS)} files; {LAYOUTS}")
    try:
        return read(path)
    except InputError:
        raise
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile, zlib.error, pa.ArrowException) as error:
        raise InputError(f"{path}: these predictions cannot be read ({error}); {LAYOUTS}") from error


def _parquet(path: Path) -> PredictionTable:
    return read_predictions(path) if is_prediction_file(path) else checked_table(from_parquet(path), path)


def _csv(path: Path) -> PredictionTable:
    return checked_table(from_csv(path), path)


def _npz(path: Path) -> PredictionTable:
    return checked_table(from_npz(path), path)


_READERS: dict[str, Callable[[Path], PredictionTable]] = {".parquet": _parquet, ".csv": _csv, ".npz": _npz}
