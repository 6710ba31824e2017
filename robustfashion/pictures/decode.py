"""From file bytes to uint8 RGB: what is decoded, what is refused and why.

Pillow is the decoder of record. OpenCV decodes whole RGB and gray JPEGs in its place, a third faster and to the same pixels
(tested), which are also those of Java's ImageIO. Embedded colour profiles are not applied, unlike in Java, which converts them
to sRGB.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import PIL
from numpy.typing import NDArray
from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from robustfashion.errors import InputError

Pixels = NDArray[np.uint8]

SUFFIXES = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp")
"""File suffixes that sources take for images; what a file is, its first bytes decide."""


@dataclass(frozen=True)
class Decode:
    """How files become pixels."""

    exif_orientation: bool = False
    """Turn the picture upright by its EXIF tag. Java's ImageIO ignores the tag, and so does the default."""
    draft: int | None = None
    """Side of a square in px: JPEGs are decoded at 1/2, 1/4 or 1/8 scale where that still is at least as large as the picture
    fitted into the square (the shortcut of Pillow's ``draft`` and ``thumbnail``). It changes pixels. None: full scale."""
    max_pixels: int = 100_000_000
    """Pictures with more pixels are refused by their header, before any is decoded."""

    def __post_init__(self) -> None:
        if self.draft is not None and self.draft < 1:
            raise InputError(f"draft is {self.draft}; it is the side of a square in px, at least 1")
        if self.max_pixels < 1:
            raise InputError(f"max_pixels is {self.max_pixels}; it must be at least 1")


def decoder_versions() -> dict[str, str]:
    """Versions of the libraries that decode; part of every cache key."""
    return {"Pillow": PIL.__version__, "OpenCV": cv2.__version__}


class _Jpeg(JpegImageFile):
    def _read_dpi_from_exif(self) -> None:
        """Nothing here needs the resolution, and looking for it warns about every damaged EXIF block."""


# Opened by these classes rather than by Image.open, whose size check warns process-wide at a limit of its own.
_FORMATS: tuple[tuple[bytes, type[ImageFile]], ...] = (
    (b"\xff\xd8\xff", _Jpeg),
    (b"\x89PNG\r\n\x1a\n", PngImageFile),
    (b"GIF87a", GifImageFile),
    (b"GIF89a", GifImageFile),
    (b"BM", BmpImageFile),
    (b"RIFF", WebPImageFile),
)


def decode_bytes(data: bytes, settings: Decode = Decode(), name: str = "image") -> Pixels:
    """Decode JPEG, PNG, WebP, GIF or BMP (first frame): uint8 RGB [H, W, 3], C-contiguous, writable.

    Transparency is laid on white; 16-bit channels keep their high byte; gray is repeated; CMYK becomes RGB as Pillow does it.

    Args:
        data: the file's bytes.
        settings: orientation, reduced scale, size limit.
        name: where the bytes lie, for messages.

    Raises:
        InputError: empty, not an image, of an unsupported kind, too many pixels, truncated or damaged.
    """
    image = _open(data, settings, name)
    try:
        pixels = _decoded(data, image, settings, name)
    except InputError:
        raise
    except Exception as error:  # Pillow's decoders raise many kinds on damaged files
        raise InputError(_damage(error), where=name) from error
    if settings.exif_orientation:
        pixels = np.ascontiguousarray(_UPRIGHT[_orientation(image.info.get("exif", b""))](pixels))
    return pixels


def _open(data: bytes, settings: Decode, name: str) -> ImageFile:
    """Read the header only."""
    if not data:
        raise InputError("zero bytes", where=name)
    kind = next((kind for magic, kind in _FORMATS if data.startswith(magic)), None)
    if kind is None or (kind is WebPImageFile and data[8:12] != b"WEBP"):
        raise InputError(f"{_looks_like(data)}; supported are JPEG, PNG, WebP, GIF and BMP", where=name)
    if kind in _EARLY_SIZE:
        size = _EARLY_SIZE[kind](data)
        _check_size(size, settings, name)
        if Image.MAX_IMAGE_PIXELS is not None and size[0] * size[1] > Image.MAX_IMAGE_PIXELS:
            raise InputError(
                f"{size[0]} x {size[1]} px are more than Pillow's limit of {Image.MAX_IMAGE_PIXELS}; not decoded", where=name
            )
    try:
        image = kind(BytesIO(data))
    except Exception as error:  # Pillow's readers raise many kinds on damaged headers
        raise InputError(f"damaged header ({error})", where=name) from error
    _check_size(image.size, settings, name)
    return image


