"""What of a picture is background: the even areas that reach its border."""

import cv2
import numpy as np
from numpy.typing import NDArray

from robustfashion.data.decode import Pixels

_STEP_LEVELS = 3
"""Most difference of neighbours inside a background, after smoothing: light may fall off over it, an edge ends it."""
_SEEDS = 5
"""Places along each side from which it is filled."""


def foreground(image: Pixels) -> NDArray[np.bool_]:
    """True [H, W] where an image, uint8 RGB [H, W, 3], is not connected to its border by steps of a few levels.

    Fills from places all along the border, so that graded and parted backgrounds are found, too. Soft shadows belong to the
    background; so do parts of a white product that melt into white. A picture that is all background has no foreground.
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
    return np.asarray(filled[1:-1, 1:-1] == 0)
