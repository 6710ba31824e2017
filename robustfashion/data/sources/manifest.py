"""A CSV or Parquet table that names images: local paths relative to it, absolute paths, or any fsspec URL."""

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from robustfashion.data.catalogue import Catalogue, catalogue_from_rows
from robustfashion.data.layout import same_but_for_case, split_conflicts, split_folders
from robustfashion.data.sources.manifest_columns import FREE, VOCABULARY, Columns, recognise
from robustfashion.data.sources.manifest_paths import Places
from robustfashion.delimited import read_delimited, without_empty_end
from robustfashion.errors import InputError, printable
from robustfashion.pictures.files import read_bytes

MANIFEST_SUFFIXES = (".csv", ".tsv", ".txt", ".parquet")

_Values = dict[str, str | None]


@dataclass(frozen=True)
class _Given:
    """One row of the file: where it stands in it, its fields in the order of the columns, and what is wrong with its form."""

    where: str
    fields: list[str | None]
    reason: str | None = None


@dataclass(frozen=True)
class _Row:
    """One row of the catalogue."""

    where: str
    values: _Values
    reason: str | None
    contradicts: tuple[str, ...] = ()
    """Columns in which an earlier row says something else of the same image."""


def open_manifest(location: str, root: str) -> tuple[Catalogue, str]:
    """Catalogue of a CSV (comma, semicolon or tab), TSV or Parquet file, and a note on what was left out.

    Text is UTF-8 or UTF-16 and may begin with a ``sep=`` line (:mod:`robustfashion.delimited`). Columns: ``path`` or ``url``;
    optionally ``label`` (an empty label is an image without one), ``id`` (default: the path), ``group`` (the product; default:
    the id), ``split``, ``product_type``, the attributes of the taxonomy, ``source``, ``licence``, ``outlier_kind``, in any case
    or by another usual name (:mod:`~robustfashion.data.sources.manifest_columns`). Others are left out and named in the note.
    Paths may be written as on other systems (:mod:`~robustfashion.data.sources.manifest_paths`). A row that cannot be used (wrong
    number of fields, no path, a value outside its vocabulary, an image named before) becomes a refused row that names its line;
    rows without any value are no rows.

    Args:
        location: path or URL of the file.
        root: folder or URL that relative paths start at.

    Raises:
        InputError: unreadable, no header, no or several columns for the path, an id given twice.
    """
    data = read_bytes(location)
    header, rows = _parquet(data, location) if location.lower().endswith(".parquet") else _csv(data, location)
    columns = recognise(header, location)
    places = Places(root)
    made = list(_catalogue_rows(columns, list(rows), places))
    _check_ids(made, location)
    places.check_folder([str(row.values["path"]) for row in made if row.reason is None], location)
    catalogue = catalogue_from_rows([row.values | {"reason": row.reason} for row in made], root)
    usable = catalogue.usable()
    return catalogue, " ".join(filter(None, [columns.note, _splits_note(usable), *_label_notes(usable), *_contradictions(made)]))


_NO_LABEL = frozenset(
    ("na", "n/a", "#n/a", "<na>", "nan", "-nan", "null", "(null)", "none", "nil", "nat", "#null!", "#ref!", "#value!")
)
"""How spreadsheets and programs write an empty cell or a failed formula; without case."""


def _label_notes(usable: Catalogue) -> Iterator[str]:
    """Labels that may be none, or one class in two spellings."""
    counts = Counter(label for label in usable.column("label") if label is not None)
    odd = [f"{label!r} ({counts[label]})" for label in sorted(counts) if label.casefold() in _NO_LABEL]
    if odd:
        told = printable(", ".join(odd))
        yield f"Labels that usually mean none are classes here: {told}; empty cells are images without a label."
    yield same_but_for_case(counts)


def _splits_note(usable: Catalogue) -> str:
    """A test folder whose pictures the table does not put into the test set is told: they may be trained on."""
    told = split_conflicts([str(path) for path in usable.column("path")], usable.column("split"))
    return f"{told} A column 'split' decides; folders do not." if told else ""


_MEANT = {
    "split": "a leak, as the same picture would be trained on and tested on",
    "label": "a contradiction",
    "product_type": "a contradiction",
}
"""What it means that two rows name the same image with two values of a column."""


def _contradictions(rows: list[_Row]) -> Iterator[str]:
    """Images that are named twice with different splits or labels, in words."""
    for name, what in _MEANT.items():
        found = [row for row in rows if name in row.contradicts]
        if found:
            yield (
                f"{len(found)} rows name an image again with another {name} ({what}): the first row of an image counts, the "
                f"others are refused; {printable(str(found[0].values['path']))}, {printable(str(found[0].reason))}."
            )


