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
from robustfashion.predictions.table import LastLayer, Origin, PredictionTable

FORMAT = 2
_NAME = "robustfashion.predictions."
_OPTIONAL = {"group": "groups", "split": "splits", "outlier_kind": "outlier_kinds"}
"""Columns that a file may lack, and the fields that they fill."""


def write_predictions(table: PredictionTable, path: Path) -> None:
    """Write Parquet, whole or not at all.

    A row per picture has ``id``, ``label``, ``logits``, ``features`` and, where they are known, ``group``, ``split`` and
    ``outlier_kind``; classes, last layer and origin stand in the file's metadata.
    """
    columns: dict[str, Any] = {
        "id": pa.array(table.ids, pa.string()),
        "label": pa.array(table.labels, pa.int64()),
        "logits": _matrix(table.logits),
        "features": _matrix(table.features),
    }
    columns |= {name: pa.array(getattr(table, field), pa.string()) for name, field in _OPTIONAL.items() if getattr(table, field)}
    metadata = {"format": f"{_NAME}{FORMAT}", "classes": json.dumps(table.classes), "origin": json.dumps(asdict(table.origin))}
    if table.last_layer is not None:
        metadata |= {"weight": _text(table.last_layer.weight), "bias": _text(table.last_layer.bias)}
    with atomic_path(path) as temporary:
        pq.write_table(pa.table(columns).replace_schema_metadata(metadata), temporary)


def is_prediction_file(path: Path) -> bool:
    """Whether a Parquet file says that it is a prediction table, of whatever format."""
    try:
        return (pq.read_schema(path).metadata or {}).get(b"format", b"").startswith(_NAME.encode())
    except (OSError, pa.ArrowException):
        return False


def read_predictions(path: Path) -> PredictionTable:
    """Read what :func:`write_predictions` wrote, by this version or an earlier one.

    Raises:
        ValueError: another kind of Parquet file, or of a newer format.
    """
    table = pq.read_table(path)
    metadata = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    version = metadata.get("format", "").removeprefix(_NAME)
    if version not in ("1", "2"):
        newer = version.isdecimal() and int(version) > FORMAT
        raise ValueError(
            f"{path}: prediction table of format {version}, written by a newer robustfashion; this one reads up to {FORMAT}"
            if newer
            else f"{path}: not a prediction table"
        )
    classes = metadata["classes"].split("\n") if version == "1" else json.loads(metadata["classes"])
    features = _array(table["features"])
    return PredictionTable(
        ids=tuple(table["id"].to_pylist()),
        labels=table["label"].to_numpy().astype(np.int64),
        logits=_array(table["logits"]),
        features=features,
        classes=tuple(classes),
        **{field: tuple(table[name].to_pylist()) for name, field in _OPTIONAL.items() if name in table.schema.names},
        last_layer=_last_layer(metadata, len(classes), features.shape[1]),
        origin=Origin(**json.loads(metadata["origin"])) if "origin" in metadata else Origin(),
    )


def _last_layer(metadata: dict[str, str], k: int, d: int) -> LastLayer | None:
    if "weight" not in metadata:
        return None
    weight, bias = (np.frombuffer(base64.b64decode(metadata[name]), "<f4").copy() for name in ("weight", "bias"))
    return LastLayer(weight.reshape(k, d), bias)


def _text(values: NDArray[np.float32]) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()


def _matrix(values: NDArray[np.float32]) -> pa.FixedSizeListArray:
    if values.shape[1] == 0:
        return pa.array([[]] * len(values), pa.list_(pa.float32(), 0))
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
        except (ValueError, OSError, KeyError, TypeError, pa.ArrowException):
            path.unlink()  # a damaged cache entry is worth less than the minute that it saves
    table = compute()
    write_predictions(table, path)
    return table
