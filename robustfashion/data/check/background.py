"""What of a picture is background: the even areas that reach its border, and what shows through the product."""

import cv2
import numpy as np
from numpy.typing import NDArray

from robustfashion.pictures.decode import Pixels

_STEP_LEVELS = 3
"""Most difference of neighbours inside a background, after smoothing: light may fall off over it, an edge ends it."""
_SEEDS = 5
"""Places along each side from which it is filled."""
_SAME_LEVELS = 8
"""Most difference, in every channel, of what shows through a product from the background around it."""
_COARSE = 4
"""The colour of the background nearby is smooth, and computed on a grid this many times coarser."""


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
    height, width = outside.shape
    small = (max(1, width // _COARSE), max(1, height // _COARSE))
    weight = outside.astype(np.uint8)
    side = max(small) // 2 | 1
    near, total = (
        cv2.boxFilter(
            cv2.resize(field, small, interpolation=cv2.INTER_AREA), cv2.CV_32F, (side, side),
            normalize=False, borderType=cv2.BORDER_CONSTANT,
        )
        for field in (255 * weight, cv2.bitwise_and(image, image, mask=weight))
    )  # fmt: skip
    everywhere = np.array(cv2.mean(image, mask=weight)[:3], dtype=np.float32)
    local = np.where(near[:, :, None] >= 64, 255 * total / np.maximum(near, 1)[:, :, None], everywhere)
    local = cv2.resize(local, (width, height), interpolation=cv2.INTER_LINEAR)
    apart = cv2.absdiff(image.astype(np.float32), local)
    return np.asarray(cv2.max(cv2.max(apart[:, :, 0], apart[:, :, 1]), apart[:, :, 2]))
