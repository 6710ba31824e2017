"""All measures of one score under many resamples: loops for numba, which other modules import when they need it only.

A *curve* is what is accepted at each point between distinct scores: point 0 accepts nothing, the last one everything. It is kept
as counts of ordinary rows, of wrong answers among them, and of outliers, all float64. A row counts as often as its product was
drawn. Rows of one score enter together, so that no number here depends on the order of tied rows.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from robustfashion.machine_code import compiled
from robustfashion.stats import FloatArray

COLUMNS = (
    "augrc", "aurc", "e_aurc", "risk@coverage", "coverage@risk", "scod_risk", "auroc", "aupr_outlier", "aupr_ordinary",
    "id_rejected@ood95", "ood_accepted@id95", "detection_error", "ccr@ood",
)  # fmt: skip
"""Order of the numbers that :func:`resampled_measures` writes."""

ORDINARY = 1
WRONG = ORDINARY + (1 << 32)
_LOW = (1 << 32) - 1

_NEARLY = 1e-9
"""Relative slack of limits such as 95 %, so that 19 of 20 reach it."""

_Function = TypeVar("_Function", bound=Callable[..., Any])
Counts = NDArray[np.uint16]
Numbers = NDArray[np.int64]


class Limits(NamedTuple):
    """Operating points, all in 0..1 but ``beta``."""

    coverage: float
    risk: float
    caught: float
    outliers_accepted: float
    outlier_share: float
    beta: float
    prior: float


class Sorted(NamedTuple):
    """Rows of one score from the lowest on."""

    member: Numbers
    """Number of each row's product [n]."""
    kind: Numbers
    """:data:`ORDINARY`, :data:`WRONG` or 0 for an outlier [n]: sums of them count both kinds in one number."""
    ends: Numbers
    """Where each run of equal scores ends [k]; the last is n."""


def logarithms(most: int) -> FloatArray:
    """Natural logarithms of 0..``most``, that of 0 being 0."""
    return np.log(np.maximum(np.arange(most + 1), 1).astype(np.float64))


@compiled
def fill_curve(rows: Sorted, weights: Counts, ordinary: FloatArray, wrong: FloatArray, outliers: FloatArray) -> np.int64:
    """Write the curve of one resample; points at which nothing is added are left out. Returns how many points there are."""
    points, start, total, known = np.int64(1), np.int64(0), np.int64(0), np.int64(0)
    ordinary[0] = wrong[0] = outliers[0] = 0.0
    for end in rows.ends:
        before = total
        for row in range(start, end):
            count = np.int64(weights[rows.member[row]])
            total += count
            known += count * rows.kind[row]
        own = known & _LOW
        ordinary[points], wrong[points], outliers[points] = own, known >> 32, total - own
        # Without a branch: whether a row was drawn is a coin that no processor foresees.
        points += np.int64(total > before)
        start = end
    return points


@compiled
def _areas(ordinary: FloatArray, wrong: FloatArray, logs: FloatArray) -> tuple[float, float]:
    """AUGRC and AURC: within a run of equal scores errors come evenly, which is their mean over all orders of its rows."""
    total, generalized, area = ordinary[-1], 0.0, 0.0
    for point in range(1, len(ordinary)):
        start, end, before = ordinary[point - 1], ordinary[point], wrong[point - 1]
        if end > start:
            added = wrong[point] - before
            generalized += (end - start) * (before + wrong[point])
            # Integral of (before + slope (x - start)) / x, the risk at x accepted rows.
            away = before - added / (end - start) * start
            area += added + away * (logs[np.int64(end)] - logs[np.int64(start)])
    return generalized / (2.0 * total * total), area / total


@compiled
def _best_area(rate: float) -> float:
    """AURC of a score that puts every wrong answer last."""
    return rate + (1.0 - rate) * np.log(1.0 - rate) if rate < 1.0 else 1.0


@compiled
def _first_reaching(counts: FloatArray, needed: float) -> int:
    """First point at which an ascending count is at least ``needed``."""
    return min(int(np.searchsorted(counts, needed * (1.0 - _NEARLY))), len(counts) - 1)


@compiled
def _coverage_at_risk(ordinary: FloatArray, wrong: FloatArray, risk: float) -> float:
    for point in range(len(ordinary) - 1, 0, -1):
        if wrong[point] <= risk * ordinary[point] * (1.0 + _NEARLY) and ordinary[point] > 0:
            return float(ordinary[point] / ordinary[-1])
    return 0.0


@compiled
def _scod_risk(ordinary: FloatArray, wrong: FloatArray, outliers: FloatArray, limits: Limits) -> float:
    """Risk at the first point that accepts the coverage asked for of a mixture with the share of outliers asked for."""
    of_known, of_strange = (1.0 - limits.outlier_share) / ordinary[-1], limits.outlier_share / outliers[-1]
    low, high, needed = 0, len(ordinary) - 1, max(limits.coverage * (1.0 - _NEARLY), _NEARLY)
    while low < high:
        middle = (low + high) // 2
        if of_known * ordinary[middle] + of_strange * outliers[middle] >= needed:
            high = middle
        else:
            low = middle + 1
    accepted = of_known * ordinary[low] + of_strange * outliers[low]
    return float((of_known * wrong[low] + limits.beta * of_strange * outliers[low]) / accepted)


