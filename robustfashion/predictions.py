"""The narrow waist: what a network said of a data set, as Parquet. Everything scientific starts here, without torch."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from robustfashion.atomic import atomic_path

_FORMAT = b"robustfashion.predictions.1"


@dataclass(frozen=True)
class PredictionTable:
    """One row per image, in the order of the data set."""

    ids: tuple[str, ...]
    labels: NDArray[np.int64]
    """[n]; -1 = unlabelled."""
    logits: NDArray[np.float32]
    """[n, k], in the order of ``classes``."""
    features: NDArray[np.float32]
    """[n, d]: input of the last linear layer."""
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        n = len(self.ids)
        if not (self.labels.shape == (n,) and self.logits.shape == (n, len(self.classes)) and len(self.features) == n):
            raise ValueError(
                f"{n} ids, labels {self.labels.shape}, logits {self.logits.shape}, features {self.features.shape}, "
                f"{len(self.classes)} classes: they do not belong together"
            )
        if not np.isfinite(self.logits).all():
            raise ValueError("logits hold NaN or infinity: the network diverged; train it again with a smaller learning rate")

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """Softmax of the logits, [n, k] in 0..1."""
        shifted = self.logits.astype(np.float64) - self.logits.max(axis=1, keepdims=True)
        exponential: NDArray[np.float64] = np.exp(shifted)
        return np.asarray(exponential / exponential.sum(axis=1, keepdims=True))

    @property
    def predicted(self) -> NDArray[np.int64]:
        """Class numbers [n]; the lower number wins a tie."""
        return np.asarray(self.logits.argmax(axis=1), dtype=np.int64)

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Whether the prediction is the label, [n]."""
        return np.asarray(self.predicted == self.labels)

    def write(self, path: Path) -> None:
        """Write Parquet, whole or not at all."""
        table = pa.table(
            {
                "id": pa.array(self.ids, pa.string()),
                "label": pa.array(self.labels, pa.int64()),
                "logits": _matrix(self.logits),
                "features": _matrix(self.features),
            }
        )
        metadata = {b"format": _FORMAT, b"classes": "\n".join(c.replace("\n", " ") for c in self.classes).encode()}
        with atomic_path(path) as temporary:
            pq.write_table(table.replace_schema_metadata(metadata), temporary)


def _matrix(values: NDArray[np.float32]) -> pa.FixedSizeListArray:
    flat = pa.array(np.ascontiguousarray(values, dtype=np.float32).reshape(-1))
    return pa.FixedSizeListArray.from_arrays(flat, values.shape[1])


def _array(column: pa.ChunkedArray) -> NDArray[np.float32]:
    whole = column.combine_chunks()
    width = column.type.list_size
    return np.asarray(whole.flatten().to_numpy(zero_copy_only=False), dtype=np.float32).reshape(-1, width)


def read_predictions(path: Path) -> PredictionTable:
    """Read what :meth:`PredictionTable.write` wrote.

    Raises:
        ValueError: another kind of Parquet file.
    """
    table = pq.read_table(path)
    metadata = table.schema.metadata or {}
    if metadata.get(b"format") != _FORMAT:
        raise ValueError(f"{path}: not a prediction table")
    return PredictionTable(
        ids=tuple(table["id"].to_pylist()),
        labels=table["label"].to_numpy().astype(np.int64),
        logits=_array(table["logits"]),
        features=_array(table["features"]),
        classes=tuple(metadata[b"classes"].decode().split("\n")),
    )


def cached_predictions(path: Path, compute: Callable[[], PredictionTable]) -> PredictionTable:
    """The table at ``path``, computed and written there when it is absent or unreadable.

    ``path`` must be named by a content hash of everything that the table depends on (checkpoint, pixels, labels).
    """
    if path.is_file():
        try:
            return read_predictions(path)
        except (ValueError, OSError, KeyError, pa.ArrowException):
            path.unlink()  # a damaged cache entry is worth less than the minute that it saves
    table = compute()
    table.write(path)
    return table
