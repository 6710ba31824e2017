"""Fashion Product Images (Kaggle, from Myntra): ``styles.csv``, one picture and one JSON file per product."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from robustfashion.data.sources.public import records
from robustfashion.data.sources.public.records import Place, Records
from robustfashion.data.sources.public.tables import find_file, json_documents, raw_lines
from robustfashion.errors import InputError
from robustfashion.pictures.bulk import ordered_map

LAYOUT = "styles.csv beside images/<id>.jpg (and styles/<id>.json)"

_COLUMNS = ("gender", "masterCategory", "subCategory", "articleType", "baseColour", "usage", "productDisplayName")
_ATTRIBUTES = ("Sleeve Length", "Neck", "Collar", "Length", "Heel Type", "Display", "Type")
"""Of the JSON files' articleAttributes, whose keys differ from article type to article type."""
_SCHEMA = pa.schema([("data", pa.struct([("articleAttributes", pa.struct([(name, pa.string()) for name in _ATTRIBUTES]))]))])
_BATCH = 2000


def read(place: Place) -> Iterator[Records]:
    """Rows of ``styles.csv`` with the attributes of their JSON files; then pictures without a row.

    Some lines have commas in their last column without quotes: a line is split at its first commas only.
    """
    table = find_file(place.root, "styles.csv", LAYOUT)
    base = table.parent
    prefix = "" if base == place.root else f"{base.relative_to(place.root).as_posix()}/"
    files = records.pictures(records.inventory(base / "images")) if (base / "images").is_dir() else records.text([])
    if not len(files):
        raise InputError(f"{base}: no pictures in images; expected {LAYOUT}")
    rows, bad = _styles(table)
    ids = rows["id"]
    path = records.look_up(ids, records.stem(files), files)
    reason = records.where(pc.is_null(path), "its picture is not in the folder")
    raw = {name: records.column(rows, name) for name in _COLUMNS} | _attributes(base / "styles", ids.to_pylist(), place)
    yield Records(ids, pc.fill_null(records.joined(f"{prefix}images/", path), ""), raw, reason=reason)
    yield records.lines_refused("styles.csv", bad, tuple(raw))
    every = records.joined(f"{prefix}images/", files)
    yield records.leftover(every, records.joined(f"{prefix}images/", path), tuple(raw), "no row in styles.csv")


def _styles(path: Path) -> tuple[pa.Table, list[tuple[int, str]]]:
    lines = list(raw_lines(path))
    header = lines[0].split(",") if lines else []
    missing = [name for name in ("id", "articleType") if name not in header]
    if missing:
        raise InputError(f"{path}: no column {missing[0]!r}; its columns are {', '.join(header) or '(none)'}")
    width = len(header)
    parts = pc.split_pattern(records.text(lines[1:]), ",", max_splits=width - 1)
    whole = pc.equal(pc.list_value_length(parts), width)
    short = pc.invert(whole).to_pylist()
    bad = [(k, f"fewer than {width} fields") for k, is_short in enumerate(short, start=2) if is_short and lines[k - 1]]
    flat = parts.filter(whole).flatten()
    columns = [flat.take(pa.array(range(k, len(flat), width), pa.int64())) for k in range(width)]
    columns[-1] = pc.replace_substring(pc.utf8_trim(columns[-1], characters='"'), '""', '"')
    return pa.table([pc.utf8_trim_whitespace(one) for one in columns], names=header).combine_chunks(), bad


def _attributes(folder: Path, ids: Sequence[str], place: Place) -> dict[str, pa.Array]:
    """Attributes of the JSON files; null where there is no such file, or none of that attribute."""
    if not folder.is_dir():
        return {name: pa.nulls(len(ids), records.TEXT) for name in _ATTRIBUTES}
    parts = []
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        documents = list(ordered_map(lambda name: _read(folder, name), batch, place.workers))
        parts.append(json_documents(documents, _SCHEMA))
        place.progress("reading styles", min(start + _BATCH, len(ids)), len(ids))
    table = pa.concat_tables(parts).combine_chunks()
    found = pc.struct_field(table["data"].combine_chunks(), "articleAttributes")
    return {name: pc.struct_field(found, name) for name in _ATTRIBUTES}


def _read(folder: Path, name: str) -> bytes:
    if "/" in name or name.startswith("."):  # ids are the table's, not ours
        return b""
    try:
        return (folder / f"{name}.json").read_bytes()
    except (OSError, ValueError):
        return b""
