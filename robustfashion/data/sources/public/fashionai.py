"""FashionAI attributes (Alibaba, Tianchi): photographs with models, one attribute per picture."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from robustfashion.data.sources.public import records
from robustfashion.data.sources.public.records import Place, Records
from robustfashion.data.sources.public.tables import raw_lines, read_csv
from robustfashion.errors import InputError
from robustfashion.pictures.folders import find_files

LAYOUT = "<part>/Annotations/*.csv without headers (Images/<key>/<md5>.jpg,<key>,nnynn) beside <part>/Images/<key>/<md5>.jpg"

CLASSES: dict[str, tuple[str, ...]] = {
    "skirt_length_labels": ("Invisible", "Short", "Knee", "Midi", "Ankle", "Floor"),
    "sleeve_length_labels": ("Invisible", "Sleeveless", "Cup", "Short", "Elbow", "3/4", "Wrist", "Long", "Extra Long"),
    "neckline_design_labels": (
        "Invisible", "Strapless", "Deep V", "Straight", "V", "Square", "Off Shoulder", "Round", "Sweat Heart", "One Shoulder",
    ),
    "neck_design_labels": ("Invisible", "Turtle", "Ruffle Semi-High", "Low Turtle", "Draped"),
    "collar_design_labels": ("Invisible", "Shirt", "Peter Pan", "Puritan", "Rib"),
    "coat_length_labels": tuple(f"class {k}" for k in range(8)),
    "pant_length_labels": tuple(f"class {k}" for k in range(6)),
    "lapel_design_labels": tuple(f"class {k}" for k in range(5)),
}  # fmt: skip
"""Attribute -> classes in the order of the label's letters; coats, trousers and lapels are not used here."""


def read(place: Place) -> Iterator[Records]:
    """Rows of all annotation files.

    A letter per class: y (yes), m (maybe: a neighbour that may also be meant), n (no). A record has the classes of its y and
    m as values, so that it is in conflict where they stand for different labels; its ``label`` is that of the y.
    """
    tables = [path for path in find_files(place.root, "*.csv") if path.parent.name in ("Annotations", "Tests")]
    if not tables:
        raise InputError(f"{place.root}: no annotation files; expected {LAYOUT}")
    files = records.pictures(records.inventory(place.root))
    used = []
    for path in tables:
        rows = _rows(path, place.root, files)
        used.append(rows.path)
        yield rows
    yield records.leftover(files, pa.concat_arrays(used), ("label", *CLASSES), "no row in an annotation file")


def _rows(path: Path, root: Path, files: pa.Array) -> Records:
    table, bad = _table(path)
    part = path.parent.parent
    prefix = "" if part == root else f"{part.relative_to(root).as_posix()}/"
    names = records.joined(prefix, records.column(table, "path"))
    key, code = records.column(table, "key"), records.column(table, "code")
    width = records.look_up(key, records.text(list(CLASSES)), pa.array([len(c) for c in CLASSES.values()]))
    reason = pc.coalesce(
        records.where(pc.is_null(width), "its attribute is none of FashionAI's"),
        records.where(pc.is_null(code), "it has no label (a test picture)"),
        records.where(pc.invert(pc.match_substring_regex(code, "^[ymn]*$")), "its label has other letters than y, m and n"),
        records.where(pc.not_equal(pc.utf8_length(code), width), "its label has another number of letters than classes"),
        records.where(pc.not_equal(pc.count_substring(code, "y"), 1), "its label has not exactly one y"),
        records.where(pc.invert(pc.is_in(names, value_set=files)), "its picture is not in the folder"),
    )
    raw = {"label": _label(key, code)} | {name: _values(name, key, code) for name in CLASSES}
    lines = records.lines_refused(path.name, bad, tuple(raw))
    empty = {name: pa.nulls(len(lines), array.type) for name, array in raw.items()}
    return Records(
        pa.concat_arrays([names, records.joined(f"{prefix}Annotations/", lines.id)]),
        pa.concat_arrays([names, lines.path]),
        {name: pa.concat_arrays([array, empty[name]]) for name, array in raw.items()},
        group=pa.concat_arrays([records.stem(names), lines.id]),  # the same picture may serve two attributes
        reason=pa.concat_arrays([reason, lines.reason]),
    )


def _table(path: Path) -> tuple[pa.Table, list[tuple[int, str]]]:
    """Columns path, key and code; a test's answers have a fourth column before or after the code."""
    first = next(raw_lines(path), "")
    fields = first.split(",")
    if not 2 <= len(fields) <= 4:
        raise InputError(f"{path}: line 1 has {len(fields)} fields; expected {LAYOUT}")
    names = ["path", "key", "code", "more"][: len(fields)]
    if len(fields) == 4 and not set(fields[2]) <= set("ymn"):
        names = ["path", "key", "more", "code"]
    return read_csv(path, (), names)


def _label(key: pa.Array, code: pa.Array) -> pa.Array:
    place = pc.find_substring(code, "y")
    names = {(k, n): f"{k}: {name}" for k, classes in CLASSES.items() for n, name in enumerate(classes)}
    return records.text([names.get(pair) for pair in zip(key.to_pylist(), place.to_pylist(), strict=True)])


def _values(name: str, key: pa.Array, code: pa.Array) -> pa.Array:
    rows = np.flatnonzero(records.mask_of(pc.equal(key, name)))
    own = code.take(pa.array(rows, pa.int64()))
    parents, values = [], []
    for position, label in enumerate(CLASSES[name]):
        letter = pc.utf8_slice_codeunits(own, position, position + 1)
        hit = rows[records.mask_of(pc.is_in(letter, value_set=records.text(["y", "m"])))]
        parents.append(hit)
        values.append(records.constant(label, len(hit)))
    return records.lists(np.concatenate(parents), pa.concat_arrays(values), len(key))
