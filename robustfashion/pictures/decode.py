"""From file bytes to uint8 RGB: what is decoded, what is refused and why.

Pillow is the decoder of record. simplejpeg decodes RGB and gray JPEGs in its place, faster and to the same pixels (tested), which
are also those of Java's ImageIO, and tells of damage that Pillow ignores. Embedded colour profiles are not applied, unlike in
Java, which converts them to sRGB.
"""

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
import PIL
import simplejpeg
from numpy.typing import NDArray
from PIL import Image, features
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from robustfashion.errors import InputError
from robustfashion.pictures.flatten import to_rgb
from robustfashion.pictures.integrity import check_bmp, check_gif, check_png, check_webp, png_pixels
from robustfashion.pictures.jpeg import MAGIC, HeaderOnly, check_jpeg, decode_fast, draft_scale, jpeg_size
from robustfashion.pictures.orientation import upright

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
    return {
        "Pillow": PIL.__version__,
        "libjpeg-turbo of Pillow": features.version_feature("libjpeg_turbo") or "another libjpeg",
        "simplejpeg": simplejpeg.__version__,
        "OpenCV": cv2.__version__,  # 16-bit colour of which one value is transparent
    }


DECODING_CODE = tuple(f"pictures/{name}.py" for name in ("decode", "flatten", "integrity", "jpeg", "jpeg_coded", "orientation"))
"""Sources that decide about pixels and refusals; part of every cache key."""

