"""What of a picture is background: the even areas that reach its border, and what shows through the product."""

import cv2
import numpy as np
from numpy.typing import NDArray

from robustfashion.data.decode import Pixels

_STEP_LEVELS = 3
"""Most difference of neighbours inside a background, after smoothing: light may fall off over it, an edge ends it."""
_SEEDS = 5
"""Places along each side from which it is filled."""


_SAME_LEVELS = 8
"""Most difference, in every channel, of what shows through a product from the background around it."""


def foreground(image: Pixels) -> NDArray[np.bool_]:
    """True [H, W] where an image, uint8 RGB [H, W, 3], is not background.

    Background is what is connected to the border by steps of a few levels, filled from places all along it, so that graded and
    parted backgrounds are found, too; what has the colour of the background near it, since nobody can tell a white print from
    white that shows between two straps; and, along its edge, pixels that hold more of it than of the product. Soft shadows
    belong to the background; so do parts of a white product that melt into white. A picture that is all background has no
    foreground.
    """
    height, width = image.shape[:2]
    smooth = cv2.GaussianBlur(image, (3, 3), 0)
    filled = np.zeros((height + 2, width + 2), dtype=np.uint8)
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | (1 << 8)
    across = np.linspace(0, width - 1, _SEEDS).astype(int).tolist()
    down = np.linspace(0, height - 1, _SEEDS).astype(int).tolist()
    border = [(x, y) for y in (0, height - 1) for x in across] + [(x, y) for x in (0, width - 1) for y in down]
    for x, y in border:
        if not filled[y + 1, x + 1]:
            cv2.floodFill(smooth, filled, (x, y), (0, 0, 0), (_STEP_LEVELS,) * 3, (_STEP_LEVELS,) * 3, flags)
    outside = filled[1:-1, 1:-1] > 0
    contrast = _contrast(image, outside)
    if contrast is None:
        return ~outside
    same = cv2.morphologyEx((contrast <= _SAME_LEVELS).astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)) > 0
    outside = outside | same
    rim = cv2.dilate(outside.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    mixed = rim & (contrast < cv2.dilate(contrast, np.ones((5, 5), np.uint8)) / 2)
    return np.asarray(~outside & ~mixed)


def _contrast(image: NDArray[np.uint8], outside: NDArray[np.bool_]) -> NDArray[np.float32] | None:
    """Greatest difference in a channel [H, W] from the background nearby; None where there is no background."""
    if not outside.any():
        return None
    weight = outside.astype(np.float32)
    side = max(outside.shape) // 2 | 1
    near, total = (
        cv2.boxFilter(field, -1, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT)
        for field in (weight, image * weight[:, :, None])
    )
    everywhere = image[outside].mean(axis=0)
    local = np.where(near[:, :, None] >= 1, total / np.maximum(near, 1)[:, :, None], everywhere)
    return np.asarray(np.abs(image - local).max(axis=2), dtype=np.float32)
