"""How well the forecast held: pictures of a study drawn again and again, and the rest of them held against what was said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from robustfashion.bench.resize.study import Classifier, ResizeStudy, Run
from robustfashion.bench.sensitivity.forecast.sample import chosen
from robustfashion.result import Cell, Column, Table
from robustfashion.stats import FloatArray, wilson
from robustfashion.stats.unseen import sampled_columns, share_unseen

LEAST = 20
"""Pictures, drawn and left, with fewer of which nothing is tried."""
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Kept:
    """Forecasts of one kind of change in one condition, held against the pictures that were not drawn."""

    truths: FloatArray
    """Share of all pictures that change, by classifier, seed and method [c]."""
    held: FloatArray
    """Share of the draws whose interval holds the share of the rest [c]."""
    half_widths: FloatArray
    """Mean half width of the interval [c]."""
    errors: FloatArray
    """Mean distance of the forecast from the share of the rest [c]."""
    forecasts: int
    """Draws times cases."""


def promise_table(studies: Mapping[str, ResizeStudy], pictures: int = 200, draws: int = 50) -> Table | None:
    """A line for each condition: how often the interval of a sample held what the pictures that were not drawn then showed.

    Args:
        studies: by the name of the condition; of each every classifier that has learned, every seed and every method counts.
        pictures: drawn each time, by product; half of a classifier's pictures where that is fewer.
        draws: samples of each classifier.

    Returns:
        None where there is no condition with a classifier that has learned, at least two methods, and enough pictures.
    """
    rows = [row for name, study in studies.items() for row in _rows(name, study, pictures, draws)]
    if not rows:
        return None
    note = (
        f"From the pictures of each condition up to {pictures} (half of them, where that is fewer) are drawn by product, {draws} "
        "times, the share among the pictures that were not drawn is foreseen with a 95 % prediction interval, and held against "
        "what these show. Draws of one condition share their pictures, so that the number of forecasts says too much of "
        "how well the share is known. Classifiers that have not learned are left out."
    )
    return Table("promise", "How well the forecast held here", _COLUMNS, rows, note)


_COLUMNS = [
    Column("Condition", "text", "whose networks and pictures these are"),
    Column("Of", "text", "tags at the deployed threshold, or most probable classes"),
    Column("Pictures", "text", "of a classifier's evaluated pictures, fewest to most over classifiers"),
    Column("Drawn", "text", "of these, each time"),
    Column("Changes, least", "share", "share of all pictures that change, in the case with fewest changes"),
    Column("Changes, most", "share", "the same in the case with most; a case is a classifier, a seed and a serving method"),
    Column("Forecasts", "count", "cases times draws"),
    Column("Interval held", "share", "share of the forecasts whose 95 % interval holds it"),
    Column(
        "Held in the worst case",
        "share",
        "the same in the case with fewest, selected so; Wilson's interval over its draws",
    ),
    Column("Half width", "points", "mean half width of the intervals"),
    Column("Error", "points", "mean distance of the forecast from what the rest shows"),
]


def _rows(name: str, study: ResizeStudy, pictures: int, draws: int) -> Iterator[list[Cell]]:
    classifiers = [c for c in study.classifiers if c.learned and min(c.n - _drawn(c, pictures), _drawn(c, pictures)) >= LEAST]
    if not classifiers or len(study.methods) < 2:
        return
    for what, changed in (("tags", _tags), ("classes", _classes)):
        found = [_kept(c, np.stack([changed(run, m) for run in c.runs for m in study.methods[1:]], 1), pictures, draws)
                 for c in classifiers]  # fmt: skip
        truths, held, half, errors = (
            np.concatenate([getattr(of, field) for of in found]) for field in ("truths", "held", "half_widths", "errors")
        )
        yield [
            name, what, _range([c.n for c in classifiers]), _range([_drawn(c, pictures) for c in classifiers]),
            float(truths.min()), float(truths.max()), sum(of.forecasts for of in found), float(held.mean()),
            wilson(round(float(held.min()) * draws), draws), float(half.mean()), float(errors.mean()),
        ]  # fmt: skip


def _drawn(c: Classifier, pictures: int) -> int:
    return min(pictures, c.n // 2)


def _range(numbers: list[int]) -> str:
    return str(min(numbers)) if min(numbers) == max(numbers) else f"{min(numbers)} to {max(numbers)}"


def _tags(run: Run, method: str) -> FloatArray:
    first = next(iter(run.tables))
    return np.asarray(run.tags[first] != run.tags[method], dtype=np.float64)


def _classes(run: Run, method: str) -> FloatArray:
    first = next(iter(run.tables))
    return np.asarray(run.tables[first].predicted != run.tables[method].predicted, dtype=np.float64)


def _kept(c: Classifier, changed: FloatArray, pictures: int, draws: int) -> Kept:
    """Forecasts of columns of changes [n, c] from so many samples."""
    return kept(changed, c.groups, _drawn(c, pictures), draws)


def kept(changed: FloatArray, groups: tuple[str, ...], pictures: int, draws: int) -> Kept:
    """Draw, foresee, and look.

    Args:
        changed: 0 or 1 for each picture and case [n, c].
        groups: product of each picture [n].
        pictures: drawn each time, by product, at most.
        draws: how many times.
    """
    _, names = np.unique(np.asarray(groups), return_inverse=True)
    held, half, errors = (np.zeros(changed.shape[1]) for _ in range(3))
    for draw in range(draws):
        seen = np.zeros(len(names), bool)
        seen[chosen(groups, pictures, draw)] = True
        rest = int((~seen).sum())
        truths = changed[~seen].mean(axis=0)
        for case, (truth, of) in enumerate(zip(truths, sampled_columns(changed[seen], names[seen]), strict=True)):
            found = share_unseen(of, rest)
            held[case] += found.low - _ROUNDING <= truth <= found.high + _ROUNDING
            half[case] += (found.high - found.low) / 2
            errors[case] += abs(found.value - truth)
    return Kept(changed.mean(axis=0), held / draws, half / draws, errors / draws, draws * changed.shape[1])
