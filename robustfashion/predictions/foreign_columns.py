"""Another team's predictions in columns: CSV and Parquet."""

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from functools import reduce
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from robustfashion.delimited import DELIMITERS, Delimited, read_delimited, without_empty_end
from robustfashion.errors import InputError
from robustfashion.predictions.foreign_content import LAYOUTS, TEXT_FIELDS, ForeignContent, check_spelling, listed

_LOGIT, _PROBABILITY, _FEATURE = "logit:", "probability:", "feature:"


def from_parquet(path: Path) -> ForeignContent:
    """Columns of a Parquet file.

    Raises:
        InputError: a column missing, misspelt, twice there, or with a cell that is no number.
    """
    with pq.ParquetFile(path) as file:
        return _content(file.read(), path)


def from_csv(path: Path) -> ForeignContent:
    r"""Columns of a CSV file in UTF-8 or UTF-16, divided by comma, semicolon or tab, quoted by ``"``, with decimal points.

    Empty columns at the end and rows without any value, as spreadsheets leave them, are none. Only an empty cell is empty:
    ``NA``, ``null`` and ``None`` are names like all others, and 007 keeps its zeros.

    Raises:
        InputError: as :func:`from_parquet`.
    """
    table = read_delimited(path.read_bytes(), str(path))
    delimiter, names = _header(table, path)
    # Everything is read as text: types that are guessed from the first block turn ids into numbers, and fail on later blocks.
    convert = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    parse = pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)

    def parsed(text: str) -> pa.Table:
        """The text by the options above."""
        return pa_csv.read_csv(pa.BufferReader(text.encode()), parse_options=parse, convert_options=convert)

    if names and not names[-1].strip():
        return _content(_without_empty_rows(parsed(_trimmed(table.text, delimiter, path))), path)
    try:
        found = parsed(table.text)
    except pa.ArrowInvalid:  # rows of several lengths: rewritten one by one, which is slow
        found = parsed(_trimmed(table.text, delimiter, path))
    return _content(_without_empty_rows(found), path)


def _trimmed(text: str, delimiter: str, path: Path) -> str:
    """The table without empty fields at the ends of its rows, as far as the header goes, and without empty rows."""
    trimmed = io.StringIO(newline="")
    writer = csv.writer(trimmed, delimiter=delimiter, lineterminator="\n")
    width = 0
    try:
        for fields in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            kept = without_empty_end(fields, width)
            width = width or len(kept)
            if any(field.strip() for field in kept):
                writer.writerow(kept)
    except csv.Error as error:
        raise InputError(f"{path}: not a readable CSV file ({error}); a quoted value may not be closed") from error
    return trimmed.getvalue()


def _without_empty_rows(table: pa.Table) -> pa.Table:
    if any(not column.null_count for column in table.columns):
        return table
    return table.filter(reduce(pc.or_, map(pc.is_valid, table.columns)))


def _header(table: Delimited, path: Path) -> tuple[str, list[str]]:
    """The delimiter (of a ``sep=`` line, or under which the first line names most scores), and the columns' names under it."""
    delimiters = (table.delimiter,) if table.skipped else DELIMITERS
    try:
        found = [(mark, next(csv.reader(io.StringIO(table.text, newline=""), delimiter=mark), [])) for mark in delimiters]
    except csv.Error as error:
        raise InputError(f"{path}: its first line is no header of a CSV file ({error}); {LAYOUTS}") from error
    return max(found, key=lambda item: sum(name.startswith((_LOGIT, _PROBABILITY)) for name in item[1]))


def _kind(names: Sequence[str]) -> str | None:
    return next((prefix for prefix in (_LOGIT, _PROBABILITY) if any(name.startswith(prefix) for name in names)), None)


def _content(table: pa.Table, path: Path) -> ForeignContent:
    names = table.schema.names
    twice = [name for name in names if names.count(name) > 1] if len(set(names)) < len(names) else []
    if twice:
        raise InputError(f"{path}: has the column {twice[0]!r} more than once; keep one")
    kind = _kind(names)
    if kind is None:
        raise InputError(f"{path}: no column 'logit:CLASS' or 'probability:CLASS' (columns: {listed(names)}); {LAYOUTS}")
    check_spelling([name for name in names if ":" not in name], ("id", "label", *TEXT_FIELDS), path)
    scores = [name for name in names if name.startswith(kind)]
    features = _feature_names(names, path)
    return ForeignContent(
        scores=_numbers(table, scores, path),
        probabilities=kind == _PROBABILITY,
        classes=[name.removeprefix(kind) for name in scores],
        ids=_texts(table, "id") if "id" in names else None,
        labels=_texts(table, "label") if "label" in names else None,
        texts={field: _texts(table, name) for name, field in TEXT_FIELDS.items() if name in names},
        features=_numbers(table, features, path) if features else None,
    )


def _feature_names(names: Sequence[str], path: Path) -> list[str]:
    """``feature:0``, ``feature:1``, … in the order of their numbers, wherever they stand."""
    found = {name for name in names if name.startswith(_FEATURE)}
    wanted = [f"{_FEATURE}{j}" for j in range(len(found))]
    other = sorted(found.difference(wanted))
    if other:
        raise InputError(f"{path}: has the column {other[0]!r}; {len(found)} features are feature:0 to feature:{len(found) - 1}")
    return wanted


def _texts(table: pa.Table, name: str) -> list[str | None]:
    found: list[str | None] = table[name].cast(pa.string()).to_pylist()
    return [text or None for text in found]


def _numbers(table: pa.Table, names: Sequence[str], path: Path) -> NDArray[np.float64]:
    """[n, len(names)]."""
    return np.stack([_column(table[name], name, path) for name in names], axis=1)


def _column(column: pa.ChunkedArray, name: str, path: Path) -> NDArray[np.float64]:
    with suppress(pa.ArrowException):
        values = column.cast(pa.float64())
        if not values.null_count:
            return np.asarray(values.to_numpy(), dtype=np.float64)
    row, value = next((row, value) for row, value in enumerate(column.to_pylist()) if not _is_number(value))
    what = "is empty" if value is None else f"is {value!r}, not a number"
    raise InputError(f"{path}: row {row}, column {name!r} {what}; give every picture one, with a decimal point")


def _is_number(value: object) -> bool:
    try:
        pa.scalar(value).cast(pa.float64())
    except (pa.ArrowException, TypeError, ValueError):
        return False
    return value is not None
