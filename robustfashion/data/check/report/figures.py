"""Findings as figures."""

import numpy as np
from PIL import Image

from robustfashion.data.check.duplicates import shown_pairs
from robustfashion.data.check.findings import Findings
from robustfashion.data.check.near import Pictures
from robustfashion.data.check.sizes import extremes
from robustfashion.data.check.views import VIEWS
from robustfashion.pictures.decode import Decode
from robustfashion.pictures.encode import jpeg
from robustfashion.pictures.files import resolve
from robustfashion.pictures.reading import decode_file
from robustfashion.result import Figure, GalleryItem, gallery, heat_map

PAIRS_SHOWN = 12
EXTREMES_SHOWN = 4
_SIDE_PX = 180
_GAP_PX = 8

Drawn = tuple[Figure, dict[str, bytes]]


def association_map(found: Findings) -> Figure | None:
    """Cramér's V of every tested pair; None where there is none."""
    one_way = {(p.first, p.second): p.v for p in found.pairs if p.v is not None}
    if not one_way:
        return None
    values = one_way | {(second, first): v for (first, second), v in one_way.items()}
    order = list(dict.fromkeys(name for p in found.pairs for name in (p.first, p.second)))
    asked = {p.first for p in found.pairs}
    rows = [name for name in order if name in asked and any((name, other) in values for other in order)]
    columns = [name for name in order if any((row, name) in values for row in rows)]
    cells = [[values.get((row, column)) for column in columns] for row in rows]
    doc = "0: independent; 1: one follows from the other. n/a: not tested. Dependent pairs are named in the table."
    return heat_map(
        "association", "How strongly factors go together",
        rows=rows, columns=columns, values=cells, unit="number", label="Cramér's V", doc=doc,
    )  # fmt: skip


def probe_map(found: Findings) -> Figure | None:
    """Skill of every probe on every column; None without probes."""
    if not found.probes:
        return None
    values = {(p.column, p.view): max(p.skill, 0.0) for p in found.probes}
    rows = list(dict.fromkeys(p.column for p in found.probes))
    columns = [view.name for view in VIEWS.values()]
    cells = [[values[row, column] for column in columns] for row in rows]
    doc = (
        "Skill: balanced accuracy between chance (0 %; less is shown as 0 %) and perfect (100 %). "
        "Only the mean image and the 32 × 32 gray picture show the product's shape."
    )
    return heat_map("skill", "What probes know", rows=rows, columns=columns, values=cells, unit="share", label="Skill", doc=doc)


def duplicate_gallery(found: Findings) -> Drawn | None:
    """Pairs of copies side by side, those that cross splits or contradict each other first; None without copies."""
    chosen = shown_pairs(found.duplicates, found.label, found.split, PAIRS_SHOWN)
    if not chosen:
        return None
    store = found.store
    pictures = Pictures(store.numbers["hash"], store.numbers["aspect"], lambda rows: store.arrays("content", rows))
    distances = pictures.rms(np.array(chosen, dtype=np.int64))
    items, images = [], {}
    for number, ((a, b), distance) in enumerate(zip(chosen, distances, strict=True)):
        name = f"pair-{number}.jpg"
        images[name] = _sheet([_thumbnail(found, a), _thumbnail(found, b)])
        bits = int(store.numbers["hash"][a] ^ store.numbers["hash"][b]).bit_count()
        same = found.duplicates.exact[a] == found.duplicates.exact[b]
        how = "the same bytes" if same else f"differ by {distance:.1f} levels and {bits} of 64 bits"
        true = " and ".join(dict.fromkeys((_label(found, a), _label(found, b))))
        lines = [f"left: {_about(found, a)}", f"right: {_about(found, b)}", how]
        items.append(GalleryItem(f"{_id(found, a)} = {_id(found, b)}", true, name, lines))
    total = len(found.duplicates.pairs) + found.sets[0].surplus
    doc = f"{len(chosen)} of {total} pairs: those in different splits first, then those with different labels, then the others."
    return gallery("copies", "Copies, side by side", items=items, doc=doc), images


def extreme_gallery(found: Findings) -> Drawn:
    """The smallest and the largest images."""
    small, large = extremes(found.store, EXTREMES_SHOWN)
    items, images = [], {}
    for word, rows in (("smallest", small), ("largest", large)):
        for number, row in enumerate(rows):
            name = f"{word}-{number}.jpg"
            images[name] = _sheet([_thumbnail(found, row)])
            about = f"{word} {number + 1}: {_about(found, row)}"
            items.append(GalleryItem(_id(found, row), _label(found, row), name, [about]))
    return gallery("extremes", "Smallest and largest images", items=items, doc="By number of pixels."), images


def _id(found: Findings, row: int) -> str:
    return str(found.store.catalogue.table["id"][row])


def _label(found: Findings, row: int) -> str:
    code = int(found.label.codes[row])
    return found.label.values[code] if code >= 0 else "(no label)"


def _about(found: Findings, row: int) -> str:
    numbers = found.store.numbers
    code = int(found.split.codes[row])
    split = f", {found.split.values[code]}" if code >= 0 else ""
    size = f"{numbers['width'][row]} × {numbers['height'][row]} px, {numbers['bytes'][row] / 1000:,.0f} kB"
    return f"{_label(found, row)}{split}, {size}"


def _thumbnail(found: Findings, row: int) -> Image.Image:
    table = found.store.catalogue.table
    location = resolve(found.store.catalogue.root, str(table["path"][row]))
    picture = Image.fromarray(decode_file(location, Decode(draft=_SIDE_PX)))
    picture.thumbnail((_SIDE_PX, _SIDE_PX), Image.Resampling.LANCZOS)
    return picture


def _sheet(pictures: list[Image.Image]) -> bytes:
    """JPEG of pictures side by side on gray, so that white padding shows."""
    width = sum(picture.width for picture in pictures) + _GAP_PX * (len(pictures) + 1)
    height = max(picture.height for picture in pictures) + 2 * _GAP_PX
    sheet = Image.new("RGB", (width, height), (200, 200, 200))
    left = _GAP_PX
    for picture in pictures:
        sheet.paste(picture, (left, (height - picture.height) // 2))
        left += picture.width + _GAP_PX
    return jpeg(np.asarray(sheet))
