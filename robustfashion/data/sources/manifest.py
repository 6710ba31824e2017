"""A CSV or Parquet table that names images: local paths relative to it, absolute paths, or any fsspec URL."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from robustfashion import taxonomy
from robustfashion.data.catalogue import SPLITS, Catalogue, catalogue_from_rows
from robustfashion.errors import InputError
from robustfashion.pictures.files import read_bytes

MANIFEST_SUFFIXES = (".csv", ".tsv", ".parquet")

_PLACE = ("path", "url")
_FREE = ("id", "label", "group", "source", "licence", "outlier_kind")
_ALIASES = {"license": "licence"}
_VOCABULARY: dict[str, tuple[str, ...]] = {
    "split": SPLITS,
    "product_type": taxonomy.PRODUCT_TYPES,
    **{name: attribute.labels for name, attribute in taxonomy.attributes().items()},
}
_KNOWN = (*_PLACE, *_FREE, *_VOCABULARY)

_Values = dict[str, str | None]


@dataclass(frozen=True)
class _Row:
    """One row of the file: where it stands in it, its values, and what is wrong with its form."""

    where: str
    values: _Values
    reason: str | None = None


def open_manifest(location: str, root: str) -> tuple[Catalogue, str]:
    """Catalogue of a CSV (comma, semicolon or tab), TSV or Parquet file, and a note on what was left out.

    Columns: ``path`` or ``url``, and ``label`` (an empty label is an image without one); optionally ``id`` (default: the path),
    ``group`` (the product; default: the id), ``split``, ``product_type``, the attributes of the taxonomy, ``source``,
    ``licence``, ``outlier_kind``. Other columns are left out and named in the note. A row that cannot be used (wrong number of
    fields, no path, a value outside its vocabulary, an image named before) becomes a refused row that names its line.

    Args:
        location: path or URL of the file.
        root: folder or URL that relative paths start at.

    Raises:
        InputError: unreadable, no header, a required column missing, an id given twice.
    """
    data = read_bytes(location)
    columns, rows = _parquet(data, location) if location.lower().endswith(".parquet") else _csv(data, location)
    columns = [_ALIASES.get(name, name) for name in columns]
    place = _check_columns(columns, location)
    made = list(_catalogue_rows(columns, place, rows))
    _check_ids(made, location)
    unused = [name for name in columns if name not in _KNOWN]
    note = f"Columns left out: {', '.join(unused)}." if unused else ""
    return catalogue_from_rows([row.values | {"reason": row.reason} for row in made], root), note


def _csv(data: bytes, location: str) -> tuple[list[str], Iterator[_Row]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"{location}: line {line} is not UTF-8 (byte {data[error.start]:#04x}); save the file as UTF-8"
        ) from error
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = [name.strip() for name in next(_lines(reader, location), [])]
    if not header:
        raise InputError(f"{location}: the file is empty; expected a header with path and label")
    return header, _csv_rows(reader, header, location)


def _lines(reader: Any, location: str) -> Iterator[list[str]]:  # noqa: ANN401 - csv's reader has no public type
    try:
        yield from reader
    except csv.Error as error:
        raise InputError(f"{location}: line {reader.line_num}: {error}; a quoted value may not be closed") from error


def _csv_rows(reader: Any, header: list[str], location: str) -> Iterator[_Row]:  # noqa: ANN401 - see _lines
    for fields in _lines(reader, location):
        where = f"line {reader.line_num}"
        if not fields:
            continue
        if len(fields) != len(header):
            reason = f"{len(fields)} fields where the header has {len(header)}; quote values that contain the delimiter"
            yield _Row(where, {}, reason)
        else:
            yield _Row(where, {_ALIASES.get(n, n): v.strip() or None for n, v in zip(header, fields, strict=True)})


def _parquet(data: bytes, location: str) -> tuple[list[str], Iterator[_Row]]:
    try:
        table = pq.read_table(pa.BufferReader(data))
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{location}: not a readable Parquet file ({error})") from error
    return list(table.schema.names), _parquet_rows(table)


def _parquet_rows(table: Any) -> Iterator[_Row]:  # noqa: ANN401 - pyarrow publishes no types
    number = 0
    for batch in table.to_batches(10_000):
        for values in batch.to_pylist():
            number += 1
            kept = {_ALIASES.get(name, name): value for name, value in values.items()}
            yield _Row(f"row {number}", {n: None if v is None else str(v).strip() or None for n, v in kept.items()})


def _check_columns(columns: list[str], location: str) -> str:
    """The column that says where an image lies."""
    given = ", ".join(columns)
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise InputError(f"{location}: column {twice[0]!r} occurs twice (columns: {given})")
    places = [name for name in _PLACE if name in columns]
    if len(places) != 1:
        what = "both 'path' and 'url'; keep one" if places else "no column 'path' (or 'url')"
        raise InputError(f"{location}: {what} (columns: {given})")
    if "label" not in columns:
        raise InputError(f"{location}: no column 'label' (columns: {given}); leave its cells empty for images without one")
    return places[0]


def _catalogue_rows(columns: list[str], place: str, rows: Iterator[_Row]) -> Iterator[_Row]:
    """Rows of the catalogue; what is refused keeps an id of its own."""
    first: dict[str, str] = {}
    known = [name for name in columns if name in (*_FREE, *_VOCABULARY)]
    for row in rows:
        path = row.values.get(place)
        reason = row.reason or _defect(row.values, place)
        if reason is None and "id" not in columns and path in first:
            reason = f"names the same image as {first[path]}"
        if path is not None and path not in first:
            first[path] = row.where
        values: _Values = {name: row.values.get(name) for name in known}
        if reason is not None:
            values |= {"id": f"{path or 'unnamed'} ({row.where})", **dict.fromkeys(_VOCABULARY)}
            reason = f"{row.where}: {reason}"
        identity = values.get("id") or path
        values |= {"id": identity, "path": path or "", "group": values.get("group") or identity}
        yield _Row(row.where, values | {"source": values.get("source") or "manifest"}, reason)


def _defect(values: _Values, place: str) -> str | None:
    if values.get(place) is None:
        return f"{place} is empty"
    if "id" in values and values["id"] is None:
        return "id is empty"
    for name, vocabulary in _VOCABULARY.items():
        value = values.get(name)
        if value is not None and value not in vocabulary:
            return f"{name} is {value!r}; use one of {', '.join(vocabulary)}"
    return None


def _check_ids(rows: list[_Row], location: str) -> None:
    first: dict[str | None, str] = {}
    for row in rows:
        identity = row.values["id"]
        if identity in first:
            raise InputError(
                f"{location}: id {identity!r} stands on {first[identity]} and {row.where}; ids are one per image: "
                "name the product in a column 'group', and rename or drop the column 'id'"
            )
        first[identity] = row.where
