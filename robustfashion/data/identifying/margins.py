"""The margin that a padded result must have, and its colour: a result without it was not padded so."""

import math

import numpy as np
from numpy.typing import NDArray

from robustfashion.data.policy import COLOURS, Colour

Pixels = NDArray[np.uint8]
Size = tuple[int, int]

_OF_ROUNDING = 4
_OF_JPEG = 12
_WHITE = COLOURS["white"]
_REACH = 6
"""Most px of the result, or of the original where it is enlarged, that a filter reaches to one side."""


def margin_colour(found: Pixels, place: Size, fitted: Size, lossless: bool) -> Colour | None:
    """Colour of what a result has beside a picture of ``fitted`` px at ``place``; None where it is not one colour."""
    (top, left), (height, width) = place, fitted
    beside = np.ones(found.shape[:2], bool)
    beside[top : top + height, left : left + width] = False
    return _one_colour(found[beside], 0, lossless)


def canvas_colour(found: Pixels, place: Size, fitted: Size, canvas: int, lossless: bool) -> Colour | None:
    """The same of a canvas that was resized as a whole, of what no filter mixes with the picture; white where that is nothing."""
    size = found.shape[0]
    scale = size / canvas
    reach = math.ceil(_REACH * max(1.0, scale))
    beside = np.ones(found.shape[:2], bool)
    start = [max(0, math.floor(at * scale) - reach) for at in place]
    end = [math.ceil((at + side) * scale) + reach for at, side in zip(place, fitted, strict=True)]
    beside[start[0] : end[0], start[1] : end[1]] = False
    if not beside.any():
        return _WHITE
    return _one_colour(found[beside], _OF_ROUNDING, lossless)


def _one_colour(pixels: Pixels, tolerance: int, lossless: bool) -> Colour | None:
    """The median of uint8 [n, 3] if all are as near (on average, after a JPEG); a named colour that is near instead."""
    middle = np.median(pixels, axis=0).astype(np.int16)
    far = np.abs(pixels.astype(np.int16) - middle)
    if far.max() <= tolerance:
        near = min(tolerance, 1)
    elif not lossless and far.mean() <= _OF_JPEG:
        near = _OF_ROUNDING
    else:
        return None
    for colour in COLOURS.values():
        if np.abs(middle - colour).max() <= near:
            return colour
    red, green, blue = (int(value) for value in middle)
    return red, green, blue