_SMALLER = "not decoded, for memory's sake; make a smaller copy of the picture and use that"
_PNG = b"\x89PNG\r\n\x1a\n"
# Opened by these classes rather than by Image.open, whose size check warns process-wide at a limit of its own.
_FORMATS: tuple[tuple[bytes, type[ImageFile]], ...] = (
    (MAGIC, HeaderOnly),
    (_PNG, PngImageFile),
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
        MemoryError: as Pillow and numpy raise it; it says nothing about the file.
    """
    if (pixels := _fast_jpeg(data, settings, name)) is not None:
        return upright(pixels, _jpeg_info(data)) if settings.exif_orientation else pixels
    image = open_header(data, settings, name)
    try:
        _WHOLE[type(image)](data, name)
        if settings.draft is not None:  # of JPEGs only; others have no reduced scale
            height, width = fitted_size(image.height, image.width, settings.draft)
            image.draft(None, (width, height))
        pixels = to_rgb(image, _plain(data, settings), name)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # Pillow's decoders raise many kinds on damaged files
        raise InputError(_damage(error), where=name) from error
    return upright(pixels, image.info) if settings.exif_orientation else pixels


def _fast_jpeg(data: bytes, settings: Decode, name: str) -> Pixels | None:
    """Pixels of a whole JPEG of the common kinds; None of all others, which take the long way."""
    size = jpeg_size(data) if data.startswith(MAGIC) else None
    if size is None:
        return None
    height, width, _ = size
    _check_size((width, height), settings, name)
    scale = 1 if settings.draft is None else draft_scale(height, width, fitted_size(height, width, settings.draft))
    return decode_fast(data, size, scale)


def _jpeg_info(data: bytes) -> Mapping[str | tuple[int, int], object]:
    try:
        with HeaderOnly(BytesIO(data)) as image:
            return image.info
    except Exception:  # simplejpeg read what Pillow cannot: it tells nothing
        return {}


def open_header(data: bytes, settings: Decode = Decode(), name: str = "image") -> ImageFile:
    """Pillow's picture of which the header only is read, without its warning about large ones.

    Raises:
        InputError: as :func:`decode_bytes`, but for damage behind the header.
    """
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
                f"{size[0]} x {size[1]} px are more than Pillow's limit of {Image.MAX_IMAGE_PIXELS}; {_SMALLER}", where=name
            )
    try:
        image = kind(BytesIO(_plain(data, settings)))
    except MemoryError:
        raise
    except Exception as error:  # Pillow's readers raise many kinds on damaged headers
        if kind is not HeaderOnly:
            _WHOLE[kind](data, name)  # which may know it better
        raise InputError(_header_damage(error), where=name) from error
    _check_size(image.size, settings, name)
    return image


def _plain(data: bytes, settings: Decode) -> bytes:
    """A PNG without metadata that Pillow would fail at; other kinds as they are."""
    return png_pixels(data, settings.exif_orientation) if data.startswith(_PNG) else data


def _check_size(size: tuple[int, int], settings: Decode, name: str) -> None:
    width, height = size
    if width * height > settings.max_pixels:
        raise InputError(f"{width} x {height} px are more than max_pixels = {settings.max_pixels}; {_SMALLER}", where=name)


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


# Pillow decodes damaged files of these kinds to partial pictures.
_WHOLE: dict[type[ImageFile], Callable[[bytes, str], None]] = {
    HeaderOnly: check_jpeg,
    PngImageFile: check_png,
    GifImageFile: check_gif,
    WebPImageFile: check_webp,
    BmpImageFile: check_bmp,
}
# Opening these kinds already allocates whole frames, and warns above Pillow's own limit.
_EARLY_SIZE: dict[type[ImageFile], Callable[[bytes], tuple[int, int]]] = {GifImageFile: _gif_size, WebPImageFile: _webp_size}


_OTHER_KINDS = (
    (rb"II\*\0|MM\0\*|II\+\0|MM\0\+", "TIFF, or a camera's raw format"),
    (rb"....ftyp(avi[fs]|(mif1|msf1).{4}(.{4})*?avi[fs])", "AVIF"),
    (rb"....ftyp(he[iv][cxms]|mif1|msf1)", "HEIC"),
    (rb"....ftypcrx ", "a camera's raw format"),
    (rb"....ftyp", "a film (MP4, MOV)"),
    (rb"\xff\x0a|\0\0\0\x0cJXL ", "JPEG XL"),
    (rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  ", "JPEG 2000"),
    (rb"8BPS", "a document of Photoshop"),
    (rb"%PDF-", "PDF"),
    (rb"\x1f\x8b|PK\x03\x04|Rar!|7z\xbc\xaf", "a packed archive"),
)
"""How other files begin, and what they are."""


def _looks_like(data: bytes) -> str:
    head = data[:64]
    kind = next((kind for pattern, kind in _OTHER_KINDS if re.match(pattern, head, re.DOTALL)), None)
    if kind is not None:
        return f"{kind}, whatever its name says; convert it"
    if all(32 <= byte < 127 or byte in b"\t\r\n" for byte in head):
        pointer = ", a pointer of Git LFS: run `git lfs pull`" if head.startswith(b"version https://git-lfs") else ""
        return f"text, not an image (begins with {head[:24].decode('ascii')!r}){pointer}"
    return f"not an image of a known kind (begins with bytes {head[:8].hex(' ')})"


def _header_damage(error: Exception) -> str:
    if str(error).lower().startswith("cannot handle"):  # 12 bits, two channels
        return f"a kind of JPEG that is not supported ({error}); save it with 8 bits as gray, RGB or CMYK"
    return f"damaged header ({error}); fetch the file again"


def _damage(error: Exception) -> str:
    text = str(error)
    if "truncated" in text or isinstance(error, EOFError):
        return "truncated file; fetch it again"
    return f"damaged image ({text or type(error).__name__}); fetch the file again"


def fitted_size(height: int, width: int, side: int) -> tuple[int, int]:
    """(height, width) of a picture inside a square of ``side`` px.

    Itself where it fits, else scaled so that its longer side is ``side``.
    The shorter side is rounded to the nearest whole pixel, half up, in integer arithmetic, and is at least 1.
    """
    longest = max(height, width)
    if longest <= side:
        return height, width
    return max(1, (2 * height * side + longest) // (2 * longest)), max(1, (2 * width * side + longest) // (2 * longest))
