"""The catalogue as a file: Parquet with a format number, read whole or by batches.

* Columns that a file lacks are null, so that a catalogue written before an attribute was added to the taxonomy is read. Only the
  columns that cannot be null (id, path, group) have to be there.
* Columns that this version does not know are ignored.
* A file of a newer format is refused; one without a format number was written before there was one, and is read.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from robustfashion import taxonomy
from robustfashion.data.catalogue import FORMAT, FORMAT_KEY, SCHEMA, Catalogue
from robustfashion.errors import InputError

_WITHOUT_NUMBER = {name for name in SCHEMA.names if name not in taxonomy.attributes()}
"""Columns of every catalogue that was written before the format had a number."""


def is_catalogue(path: Path) -> bool:
    """Whether a Parquet file was written as a catalogue, of whatever format, rather than as a manifest."""
    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowException):
        return False
    return FORMAT_KEY in (schema.metadata or {}) or set(schema.names) >= _WITHOUT_NUMBER


def read_catalogue(path: Path) -> Catalogue:
    """Read a catalogue written by :meth:`Catalogue.write`; its folder is the root.

    Raises:
        InputError: not a Parquet file, not a catalogue, or one of a newer format.
    """
    try:
        with pq.ParquetFile(path) as file:
            return _catalogue(file.read(_columns(file.schema_arrow, path)), path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"not a readable Parquet catalogue ({error})", where=str(path)) from error


def iter_batches(path: Path, rows: int = 65_536) -> Iterator[Catalogue]:
    """The catalogue in parts of at most ``rows`` rows, in order; memory holds one part, however long the file.

    Raises:
        InputError: ``rows`` is below 1; else as :func:`read_catalogue`, before the first part or where the file is damaged.
    """
    if rows < 1:
        raise InputError(f"rows is {rows}; it must be at least 1")
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(rows, columns=_columns(file.schema_arrow, path)):
                yield _catalogue(pa.Table.from_batches([batch]), path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"not a readable Parquet catalogue ({error})", where=str(path)) from error


def _columns(schema: pa.Schema, path: Path) -> list[str]:
    """The columns to be read of a file of this schema."""
    _check_format((schema.metadata or {}).get(FORMAT_KEY), path)
    needed = [field.name for field in SCHEMA if not field.nullable]
    lacking = [name for name in needed if name not in schema.names]
    if lacking:
        raise InputError(f"not a catalogue: it has no column {', '.join(lacking)}", where=str(path))
    twice = [name for name in SCHEMA.names if schema.names.count(name) > 1]
    if twice:
        raise InputError(f"column {twice[0]!r} is there more than once; keep one of them", where=str(path))
    return [name for name in SCHEMA.names if name in schema.names]


def _check_format(number: bytes | None, path: Path) -> None:
    if number is None:
        return
    if not number.isdigit():
        raise InputError(f"its format is {number!r}, which is no number; write the catalogue again", where=str(path))
    if int(number) > FORMAT:
        raise InputError(
            f"a catalogue of format {int(number)}, this version of robustfashion reads formats up to {FORMAT}; "
            "use a newer version, or make the catalogue again with this one",
            where=str(path),
        )


def _catalogue(table: pa.Table, path: Path) -> Catalogue:
    nothing = pa.nulls(table.num_rows, pa.string())
    arrays = [table[field.name].cast(field.type) if field.name in table.column_names else nothing for field in SCHEMA]
    for field, array in zip(SCHEMA, arrays, strict=True):
        if not field.nullable and array.null_count:
            raise InputError(f"{array.null_count} rows have no {field.name!r}; every image needs one", where=str(path))
    return Catalogue(pa.Table.from_arrays(arrays, schema=SCHEMA), str(path.parent))
