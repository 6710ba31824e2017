"""Whether two numbers of the same few tasks rise together, such as separability and accuracy."""

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats as scipy_stats

from robustfashion.errors import InputError
from robustfashion.stats import Estimate

LEAST_TASKS = 5


def rank_correlation(x: Sequence[float], y: Sequence[float]) -> Estimate:
    """Spearman's rank correlation with a 95 % interval.

    Fisher's z with the variance (1 + r^2 / 2) / (n - 3) of Bonett & Wright (2000) and t for the normal quantile. The interval
    is of tasks like these, as they were measured: errors of measurement pull a correlation towards 0, and tasks that share
    pictures are fewer than they seem.

    Args:
        x: a number for each task [n].
        y: another one for each task [n].

    Returns:
        -1 to 1; n is the number of tasks.

    Raises:
        InputError: fewer than five tasks, a number that is not finite, or one number is the same for all.
    """
    n = len(x)
    if n != len(y):
        raise ValueError(f"{n} and {len(y)} values: give both for each task")
    if n < LEAST_TASKS:
        raise InputError(f"{n} tasks: a rank correlation needs at least {LEAST_TASKS}")
    if not np.isfinite([*x, *y]).all():
        raise InputError(f"a number of one of the {n} tasks is not finite: leave tasks out that have no number")
    if len(set(x)) == 1 or len(set(y)) == 1:
        raise InputError(f"a number is the same for all {n} tasks: there is nothing to rank")
    found = float(scipy_stats.spearmanr(np.asarray(x, np.float64), np.asarray(y, np.float64)).statistic)
    inside = min(max(found, -1 + 1 / n**2), 1 - 1 / n**2)  # of perfect ranks z would be infinite
    half = float(scipy_stats.t.ppf(0.975, n - 3)) * math.sqrt((1 + inside**2 / 2) / (n - 3))
    low, high = math.tanh(math.atanh(inside) - half), math.tanh(math.atanh(inside) + half)
    return Estimate(found, min(low, found), max(high, found), n)
