"""Colours that depend on one byte per pixel are looked up in a palette, which is much faster than arithmetic on three channels.

Palettes hold exactly what Pillow's own arithmetic (``paste`` with a mask, ``ImageChops.multiply``) gives for each byte.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from robustfashion.data.synthetic.spec import Colour

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in px."""
Palette = NDArray[np.int64]
"""[256, 3] in 0 to 255: the colour of each byte."""

_BYTES: Palette = np.arange(256)[:, None]
_LARGE = 10_000
"""Px from which Pillow pastes a picture of one colour faster than the colour itself, the making of the picture included."""


@lru_cache(maxsize=256)
def _table(gain: float) -> list[int]:
    return [round(k * gain) for k in range(256)]


def scaled(image: Image.Image, gain: float) -> Image.Image:
    """An ``L`` image times ``gain`` in [0, 1]."""
    return image.point(_table(gain)) if gain < 1 else image


def tints(gains: tuple[float, float, float]) -> Palette:
    """Grey under coloured light: each byte times the channels' gains in [0, 1]."""
    return np.array([_table(gain) for gain in gains]).T


def lit(colour: Colour, tint: Palette) -> Palette:
    """One colour times a palette of light, as ``ImageChops.multiply``."""
    return tint * np.array(colour, dtype=np.int64) // 255


def blends(ground: Colour, colour: Colour) -> Palette:
    """From ``ground`` (byte 0) to ``colour`` (byte 255), as ``paste`` with a mask."""
    low, high = (np.array(end, dtype=np.int64) for end in (ground, colour))
    total = low * (255 - _BYTES) + high * _BYTES + 128
    rounded: Palette = ((total >> 8) + total) >> 8
    return rounded


def coloured(levels: Image.Image, palette: Palette) -> Image.Image:
    """An ``L`` image, which is used up, by its palette in RGB."""
    levels.putpalette(palette.astype(np.uint8).tobytes())
    return levels.convert("RGB")


def lay(image: Image.Image, colour: Colour, box: Box, mask: Image.Image) -> None:
    """Paste one colour through a mask of the box's size."""
    large = mask.width * mask.height >= _LARGE
    image.paste(Image.new("RGB", mask.size, colour) if large else colour, box, mask)