def _csv(data: bytes, location: str) -> tuple[list[str], Iterator[_Given]]:
    table = read_delimited(data, location)
    reader = csv.reader(io.StringIO(table.text, newline=""), delimiter=table.delimiter, strict=True)
    header = next(filter(None, map(without_empty_end, _lines(reader, location))), None)
    if header is None:
        raise InputError(f"{location}: the file is empty; expected a header with path and label")
    return header, _csv_rows(reader, header, location, table.skipped)


def _lines(reader: Any, location: str) -> Iterator[list[str]]:  # noqa: ANN401 - csv's reader has no public type
    try:
        yield from reader
    except csv.Error as error:
        raise InputError(f"{location}: line {reader.line_num}: {error}; a quoted value may not be closed") from error


def _csv_rows(reader: Any, header: list[str], location: str, skipped: int) -> Iterator[_Given]:  # noqa: ANN401 - see _lines
    for given in _lines(reader, location):
        where = f"line {reader.line_num + skipped}"
        fields = without_empty_end(given, len(header))
        if not any(field.strip() for field in fields):
            continue
        if len(fields) != len(header):
            reason = f"{len(fields)} fields where the header has {len(header)}; quote values that contain the delimiter"
            yield _Given(where, [None] * len(header), reason)
        else:
            yield _Given(where, list(fields))


def _parquet(data: bytes, location: str) -> tuple[list[str], Iterator[_Given]]:
    try:
        table = pq.read_table(pa.BufferReader(data))
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{location}: not a readable Parquet file ({error})") from error
    return list(table.schema.names), _parquet_rows(table)


def _parquet_rows(table: Any) -> Iterator[_Given]:  # noqa: ANN401 - pyarrow publishes no types
    number = 0
    for batch in table.to_batches(10_000):
        columns = [column.to_pylist() for column in batch.columns]
        for values in zip(*columns, strict=True):
            number += 1
            yield _Given(f"row {number}", [None if value is None or value != value else str(value) for value in values])


def _catalogue_rows(columns: Columns, rows: Sequence[_Given], places: Places) -> Iterator[_Row]:
    """Rows of the catalogue; what is refused keeps an id of its own."""
    first: dict[str, tuple[str, _Values]] = {}
    splits = _splits(columns, rows)
    known = [name for name in columns.names if name in (*FREE, *VOCABULARY)]
    for row in rows:
        given = dict(zip(columns.names, row.fields, strict=True))
        path, reason = _place(given[columns.place], places)
        values: _Values = {name: (given[name] or "").strip() or None for name in known}
        _normalise(values, splits)
        reason = row.reason or (f"{columns.place} is empty" if path is None else reason or _defect(values))
        image = None if path is None else places.image(path)
        contradicts: tuple[str, ...] = ()
        if reason is None and "id" not in values and image in first:
            where, before = first[image]
            contradicts = tuple(
                name for name in _MEANT if None not in (pair := (values.get(name), before.get(name))) and pair[0] != pair[1]
            )
            reason = f"names the same image as {where}{_differences(values, before, contradicts)}"
        if image is not None and image not in first:
            first[image] = (row.where, dict(values))
        if reason is not None:
            values |= {"id": f"{path or 'unnamed'} ({row.where})", **dict.fromkeys(VOCABULARY)}
            reason = f"{row.where}: {reason}"
        identity = values.get("id") or path
        values |= {"id": identity, "path": path or "", "group": values.get("group") or identity}
        yield _Row(row.where, values | {"source": values.get("source") or "manifest"}, reason, contradicts)


def _differences(values: _Values, before: _Values, names: Iterable[str]) -> str:
    told = [f"{name} {values[name]} here, {before[name]} there" for name in names]
    return f" ({'; '.join(told)})" if told else ""


def _place(given: str | None, places: Places) -> tuple[str | None, str | None]:
    """Where the image lies, and why it cannot be looked for there."""
    if given is None or not given.strip():
        return None, None
    try:
        return places.find(given), None
    except InputError as error:
        return given.strip(), error.why


def _splits(columns: Columns, rows: Sequence[_Given]) -> dict[str, str]:
    """What the values of the column ``split`` stand for: an evaluation set is told by the values beside it."""
    if "split" not in columns.names:
        return {}
    at = columns.names.index("split")
    return split_folders(list({(row.fields[at] or "").strip() for row in rows}))


def _normalise(values: _Values, splits: dict[str, str]) -> None:
    """Labels in one Unicode form, as those of folders are; splits by their usual names."""
    label, split = values.get("label"), values.get("split")
    if label is not None:
        values["label"] = unicodedata.normalize("NFC", label)
    if split is not None:
        values["split"] = splits.get(split, split)


def _defect(values: _Values) -> str | None:
    if "id" in values and values["id"] is None:
        return "id is empty"
    for name, vocabulary in VOCABULARY.items():
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
