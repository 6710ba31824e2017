"""Features that a map can be made of."""

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError


def checked(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same values, float32 and C-contiguous.

    Args:
        features: [n, d], any real dtype.

    Raises:
        ValueError: not two-dimensional, or nothing in it.
        InputError: NaN or infinity (in float32), fewer than two points, or all of them equal.
    """
    if features.ndim != 2 or features.shape[1] == 0:
        raise ValueError(f"features are [n, d]; these are {features.shape}")
    with np.errstate(over="ignore"):
        found = np.ascontiguousarray(features, dtype=np.float32)
    bad = ~np.isfinite(found).all(axis=1)
    if bad.any():
        raise InputError(
            f"row {int(bad.argmax())} and {int(bad.sum()) - 1} more of {len(found)} hold NaN or infinity: leave them out, or "
            "take the features of a network that has not diverged",
            "features",
        )
    if len(found) < 2:
        raise InputError(f"{len(found)} points; a map needs two at least", "features")
    if (found == found[0]).all():
        raise InputError(
            f"all {len(found)} points are equal: there is nothing to map; take features that differ from picture to picture",
            "features",
        )
    return found
