"""Which columns of a manifest are which, however their header is written."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from robustfashion import taxonomy
from robustfashion.data.catalogue import SPLITS
from robustfashion.data.layout import listed
from robustfashion.errors import InputError
from robustfashion.pictures.files import is_url
from robustfashion.pictures.folders import is_picture

PLACES = ("path", "url")
FREE = ("id", "label", "group", "source", "licence", "outlier_kind")
VOCABULARY: dict[str, tuple[str, ...]] = {
    "split": SPLITS,
    "product_type": taxonomy.PRODUCT_TYPES,
    **{name: attribute.labels for name, attribute in taxonomy.attributes().items()},
}
KNOWN = (*PLACES, *FREE, *VOCABULARY)

ALIASES: dict[str, tuple[str, ...]] = {
    "path": (
        "file", "file_name", "filename", "file_path", "filepath", "image", "image_path", "imagepath", "image_file", "image_name",
        "image_file_name", "image_filename", "img", "img_path", "picture", "picture_path", "photo",
    ),
    "url": ("uri", "image_url", "imageurl", "img_url", "picture_url"),
    "label": ("labels", "class", "class_name", "classname", "class_label", "category", "category_name"),
    "split": ("subset", "partition"),
    "licence": ("license",),
}  # fmt: skip
"""Other names of columns; they count where no column has the name itself. Names are compared by :func:`header_key`."""

_MEANINGS = {alias: name for name, aliases in ALIASES.items() for alias in aliases}


def header_key(name: str) -> str:
    """``Image Path``, ``image-path`` and ``IMAGE_PATH`` are one name."""
    return re.sub(r"[\s_-]+", "_", unicodedata.normalize("NFKC", name).strip().strip("\"'").strip().casefold())


@dataclass(frozen=True)
class Columns:
    """The columns of a manifest."""

    names: list[str]
    """The catalogue's name of each, its own name where the catalogue has none; empty: a column without a name."""
    place: str
    """``path`` or ``url``: the column that says where an image lies."""
    note: str
    """What was read as something else, left out or is missing, in words."""


def recognise(header: Sequence[str], where: str) -> Columns:
    """The columns of a header.

    Raises:
        InputError: a column twice, several or none that say where images lie, several that may be the label.
    """
    keys = [header_key(name) for name in header]
    names = [key if key in KNOWN else name.strip() for key, name in zip(keys, header, strict=True)]
    given = ", ".join(names)
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise InputError(f"{where}: column {twice[0]!r} occurs twice (columns: {given})")
    read: list[str] = []
    for target in ALIASES:
        there = PLACES if target in PLACES else (target,)
        candidates = [k for k, key in enumerate(keys) if _MEANINGS.get(key) == target]
        if not candidates or any(name in names for name in there):
            continue
        if len(candidates) > 1:
            both = " and ".join(repr(names[k]) for k in candidates[:2])
            raise InputError(f"{where}: columns {both} may both be the {target}; rename the one that is meant to {target!r}")
        if header_key(names[candidates[0]]) != "license":
            read.append(f"{names[candidates[0]]!r} is read as {target}")
        names[candidates[0]] = target
    return Columns(names, _place(names, given, where), _note(names, read))


def _place(names: Sequence[str], given: str, where: str) -> str:
    places = [name for name in PLACES if name in names]
    if len(places) != 1:
        what = "both 'path' and 'url'; keep one" if places else "no column 'path' (or 'url')"
        raise InputError(f"{where}: {what} (columns: {given}){_no_header(names)}")
    return places[0]


def _no_header(names: Sequence[str]) -> str:
    """What to do where the first line names a picture."""
    if not any(is_url(part) or is_picture(Path(part)) for name in names for part in (name, *name.split()[:1])):
        return ""
    return "; the first line names a picture, so it is no header: write a line with the columns' names above it, as path,label"


def _note(names: Sequence[str], read: Sequence[str]) -> str:
    unused = [name or "(without a name)" for name in names if name not in KNOWN]
    parts = [f"Columns: {', '.join(read)}."] if read else []
    if unused:
        parts.append(f"Columns left out: {', '.join(unused)}.")
    if "label" not in names:
        parts.append(f"No column 'label' (columns: {listed(names)}): the pictures have no labels.")
    return " ".join(parts)
