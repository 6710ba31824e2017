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


def interval(values: FloatArray, *, n: int, share: bool = False, most: int = 0, items: int | None = None) -> Estimate:
    """95 % interval of a number [1 + g]: computed on all, then without each of g groups.

    A t interval with g - 1 degrees of freedom. Of a share it is a Wilson interval of as many independent items as give this
    standard error, so that it stays within 0..1. A share that was never missed reaches about 3 / ``most`` below 1, and one that
    was hardly ever missed no less far.

    Args:
        values: [1 + g].
        n: items that the estimate shall name.
        share: whether the number is a share.
        most: products, the independent items of a share where nothing varies.
        items: at most so many independent items there are, however little varies; None: n.
    """
    value, error = float(values[0]), standard_error(values[1:])
    t = float(scipy_stats.t.ppf(0.975, len(values) - 2))
    if not share:
        return Estimate(value, value - t * error, value + t * error, n)
    independent = value * (1 - value) / error**2 if error > 0 else float(most)
    # Not more than there are or it would be certain of what it has hardly seen; t and not z for the groups are few.
    effective = _effective(min(independent, float(n if items is None else items)), t)
    found = wilson_share(min(max(value, 0.0), 1.0), effective)
    # One picture missed of a product tells no more than none missed at all: what whole products leave open stays open.
    open_ = 1 - wilson_share(1.0, _effective(most, t)).low
    low, high = min(found.low, 1 - open_), max(found.high, open_)
    # Near 0 or 1 hardly anything varies by the formula, and a classifier that learns without a group varies all the same: items
    # would then be next to none. No wider than the t interval and twice what a share that was never missed leaves open.
    reach = t * error + 6 / max(most, 1)
    return Estimate(value, max(low, value - reach), min(high, value + reach), n)


def _effective(items: float, t: float) -> int:
    return max(1, int(items * (_Z95 / t) ** 2))
