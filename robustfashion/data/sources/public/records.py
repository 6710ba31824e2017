"""What a reader hands over: records column by column, so that no work is done row by row."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from robustfashion.pictures.decode import SUFFIXES
from robustfashion.pictures.folders import Skipped, Walker, whole_text
from robustfashion.progress import Progress, silent

TEXT = pa.string()
TEXTS = pa.list_(TEXT)


@dataclass(frozen=True)
class Place:
    """Where a reader works."""

    root: Path
    """Folder of the set as it was published."""
    out: Path
    """Folder of the catalogue; pictures that are no files of their own in the set are written to ``out/images``."""
    workers: int = 2
    progress: Progress = silent


@dataclass(frozen=True)
class Records:
    """A batch of records; every array has one entry per record. Optional columns that are None are null throughout."""

    id: pa.Array
    """Text, unique in the set."""
    path: pa.Array
    """Picture: relative to the set's folder (to ``out`` where ``exported``), absolute, or a URL; empty: there is none."""
    raw: dict[str, pa.Array]
    """The set's own fields: text, or lists of text where a record may have several values."""
    group: pa.Array | None = None
    """Product identity; None: every record is a product of its own."""
    split: pa.Array | None = None
    licence: pa.Array | None = None
    """Where it differs from the adapter's."""
    reason: pa.Array | None = None
    """Why a record cannot be used; null: it can."""
    exported: bool = False

    def __len__(self) -> int:
        return len(self.id)


Reader = Callable[[Place], Iterator[Records]]
"""From a folder to its records, every file and every record once, the unusable ones with their reason."""


def text(values: Sequence[str | None]) -> pa.Array:
    """Text array."""
    return pa.array(values, type=TEXT)


def column(table: pa.Table, name: str) -> pa.Array:
    """One column as one text array; null throughout where the table has no such column."""
    if name not in table.column_names:
        return pa.nulls(table.num_rows, TEXT)
    return pc.cast(table[name].combine_chunks(), TEXT)


def constant(value: str | None, n: int) -> pa.Array:
    """The same text ``n`` times."""
    return pa.repeat(pa.scalar(value, TEXT), n)


def where(mask: pa.Array, value: str) -> pa.Array:
    """``value`` where the mask holds, null elsewhere."""
    return pc.if_else(pc.fill_null(mask, False), pa.scalar(value, TEXT), pa.scalar(None, TEXT))


def joined(*parts: pa.Array | str) -> pa.Array:
    """Texts put together row by row; null where a part is null."""
    return pc.binary_join_element_wise(*parts, "")


def lists(parents: np.ndarray, values: pa.Array, n: int) -> pa.Array:
    """Lists of text [n]: entry i of ``values`` goes to the list ``parents[i]`` (int [m], any order, 0 <= parent < n)."""
    order = np.argsort(parents, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(parents, minlength=n))])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values.take(pa.array(order)))


def mask_of(array: pa.Array) -> np.ndarray:
    """Boolean Arrow array as numpy bool [n]; null is False."""
    return np.asarray(pc.fill_null(array, False).to_numpy(zero_copy_only=False), dtype=bool)


def look_up(keys: pa.Array, known: pa.Array, values: pa.Array) -> pa.Array:
    """``values[i]`` for the first i with ``known[i] == key``; null for keys that are not known."""
    return values.take(pc.index_in(keys, value_set=known))


def inventory(root: Path) -> pa.Array:
    """Files below ``root``, sorted, relative with ``/``; :class:`~robustfashion.pictures.folders.Walker` says which.

    What it refuses and skips, :func:`left_out` tells of the whole set.
    """
    found = sorted(path.relative_to(root).as_posix() for path in Walker(root).files(root))
    return text([whole_text(name) for name in found])


def left_out(root: Path) -> tuple[list[tuple[str, str]], Skipped]:
    """What no reader sees of a set's folder: what cannot be reached, sorted ``(name, why)``, and litter, counted."""
    walker = Walker(root)
    for _ in walker.files(root):
        pass
    return sorted((whole_text(path.relative_to(root).as_posix()), why) for path, why in walker.refused), walker.skipped


def files_refused(refused: Sequence[tuple[str, str]], raw: Collection[str]) -> Records:
    """Files and folders ``(name, why)`` as refused records; the set's fields (``raw``) are null in them."""
    names = text([name for name, _ in refused])
    nothing = {field: pa.nulls(len(names), TEXT) for field in raw}
    return Records(names, names, nothing, reason=text([why for _, why in refused]))


def pictures(files: pa.Array) -> pa.Array:
    """Those files whose suffix is one of a picture."""
    return files.filter(is_picture(files))


def is_picture(files: pa.Array) -> pa.Array:
    """Whether the suffix is one of a picture: boolean [n]."""
    return pc.match_substring_regex(files, rf"(?i)({'|'.join(map(re.escape, SUFFIXES))})$")


def basename(paths: pa.Array) -> pa.Array:
    """What follows the last ``/``."""
    return pc.replace_substring_regex(paths, r"^.*/", "")


def dirname(paths: pa.Array) -> pa.Array:
    """What precedes the last ``/``; empty where there is none."""
    return pc.replace_substring_regex(paths, r"/?[^/]*$", "")


def stem(paths: pa.Array) -> pa.Array:
    """File name without folders and suffix."""
    return pc.replace_substring_regex(basename(paths), r"\.[^.]*$", "")


def leftover(files: pa.Array, used: pa.Array, raw: Sequence[str], why: str) -> Records:
    """Pictures that no record named, as refused records."""
    rest = files.filter(pc.invert(pc.is_in(files, value_set=used)))
    n = len(rest)
    return Records(rest, rest, {name: pa.nulls(n, TEXT) for name in raw}, reason=constant(why, n))


def lines_refused(name: str, lines: Sequence[tuple[int, str]], raw: Sequence[str]) -> Records:
    """Lines of the table ``name`` that cannot be read, as refused records: ``(line number, why)``."""
    n = len(lines)
    return Records(
        text([f"{name}: line {number}" for number, _ in lines]),
        constant("", n),
        {field: pa.nulls(n, TEXT) for field in raw},
        reason=text([f"{name} line {number}: {why}" for number, why in lines]),
    )
