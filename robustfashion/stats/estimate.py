"""A value with its interval, and shares of independent items."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval and the number of items it was computed on."""

    value: float
    low: float
    high: float
    n: int


_Z95 = 1.959963984540054


def wilson(successes: int, n: int) -> Estimate:
    """Proportion with its Wilson score interval (Wilson 1927), 95 %.

    Raises:
        ValueError: not 0 <= successes <= n, or n is 0.
    """
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"{successes} successes of n = {n}; need 0 <= successes <= n and n > 0")
    return wilson_share(successes / n, n)


def wilson_share(share: float, n: int) -> Estimate:
    """Wilson score interval of a share that need not be k / n, such as a mean over seeds on the same n items."""
    centre = (share + _Z95**2 / (2 * n)) / (1 + _Z95**2 / n)
    half = _Z95 / (1 + _Z95**2 / n) * math.sqrt(share * (1 - share) / n + _Z95**2 / (4 * n**2))
    return Estimate(share, max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half)), n)
