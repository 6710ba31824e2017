"""What every picture was drawn from: true labels, ambiguous and wrong ones, and all nuisances, one row per picture.

The table stands beside the catalogue and answers what the catalogue cannot: which labels are wrong on purpose, and whether a
factor explains an error.
"""

from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from robustfashion import taxonomy
from robustfashion.atomic import atomic_path
from robustfashion.data.synthetic.parameters import Value, parameters
from robustfashion.data.synthetic.spec import ProductSpec

FACTORS_FILE = "factors.parquet"
_BATCH = 2048


def factor_row(spec: ProductSpec) -> dict[str, Value | None]:
    """Factors of one picture.

    ``<attribute>`` is the true label, ``<attribute>.toward`` the label that an ambiguous cue leans to and ``<attribute>.amount``
    how far (1 = the border), ``<attribute>.wrong`` the label that the catalogue has instead. ``texture`` is the label that the
    cloth follows from, null where it follows from none (``texture_coupling``).
    """
    row: dict[str, Value | None] = {
        "id": spec.image_id, "group": spec.group, "label": spec.label, "product_type": spec.product_type,
        "outlier_kind": spec.outlier, "split": spec.split, "texture": spec.texture, "palette": spec.palette,
        "height": float(spec.size[0]), "width": float(spec.size[1]),
    }  # fmt: skip
    for name in taxonomy.attributes():
        doubt = spec.doubts.get(name)
        row |= {name: spec.labels.get(name), f"{name}.wrong": spec.wrong.get(name)}
        row |= {f"{name}.toward": doubt.toward if doubt else None, f"{name}.amount": doubt.amount if doubt else 0.0}
    return (
        row
        | {"scale": spec.fabric["scale"]}
        | {name: spec.fabric[name] for name in parameters("fabric").rules}
        | dict(spec.scene)
    )


class FactorWriter:
    """Writes the table in batches, whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._place = atomic_path(path)
        self._rows: list[dict[str, Value | None]] = []
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> "FactorWriter":
        self._temporary = self._place.__enter__()
        return self

    def add(self, spec: ProductSpec) -> None:
        """One more row."""
        self._rows.append(factor_row(spec))
        if len(self._rows) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        if not self._rows:
            return
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._temporary, _schema(self._rows[0]))
        self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._writer.schema))
        self._rows = []

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool | None:
        try:
            if error is None:
                self._flush()
        finally:
            if self._writer is not None:
                self._writer.close()
        return self._place.__exit__(kind, error, trace)


def _schema(row: dict[str, Value | None]) -> pa.Schema:
    return pa.schema([pa.field(name, pa.float64() if isinstance(value, float) else pa.string()) for name, value in row.items()])
