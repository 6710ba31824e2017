"""Which encoder wrote a JPEG, and at which quality, from its quantisation tables and the marks beside them.

Tables name a family, not a program: Pillow, OpenCV, ImageMagick, browsers and Java's ImageIO all scale the example tables of
ITU-T T.81 annex K by libjpeg's rule. ImageIO differs from the rest in its JFIF version only, 1.02 instead of libjpeg's 1.01
(both seen in files that they wrote; tested with a JDK). What a picture went through before its last encoding leaves no mark here.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from PIL import JpegPresets

from robustfashion.data.check.jpeg import JpegHeader, Table
from robustfashion.resize.reencode import java_tables

LIBJPEG = "libjpeg family"
JAVA = "Java ImageIO"
MOZJPEG = "mozjpeg"
PHOTOSHOP = "Adobe Photoshop"
CUSTOM = "other tables"

# N. Robidoux's table, mozjpeg's default for luminance and chrominance alike.
_ROBIDOUX = (
    16, 16, 16, 18, 25, 37, 56, 85,
    16, 17, 20, 27, 34, 40, 53, 75,
    16, 20, 24, 31, 43, 62, 91, 135,
    18, 27, 31, 40, 53, 74, 106, 156,
    25, 34, 43, 53, 69, 94, 131, 189,
    37, 40, 62, 74, 94, 124, 169, 238,
    56, 53, 91, 106, 131, 169, 226, 311,
    85, 75, 135, 156, 189, 238, 311, 418,
)  # fmt: skip


@dataclass(frozen=True)
class Encoder:
    """Who wrote a JPEG."""

    family: str
    quality: int
    """On libjpeg's scale, 1 to 100; of other tables, the nearest quality."""
    exact: bool
    """Whether the tables are those of this quality, step for step."""


def encoder_of(header: JpegHeader) -> Encoder:
    """The family that writes such tables, and the quality."""
    first, last = header.tables[0], header.tables[-1]
    quality = _standard().get((first, last)) if len(header.tables) > 1 else _standard_gray().get(first)
    if quality is not None:
        if header.photoshop:
            return Encoder(PHOTOSHOP, quality, True)
        return Encoder(JAVA if header.jfif == (1, 2) else LIBJPEG, quality, True)
    if (first, last) in _mozjpeg():
        return Encoder(MOZJPEG, _mozjpeg()[first, last], True)
    java = _java().get((first, last)) if header.jfif == (1, 2) else None
    if java is not None:
        return Encoder(JAVA, java, True)
    family = PHOTOSHOP if header.photoshop or (first, last) in _photoshop() else CUSTOM
    return Encoder(family, _nearest(first), False)


def scaled(base: Table, quality: int) -> Table:
    """The rule of libjpeg (``jpeg_quality_scaling``): 64 steps, clipped to 1..255."""
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    return tuple(min(max((step * percent + 50) // 100, 1), 255) for step in base)


@cache
def _annex_k() -> tuple[Table, Table]:
    """ITU-T T.81 tables K.1 and K.2: ImageIO's at quality 0.5, where the scale is 1."""
    luminance, chrominance = java_tables(0.5)
    return tuple(luminance), tuple(chrominance)


@cache
def _standard() -> dict[tuple[Table, Table], int]:
    luminance, chrominance = _annex_k()
    return {(scaled(luminance, q), scaled(chrominance, q)): q for q in range(1, 101)}


@cache
def _standard_gray() -> dict[Table, int]:
    return {scaled(_annex_k()[0], q): q for q in range(1, 101)}


@cache
def _mozjpeg() -> dict[tuple[Table, Table], int]:
    return {(table, table): q for q in range(1, 101) for table in [scaled(_ROBIDOUX, q)] if len(set(table)) > 1}


@cache
def _java() -> dict[tuple[Table, Table], int]:
    """ImageIO's tables at qualities in whole percents; in float32 some differ from libjpeg's by a rounding."""
    found = {}
    for q in range(1, 101):
        luminance, chrominance = java_tables(q / 100)
        found[tuple(luminance), tuple(chrominance)] = q
    return found


@cache
def _photoshop() -> set[tuple[Table, Table]]:
    """The tables of Photoshop's and its Save for Web's named qualities, as Pillow lists them (in row order since Pillow 8.3)."""
    presets: dict[str, Any] = JpegPresets.presets  # declared too loosely to be indexed
    return {(tuple(p["quantization"][0]), tuple(p["quantization"][1])) for p in presets.values()}


def _nearest(luminance: Table) -> int:
    """Quality of the standard luminance table that is nearest in the mean absolute logarithm of its steps."""
    own = np.log(np.maximum(np.array(luminance, dtype=np.float64), 1))
    return int(np.abs(_logarithms() - own).mean(axis=1).argmin()) + 1


@cache
def _logarithms() -> np.ndarray:
    return np.log(np.array([scaled(_annex_k()[0], q) for q in range(1, 101)], dtype=np.float64))
