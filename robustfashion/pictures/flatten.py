"""From what Pillow decoded to uint8 RGB: transparency on white, 16-bit channels by their high byte."""

import struct

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.PngImagePlugin import PngImageFile

from robustfashion.errors import InputError
from robustfashion.pictures.integrity import png_chunk

Pixels = NDArray[np.uint8]

_WHITE = 255


def to_rgb(image: ImageFile, data: bytes, name: str) -> Pixels:
    """Pixels uint8 RGB [H, W, 3] of an opened image; loads it.

    Args:
        image: opened by Pillow.
        data: its file, for the 16-bit values that Pillow does not keep.
        name: where it lies, for messages.

    Raises:
        InputError: a colour mode that is not supported.
    """
    image.load()
    mode, transparent = image.mode, "transparency" in image.info
    if transparent and isinstance(image, PngImageFile) and mode != "P":
        return _with_key(image, data)
    if mode.startswith("I;16"):
        return _gray16(_values16(image))
    if mode in ("RGBA", "LA", "PA") or transparent:
        rgba = image.convert("RGBA")
        flat = Image.new("RGB", rgba.size, (_WHITE,) * 3)
        flat.paste(rgba, mask=rgba.getchannel("A"))
        return np.array(flat)
    if mode in ("RGB", "L", "1", "P", "CMYK", "YCbCr"):
        return np.array(image if mode == "RGB" else image.convert("RGB"))
    raise InputError(f"colour mode {mode} is not supported; save it as RGB", where=name)


def _with_key(image: PngImageFile, data: bytes) -> Pixels:
    """A PNG without an alpha channel of which one value is transparent (chunk tRNS of gray and of colour).

    The key is a value as it stands in the file: of 1, 2, 4, 8 or 16 bits, of which only the low-order ones count (PNG, 11.3.1.1).
    Pillow compares it with what it made of the values.
    """
    depth = data[24]  # IHDR stands first, always
    limit = (1 << depth) - 1
    key = [value & limit for (value,) in struct.iter_unpack(">H", png_chunk(data, b"tRNS")[: 6 if image.mode == "RGB" else 2])]
    if image.mode == "RGB":
        values = np.asarray(image) if depth == 8 else _colour16(data)
        flat = np.array(image)
        flat[(values == key).all(axis=2)] = _WHITE
    elif image.mode.startswith("I;16"):
        gray = _values16(image)
        flat = _gray16(gray)
        flat[gray == key] = _WHITE
    else:  # Pillow spreads values of few bits over 0 to 255
        flat = np.array(image.convert("RGB"))
        flat[flat[:, :, 0] == key[0] * 255 // limit] = _WHITE
    return flat


def _values16(image: ImageFile) -> NDArray[np.uint16]:
    return np.array(image, dtype=np.uint16)


def _colour16(data: bytes) -> NDArray[np.uint16]:
    """All 16 bits of a colour PNG [H, W, 3]; Pillow keeps the high ones."""
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None or found.dtype != np.uint16:
        raise InputError("16-bit colour with a transparent value cannot be decoded; save it with an alpha channel")
    return np.asarray(found[:, :, 2::-1], dtype=np.uint16)


def _gray16(gray: NDArray[np.uint16]) -> Pixels:
    """High bytes, as Pillow and OpenCV do it for 16-bit colour; Pillow's own conversion of gray would clip at 255."""
    return np.repeat((gray >> 8).astype(np.uint8)[:, :, None], 3, axis=2)
