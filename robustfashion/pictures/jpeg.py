"""JPEG by two decoders: simplejpeg, which is fast and tells of damage, and Pillow, whose pixels count.

Pillow ignores libjpeg's warnings, so that a file that was cut off and closed decodes to a half-grey picture. simplejpeg (strict)
stops at the first warning. Its pixels are Pillow's for gray, YCbCr and RGB at full scale and at draft's scales (tested for every
kind of subsampling, baseline and progressive, Huffman and arithmetic); of what it refuses, and of CMYK, it judges only the part
that pixels are made of, and Pillow decodes.
"""

import re
from collections.abc import Iterator
from io import BytesIO

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL.JpegImagePlugin import JpegImageFile

from robustfashion.errors import InputError
from robustfashion.pictures.jpeg_coded import closed, coded_part, continued, has_hole, is_arithmetic

Pixels = NDArray[np.uint8]

MAGIC = b"\xff\xd8\xff"
_SAME_PIXELS = ("YCbCr", "RGB", "Gray")
_SCALED_FROM_PX = 64
"""Smaller pictures have one size at several scales, of which simplejpeg would choose another than Pillow does."""

# libjpeg's warnings about coded data, in words. Its others are about what no pixel depends on: an unknown Adobe transform or
# JFIF revision, a bad ICC profile, parameters of sequential scans, bytes between header segments. The judge never sees those.
_DAMAGE = (
    ("Premature end of JPEG file", "its data ends early"),
    ("premature end of data segment", "its data ends early or has a hole"),
    ("bad Huffman code", "its data is broken in the middle"),
    ("bad arithmetic code", "its data is broken in the middle"),
    ("extraneous bytes before marker", "data is left over after the last pixel, so some before it is broken"),
    ("instead of RST", "a piece of its data is missing or out of place"),
    ("Inconsistent progression", "a scan is missing or out of place"),
)


class HeaderOnly(JpegImageFile):
    """Pillow's JPEG reader without its look at the resolution, which warns about every damaged EXIF block."""

    def _read_dpi_from_exif(self) -> None:
        """Nothing here needs the resolution."""


def jpeg_size(data: bytes) -> tuple[int, int, str] | None:
    """(height, width, colour space) from the header; None where simplejpeg cannot tell, which Pillow then may."""
    try:
        height, width, space, _ = simplejpeg.decode_jpeg_header(data, strict=False)
    except (ValueError, KeyError):  # KeyError: kinds of subsampling that it has no name for
        return None
    return int(height), int(width), str(space)


def draft_scale(height: int, width: int, wanted: tuple[int, int]) -> int:
    """1, 2, 4 or 8: the smallest scale 1 / n at which a picture is at least (height, width) ``wanted``; Pillow's rule."""
    room = min(height // wanted[0], width // wanted[1])
    return next(scale for scale in (8, 4, 2, 1) if room >= scale or scale == 1)


def decode_fast(data: bytes, size: tuple[int, int, str], scale: int) -> Pixels | None:
    """Pixels uint8 RGB [H, W, 3] by simplejpeg where they are Pillow's; None of other kinds and where it warns.

    Args:
        data: the file.
        size: as of :func:`jpeg_size`.
        scale: 1, 2, 4 or 8 for full size, a half, a quarter, an eighth (sides rounded up).
    """
    height, width, space = size
    if space not in _SAME_PIXELS or (scale > 1 and min(height, width) < _SCALED_FROM_PX):
        return None
    if is_arithmetic(data) or has_hole(data):
        return None
    least = {} if scale == 1 else {"min_height": -(-height // scale), "min_width": -(-width // scale)}
    try:
        return np.asarray(simplejpeg.decode_jpeg(data, "RGB", strict=True, **least), dtype=np.uint8)
    except (ValueError, KeyError):
        return None


def check_jpeg(data: bytes, name: str) -> None:
    """Judge the coded data, and nothing that no pixel depends on.

    Zero bytes between the end of a scan's data and the next marker are padding. Bytes behind the end marker (a second picture, a
    video, a camera's notes) are not looked at.

    Raises:
        InputError: its data ends early, has holes, is broken in the middle, or has no end marker.
    """
    if has_hole(data):
        raise InputError("damaged JPEG: its data has a hole of zero bytes; fetch the file again", where=name)
    coded = coded_part(data)
    first = _warning(coded)
    words = None if first is None else next((words for sign, words in _DAMAGE if sign in first), "")
    if words and all(_warning(shorter) is not None for shorter in _without_padding(data, coded)):
        raise InputError(f"damaged JPEG: {words} (libjpeg: {first}); fetch the file again", where=name)
    # A kind that simplejpeg cannot decode, or one where libjpeg does not notice a missing end.
    if (words == "" or is_arithmetic(data)) and not _complete_by_pillow(coded_part(data, zeros=2)):
        raise InputError("damaged JPEG: its data ends early or is broken; fetch the file again", where=name)


def _warning(coded: bytes) -> str | None:
    """The first of libjpeg's warnings and errors."""
    try:
        simplejpeg.decode_jpeg(coded, "RGB", min_height=1, min_width=1, strict=True)  # at 1/8: all of the data, few pixels
    except (ValueError, KeyError) as error:
        return re.sub(r"^(Corrupt JPEG data|Warning): ", "", str(error))
    return None


def _without_padding(data: bytes, coded: bytes) -> Iterator[bytes]:
    """The coded part with zeros before markers taken away but for none, one or two, which may belong to the data."""
    for kept in range(3):
        shorter = coded_part(data, zeros=kept)
        if shorter != coded:
            yield shorter


def _complete_by_pillow(coded: bytes) -> bool:
    """Whether it is closed and Pillow's pixels do not depend on what is put behind the data, as they do where some is missing."""
    try:
        return closed(coded) and bool(np.array_equal(_load(coded), _load(continued(coded))))
    except Exception:  # Pillow's decoders raise many kinds on damaged files
        return False


def _load(data: bytes) -> Pixels:
    with HeaderOnly(BytesIO(data)) as image:
        return np.asarray(image)