@compiled
def _areas_of_detection(ordinary: FloatArray, outliers: FloatArray) -> tuple[float, float, float]:
    """AUROC, and average precision with outliers and with ordinary rows as the positives."""
    known, strange = ordinary[-1], outliers[-1]
    pairs, caught, kept = 0.0, 0.0, 0.0
    for point in range(1, len(ordinary)):
        new, added = ordinary[point] - ordinary[point - 1], outliers[point] - outliers[point - 1]
        if added > 0:
            pairs += added * (ordinary[point - 1] + 0.5 * new)
            refused = strange - outliers[point - 1]
            caught += added * refused / (refused + known - ordinary[point - 1])
        if new > 0:
            kept += new * ordinary[point] / (ordinary[point] + outliers[point])
    return pairs / (known * strange), caught / strange, kept / known


@compiled
def _detection_error(ordinary: FloatArray, outliers: FloatArray, prior: float) -> float:
    of_known, of_strange, least = (1.0 - prior) / ordinary[-1], prior / outliers[-1], 1.0
    for point in range(len(ordinary)):
        least = min(least, of_strange * outliers[point] + of_known * (ordinary[-1] - ordinary[point]))
    return least


@compiled
def _id_rejected(ordinary: FloatArray, outliers: FloatArray, caught: float) -> float:
    """Ordinary rows refused at the last point that still refuses the share of outliers asked for."""
    allowed = outliers[-1] * (1.0 - caught) + outliers[-1] * _NEARLY
    point = int(np.searchsorted(outliers, allowed, side="right")) - 1
    return float(1.0 - ordinary[point] / ordinary[-1])


@compiled
def _ccr(ordinary: FloatArray, wrong: FloatArray, outliers: FloatArray, accepted: float) -> float:
    point = int(np.searchsorted(outliers, outliers[-1] * (accepted + _NEARLY), side="right")) - 1
    return float((ordinary[point] - wrong[point]) / ordinary[-1])


@compiled
def all_measures(
    ordinary: FloatArray, wrong: FloatArray, outliers: FloatArray, logs: FloatArray, limits: Limits, found: FloatArray
) -> None:
    """Write the measures of one curve in the order of :data:`COLUMNS`; NaN where there are not the rows for one."""
    found[:] = np.nan
    if ordinary[-1] > 0:
        found[0], found[1] = _areas(ordinary, wrong, logs)
        found[2] = found[1] - _best_area(wrong[-1] / ordinary[-1])
        point = _first_reaching(ordinary, max(limits.coverage * ordinary[-1], 1.0))  # one row at the least
        found[3] = wrong[point] / ordinary[point]
        found[4] = _coverage_at_risk(ordinary, wrong, limits.risk)
        if outliers[-1] > 0:
            found[5] = _scod_risk(ordinary, wrong, outliers, limits)
            found[6], found[7], found[8] = _areas_of_detection(ordinary, outliers)
            found[9] = _id_rejected(ordinary, outliers, limits.caught)
            found[10] = outliers[_first_reaching(ordinary, limits.caught * ordinary[-1])] / outliers[-1]
            found[11] = _detection_error(ordinary, outliers, limits.prior)
            found[12] = _ccr(ordinary, wrong, outliers, limits.outliers_accepted)


@compiled
def resampled_measures(
    rows: Sorted, drawn: tuple[Counts, FloatArray], logs: FloatArray, limits: Limits, padded: FloatArray, real: FloatArray
) -> None:
    """Measures of every resample, with the pseudo-products and of the real ones alone.

    Args:
        rows: of one score.
        drawn: how often each product counts, uint16 [resamples, g], and rows of the four pseudo-products, float64
            [resamples, 4]: ordinary and accepted before all others (answered wrongly), ordinary and refused before all others
            (answered rightly), and the same of outliers.
        logs: natural logarithms of 0..the largest sum of ordinary rows; that of 0 is 0.
        limits: operating points.
        padded: float64 [resamples, 13], written.
        real: as ``padded``; [0, 13] where it is not wanted.
    """
    weights, pseudo = drawn
    size = len(rows.ends) + 3
    ordinary, wrong, outliers = np.empty(size), np.empty(size), np.empty(size)
    for resample in range(len(weights)):
        last = 1 + fill_curve(rows, weights[resample], ordinary[1:-1], wrong[1:-1], outliers[1:-1])
        if len(real):
            all_measures(ordinary[1:last], wrong[1:last], outliers[1:last], logs, limits, real[resample])
        taken, lost, let_in, caught = pseudo[resample]
        ordinary[0] = wrong[0] = outliers[0] = 0.0
        ordinary[1:last] += taken
        wrong[1:last] += taken
        outliers[1:last] += let_in
        ordinary[last], wrong[last], outliers[last] = ordinary[last - 1] + lost, wrong[last - 1], outliers[last - 1] + caught
        stop = last + 1
        all_measures(ordinary[:stop], wrong[:stop], outliers[:stop], logs, limits, padded[resample])
