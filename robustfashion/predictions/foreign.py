"""Another team's predictions: ids, labels and logits as CSV, Parquet or NPZ become a prediction table.

Layout (``docs/predictions.md``): CSV and Parquet have a column ``logit:CLASS`` (or ``probability:CLASS``) for each class and may
have ``id``, ``label`` (a class name; empty: unlabelled), ``group``, ``split``, ``outlier_kind`` and ``feature:0``,
``feature:1``, …; NPZ has the arrays ``logits`` [n, k] (or ``probabilities``), ``classes`` [k] and may have ``ids``, ``labels``
(names, or class numbers with -1 for none), ``groups``, ``splits``, ``outlier_kinds``, ``features`` [n, d], ``weight`` [k, d] and
``bias`` [k] of the last layer.
"""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.predictions.storage import is_prediction_file, read_predictions
from robustfashion.predictions.table import LastLayer, PredictionTable

_LOGIT, _PROBABILITY, _FEATURE = "logit:", "probability:", "feature:"
_TEXT_COLUMNS = {"group": "groups", "split": "splits", "outlier_kind": "outlier_kinds"}
_SMALLEST = 1e-12
"""Probabilities are not taken below this, so that their logarithm is finite."""
_WAY_OUT = "see docs/predictions.md for the layouts"


def open_predictions(path: Path) -> PredictionTable:
    """Read a prediction table of this project, or another team's file, by its suffix and content.

    Raises:
        InputError: no such file, another kind of file, a column missing, damaged or of another length, a label that is no
            class, NaN or infinite logits.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file of predictions")
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise InputError(f"{path}: predictions are read from {', '.join(_READERS)} files; {_WAY_OUT}")
    try:
        return read(path)
    except InputError:
        raise
    except (ValueError, KeyError, TypeError, OSError, zipfile.BadZipFile, pa.ArrowException) as error:
        text = str(error).removeprefix(f"{path}: ")
        raise InputError(f"{path}: these predictions cannot be read ({text}); {_WAY_OUT}") from error


def _parquet(path: Path) -> PredictionTable:
    return read_predictions(path) if is_prediction_file(path) else _columns(pq.read_table(path), path)


def _csv(path: Path) -> PredictionTable:
    texts = dict.fromkeys(("id", "label", *_TEXT_COLUMNS), pa.string())
    options = pa_csv.ConvertOptions(column_types=texts, strings_can_be_null=True, quoted_strings_can_be_null=True)
    return _columns(pa_csv.read_csv(path, convert_options=options), path)


def _columns(table: pa.Table, path: Path) -> PredictionTable:
    names = table.schema.names
    kind = next((prefix for prefix in (_LOGIT, _PROBABILITY) if any(name.startswith(prefix) for name in names)), None)
    if kind is None:
        raise InputError(f"{path}: no column 'logit:CLASS' or 'probability:CLASS' (columns: {', '.join(names)}); {_WAY_OUT}")
    classes = [name.removeprefix(kind) for name in names if name.startswith(kind)]
    scores = _numbers(table, [kind + name for name in classes], path)
    wide = sorted((n for n in names if n.startswith(_FEATURE)), key=lambda n: int(n.removeprefix(_FEATURE)))
    labels = _texts(table, "label") if "label" in names else [None] * len(table)
    return PredictionTable(
        ids=_ids(_texts(table, "id") if "id" in names else None, len(table), path),
        labels=_class_numbers(labels, classes, path),
        logits=_logits(scores, kind == _PROBABILITY, path),
        features=_numbers(table, wide, path) if wide else np.zeros((len(table), 0), np.float32),
        classes=tuple(classes),
        **_known({field: _texts(table, name) for name, field in _TEXT_COLUMNS.items() if name in names}, path),
    )


def _npz(path: Path) -> PredictionTable:
    with np.load(path, allow_pickle=False) as file:
        content: dict[str, NDArray[Any]] = {name: file[name] for name in file.files}
    scores = content.get("logits", content.get("probabilities"))
    if scores is None or "classes" not in content or scores.ndim != 2:
        raise InputError(f"{path}: needs arrays 'logits' [n, k] and 'classes' [k], has {', '.join(content)}; {_WAY_OUT}")
    n, classes = len(scores), [str(name) for name in content["classes"].tolist()]
    if scores.shape[1] != len(classes):
        raise InputError(f"{path}: logits have {scores.shape[1]} columns for {len(classes)} classes; {_WAY_OUT}")
    labels = content.get("labels", np.full(n, -1)).tolist()
    layer = None
    if "weight" in content and "bias" in content:
        layer = LastLayer(content["weight"].astype(np.float32), content["bias"].astype(np.float32))
    return PredictionTable(
        ids=_ids([str(name) for name in content["ids"].tolist()] if "ids" in content else None, n, path),
        labels=_class_numbers(labels, classes, path),
        logits=_logits(scores.astype(np.float64), "logits" not in content, path),
        features=content.get("features", np.zeros((n, 0))).astype(np.float32),
        classes=tuple(classes),
        **_known({f: [str(v) or None for v in content[f].tolist()] for f in _TEXT_COLUMNS.values() if f in content}, path),
        last_layer=layer,
    )


_READERS: dict[str, Callable[[Path], PredictionTable]] = {".parquet": _parquet, ".csv": _csv, ".npz": _npz}


def _numbers(table: pa.Table, names: Sequence[str], path: Path) -> NDArray[np.float32]:
    """[n, len(names)]."""
    columns = []
    for name in names:
        if table[name].null_count:
            raise InputError(f"{path}: column {name!r} has {table[name].null_count} empty cells; every picture needs a number")
        columns.append(table[name].cast(pa.float64()).to_numpy())
    return np.stack(columns, axis=1).astype(np.float32)


def _texts(table: pa.Table, name: str) -> list[str | None]:
    found: list[str | None] = table[name].cast(pa.string()).to_pylist()
    return [text or None for text in found]


def _ids(found: Sequence[str | None] | None, n: int, path: Path) -> tuple[str, ...]:
    """The given ids, or the rows' numbers."""
    if found is None:
        return tuple(str(k) for k in range(n))
    first: dict[str, int] = {}
    for row, name in enumerate(found):
        if name is None:
            raise InputError(f"{path}: row {row} has no id; give one to every picture, or leave the column out")
        if first.setdefault(name, row) != row:
            raise InputError(f"{path}: id {name!r} stands in rows {first[name]} and {row}; ids are one per picture")
    return tuple(first)


