"""Pixels to the bytes of a picture that a report shows."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_LONGEST = 16_383
"""Side that a WebP picture may have, px."""


def png(image: NDArray[np.uint8]) -> bytes:
    """PNG bytes of a uint8 RGB image [H, W, 3]: every pixel as it is."""
    return _encoded(image, "PNG", optimize=True)


def jpeg(image: NDArray[np.uint8]) -> bytes:
    """JPEG bytes (quality 85) of a uint8 RGB image [H, W, 3]: small, for pictures that only say which product is meant."""
    return _encoded(image, "JPEG", quality=85)


def sprite(pixels: NDArray[np.uint8], cell: int = 40, columns: int = 64, quality: int = 60) -> bytes:
    """One WebP picture of many small ones, row by row: the thumbnails of a map.

    Args:
        pixels: uint8 RGB images [n, H, W, 3], n at least 1; each is fitted into its cell in its proportions, on white.
        cell: width and height of each in the sprite, px.
        columns: of the sprite; a narrower one where there are fewer pictures.
        quality: of WebP, 0 to 100; at 60 a product of 40 px takes about 500 bytes.

    Raises:
        ValueError: an array of another shape, no picture, or more rows than a WebP can have.
    """
    if pixels.ndim != 4 or pixels.shape[3] != 3 or 0 in pixels.shape:
        raise ValueError(f"pixels {pixels.shape} are not images [n, H, W, 3]")
    rows = -(-len(pixels) // columns)
    if max(rows, columns) * cell > _LONGEST:
        raise ValueError(
            f"{len(pixels):,} pictures of {cell} px in {columns} columns are longer than {_LONGEST:,} px: use more columns"
        )
    sheet = Image.new("RGB", (min(columns, len(pixels)) * cell, rows * cell), "white")
    height, width = pixels.shape[1:3]
    scale = cell / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (cell - size[0]) // 2, (cell - size[1]) // 2
    for k, image in enumerate(pixels):
        small = Image.fromarray(image).resize(size, Image.Resampling.LANCZOS)
        sheet.paste(small, (k % columns * cell + left, k // columns * cell + top))
    buffer = io.BytesIO()
    sheet.save(buffer, "WEBP", quality=quality, method=4)
    return buffer.getvalue()


def _encoded(image: NDArray[np.uint8], kind: str, **options: Any) -> bytes:  # noqa: ANN401 - Pillow's
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, kind, **options)
    return buffer.getvalue()
