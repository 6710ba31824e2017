"""DeepFashion, Category and Attribute Prediction (Chinese University of Hong Kong): 289,222 pictures."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from robustfashion.data.sources.public import records
from robustfashion.data.sources.public.records import Place, Records
from robustfashion.data.sources.public.tables import find_file, read_text
from robustfashion.errors import InputError
from robustfashion.pictures.folders import find_files

LAYOUT = (
    "Anno_coarse/list_category_img.txt, list_category_cloth.txt (list_attr_img.txt, list_attr_cloth.txt), Eval/"
    "list_eval_partition.txt, Anno_fine/{train,val,test}.txt with *_attr.txt, Img/img/<item>/img_<n>.jpg"
)

FINE = (
    "floral", "graphic", "striped", "embroidered", "pleated", "solid", "lattice", "long_sleeve", "short_sleeve", "sleeveless",
    "maxi_length", "mini_length", "no_dress", "crew_neckline", "v_neckline", "square_neckline", "no_neckline", "denim",
    "chiffon", "cotton", "leather", "faux", "knit", "tight", "loose", "conventional",
)  # fmt: skip
_SPLITS = {"train": "train", "val": "validation", "test": "test"}
_KINDS = {"1": "upper", "2": "lower", "3": "full"}
_BLOCK = 32 << 20


def read(place: Place) -> Iterator[Records]:
    """Every line of the category list with the attributes of the coarse and fine lists; then pictures without a line.

    An attribute of 1 is there, one of -1 is not, one of 0 is unknown: only the ones that are there become values. Pictures
    of one item lie in one folder, which is the group.
    """
    names, category = _pairs(find_file(place.root, "list_category_img.txt", LAYOUT))
    cloth, kind = _pairs(find_file(place.root, "list_category_cloth.txt", LAYOUT))
    part = _partition(place.root)
    number = pc.cast(pc.if_else(pc.match_substring_regex(category, "^[1-9][0-9]*$"), category, None), pa.int64())
    index = pc.if_else(pc.less_equal(number, len(cloth)), pc.subtract(number, 1), None)
    files = records.pictures(records.inventory(place.root))
    base = _base(files)
    path = records.joined(base, names)
    raw = {
        "category": cloth.take(index),
        "kind": records.look_up(kind.take(index), records.text(list(_KINDS)), records.text(list(_KINDS.values()))),
        "fine": _fine(place.root, names),
        "coarse": _coarse(place, names),
    }
    reason = pc.coalesce(
        records.where(pc.is_null(index), "its category is none of list_category_cloth.txt"),
        records.where(pc.invert(pc.is_in(path, value_set=files)), "its picture is not in the folder"),
    )
    split = None if part is None else records.look_up(names, *part)
    yield Records(names, path, raw, group=records.dirname(names), split=split, reason=reason)
    yield records.leftover(files, path, tuple(raw), "no line in list_category_img.txt")


def _base(files: pa.Array) -> pa.Array:
    """What stands before ``img/<item>/…`` on disk: ``Img/``, mostly."""
    found = pc.extract_regex(files, r"^(?P<base>.*?)img/[^/]+/[^/]+$")
    bases = pc.unique(pc.struct_field(found, "base").drop_null()).to_pylist()
    if not bases:
        raise InputError(f"no pictures img/<item>/<name>.jpg in the set's folder; expected {LAYOUT}")
    return min(bases, key=lambda base: ("highres" in base, len(base)))


def _lines(path: Path, header: bool = True) -> pa.Array:
    """Lines below the count and the header; blanks at their ends cut."""
    lines = read_text(path).split("\n")
    if header and (not lines[0].strip().isdigit() or len(lines) < 2):
        raise InputError(f"{path}: line 1 is {lines[0][:40]!r}; expected the number of lines, then a header")
    found = pc.utf8_trim_whitespace(records.text(lines[2:] if header else lines))
    found = found.filter(pc.not_equal(found, ""))
    if header and len(found) != int(lines[0]):
        raise InputError(f"{path}: {len(found)} lines where line 1 states {lines[0].strip()}; the file is cut, fetch it again")
    return found


def _pairs(path: Path) -> tuple[pa.Array, pa.Array]:
    """Name (which may hold blanks) and last word of every line."""
    lines = _lines(path)
    return pc.replace_substring_regex(lines, r"\s+\S+$", ""), pc.replace_substring_regex(lines, r"^.*\s", "")


def _partition(root: Path) -> tuple[pa.Array, pa.Array] | None:
    found = find_files(root, "list_eval_partition.txt")
    if not found:
        return None
    names, parts = _pairs(found[0])
    return names, records.look_up(parts, records.text(list(_SPLITS)), records.text(list(_SPLITS.values())))


def _fine(root: Path, names: pa.Array) -> pa.Array:
    """Of the pictures that have fine attributes: those that are 1."""
    parents, values = [np.zeros(0, dtype=np.int64)], [records.text([])]
    for part in _SPLITS:
        pictures = find_files(root, f"{part}.txt")
        if not pictures:
            continue
        listed = _lines(pictures[0], header=False)
        file = find_file(root, f"{part}_attr.txt", LAYOUT)
        flags = _flags(file.read_bytes(), len(listed), len(FINE), file)
        rows, columns = np.nonzero(flags)
        place = pc.fill_null(pc.index_in(listed, value_set=names), -1).to_numpy()[rows]
        parents.append(place[place >= 0].astype(np.int64))
        values.append(records.text(list(FINE)).take(pa.array(columns[place >= 0])))
    return records.lists(np.concatenate(parents), pa.concat_arrays(values), len(names))


def _coarse(place: Place, names: pa.Array) -> pa.Array:
    """Of the 1,000 attributes: those that are 1; the list is some 900 MB long and read in blocks."""
    found = find_files(place.root, "list_attr_img.txt")
    if not found:
        return pa.nulls(len(names), records.TEXTS)
    path = found[0]
    attributes, _ = _pairs(find_file(place.root, "list_attr_cloth.txt", LAYOUT))
    parents, values = [np.zeros(0, dtype=np.int64)], [records.text([])]
    size = path.stat().st_size
    with path.open("rb") as file:
        file.readline(), file.readline()
        while lines := file.readlines(_BLOCK):
            pairs = [line.split(None, 1) for line in lines if line.strip()]
            flags = _flags(b"".join(rest for _, rest in pairs), len(pairs), len(attributes), path)
            rows, columns = np.nonzero(flags)
            own = records.text([name.decode("utf-8", "replace") for name, _ in pairs])
            at = pc.fill_null(pc.index_in(own, value_set=names), -1).to_numpy()[rows]
            parents.append(at[at >= 0].astype(np.int64))
            values.append(attributes.take(pa.array(columns[at >= 0])))
            place.progress(f"reading {path.name}", file.tell(), size)
    return records.lists(np.concatenate(parents), pa.concat_arrays(values), len(names))


def _flags(data: bytes, rows: int, columns: int, path: Path) -> np.ndarray:
    """Where the numbers -1, 0 and 1 in a text are 1: bool [rows, columns]."""
    text = np.frombuffer(data, dtype=np.uint8)
    digits = np.flatnonzero(text >= ord("0"))
    if len(digits) != rows * columns:
        raise InputError(f"{path}: {len(digits)} values where {rows} lines of {columns} belong; the file is damaged")
    signed = text[np.maximum(digits - 1, 0)] == ord("-")
    flags: np.ndarray = (text[digits] == ord("1")) & ~signed
    return flags.reshape(rows, columns)
