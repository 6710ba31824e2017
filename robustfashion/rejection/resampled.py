"""All measures of all scores with intervals, and paired differences, by one set of resamples.

Products are drawn anew, as a whole, within those of ordinary rows and within those of outliers. All scores see the same
resamples. What the intervals promise, and what simulation found, stands in docs/rejection.md.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.rejection.intervals import Difference, Strata, differences, level_interval
from robustfashion.rejection.judged import Judged
from robustfashion.rejection.least_error import KeptThresholds, raised
from robustfashion.rejection.measures import Levels, Measure, measure_all, measures_at
from robustfashion.stats import Estimate, FloatArray

if TYPE_CHECKING:
    from robustfashion.rejection.measures_kernel import Sorted

_AT_ONCE = 8_000_000
"""Numbers of a block of resamples."""


@dataclass(frozen=True)
class Measured:
    """One measure of one score, or why there is none."""

    estimate: Estimate | None
    """With its 95 % interval; n: rows that count."""
    reason: str = ""
    """Why there is none."""


@dataclass(frozen=True)
class Resampled:
    """What :func:`resampled` found."""

    measures: Mapping[str, Measure]
    values: Mapping[str, Mapping[str, Measured]]
    """By measure and score."""
    differences: Mapping[str, Mapping[str, Difference]]
    """Score minus reference, by measure and score; empty without a reference, or where the measure is not defined."""
    reference: str | None


def resampled(
    judged: Judged,
    reference: str | None = None,
    seed: int = 0,
    levels: Levels | None = None,
    resamples: int = 2000,
    threads: int | None = None,
) -> Resampled:
    """Every measure of every score with its interval, and its paired difference from a reference.

    Args:
        judged: rows with scores.
        reference: name of the score that the others are compared with; None: no comparisons.
        seed: of the resamples.
        levels: operating points of the measures.
        resamples: at least 100.
        threads: at most; the numbers do not depend on it. None: one a core.

    Raises:
        InputError: no such reference, or fewer than 100 resamples.
    """
    if resamples < 100:
        raise InputError(f"{resamples}; an interval needs at least 100, and 2,000 give two digits", "resamples")
    if reference is not None:
        judged.column(reference)
    levels = _own_share(levels or Levels(), judged)
    measures = measures_at(levels)
    outlier, wrong = judged.outlier, judged.wrong & ~judged.outlier
    missing = {name: measure.undefined(outlier, wrong) for name, measure in measures.items()}
    points = [measure_all(judged.column(name), outlier, wrong, levels) for name in judged.names]
    strata = Strata.of(judged)
    kept = KeptThresholds.of(judged, strata, levels.prior) if not missing["detection_error"] else None
    padded, real, errors = (
        _all_resamples(judged, strata, kept, (seed, resamples, reference is not None), levels, threads)
        if len(outlier)
        else (None, None, None)
    )
    values: dict[str, dict[str, Measured]] = {}
    compared: dict[str, Mapping[str, Difference]] = {}
    for column, (name, measure) in enumerate(measures.items()):
        seen = [point[name] for point in points]
        if missing[name] or padded is None or real is None:
            values[name] = dict.fromkeys(judged.names, Measured(None, missing[name]))
            continue
        n = int((~outlier).sum()) if "outlier" not in measure.needs else len(outlier)
        values[name] = {
            score: Measured(level_interval(value, drawn, strata.freedom(measure), n, measure.near_one, above))
            for score, value, drawn, above in zip(
                judged.names, seen, padded[:, :, column], _above(name, padded[:, :, column], errors), strict=True
            )
        }
        if reference is not None:
            compared[name] = differences(judged, reference, measure, np.array(seen), (real[:, :, column], strata))
    return Resampled(measures, values, compared, reference)


def _above(name: str, drawn: FloatArray, errors: FloatArray | None) -> Sequence[FloatArray | None]:
    """Draws that a score's upper bound is taken of beside its own [m]; see :mod:`robustfashion.rejection.least_error`."""
    if name != "detection_error" or errors is None:
        return [None] * len(drawn)
    return [raised(kept, least) for kept, least in zip(errors, drawn, strict=True)]


def _own_share(levels: Levels, judged: Judged) -> Levels:
    """With the share of outliers that the rows have, where none is stated: a mixture that is the same in all resamples."""
    if levels.outlier_share is not None or not len(judged.outlier):
        return levels
    return replace(levels, outlier_share=float(judged.outlier.mean()))


def _all_resamples(
    judged: Judged,
    strata: Strata,
    kept: KeptThresholds | None,
    drawn: tuple[int, int, bool],
    levels: Levels,
    threads: int | None,
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Measures float64 [m, resamples, 13] with pseudo-products, and of the real ones alone where they are wanted.

    The third are the detection errors of kept thresholds [m, resamples]; None where there are none.
    """
    # numba loads for most of a second: only where a number is asked for.
    from robustfashion.rejection import measures_kernel as kernel

    seed, resamples, compared = drawn
    scores, columns = len(judged.names), len(kernel.COLUMNS)
    padded, real = np.empty((scores, resamples, columns)), np.empty((scores, resamples if compared else 0, columns))
    errors = None if kept is None else np.empty((scores, resamples))
    rows = [_sorted(judged.column(name), judged, strata) for name in judged.names]
    limits = levels.limits(0.0)
    start = 0
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for weights, pseudo in _draws(strata, seed, resamples):
            part = slice(start, start + len(weights))
            logs = kernel.logarithms(strata.most_ordinary(weights, pseudo))
            # The order in which threads come decides no number: each task writes places of its own.
            tasks = [
                pool.submit(
                    kernel.resampled_measures, of, (weights, pseudo), logs, limits, padded[score, part], real[score, part]
                )
                for score, of in enumerate(rows)
            ]
            if kept is not None and errors is not None:
                errors[:, part] = kept.errors(weights, pseudo).T
            for task in tasks:
                task.result()
            start = part.stop
    return padded, real, errors


def _sorted(scores: FloatArray, judged: Judged, strata: Strata) -> "Sorted":
    """One score's rows in order."""
    from robustfashion.rejection.measures_kernel import ORDINARY, WRONG, Sorted

    order = np.argsort(scores, kind="stable")
    ranked, outlier = scores[order], judged.outlier[order]
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)) + 1
    kind = np.where(outlier, 0, np.where(judged.wrong[order], WRONG, ORDINARY))
    return Sorted(strata.member[order], kind.astype(np.int64), ends.astype(np.int64))


def _draws(strata: Strata, seed: int, resamples: int) -> Iterator[tuple[NDArray[np.uint16], FloatArray]]:
    """How often each product counts, and rows of the four pseudo-products, in blocks [b, g] and [b, 4]."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, resamples]))
    step = max(1, _AT_ONCE // max(strata.products, 1))
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        weights, pseudo = np.zeros((size, strata.products), np.uint16), np.zeros((size, 4))
        for part, members in enumerate(strata.parts):
            if not len(members):
                continue
            for resample in range(size):
                picked = rng.integers(0, len(members) + 2, len(members) + 2)
                counts = np.bincount(picked, minlength=len(members) + 2)
                weights[resample, members] = counts[:-2]
                pseudo[resample, 2 * part : 2 * part + 2] = counts[-2:] * strata.sizes[part]
        yield weights, pseudo
