"""What the evaluated files are like before anything is done to them: sizes and encodings, which decide what a resizer can do."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from robustfashion.bench.experiment.division import Part
from robustfashion.data.check.encoders import encoder_of
from robustfashion.data.check.jpeg import read_header
from robustfashion.data.preprocess import Preprocessing
from robustfashion.pictures.bulk import ordered_map
from robustfashion.pictures.files import resolve
from robustfashion.pictures.reading import read_picture
from robustfashion.result import Cell, Column, Table

SAMPLE = 1000
"""Files that are looked at, at most: shares of so many are known to three points."""


@dataclass(frozen=True)
class Original:
    """One file."""

    longer_px: int
    """Longer side after decoding."""
    jpeg: bool
    quality: int | None
    """Of a JPEG, on libjpeg's scale, 1..100; of other tables the nearest one."""


def originals(part: Part, preprocessing: Preprocessing, workers: int) -> list[Original]:
    """The files of a part, in order; each is decoded as the preprocessing decodes it.

    Raises:
        InputError: a picture that cannot be decoded any more.
    """
    root = part.catalogue.root
    files = [resolve(root, str(path)) for path in part.catalogue.column("path")]

    def look(file: str) -> Original:
        """Size and encoding of one file."""
        picture = read_picture(file)
        header = read_header(picture.data)
        quality = None if header is None else encoder_of(header).quality
        return Original(max(picture.decode(preprocessing.decode).shape[:2]), header is not None, quality)

    return list(ordered_map(look, files, workers))


def originals_table(part: Part, preprocessing: Preprocessing, workers: int) -> Table:
    """Sizes against canvas and input (both in px), and JPEG qualities, of a part's pictures: of all, or of a sample.

    Raises:
        InputError: a picture that cannot be decoded any more.
    """
    sample = part.first_by_hash(SAMPLE)
    found, canvas, size = originals(sample, preprocessing, workers), preprocessing.canvas, preprocessing.size
    sides = np.array([of.longer_px for of in found])
    qualities = [of.quality for of in found if of.quality is not None]
    common = ", ".join(f"{quality} ({count})" for quality, count in Counter(qualities).most_common(3)) or None
    n = len(found)
    padded = f"smaller than the canvas, so padded: the product covers less of the {size} px"
    rows: list[list[Cell]] = [
        ["pictures", str(n) if n == len(part) else f"{n} of {len(part)}, the first by their SHA-256"],
        ["longer side, px: smallest, median, largest", f"{sides.min()}, {np.median(sides):g}, {sides.max()}"],
        [f"larger than the canvas of {canvas} px, so fitted into it first", _of(int((sides > canvas).sum()), n)],
        [padded, _of(int((sides < canvas).sum()), n)],
        ["JPEG files", _of(sum(of.jpeg for of in found), n)],
        ["commonest JPEG qualities (libjpeg's scale), with their numbers of pictures", common],
    ]
    columns = [
        Column("Of the evaluated files", "text", "what is counted"),
        Column("Found", "text", "as decoded, before padding and resizing"),
    ]
    note = f"The last resize is from {canvas} to {size} px, a reduction by {canvas / size:.2f}, for every picture."
    return Table("originals", "The originals", columns, rows, note)


def _of(count: int, n: int) -> str:
    return f"{count} of {n} ({100 * count / n:.1f} %)"