def _class_numbers(labels: Sequence[Any], classes: Sequence[str], path: Path) -> NDArray[np.int64]:
    """Names or numbers to class numbers; None and "" to -1."""
    number = {name: k for k, name in enumerate(classes)}
    if len(number) != len(classes):
        raise InputError(f"{path}: a class is named twice ({', '.join(classes[:20])})")
    found = np.full(len(labels), -1, np.int64)
    for row, label in enumerate(labels):
        if label is None or label == "":
            continue
        k = label if isinstance(label, int) and -1 <= label < len(classes) else number.get(str(label))
        if k is None:
            raise InputError(f"{path}: row {row} is labelled {label!r}, which is none of the classes {', '.join(classes[:20])}")
        found[row] = k
    return found


def _logits(scores: NDArray[Any], probabilities: bool, path: Path) -> NDArray[np.float32]:
    bad = np.flatnonzero(~np.isfinite(scores).all(axis=1))
    if len(bad):
        raise InputError(f"{path}: row {bad[0]} has a score that is NaN or infinite ({len(bad)} rows have)")
    if not probabilities:
        return scores.astype(np.float32)
    if scores.min(initial=0.0) < 0 or np.abs(scores.sum(axis=1) - 1).max(initial=0.0) > 1e-3:
        raise InputError(
            f"{path}: probabilities of a row are below 0 or do not sum to 1; call the columns logit: if they are logits"
        )
    return np.log(np.maximum(scores, _SMALLEST)).astype(np.float32)


def _known(columns: dict[str, list[str | None]], path: Path) -> dict[str, Any]:
    """Columns that say something; a group is needed for all pictures or none."""
    found = {name: tuple(values) for name, values in columns.items() if any(value is not None for value in values)}
    if None in found.get("groups", ()):
        raise InputError(f"{path}: row {found['groups'].index(None)} has no group; give one to every picture, or leave it out")
    return found
