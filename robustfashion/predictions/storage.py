"""Prediction tables as Parquet files: format 2, and format 1 of earlier versions, which knew nothing of groups and origins."""

import base64
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from robustfashion.atomic import atomic_path
from robustfashion.errors import InputError
from robustfashion.predictions.table import LastLayer, Origin, PredictionTable

FORMAT = 2
_NAME = "robustfashion.predictions."
_METADATA_LIMIT = 2**30
"""Bytes of a file's metadata, which hold the last layer; Arrow's own limit is reached by 20,000 classes."""
_OPTIONAL = {"group": "groups", "split": "splits", "outlier_kind": "outlier_kinds"}
"""Columns that a file may lack, and the fields that they fill."""


def write_predictions(table: PredictionTable, path: Path) -> None:
    """Write Parquet, whole or not at all.

    A row per picture has ``id``, ``label``, ``logits`` and, where they are known, ``features``, ``group``, ``split`` and
    ``outlier_kind``; classes, last layer and origin stand in the file's metadata.
    """
    columns: dict[str, Any] = {
        "id": pa.array(table.ids, pa.string()),
        "label": pa.array(table.labels, pa.int64()),
        "logits": _matrix(table.logits),
    }
    if table.features.shape[1]:  # Parquet writes lists without width, and reads something else
        columns["features"] = _matrix(table.features)
    columns |= {name: pa.array(getattr(table, field), pa.string()) for name, field in _OPTIONAL.items() if getattr(table, field)}
    metadata = {"format": f"{_NAME}{FORMAT}", "classes": json.dumps(table.classes), "origin": json.dumps(asdict(table.origin))}
    if table.last_layer is not None:
        metadata |= {"weight": _text(table.last_layer.weight), "bias": _text(table.last_layer.bias)}
    with atomic_path(path) as temporary:
        pq.write_table(pa.table(columns).replace_schema_metadata(metadata), temporary)


def is_prediction_file(path: Path) -> bool:
    """Whether a Parquet file says that it is a prediction table, of whatever format."""
    try:
        with _opened(path) as file:
            metadata: dict[bytes, bytes] = file.schema_arrow.metadata or {}
        return metadata.get(b"format", b"").startswith(_NAME.encode())
    except (OSError, pa.ArrowException):
        return False


def read_predictions(path: Path) -> PredictionTable:
    """Read what :func:`write_predictions` wrote, by this version or an earlier one.

    Raises:
        InputError: no such file, another kind of file, of a newer format, or damaged.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such prediction table")
    try:
        with _opened(path) as file:
            table = file.read()
        metadata = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{path}: not a prediction table, or a damaged one ({error}); write it again") from error
    version = _version(metadata, path)
    try:
        return _table(table, metadata, version)
    except (ValueError, KeyError, TypeError, AttributeError, pa.ArrowException) as error:
        what = f"has no {error}" if isinstance(error, KeyError) else str(error)
        raise InputError(f"{path}: a damaged prediction table ({what}); write it again") from error


def _opened(path: Path) -> pq.ParquetFile:
    return pq.ParquetFile(path, thrift_string_size_limit=_METADATA_LIMIT)


def _version(metadata: dict[str, str], path: Path) -> int:
    text = metadata.get("format", "")
    version = text.removeprefix(_NAME)
    if not text.startswith(_NAME) or not version.isdecimal():
        raise InputError(f"{path}: not a prediction table; `robustfashion predict` writes one")
    if version not in ("1", str(FORMAT)):
        raise InputError(
            f"{path}: prediction table of format {version[:20]}, written by a newer robustfashion; this one reads up to "
            f"{FORMAT}: install the newer one, or write the table again with this one"
        )
    return int(version)


def _table(table: pa.Table, metadata: dict[str, str], version: int) -> PredictionTable:
    names = table.schema.names
    classes = _strings(metadata["classes"].split("\n") if version == 1 else json.loads(metadata["classes"]), "classes")
    features = _array(table["features"]) if "features" in names else np.zeros((len(table), 0), np.float32)
    return PredictionTable(
        ids=_strings(table["id"].to_pylist(), "id"),
        labels=np.array(table["label"].to_pylist(), dtype=np.int64),
        logits=_array(table["logits"]),
        features=features,
        classes=classes,
        **{field: tuple(table[name].cast(pa.string()).to_pylist()) for name, field in _OPTIONAL.items() if name in names},
        last_layer=_last_layer(metadata, len(classes), features.shape[1]),
        origin=_origin(json.loads(metadata["origin"])) if "origin" in metadata else Origin(),
    )


def _strings(values: Any, name: str) -> tuple[str, ...]:  # noqa: ANN401 - whatever a file says
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"{name} are not all texts")
    return tuple(values)


def _origin(values: Any) -> Origin:  # noqa: ANN401 - whatever a file says
    found = Origin(**values)
    _strings([found.network, found.preprocessing, found.preprocessing_digest, *found.made_by.values()], "origin's values")
    return found


def _last_layer(metadata: dict[str, str], k: int, d: int) -> LastLayer | None:
    if "weight" not in metadata:
        return None
    weight, bias = (np.frombuffer(base64.b64decode(metadata[name]), "<f4").copy() for name in ("weight", "bias"))
    return LastLayer(weight.reshape(k, d), bias)


def _text(values: NDArray[np.float32]) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()


def _matrix(values: NDArray[np.float32]) -> pa.FixedSizeListArray:
    flat = pa.array(np.ascontiguousarray(values, dtype=np.float32).reshape(-1))
    return pa.FixedSizeListArray.from_arrays(flat, values.shape[1])


def _array(column: pa.ChunkedArray) -> NDArray[np.float32]:
    whole = column.combine_chunks()
    width = column.type.list_size
    flat = np.asarray(whole.flatten().to_numpy(zero_copy_only=False), dtype=np.float32)
    return flat.reshape(len(column), width)


def cached_predictions(path: Path, compute: Callable[[], PredictionTable]) -> PredictionTable:
    """The table at ``path``, computed and written there when it is absent or unreadable.

    ``path`` must be named by a content hash of everything that the answers depend on (network and pixels).
    """
    if path.is_file():
        try:
            return read_predictions(path)
        except InputError:
            path.unlink(missing_ok=True)  # a damaged cache entry is worth less than the minute that it saves
    table = compute()
    write_predictions(table, path)
    return table
