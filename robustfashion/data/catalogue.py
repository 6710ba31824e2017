"""The catalogue: one row per image file, usable or refused, as one Parquet table.

Every source (folder, manifest, synthetic, public set) becomes a :class:`Catalogue`; everything behind it sees only this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from robustfashion import taxonomy
from robustfashion.atomic import atomic_path
from robustfashion.errors import InputError
from robustfashion.provenance import content_digest

SPLITS = ("train", "validation", "test")

_TEXT = pa.string()
SCHEMA = pa.schema(
    [
        pa.field("id", _TEXT, nullable=False),  # unique; stable across runs (relative path, SKU)
        pa.field("path", _TEXT, nullable=False),  # relative to the catalogue's root, absolute, or an fsspec URL
        pa.field("label", _TEXT),  # the source's own class, e.g. the folder name; null = unlabelled
        pa.field("product_type", _TEXT),  # one of taxonomy.PRODUCT_TYPES; null = none of them or unknown
        *[pa.field(name, _TEXT) for name in taxonomy.attributes()],  # attribute labels; null = not applicable or unknown
        pa.field("group", _TEXT, nullable=False),  # product identity: never split over two splits
        pa.field("split", _TEXT),  # one of SPLITS; null = to be assigned
        pa.field("source", _TEXT),
        pa.field("licence", _TEXT),
        pa.field("outlier_kind", _TEXT),  # null = an ordinary product of its label
        pa.field("sha256", _TEXT),  # of the file's bytes, filled in by data.scan
        pa.field("reason", _TEXT),  # why the row is refused; null = usable
    ]
)


@dataclass(frozen=True)
class Task:
    """What a classifier decides: ``column`` of the catalogue, ``classes`` in class order.

    A ``positive`` task maps one value to class 1 and every other value to class 0 (``other``).
    """

    column: str
    classes: tuple[str, ...]
    positive: str | None = None


@dataclass(frozen=True)
class Catalogue:
    """Rows of :data:`SCHEMA`; relative paths start at ``root`` (a folder or an fsspec URL)."""

    table: pa.Table
    root: str

    def __post_init__(self) -> None:
        if self.table.schema.names != SCHEMA.names:
            raise InputError(f"{self.root}: catalogue columns are {self.table.schema.names}; expected {SCHEMA.names}")

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def column(self, name: str) -> list[str | None]:
        """Values of one column as Python strings; None for null."""
        values: list[str | None] = self.table.column(name).to_pylist()
        return values

    def take(self, rows: Sequence[int] | np.ndarray) -> "Catalogue":
        """The given rows, in the given order."""
        return Catalogue(self.table.take(pa.array(np.asarray(rows, dtype=np.int64))), self.root)

    def usable(self) -> "Catalogue":
        """Rows without a reason to refuse them."""
        return Catalogue(self.table.filter(pc.is_null(self.table["reason"])), self.root)

    def refused(self) -> list[tuple[str, str]]:
        """``(id, reason)`` of the refused rows, in order."""
        rows = self.table.filter(pc.is_valid(self.table["reason"]))
        return list(zip(rows["id"].to_pylist(), rows["reason"].to_pylist(), strict=True))

    def in_split(self, split: str) -> "Catalogue":
        """Rows of one split."""
        return Catalogue(self.table.filter(pc.fill_null(pc.equal(self.table["split"], split), False)), self.root)

    def ordinary(self) -> "Catalogue":
        """Rows that are no outliers."""
        return Catalogue(self.table.filter(pc.is_null(self.table["outlier_kind"])), self.root)

    def outliers(self) -> "Catalogue":
        """Rows that are outliers."""
        return Catalogue(self.table.filter(pc.is_valid(self.table["outlier_kind"])), self.root)

    def replace(self, **columns: Sequence[str | None]) -> "Catalogue":
        """A copy with whole columns replaced."""
        table = self.table
        for name, values in columns.items():
            index = SCHEMA.get_field_index(name)
            table = table.set_column(index, SCHEMA.field(name), pa.array(list(values), type=_TEXT))
        return Catalogue(table, self.root)

    def targets(self, task: Task) -> np.ndarray:
        """Class numbers int64 [n]; -1 where the value is null or not a class of the task.

        A picture with a label but no product type is of none of the five, so ``other`` to a task that tells one of them apart.
        """
        values = self.column(task.column)
        if task.positive is not None and task.column == "product_type":
            labels = self.column("label")
            values = ["" if value is None and label is not None else value for value, label in zip(values, labels, strict=True)]
        if task.positive is not None:
            return np.array([-1 if v is None else int(v == task.positive) for v in values], dtype=np.int64)
        number = {name: k for k, name in enumerate(task.classes)}
        return np.array([-1 if v is None else number.get(v, -1) for v in values], dtype=np.int64)

    def fingerprint(self) -> str:
        """Content hash: identities, labels, splits and, where scanned, the bytes of every image; not where they lie."""
        kept = self.table.drop_columns(["path", "source", "licence"])
        return content_digest(*[[name, *kept[name].to_pylist()] for name in kept.column_names])

    def write(self, path: Path) -> None:
        """Write Parquet, whole or not at all; ``path`` should lie in ``root`` so that relative paths hold."""
        with atomic_path(path) as temporary:
            pq.write_table(self.table, temporary)


def catalogue_from_rows(rows: Sequence[dict[str, str | None]], root: str) -> Catalogue:
    """Build a catalogue from dicts; absent columns become null.

    Raises:
        InputError: no rows, a row without id, path or group, an id given twice, an unknown column.
    """
    if not rows:
        raise InputError(f"{root}: no images found; expected image files in one folder per class, or a manifest naming them")
    unknown = set().union(*rows) - set(SCHEMA.names)
    if unknown:
        raise InputError(f"{root}: unknown catalogue columns {sorted(unknown)}; known are {SCHEMA.names}")
    arrays = []
    for schema_field in SCHEMA:
        values = [row.get(schema_field.name) for row in rows]
        if not schema_field.nullable and None in values:
            raise InputError(f"{root}: row {values.index(None)} has no {schema_field.name!r}; every image needs one")
        arrays.append(pa.array(values, type=schema_field.type))
    table = pa.Table.from_arrays(arrays, schema=SCHEMA)
    counts = pc.value_counts(table["id"])
    twice = [c["values"].as_py() for c in counts if c["counts"].as_py() > 1]
    if twice:
        raise InputError(f"{root}: id {twice[0]!r} is given more than once ({len(twice)} such ids); make ids unique")
    return Catalogue(table, root)


def read_catalogue(path: Path) -> Catalogue:
    """Read a catalogue written by :meth:`Catalogue.write`; its folder is the root.

    Raises:
        InputError: not a Parquet file, or not a catalogue.
    """
    try:
        table = pq.read_table(path)
        if table.schema.names == SCHEMA.names:
            table = table.cast(SCHEMA)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: not a readable Parquet catalogue ({error})") from error
    return Catalogue(table, str(path.parent))


def make_task(catalogue: Catalogue, positive: str | None = None, column: str = "label") -> Task:
    """Task over a column: ``positive`` against the rest, or all its values as classes.

    Classes of a column of the taxonomy are in the taxonomy's order (those of them that occur), others are sorted.

    Raises:
        InputError: ``positive`` never occurs, or fewer than two classes occur.
    """
    values = sorted({v for v in catalogue.usable().column(column) if v is not None})
    if positive is not None and positive not in values:
        raise InputError(f"{catalogue.root}: no image has {column} {positive!r}; use one of {', '.join(values[:20]) or '(none)'}")
    if not values:
        raise InputError(
            f"{catalogue.root}: no image has a value in column {column!r}; put the images into one sub-folder per class, or "
            "give a manifest with labels. Without labels, a network can only be evaluated (--checkpoint)"
        )
    if len(values) < 2:
        raise InputError(
            f"{catalogue.root}: only one class ({', '.join(values)}) in column {column!r}; a classifier needs at least two"
        )
    if positive is not None:
        return Task(column, ("other", positive), positive)
    known = taxonomy.vocabulary(column)
    return Task(column, tuple(values) if known is None else tuple(name for name in known if name in values))
