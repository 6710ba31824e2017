"""What the evaluated files are like before anything is done to them: sizes and encodings, which decide what a resizer can do."""

from collections import Counter
from collections.abc import Sequence
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
    shorter_px: int
    """Shorter side after decoding."""
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
        shape = picture.decode(preprocessing.decode).shape[:2]
        return Original(max(shape), min(shape), header is not None, quality)

    return list(ordered_map(look, files, workers))


def originals_table(part: Part, preprocessing: Preprocessing, workers: int) -> Table:
    """Sizes against canvas and input (both in px), and JPEG qualities, of a part's pictures: of all, or of a sample.

    Raises:
        InputError: a picture that cannot be decoded any more.
    """
    sample = part.first_by_hash(SAMPLE)
    found = originals(sample, preprocessing, workers)
    sides = np.array([of.longer_px for of in found])
    qualities = [of.quality for of in found if of.quality is not None]
    common = ", ".join(f"{quality} ({count})" for quality, count in Counter(qualities).most_common(3)) or None
    n = len(found)
    rows: list[list[Cell]] = [
        ["pictures", str(n) if n == len(part) else f"{n} of {len(part)}, the first by their SHA-256"],
        ["longer side, px: smallest, median, largest", f"{sides.min()}, {np.median(sides):g}, {sides.max()}"],
        *_resized_rows(found, preprocessing),
        ["JPEG files", _of(sum(of.jpeg for of in found), n)],
        ["commonest JPEG qualities (libjpeg's scale), with their numbers of pictures", common],
    ]
    columns = [
        Column("Of the evaluated files", "text", "what is counted"),
        Column("Found", "text", "as decoded, before padding and resizing"),
    ]
    return Table("originals", "The originals", columns, rows, _note(preprocessing))


def _resized_rows(found: Sequence[Original], preprocessing: Preprocessing) -> list[list[Cell]]:
    """How many files are reduced, enlarged or padded."""
    policy, n, size = preprocessing.policy, len(found), preprocessing.size
    longer, shorter = (np.array(sides) for sides in zip(*((of.longer_px, of.shorter_px) for of in found), strict=True))
    if policy is None:
        canvas = preprocessing.canvas
        padded = f"smaller than the canvas, so padded: the product covers less of the {size} px"
        return [
            [f"larger than the canvas of {canvas} px, so fitted into it first", _of(int((longer > canvas).sum()), n)],
            [padded, _of(int((longer < canvas).sum()), n)],
        ]
    sides, name = (shorter, "shorter") if policy.scaling == "shorter" else (longer, "longer")
    return [
        [f"{name} side above {policy.side} px, so reduced", _of(int((sides > policy.side).sum()), n)],
        [f"{name} side below {policy.side} px, so enlarged", _of(int((sides < policy.side).sum()), n)],
    ]


def _note(preprocessing: Preprocessing) -> str:
    """How the resize that is measured goes."""
    policy, canvas, size = preprocessing.policy, preprocessing.canvas, preprocessing.size
    if policy is None:
        return f"The last resize is from {canvas} to {size} px, a reduction by {canvas / size:.2f}, for every picture."
    return f"Pictures are resized once, from the size that they have ({policy.name}): the reduction is each picture's own."


def _of(count: int, n: int) -> str:
    return f"{count} of {n} ({100 * count / n:.1f} %)"
