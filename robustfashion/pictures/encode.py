"""Pixels to the bytes of a picture that a report shows."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def png(image: NDArray[np.uint8]) -> bytes:
    """PNG bytes of a uint8 RGB image [H, W, 3]: every pixel as it is."""
    return _encoded(image, "PNG", optimize=True)


def jpeg(image: NDArray[np.uint8]) -> bytes:
    """JPEG bytes (quality 85) of a uint8 RGB image [H, W, 3]: small, for pictures that only say which product is meant."""
    return _encoded(image, "JPEG", quality=85)


def _encoded(image: NDArray[np.uint8], kind: str, **options: Any) -> bytes:  # noqa: ANN401 - Pillow's
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, kind, **options)
    return buffer.getvalue()
