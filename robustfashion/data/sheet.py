"""Contact sheets: what the pictures of a catalogue look like, one sheet per label, on one page."""

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from robustfashion import taxonomy
from robustfashion.atomic import atomic_path, write_text
from robustfashion.data.catalogue import Catalogue
from robustfashion.errors import InputError
from robustfashion.pictures.decode import Decode
from robustfashion.pictures.files import resolve
from robustfashion.pictures.reading import decode_file
from robustfashion.progress import Progress, silent

_COLUMNS = 8
_GAP_PX = 6
_NAMED = 200
"""Most unreadable pictures that the page names."""
_TRIES = 4
"""Pictures looked at in place of unreadable ones, per picture of a sheet: at most."""


@dataclass(frozen=True)
class Sheet:
    """One written contact sheet."""

    column: str
    """Column of the catalogue."""
    value: str
    images: int
    """Rows with this value, shown or not."""
    shown: int
    file: str
    width: int
    height: int


FORMATS = ("png", "jpg")


def write_sheets(
    catalogue: Catalogue,
    out: Path,
    *,
    per_sheet: int = 32,
    thumbnail_px: int = 128,
    file_format: str = "png",
    progress: Progress = silent,
    unreadable: dict[str, str] | None = None,
) -> Path:
    """Write a picture per label (and per attribute and outlier label that occurs) and ``index.html``; returns the page.

    The files are named by column and label (letters and digits only), e.g. ``sleeve-type-long-sleeve.png``.

    The pictures of a sheet are spread evenly over the rows of the label. A picture that cannot be read is named on the page
    with its reason, and another one is shown in its place; rows that the catalogue refuses are counted there.

    Args:
        catalogue: what to show.
        out: folder.
        per_sheet: most pictures of a sheet.
        thumbnail_px: side of a thumbnail.
        file_format: of the sheets, one of :data:`FORMATS`.
        progress: called as the work goes on.
        unreadable: reason by location of pictures that are known to be unreadable; those that are found are added.

    Raises:
        InputError: no usable rows, or sizes below 1.
    """
    if per_sheet < 1 or thumbnail_px < 1:
        raise InputError(f"per_sheet {per_sheet} and thumbnail_px {thumbnail_px} must both be at least 1")
    if file_format not in FORMATS:
        raise InputError(f"file_format is {file_format!r}; use {' or '.join(FORMATS)}")
    rows = _rows(catalogue.usable())
    if not rows:
        raise InputError(f"{catalogue.root}: no usable image carries a label; there is nothing to show")
    sheets: list[Sheet] = []
    unreadable = {} if unreadable is None else unreadable
    known = len(unreadable)
    for number, ((column, value), locations) in enumerate(rows.items()):
        progress("contact sheets", number, len(rows))
        stem = f"{_plain(column)}-{_plain(value)}"
        file = (
            f"{stem}-{number}.{file_format}"
            if any(sheet.file == f"{stem}.{file_format}" for sheet in sheets)
            else f"{stem}.{file_format}"
        )
        pictures = _thumbnails(locations, per_sheet, thumbnail_px, unreadable)
        width, height = _write_sheet(out / file, pictures, thumbnail_px)
        sheets.append(Sheet(column, value, len(locations), len(pictures), file, width, height))
    progress("contact sheets", len(rows), len(rows))
    environment = Environment(loader=PackageLoader("robustfashion.data"), autoescape=True, undefined=StrictUndefined)
    page = environment.get_template("sheet.html.j2").render(
        root=catalogue.root, images=len(catalogue), refused=len(catalogue.refused()), found=len(unreadable) - known,
        sheets=sheets, unreadable=list(unreadable.values())[:_NAMED], beyond=len(unreadable) - _NAMED,
    )  # fmt: skip
    write_text(out / "index.html", page)
    return out / "index.html"


def _plain(text: str) -> str:
    """Letters and digits of an untrusted text, for a file name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40] or "x"


def _rows(usable: Catalogue) -> dict[tuple[str, str], list[str]]:
    """Locations of the images by column and value, labels first."""
    locations = [resolve(usable.root, str(path)) for path in usable.column("path")]
    found: dict[tuple[str, str], list[str]] = {}
    for column in ("label", *taxonomy.attributes(), "outlier_kind"):
        groups: dict[str, list[str]] = defaultdict(list)
        for value, location in zip(usable.column(column), locations, strict=True):
            if value is not None:
                groups[value].append(location)
        found.update({(column, value): groups[value] for value in sorted(groups)})
    return found


def _spread(locations: Sequence[str], count: int) -> list[int]:
    """Places of the pictures to be shown, evenly over all, then of those that may take the place of one that cannot be read."""
    if len(locations) <= count:
        return list(range(len(locations)))
    chosen = [int(k) for k in np.linspace(0, len(locations) - 1, count).round()]
    others = sorted(set(range(len(locations))) - set(chosen))
    return chosen + others[: _TRIES * count]


def _thumbnails(locations: Sequence[str], count: int, side: int, unreadable: dict[str, str]) -> list[Image.Image]:
    """At most ``count`` of the pictures, in order."""
    pictures: dict[int, Image.Image] = {}
    for place in _spread(locations, count):
        if len(pictures) == count:
            break
        try:
            picture = Image.fromarray(decode_file(locations[place], Decode(draft=2 * side)))
        except InputError as error:
            unreadable[locations[place]] = str(error)
            continue
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        pictures[place] = picture
    return [picture for _, picture in sorted(pictures.items())]


def _write_sheet(path: Path, pictures: Sequence[Image.Image], side: int) -> tuple[int, int]:
    cell = side + _GAP_PX
    columns = max(min(_COLUMNS, len(pictures)), 1)
    sheet = Image.new("RGB", (columns * cell, max(math.ceil(len(pictures) / columns), 1) * cell), (222, 222, 222))
    for k, picture in enumerate(pictures):
        left, top = k % columns * cell, k // columns * cell
        sheet.paste(
            (255, 255, 255), (left + _GAP_PX // 2, top + _GAP_PX // 2, left + cell - _GAP_PX // 2, top + cell - _GAP_PX // 2)
        )
        sheet.paste(picture, (left + (cell - picture.width) // 2, top + (cell - picture.height) // 2))
    with atomic_path(path) as temporary:
        sheet.save(temporary, quality=78, optimize=True)
    return sheet.size
