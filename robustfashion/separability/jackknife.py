"""Intervals of numbers that look at neighbours or learn: groups of products left out in turn, everything computed anew.

A bootstrap draws a product twice, and a point that is there twice is its own nearest neighbour. Leaving out needs no such copies,
and its variance is on average not too small for any statistic that does not care for the order of its data (Efron & Stein 1981).
"""

import math

from scipy import stats as scipy_stats

from robustfashion.stats import Estimate, FloatArray, wilson_share

_Z95 = 1.959963984540054


def standard_error(values: FloatArray) -> float:
    """Of a number that was computed without each of g groups in turn [g] (delete-a-group jackknife).

    Raises:
        ValueError: fewer than two groups.
    """
    g = len(values)
    if g < 2:
        raise ValueError(f"{g} groups; an interval needs at least two that can be left out")
    return math.sqrt((g - 1) / g * float(((values - values.mean()) ** 2).sum()))


def interval(values: FloatArray, *, n: int, share: bool = False, most: int = 0) -> Estimate:
    """95 % interval of a number [1 + g]: computed on all, then without each of g groups.

    A t interval with g - 1 degrees of freedom. Of a share it is a Wilson interval of as many independent items as give this
    standard error, so that it stays within 0..1 and a share that was never missed reaches about 3 / ``most`` below 1.

    Args:
        values: [1 + g].
        n: items that the estimate shall name.
        share: whether the number is a share.
        most: products, the independent items of a share where nothing varies.
    """
    value, error = float(values[0]), standard_error(values[1:])
    t = float(scipy_stats.t.ppf(0.975, len(values) - 2))
    if not share:
        return Estimate(value, value - t * error, value + t * error, n)
    items = value * (1 - value) / error**2 if error > 0 else float(most)
    # Not more than pictures or it would be certain of what it has hardly seen; t and not z for the groups are few.
    effective = max(1, int(min(items, float(n)) * (_Z95 / t) ** 2))
    found = wilson_share(min(max(value, 0.0), 1.0), effective)
    return Estimate(value, found.low, found.high, n)
