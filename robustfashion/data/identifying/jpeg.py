"""JPEGs behind a resize: what a file's header says, and what a lossless picture still shows of one."""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin

from robustfashion.pictures.decode import decode_bytes
from robustfashion.resize.reencode import JpegEncoding, java_tables

Pixels = NDArray[np.uint8]

COMMON_ENCODINGS = ("jpeg75", "jpeg80", "jpeg85", "jpeg90", "jpeg95", "java_jpeg0.75", "java_jpeg0.9", "jpeg90-444")
"""Tried between resizing and a lossless file where nothing explains the pixels without a JPEG."""

_SUBSAMPLINGS = {0: "4:4:4", 1: "4:2:2", 2: "4:2:0"}

_BLOCKS = 12
_COARSE_STEP = 8
_COEFFICIENTS = 60
_RESIDUE = 1.3
"""Mean distance of coefficients from whole steps, in units of the transform, that rounding to 8 bits leaves: about 0.4; without a
JPEG it is a quarter of the step and so at least 2."""


@dataclass(frozen=True)
class Jpeg:
    """The JPEG that a result file is: what its header says of its encoder."""

    name: str
    tables: list[list[int]]
    subsampling: str

    def through(self, image: Pixels) -> Pixels:
        """The image, encoded and decoded again: uint8 RGB [H, W, 3]."""
        buffer = BytesIO()
        Image.fromarray(image).save(buffer, "JPEG", qtables=self.tables, subsampling=self.subsampling)
        return decode_bytes(buffer.getvalue())


def jpeg_of(data: bytes) -> Jpeg | None:
    """What the header of a three-component JPEG says of its encoder; None for other files."""
    if not data.startswith(b"\xff\xd8\xff"):
        return None
    with JpegImagePlugin.JpegImageFile(BytesIO(data)) as image:
        subsampling = _SUBSAMPLINGS.get(JpegImagePlugin.get_sampling(image))
        tables = [list(table) for table in image.quantization.values()]
    if subsampling is None or not 1 <= len(tables) <= 2:
        return None
    return Jpeg(_encoding_name(tables, subsampling), tables, subsampling)


def _encoding_name(tables: list[list[int]], subsampling: str) -> str:
    """The encoding with these tables: Pillow's scale of quality, Java's, or only that it is a JPEG of an unknown encoder."""
    for quality in range(1, 101):
        if tables == _pillow_tables(quality)[: len(tables)]:
            return JpegEncoding(quality, subsampling).name
    for step in range(101):
        if subsampling == "4:2:0" and tables == java_tables(step / 100)[: len(tables)]:
            return JpegEncoding(step / 100, encoder="java").name
    return "jpeg of unknown tables"


@lru_cache(maxsize=101)
def _pillow_tables(quality: int) -> list[list[int]]:
    buffer = BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", quality=quality)
    with JpegImagePlugin.JpegImageFile(BytesIO(buffer.getvalue())) as image:
        return [list(table) for table in image.quantization.values()]


def hidden_encodings(found: Pixels) -> list[str]:
    """Those of :data:`COMMON_ENCODINGS` that a lossless picture, uint8 RGB [H, W, 3], may have gone through.

    A JPEG leaves the transform of every block of 8 x 8 px near whole multiples of the steps of its table. Blocks with values of 0
    or 255 do not count (they may be clipped). Where too few are left to tell, all are named.
    """
    height, width = (side // 8 * 8 for side in found.shape[:2])
    blocks = found[:height, :width].reshape(height // 8, 8, width // 8, 8, 3).swapaxes(1, 2).reshape(-1, 8, 8, 3)
    whole = blocks[((blocks > 0) & (blocks < 255)).all(axis=(1, 2, 3))].astype(np.float64)
    if len(whole) < _BLOCKS:
        return list(COMMON_ENCODINGS)
    transform = _cosines()
    coefficients = transform @ (whole @ (0.299, 0.587, 0.114) - 128) @ transform.T
    return [name for name in COMMON_ENCODINGS if _on_grid(coefficients, _luma_steps(name))]


def _luma_steps(name: str) -> NDArray[np.float64]:
    encoding = JpegEncoding.parse(name)
    tables = java_tables(float(encoding.quality)) if encoding.encoder == "java" else _pillow_tables(int(encoding.quality))
    return np.array(tables[0], dtype=np.float64).reshape(8, 8)


def _on_grid(coefficients: NDArray[np.float64], steps: NDArray[np.float64]) -> bool:
    """Whether transforms [n, 8, 8] lie near multiples of the steps, as far as they can tell."""
    telling = (steps >= _COARSE_STEP) & (np.abs(coefficients) > steps / 2)
    if telling.sum() < _COEFFICIENTS:
        return True
    residue = np.abs(coefficients - steps * np.round(coefficients / steps))
    return bool(residue[telling].mean() <= _RESIDUE)


@lru_cache(1)
def _cosines() -> NDArray[np.float64]:
    """The orthonormal discrete cosine transform of eight values: float64 [8, 8]."""
    place = np.arange(8)
    table = np.cos(np.pi * (2 * place[None, :] + 1) * place[:, None] / 16) / 2
    table[0] /= np.sqrt(2)
    return table