def _check_size(size: tuple[int, int], settings: Decode, name: str) -> None:
    width, height = size
    if width * height > settings.max_pixels:
        raise InputError(f"{width} x {height} px are more than max_pixels = {settings.max_pixels}; not decoded", where=name)


def _gif_size(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")


def _webp_size(data: bytes) -> tuple[int, int]:
    """Canvas (width, height) in px from the first chunk; (0, 0) where it is too short, which the decoder then refuses."""
    head = data[12:30].ljust(18, b"\0")
    if head[:4] == b"VP8X":
        return int.from_bytes(head[12:15], "little") + 1, int.from_bytes(head[15:18], "little") + 1
    if head[:4] == b"VP8L":
        bits = int.from_bytes(head[9:13], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if head[:4] == b"VP8 ":
        width, height = struct.unpack("<HH", head[14:18])
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0


# Opening these kinds already allocates whole frames, and warns above Pillow's own limit.
_EARLY_SIZE: dict[type[ImageFile], Callable[[bytes], tuple[int, int]]] = {GifImageFile: _gif_size, WebPImageFile: _webp_size}


def _looks_like(data: bytes) -> str:
    head = data[:64]
    if all(32 <= byte < 127 or byte in b"\t\r\n" for byte in head):
        return f"text, not an image (begins with {head[:24].decode('ascii')!r})"
    return f"not an image of a known kind (begins with bytes {head[:8].hex(' ')})"


def _damage(error: Exception) -> str:
    text = str(error)
    if "truncated" in text or isinstance(error, EOFError):
        return "truncated file"
    return f"damaged image ({text or type(error).__name__})"


def fitted_size(height: int, width: int, side: int) -> tuple[int, int]:
    """(height, width) of a picture inside a square of ``side`` px.

    Itself where it fits, else scaled so that its longer side is ``side``.
    The shorter side is rounded to the nearest whole pixel, half up, in integer arithmetic, and is at least 1.
    """
    longest = max(height, width)
    if longest <= side:
        return height, width
    return max(1, (2 * height * side + longest) // (2 * longest)), max(1, (2 * width * side + longest) // (2 * longest))


def _decoded(data: bytes, image: ImageFile, settings: Decode, name: str) -> Pixels:
    """The whole picture, by the fastest decoder that gives these pixels."""
    if not isinstance(image, JpegImageFile):
        return _to_rgb(image, name)
    if settings.draft is not None:
        height, width = fitted_size(image.height, image.width, settings.draft)
        image.draft(None, (width, height))
        return _to_rgb(image, name)
    # Only where the end marker stands: of truncated files OpenCV may return what there is, Pillow refuses them.
    if image.mode in ("RGB", "L") and data.endswith(b"\xff\xd9"):
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION)
        if pixels is not None:
            return np.asarray(pixels, dtype=np.uint8)
    return _to_rgb(image, name)


def _to_rgb(image: ImageFile, name: str) -> Pixels:
    image.load()
    mode = image.mode
    if mode.startswith("I;16"):
        return _gray16(np.array(image, dtype=np.uint16), image.info.get("transparency"))
    if mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        flat = Image.new("RGB", rgba.size, (255, 255, 255))
        flat.paste(rgba, mask=rgba.getchannel("A"))
        return np.array(flat)
    if mode in ("RGB", "L", "1", "P", "CMYK", "YCbCr"):
        return np.array(image if mode == "RGB" else image.convert("RGB"))
    raise InputError(f"colour mode {mode} is not supported; save it as RGB", where=name)


def _gray16(gray: NDArray[np.uint16], transparent: Any) -> Pixels:  # noqa: ANN401 - whatever Pillow found in the file
    """High bytes, as Pillow and OpenCV do it for 16-bit colour; Pillow's own conversion of gray would clip at 255."""
    high = (gray >> 8).astype(np.uint8)
    if isinstance(transparent, int):
        high[gray == transparent] = 255
    return np.repeat(high[:, :, None], 3, axis=2)


# EXIF orientation (TIFF 6.0, tag 274): how to turn the stored picture upright.
_UPRIGHT: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda pixels: pixels,
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: pixels[::-1].swapaxes(0, 1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: lambda pixels: pixels[:, ::-1].swapaxes(0, 1),
}


def _orientation(exif: bytes) -> int:
    """Tag 274 of the first directory, 1..8; 1 where it is absent or damaged."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for entry in range(count):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", tiff, start + 2 + 12 * entry)
            if tag == 274:
                return value if kind == 3 and value in _UPRIGHT else 1
    except struct.error:
        return 1
    return 1
