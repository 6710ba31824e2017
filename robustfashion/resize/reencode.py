"""JPEG re-encoding, as a service does it between resizing and the network: an axis of its own, not part of a resize filter.

Java's encoder differs from Pillow's in its quantisation tables only: ``ImageIO.write`` gives the pixels of Pillow at
quality 75, and with the tables of ``javax.imageio.plugins.jpeg.JPEGQTable`` Pillow gives Java's pixels at every other
quality.
"""

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

import numpy as np

from robustfashion.errors import InputError
from robustfashion.resize.method import Pixels, check_image

Encoder = Literal["pillow", "java"]

_SUBSAMPLINGS = ("4:4:4", "4:2:2", "4:2:0")
_EXAMPLES = "examples: jpeg75, jpeg90-444, java_jpeg0.75"

# ITU-T T.81 annex K, tables K.1 and K.2, row by row.
_LUMINANCE = (
    16, 11, 10, 16, 24, 40, 51, 61,
    12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77,
    24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
_CHROMINANCE = (
    17, 18, 24, 47, 99, 99, 99, 99,
    18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99,
    *(99,) * 32,
)  # fmt: skip


@dataclass(frozen=True)
class JpegEncoding:
    """How an image becomes a JPEG: Pillow's encoder with its scale of quality, or Java's ImageIO with its own."""

    quality: float = 75
    """1 to 100 in whole steps for Pillow, 0 to 1 for Java."""
    subsampling: str = "4:2:0"
    """Chroma subsampling, ``4:4:4``, ``4:2:2`` or ``4:2:0``; Java always writes 4:2:0."""
    encoder: Encoder = "pillow"

    def __post_init__(self) -> None:
        if self.subsampling not in _SUBSAMPLINGS:
            raise InputError(f"subsampling is {self.subsampling!r}; use one of {', '.join(_SUBSAMPLINGS)}")
        if self.encoder == "pillow":
            if self.quality not in range(1, 101):
                raise InputError(f"JPEG quality is {self.quality}; Pillow's is a whole number, 1 to 100")
        elif self.encoder == "java":
            if not 0 <= self.quality <= 1:
                raise InputError(f"JPEG quality is {self.quality}; Java's is between 0 and 1")
            if self.subsampling != "4:2:0":
                raise InputError(f"subsampling is {self.subsampling}; Java's ImageIO always writes 4:2:0")
        else:
            raise InputError(f"JPEG encoder is {self.encoder!r}; use pillow or java")

    @classmethod
    def parse(cls, text: str) -> "JpegEncoding":
        """Read ``jpegQ`` (Pillow, 4:2:0), ``jpegQ-444``, ``jpegQ-422``, ``jpegQ-420`` or ``java_jpegQ``.

        Raises:
            InputError: another form, or a quality out of range.
        """
        pillow = re.fullmatch(r"jpeg(\d{1,3})(?:-(\d)(\d)(\d))?", text, re.ASCII)
        if pillow:
            quality, *ratio = pillow.groups()
            return cls(int(quality), ":".join(ratio) if ratio[0] else "4:2:0")
        java = re.fullmatch(r"java_jpeg(\d?\.?\d{1,9})", text, re.ASCII)
        if java:
            return cls(float(java[1]), encoder="java")
        raise InputError(f"JPEG encoding is {text!r}; {_EXAMPLES}")

    @property
    def name(self) -> str:
        """The shortest text that :meth:`parse` reads back."""
        if self.encoder == "java":
            return f"java_jpeg{float(self.quality):.9f}".rstrip("0").rstrip(".")
        return f"jpeg{self.quality:.0f}" + ("" if self.subsampling == "4:2:0" else f"-{self.subsampling.replace(':', '')}")


JAVA_DEFAULT = JpegEncoding(0.75, encoder="java")
"""What ``ImageIO.write(image, "jpg", file)`` does."""


def encode_jpeg(image: Pixels, encoding: JpegEncoding = JpegEncoding()) -> bytes:
    """The bytes of a baseline JPEG file of uint8 RGB [H, W, 3].

    Raises:
        InputError: another kind of array, or a side above JPEG's limit of 65,500 px.
    """
    from PIL import Image

    image = check_image(image)
    if max(image.shape) > 65_500:
        raise InputError(f"image has shape {list(image.shape)}; a side of a JPEG is at most 65500 px")
    buffer = BytesIO()
    if encoding.encoder == "java":
        tables = java_tables(encoding.quality)
        Image.fromarray(image).save(buffer, "JPEG", qtables=tables, subsampling=encoding.subsampling)
    else:
        Image.fromarray(image).save(buffer, "JPEG", quality=int(encoding.quality), subsampling=encoding.subsampling)
    return buffer.getvalue()


def reencode(image: Pixels, encoding: JpegEncoding = JpegEncoding()) -> Pixels:
    """The image as it comes out of the JPEG: uint8 RGB [H, W, 3] in and out.

    Raises:
        InputError: see :func:`encode_jpeg`.
    """
    from PIL.JpegImagePlugin import JpegImageFile

    with JpegImageFile(BytesIO(encode_jpeg(image, encoding))) as decoded:
        return np.array(decoded)


def java_tables(quality: float) -> list[list[int]]:
    """Luminance and chrominance tables of ImageIO at this quality (0 to 1), row by row, in Java's float32."""
    q = np.float32(max(quality, 0.01))
    scale = np.float32(0.5) / q if q < np.float32(0.5) else np.float32(2) - q * np.float32(2)
    tables = np.array([_LUMINANCE, _CHROMINANCE], dtype=np.float32) * scale + np.float32(0.5)
    scaled: list[list[int]] = np.clip(tables.astype(np.int64), 1, 255).tolist()
    return scaled
