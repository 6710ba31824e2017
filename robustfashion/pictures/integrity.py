"""Whether PNG, GIF, WebP and BMP files are whole: what their own checksums and lengths say, which Pillow does not ask.

Only what the first picture is made of counts: later frames and bytes behind the end are not looked at.
"""

import struct
import zlib
from collections.abc import Iterator

from robustfashion.errors import InputError

_AGAIN = "fetch the file again"


# Named one by one, so that a chunk of pixels whose kind is damaged is none of them.
_BESIDE_PIXELS = frozenset(
    (
        b"acTL bKGD cHRM cICP cLLI caBX caNv dSIG eXIf fcTL fdAT gAMA gIFg gIFt gIFx hIST iCCP iDOT iTXt mDCV oFFs orNT pCAL "
        b"pHYs prVW sBIT sCAL sPLT sRGB sTER tEXt tIME vpAg zTXt"
    ).split()
)
"""Chunks that the pixels of the first picture are not made of (PNG, 11.3, registered extensions, Apple's and ImageMagick's)."""
_TURNING = (b"exif", b"xmp", b"Raw profile type exif", b"XML:com.adobe.xmp")
"""Keywords of texts that may say how a picture is to be turned."""
_MOST_TEXT = 1 << 20
"""Bytes of an unpacked text, as many as Pillow reads."""


def check_png(data: bytes, name: str) -> None:
    """Length of every chunk up to IEND, and checksum of those that the picture is made of (PNG, 5.3).

    Raises:
        InputError: a chunk is cut off or damaged, or IEND is missing.
    """
    for place, kind, end in _chunks(data):
        if kind not in _BESIDE_PIXELS and not _is_whole(data, place, end):
            raise InputError(f"damaged PNG: checksum of chunk {_printable(kind)} at byte {place} is wrong; {_AGAIN}", where=name)
        if kind == b"IEND":
            return
    raise InputError(f"truncated file: a PNG that ends before its end chunk (IEND); {_AGAIN}", where=name)


def png_pixels(data: bytes, turning: bool) -> bytes:
    """A PNG without what stands beside its pixels: damaged, too large or malicious metadata cost no picture.

    Args:
        data: a PNG, whole or not.
        turning: keep what may say how the picture is to be turned, as far as it is whole and of a reasonable size.
    """
    parts, start = [data[:8]], 8
    for place, kind, end in _chunks(data):
        if kind not in _BESIDE_PIXELS or (turning and _says_how_to_turn(data, place, kind, end)):
            continue
        parts.append(data[start:place])
        start = end + 4
    return b"".join([*parts, data[start:]]) if len(parts) > 1 else data


def _is_whole(data: bytes, place: int, end: int) -> bool:
    return zlib.crc32(memoryview(data)[place + 4 : end]) == int.from_bytes(data[end : end + 4], "big")


def _says_how_to_turn(data: bytes, place: int, kind: bytes, end: int) -> bool:
    """Whether a chunk holds EXIF or XMP that can be read."""
    if kind not in (b"eXIf", b"tEXt", b"zTXt", b"iTXt") or not _is_whole(data, place, end):
        return False
    keyword, _, text = data[place + 8 : end].partition(b"\0")
    if kind == b"eXIf":
        return True
    if keyword not in _TURNING or not text:
        return False
    packed = text[1:] if kind == b"zTXt" else b""
    if kind == b"iTXt" and text[0]:
        packed = text[2:].split(b"\0", 2)[-1]
    if kind == b"zTXt" and text[0]:
        return False  # packed in an unknown way
    unpacking = zlib.decompressobj()
    try:
        size = len(unpacking.decompress(packed, _MOST_TEXT)) if packed else len(text)
    except zlib.error:
        return False
    return size <= _MOST_TEXT and not unpacking.unconsumed_tail


def png_chunk(data: bytes, wanted: bytes) -> bytes:
    """Content of the first chunk of a kind; empty where there is none."""
    return next((data[place + 8 : end] for place, kind, end in _chunks(data) if kind == wanted), b"")


def _chunks(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Whole chunks of a PNG: where each begins, its kind, where its content ends."""
    place = 8
    while place + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        end = place + 8 + length
        if end + 4 > len(data):
            return
        yield place, kind, end
        place = end + 4


def _printable(kind: bytes) -> str:
    return kind.decode("ascii") if kind.isalpha() else kind.hex(" ")


def check_webp(data: bytes, name: str) -> None:
    """The length that the RIFF header promises.

    Raises:
        InputError: the file is shorter.
    """
    promised = 8 + int.from_bytes(data[4:8], "little")
    if promised > len(data):
        raise InputError(f"truncated file: a WebP of {promised} bytes by its header has {len(data)}; {_AGAIN}", where=name)


def check_bmp(data: bytes, name: str) -> None:
    """The length that the rows of an uncompressed bitmap need.

    Raises:
        InputError: the file is shorter.
    """
    start, header = struct.unpack_from("<II", data, 10) if len(data) >= 34 else (0, 0)
    if header < 40:
        return  # OS/2's bitmaps, and headers that Pillow refuses
    width, height, _, bits, packing = struct.unpack_from("<iiHHI", data, 18)
    needed = start + (width * bits + 31) // 32 * 4 * abs(height)
    if packing in (0, 3, 6) and needed > len(data):
        raise InputError(f"truncated file: a BMP that needs {needed} bytes has {len(data)}; {_AGAIN}", where=name)


def check_gif(data: bytes, name: str) -> None:
    """The blocks up to the end of the first picture (GIF89a).

    Raises:
        InputError: the file ends before it.
    """
    try:
        place = 13 + _table(data[10])
        while data[place] == 0x21:  # extensions: a label, then blocks
            place = _behind_blocks(data, place + 2)
        if data[place] == 0x2C:
            _behind_blocks(data, place + 11 + _table(data[place + 9]))
    except IndexError as error:
        raise InputError(f"truncated file: a GIF that ends within its first picture; {_AGAIN}", where=name) from error


def _table(flags: int) -> int:
    """Bytes of a colour table."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _behind_blocks(data: bytes, place: int) -> int:
    """Behind the empty block that ends a row of blocks."""
    while size := data[place]:
        place += 1 + size
    return place + 1
