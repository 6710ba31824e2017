"""Tables of public sets, read by pyarrow: CSV, JSON lines, and one large JSON object; damaged rows are told, never skipped."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.json as pa_json

from robustfashion.delimited import decode_text
from robustfashion.errors import InputError
from robustfashion.pictures.folders import find_files
from robustfashion.progress import Progress, silent

BadLines = list[tuple[int, str]]
"""``(line number from 1, why)``."""

_BLOCK = 48 << 20
_MOST = (1 << 31) - 1


def find_file(root: Path, name: str, expected: str) -> Path:
    """The one file ``name`` below ``root``; sets are often unpacked one folder deeper than meant.

    Raises:
        InputError: there is none; the message says what the set's folder should hold.
    """
    if (root / name).is_file():
        return root / name
    found = find_files(root, name)
    if not found:
        raise InputError(f"{root}: no file {name}; expected {expected}")
    return min(found, key=lambda path: (len(path.parts), path))


def read_csv(path: Path, needed: Sequence[str], names: Sequence[str] | None = None) -> tuple[pa.Table, BadLines]:
    """A quoted CSV (:func:`read_text`) with all columns as text, and its lines with a wrong number of fields.

    Args:
        path: the file.
        needed: columns that must be there.
        names: column names where the file has no header.

    Raises:
        InputError: unreadable, or a needed column is absent.
    """
    bad: BadLines = []

    def keep(row: Any) -> str:  # noqa: ANN401 - pyarrow publishes no types
        """Remember a malformed row and skip it."""
        bad.append((row.number, f"{row.actual_columns} fields where {row.expected_columns} belong"))
        return "skip"

    text = read_text(path)
    header = list(names) if names is not None else _header(text, path)
    missing = [name for name in needed if name not in header]
    if missing:
        raise InputError(f"{path}: no column {missing[0]!r}; its columns are {', '.join(header)}")
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(text.encode()),
            read_options=pa_csv.ReadOptions(column_names=header, skip_rows=0 if names is not None else 1, use_threads=False),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=keep),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )
    except pa.ArrowException as error:
        raise InputError(f"{path}: not a readable CSV file ({error})") from error
    return table, bad


def _header(text: str, path: Path) -> list[str]:
    line = io.StringIO(text, newline=None).readline()
    if not line:
        raise InputError(f"{path}: the file is empty; expected a header")
    return [name.strip() for name in next(csv.reader([line]), [])]


def read_text(path: Path) -> str:
    """A text file (gzip by its suffix) in UTF-8 or UTF-16 (:func:`~robustfashion.delimited.decode_text`).

    Raises:
        InputError: unreadable or of another encoding.
    """
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: cannot be read ({error}); fetch it again") from error
    return decode_text(data, str(path))


def raw_lines(path: Path) -> Iterator[str]:
    """Lines of a :func:`read_text` without their ends."""
    for line in io.StringIO(read_text(path), newline=None):
        yield line.rstrip("\n")


def json_lines(path: Path, schema: pa.Schema, progress: Progress = silent) -> Iterator[tuple[pa.Table, BadLines]]:
    """JSON lines (gzip by its suffix) in blocks of about 48 MB, as the fields of ``schema``; other fields are left out.

    A block that pyarrow refuses (a value of another type than the schema's, a damaged line) is read line by line: values are
    brought to the schema's types where that is possible (a bare text for a list of texts, a number for a text), damaged lines
    are told.

    Raises:
        InputError: the file cannot be read (a truncated gzip, for one).
    """
    size = path.stat().st_size
    first = 1
    try:
        with path.open("rb") as raw, gzip.open(raw) if path.suffix == ".gz" else raw as file:
            for block in _blocks(file):
                yield _json_block(block, schema, first)
                first += block.count(b"\n")
                progress(f"reading {path.name}", min(raw.tell(), size), size)
    except (OSError, EOFError) as error:
        raise InputError(f"{path}: cannot be read ({error}); fetch it again") from error


def _blocks(file: Any) -> Iterator[bytes]:  # noqa: ANN401 - a binary file
    """Whole lines, each block ending with a line end."""
    rest = b""
    while data := file.read(_BLOCK):
        cut = data.rfind(b"\n") + 1
        if not cut:
            rest += data
            continue
        yield rest + data[:cut]
        rest = data[cut:]
    if rest.strip():
        yield rest + b"\n"


def _json_block(block: bytes, schema: pa.Schema, first: int) -> tuple[pa.Table, BadLines]:
    table = _arrow_json(block, schema)
    if table is not None:
        return table, []
    rows, bad = [], []
    for number, line in enumerate(block.splitlines(), start=first):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            bad.append((number, f"not JSON ({error})"))
            continue
        if isinstance(value, dict):
            rows.append({name: conform(value.get(name), schema.field(name).type) for name in schema.names})
        else:
            bad.append((number, f"a JSON {type(value).__name__} where an object belongs"))
    return pa.Table.from_pylist(rows, schema=schema), bad


def _arrow_json(block: bytes, schema: pa.Schema) -> pa.Table | None:
    """None where pyarrow refuses the block."""
    options = pa_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")
    for size in (4 << 20, len(block) + 1):  # the second only where a line is longer than the first
        try:
            table = pa_json.read_json(
                pa.BufferReader(block), read_options=pa_json.ReadOptions(block_size=min(size, _MOST)), parse_options=options
            )
            return table.select(schema.names).cast(schema)
        except pa.ArrowException as error:
            if "straddl" not in str(error):
                return None
    return None


def json_object(path: Path, *schemas: pa.Schema) -> pa.Table:
    """One JSON object that fills a whole file, as a table of one row with the fields of the first schema that fits.

    Raises:
        InputError: unreadable, or not a JSON object.
    """
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for schema in schemas:
            table = _arrow_object(data, schema)
            if table is not None:
                return table
        value = json.loads(data)
    except (OSError, EOFError, ValueError) as error:
        raise InputError(f"{path}: not a readable JSON file ({error})") from error
    if not isinstance(value, dict):
        raise InputError(f"{path}: a JSON {type(value).__name__} where an object with {', '.join(schemas[0].names)} belongs")
    row = {name: conform(value.get(name), schemas[0].field(name).type) for name in schemas[0].names}
    return pa.Table.from_pylist([row], schema=schemas[0])


def _arrow_object(data: bytes, schema: pa.Schema) -> pa.Table | None:
    if len(data) >= _MOST:
        return None
    options = pa_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore", newlines_in_values=True)
    try:
        table = pa_json.read_json(
            pa.BufferReader(data), read_options=pa_json.ReadOptions(block_size=len(data) + 1), parse_options=options
        )
    except pa.ArrowException:
        return None
    return table.select(schema.names).cast(schema) if table.num_rows == 1 else None


def rows_of(table: pa.Table, name: str) -> pa.Table:
    """The list of objects in field ``name`` of a :func:`json_object`, as a table with one row per object."""
    flat = table[name].combine_chunks().flatten()
    return pa.Table.from_arrays(flat.flatten(), names=[flat.type.field(k).name for k in range(flat.type.num_fields)])


def conform(value: Any, kind: Any) -> Any:  # noqa: ANN401 - JSON in, Arrow types published without stubs
    """A JSON value as near to the Arrow type as it comes; None where it has no meaning there."""
    if value is None:
        return None
    if pa.types.is_list(kind):
        items = value if isinstance(value, list) else [value]
        return [conform(item, kind.value_type) for item in items]
    if pa.types.is_struct(kind):
        return _conform_object(value, kind)
    if isinstance(value, list):  # one value is meant
        return conform(value[0], kind) if value else None
    if isinstance(value, dict):
        return None
    if pa.types.is_string(kind):
        return str(value)
    try:
        return int(value) if pa.types.is_integer(kind) else float(value)
    except ValueError:
        return None


def _conform_object(value: Any, kind: Any) -> dict[str, Any] | None:  # noqa: ANN401 - see conform
    names = [kind.field(k).name for k in range(kind.num_fields)]
    if isinstance(value, str) and value.lstrip().startswith("{"):  # an object written as text
        try:
            value = json.loads(value)
        except ValueError:
            return None
    if not isinstance(value, dict):
        return {"value": conform(value, kind.field("value").type)} if "value" in names else None
    return {name: conform(value.get(name), kind.field(name).type) for name in names}


def json_documents(documents: Sequence[bytes], schema: pa.Schema) -> pa.Table:
    """Small JSON files as one table, a row for each; nulls for those that are empty or damaged."""
    lines = [document.replace(b"\r", b" ").replace(b"\n", b" ").strip() or b"{}" for document in documents]
    table = _arrow_json(b"\n".join(lines) + b"\n", schema)
    if table is not None and table.num_rows == len(documents):
        return table
    rows = []
    for line in lines:
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        value = value if isinstance(value, dict) else {}
        rows.append({name: conform(value.get(name), schema.field(name).type) for name in schema.names})
    return pa.Table.from_pylist(rows, schema=schema)
