"""The catalogue: one row per image file, usable or refused, as one Parquet table.

Every source (folder, manifest, synthetic, public set) becomes a :class:`Catalogue`; everything behind it sees only this.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from robustfashion import taxonomy
from robustfashion.atomic import atomic_path
from robustfashion.data.json_column import json_column
from robustfashion.data.layout import advice
from robustfashion.errors import InputError
from robustfashion.provenance import content_digest

SPLITS = ("train", "validation", "test")

FORMAT = 1
"""Number of the file's format. It rises when a reader of an earlier number would misunderstand the file; a new column is no such
case: see :mod:`~robustfashion.data.catalogue_file`."""
FORMAT_KEY = b"robustfashion.catalogue"
"""Where the number stands in the metadata of the Parquet schema."""

_ROW_GROUP = 131_072
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

    def joined(self, *others: "Catalogue") -> "Catalogue":
        """Its rows, then those of others of the same root."""
        return Catalogue(pa.concat_tables([self.table, *(other.table for other in others)]), self.root)

    def usable(self) -> "Catalogue":
        """Rows without a reason to refuse them."""
        return self._where(pc.is_null(self.table["reason"]))

    def ordinary(self) -> "Catalogue":
        """In-distribution rows: products of their label, on which networks are trained and validated."""
        return self._where(pc.is_null(self.table["outlier_kind"]))

    def outliers(self) -> "Catalogue":
        """Rows with an ``outlier_kind``: drawn as outliers, mis-filed, or marked (:mod:`robustfashion.data.outliers`)."""
        return self._where(pc.is_valid(self.table["outlier_kind"]))

    def _where(self, kept: pa.ChunkedArray) -> "Catalogue":
        """Rows of which the mask (without nulls) is true."""
        return self if pc.all(kept, min_count=0).as_py() else Catalogue(self.table.filter(kept), self.root)

    def refused(self) -> list[tuple[str, str]]:
        """``(id, reason)`` of the refused rows, in order."""
        rows = self.table.filter(pc.is_valid(self.table["reason"]))
        return list(zip(rows["id"].to_pylist(), rows["reason"].to_pylist(), strict=True))

    def in_split(self, split: str) -> "Catalogue":
        """Rows of one split."""
        return self._where(pc.fill_null(pc.equal(self.table["split"], split), False))

    def batches(self, rows: int = 65_536) -> Iterator["Catalogue"]:
        """The catalogue in parts of at most ``rows`` rows, in order, without a copy."""
        for start in range(0, len(self), rows):
            yield Catalogue(self.table.slice(start, rows), self.root)

    def replace(self, **columns: "Sequence[str | None] | pa.Array | pa.ChunkedArray") -> "Catalogue":
        """A copy with whole columns replaced, given as Python strings or as Arrow arrays of text."""
        table = self.table
        for name, values in columns.items():
            index = SCHEMA.get_field_index(name)
            given = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(list(values), type=_TEXT)
            table = table.set_column(index, SCHEMA.field(name), given)
        return Catalogue(table, self.root)

    def truth(self, column: str, positive: str | None = None) -> pa.ChunkedArray:
        """What a task goes by, as text with nulls: the column.

        Where one product type is told from the rest, a picture whose product type nobody has written down is of the type that
        it is filed under; filed under anything else, or an outlier, it is of none of the five (empty text).
        """
        if positive is None or column != "product_type":
            return self.table[column]
        label, nothing = self.table["label"], pa.scalar("", _TEXT)
        ordinary = pc.is_null(self.table["outlier_kind"])
        filed = pc.if_else(pc.and_(ordinary, pc.is_in(label, pa.array(taxonomy.PRODUCT_TYPES, _TEXT))), label, nothing)
        return pc.coalesce(self.table[column], pc.if_else(pc.is_valid(label), filed, pa.scalar(None, _TEXT)))

    def targets(self, task: Task) -> np.ndarray:
        """Class numbers int64 [n]; -1 where the value is null or not a class of the task."""
        values = self.truth(task.column, task.positive)
        if task.positive is not None:
            numbers = pc.equal(values, task.positive).cast(pa.int64())
        else:
            numbers = pc.index_in(values, value_set=pa.array(task.classes, _TEXT), skip_nulls=True).cast(pa.int64())
        return np.array(pc.fill_null(numbers, -1).to_numpy(), dtype=np.int64)  # a copy: Arrow's own memory is read-only

    def fingerprint(self) -> str:
        """Content hash: identities, labels, splits and, where scanned, the bytes of every image; not where they lie."""
        kept = self.table.drop_columns(["path", "source", "licence"])
        return content_digest(*[json_column(kept[name], name) for name in kept.column_names])

    def write(self, path: Path) -> None:
        """Write Parquet, whole or not at all; ``path`` should lie in ``root`` so that relative paths hold.

        :func:`~robustfashion.data.catalogue_file.read_catalogue` reads it.
        """
        with atomic_path(path) as temporary:
            pq.write_table(self.table.replace_schema_metadata({FORMAT_KEY: str(FORMAT)}), temporary, row_group_size=_ROW_GROUP)


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
    twice = counts.field("values").filter(pc.greater(counts.field("counts"), 1)).to_pylist()
    if twice:
        raise InputError(f"{root}: id {twice[0]!r} is given more than once ({len(twice)} such ids); make ids unique")
    return Catalogue(table, root)


def make_task(catalogue: Catalogue, positive: str | None = None, column: str = "label") -> Task:
    """Task over a column: ``positive`` against the rest, or all its values as classes; outliers bring no class of their own.

    Classes of a column of the taxonomy are in the taxonomy's order (those of them that occur), others are sorted.

    Raises:
        InputError: ``positive`` never occurs, or fewer than two classes occur.
    """
    kept = pc.and_(pc.is_null(catalogue.table["reason"]), pc.is_null(catalogue.table["outlier_kind"]))
    values = sorted(pc.unique(catalogue.truth(column, positive).filter(kept)).drop_null().to_pylist())
    if positive is not None and positive not in values:
        raise InputError(f"{catalogue.root}: no image has {column} {positive!r}; use one of {', '.join(values[:20]) or '(none)'}")
    if not values:
        raise InputError(
            f"{catalogue.root}: no image has a value in column {column!r}; put the images into one sub-folder per class, or "
            "give a manifest with labels. Without labels, a network can only be evaluated (--checkpoint)"
        )
    if len(values) < 2:
        hint = advice(catalogue.root, [str(name) for name in catalogue.usable().column("id")]) if column == "label" else ""
        only = f"only one class ({', '.join(values)}) in column {column!r}"
        raise InputError(f"{catalogue.root}: {only}; a classifier needs at least two{hint and f'. {hint}'}")
    if positive is not None:
        return Task(column, ("other", positive), positive)
    known = taxonomy.vocabulary(column)
    return Task(column, tuple(values) if known is None else tuple(name for name in known if name in values))
