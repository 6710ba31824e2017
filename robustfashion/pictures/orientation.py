"""How a stored picture is to be turned, as Pillow's ``ImageOps.exif_transpose`` finds it, without its warnings about damage.

Sources: TIFF 6.0, tag 274; XMP's ``tiff:Orientation``, which counts where EXIF has no such tag.
"""

import re
import struct
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_TURNS: dict[int, Callable[[Pixels], Pixels]] = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: pixels[::-1].swapaxes(0, 1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: lambda pixels: pixels[:, ::-1].swapaxes(0, 1),
}
# TIFF's types of numbers: struct's letter. Bytes and text are no numbers to Pillow; fractions are read apart.
_NUMBERS = {3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q"}
_FRACTIONS = {5: "II", 10: "ii"}
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8}
_TAG = 274


def upright(pixels: Pixels, info: Mapping[str | tuple[int, int], object]) -> Pixels:
    """Pixels [H, W, 3] turned upright, C-contiguous; as they are where nothing readable says how.

    Args:
        pixels: as stored.
        info: what Pillow found beside the pixels: ``Image.info`` of the loaded image.
    """
    exif = _exif_orientation(_exif_block(info))
    turn = _TURNS.get(_xmp_orientation(info) if exif is None else exif)  # type: ignore[call-overload]  # 6.0 is 6, too
    return pixels if turn is None else np.ascontiguousarray(turn(pixels))


def _exif_block(info: Mapping[str | tuple[int, int], object]) -> bytes:
    """TIFF data, from the place for it or from the text chunk in which ImageMagick hands it on."""
    block = info.get("exif")
    if isinstance(block, bytes):
        while block.startswith(b"Exif\0\0"):
            block = block[6:]
        return block
    text = info.get("Raw profile type exif")
    if not isinstance(text, str):
        return b""
    try:
        return bytes.fromhex("".join(text.split("\n")[3:])).removeprefix(b"Exif\0\0")
    except ValueError:
        return b""


def _exif_orientation(tiff: bytes) -> float | None:
    """Tag 274 of the first directory, the first one that has a value; None where there is none.

    What stands behind a value that is cut off does not count, nor does a value that is longer than the block.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return None
    try:
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        far = 0
        for entry in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind, values, place = struct.unpack_from(order + "HHII", tiff, entry)
            size = _SIZES.get(kind, 0) * values
            if size <= 4:
                place = entry + 8
            else:
                far += size
                if far > len(tiff):
                    continue
                if place + size > len(tiff):
                    return None
            if tag == _TAG and size:
                return _number(tiff, place, kind, order)
    except struct.error:  # the directory ends early
        pass
    return None


def _number(tiff: bytes, place: int, kind: int, order: str) -> float:
    """The first value; 0, which turns nothing, where it is no number."""
    if kind in _FRACTIONS:
        above, below = struct.unpack_from(order + _FRACTIONS[kind], tiff, place)
        return above / below if below else 0
    if kind not in _NUMBERS:
        return 0
    (value,) = struct.unpack_from(order + _NUMBERS[kind], tiff, place)
    return float(value)


def _xmp_orientation(info: Mapping[str | tuple[int, int], object]) -> float:
    packet = info.get("XML:com.adobe.xmp") or info.get("xmp") or b""
    text = packet.encode() if isinstance(packet, str) else packet
    found = re.search(rb'tiff:Orientation(?:="|>)([0-9])', text) if isinstance(text, bytes) else None
    return int(found[1]) if found else 1
