"""A transparent picture with its transparency, as programs that work with Pillow see it."""

import numpy as np
from numpy.typing import NDArray

from robustfashion.pictures.decode import open_header

Pixels = NDArray[np.uint8]

_KINDS = ("PNG", "WEBP", "GIF")
"""Formats of Pillow that may be transparent."""


def with_alpha(data: bytes) -> Pixels | None:
    """uint8 RGBA [H, W, 4] of a file's first frame; None where none of it is transparent.

    For files that :func:`~robustfashion.pictures.decode.decode_bytes` takes. This is Pillow's reading, whose transparent values
    of 1, 2, 4 and 16 bits are not the file's.
    """
    try:
        with open_header(data) as image:
            if image.format not in _KINDS:
                return None
            if image.mode not in ("RGBA", "LA", "PA") and "transparency" not in image.info:
                return None
            rgba = np.array(image.convert("RGBA"))
    except (OSError, ValueError, SyntaxError):  # not read by Pillow
        return None
    return None if (rgba[:, :, 3] == 255).all() else rgba
