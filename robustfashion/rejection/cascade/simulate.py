"""Every pair of thresholds on saved predictions: what each would be worth, without asking a network again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.rejection.cascade.answers import Answers, Case
from robustfashion.rejection.cascade.front import pareto_front
from robustfashion.rejection.cascade.measures import Sums, Weighing
from robustfashion.rejection.cascade.point import MODES, Mode, Point, check_answers, gate_strength, strength
from robustfashion.rejection.cascade.registry import Floats, Levels
from robustfashion.stats import FloatArray

GRID = 100
"""Thresholds of each kind, unless told otherwise."""


@dataclass(frozen=True)
class Simulation:
    """Points of operation and what each is worth on one set."""

    case: Case
    levels: Levels
    weighing: Weighing
    modes: NDArray[np.int8]
    """[m], numbers of ``MODES``."""
    gate_thresholds: FloatArray
    """[m], one for all validators; NaN but for hard gates."""
    thresholds: FloatArray
    """[m]."""
    measures: dict[str, FloatArray]
    """By name of ``MEASURES`` [m]; NaN where not available."""
    unknown: dict[str, str]
    """Measures that are not available at any point, with the reason."""

    def __len__(self) -> int:
        return len(self.thresholds)

    def point(self, i: int) -> Point:
        """Point number ``i``."""
        mode = MODES[self.modes[i]]
        levels = () if mode == "no gate" else self.levels
        gates = {name: float(self.gate_thresholds[i]) for level in levels for name in level} if mode == "hard" else {}
        return Point(mode, float(self.thresholds[i]), levels, gates, score=self.case.answers.score)

    def at(self, i: int) -> dict[str, float]:
        """Measures of point number ``i``."""
        return {name: float(values[i]) for name, values in self.measures.items()}

    def front(self) -> NDArray[np.int64]:
        """Numbers of the points that no other beats: as good in risk, coverage and cost, and better in one of them.

        Equal points are all there; points whose risk is not available (nothing is tagged) are not. By falling coverage.
        """
        columns = np.stack([self.measures["risk"], -self.measures["coverage"], self.measures["cost"]], axis=1)
        known = np.flatnonzero(np.isfinite(columns).all(axis=1))
        front = known[pareto_front(columns[known])]
        return front[np.argsort(columns[front, 1], kind="stable")]


def simulate(
    case: Case,
    levels: Levels,
    weighing: Weighing | None = None,
    *,
    modes: Sequence[Mode] = MODES,
    points: int = GRID,
    also: Sequence[float] = (),
) -> Simulation:
    """Measures at each gate threshold × attribute threshold, at each threshold of the soft gate, and without a gate.

    Thresholds are confidences that occur: all of them, or ``points`` quantiles over the pictures where there are more, the
    smallest and the largest among them. 10,000 pictures × 100 × 100 take some 10 ms.

    Args:
        case: pictures whose truth is known.
        levels: validators, all of them in the case's answers; unused where only ``no gate`` is asked for.
        weighing: costs, outlier share and unit.
        modes: which.
        points: thresholds of each kind, 2 or more.
        also: further thresholds of the attribute classifier, such as the paper's mean confidence.

    Raises:
        InputError: a mode that there is not, too few points, a validator that is missing, a soft gate without probabilities.
    """
    if not modes or not set(modes) <= set(MODES) or points < 2:
        raise InputError(
            f"modes are {list(modes)!r:.100} with {points} points; use some of {', '.join(MODES)}, and 2 points or more"
        )
    weighing = weighing or Weighing()
    sweeps = [_sweep(case, levels, weighing, mode, points, also) for mode in MODES if mode in modes]
    sums = Sums(*(np.concatenate(parts) for parts in zip(*(sweep.sums for sweep in sweeps), strict=True)))
    strata = weighing.strata(case)
    numbers = [np.full(len(sweep.thresholds), MODES.index(sweep.mode), np.int8) for sweep in sweeps]
    return Simulation(
        case, levels, weighing, np.concatenate(numbers),
        np.concatenate([sweep.gate_thresholds for sweep in sweeps]), np.concatenate([sweep.thresholds for sweep in sweeps]),
        sums.measures(strata, weighing.costs), strata.unknown(),
    )  # fmt: skip


def grid_of(values: Floats, points: int, also: Sequence[float] = ()) -> FloatArray:
    """Thresholds out of values [n] that occur, ascending: all distinct ones, or as many quantiles; and those of ``also``."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return np.array(also, np.float64)
    distinct = np.unique(finite)
    if len(distinct) > points:
        distinct = np.quantile(finite, np.linspace(0, 1, points), method="inverted_cdf")
    return np.unique(np.concatenate([distinct.astype(np.float64), np.asarray(also, np.float64)]))


@dataclass(frozen=True)
class _Sweep:
    mode: Mode
    gate_thresholds: FloatArray
    thresholds: FloatArray
    sums: tuple[FloatArray, ...]
    """In the order of :class:`Sums`."""


def _sweep(case: Case, levels: Levels, weighing: Weighing, mode: Mode, points: int, also: Sequence[float]) -> _Sweep:
    """All points of one mode."""
    answers, rows = case.answers, weighing.rows(case)
    template = _template(mode, levels, answers)
    values = strength(template, answers)
    if mode == "hard":
        gate = gate_strength(levels, answers, mode)
        gate_grid, grid = grid_of(gate, points), grid_of(values, points, also)
    else:
        gate, gate_grid = np.zeros(len(rows)), np.zeros(1)
        # A joint probability of 0 is no threshold: it would let pass what the gate excludes.
        grid = grid_of(values[values > 0], points) if mode == "soft" else grid_of(values, points, also)
    passes = _Counter(_rank(gate, gate_grid), _rank(values, grid), len(gate_grid), len(grid), rows)
    ordinary, right = ~case.outlier, case.right & ~case.is_rest
    tagged_right, tagged_wrong, outliers = (passes.both(mask) for mask in (right, ordinary & ~case.right, case.outlier))
    able = float(rows[right].sum() + rows[ordinary & case.is_rest & ~case.right].sum())
    second = [_second(case, levels, mode, gate_grid, grid, rows, mask) for mask in (ordinary, case.outlier)]
    table = (tagged_right, tagged_wrong, outliers, able - tagged_right, *second)
    gates = np.repeat(gate_grid, len(grid)) if mode == "hard" else np.full(len(grid), np.nan)
    return _Sweep(mode, gates, np.tile(grid, len(gate_grid)), tuple(part.ravel() for part in table))


def _template(mode: Mode, levels: Levels, answers: Answers) -> Point:
    """A point at which every picture passes that any point could let pass."""
    levels = () if mode == "no gate" else levels
    gates = {name: 0.0 for level in levels for name in level} if mode == "hard" else {}
    point = Point(mode, 1.0, levels, gates, score=answers.score)
    check_answers(point, answers)
    return point


@dataclass(frozen=True)
class _Counter:
    """Rows by how many thresholds of each grid they meet."""

    gate: NDArray[np.int64]
    attribute: NDArray[np.int64]
    gates: int
    attributes: int
    weights: FloatArray

    def both(self, mask: NDArray[np.bool_]) -> FloatArray:
        """Weight of the masked rows that meet gate threshold i and attribute threshold j: [gates, attributes]."""
        shape = self.gates + 1, self.attributes + 1
        cells = self.gate[mask] * shape[1] + self.attribute[mask]
        met = np.bincount(cells, weights=self.weights[mask], minlength=shape[0] * shape[1]).reshape(shape)
        # Who meets the i-th threshold is in cell i + 1 or beyond. Rounded: thirds of a product must add up alike in every order.
        return np.asarray(met[::-1, ::-1].cumsum(axis=0).cumsum(axis=1)[::-1, ::-1][1:, 1:].round(9))


def _second(
    case: Case, levels: Levels, mode: Mode, gate_grid: FloatArray, grid: FloatArray, rows: FloatArray, mask: NDArray[np.bool_]
) -> FloatArray:
    """Weight of the masked pictures on which the attribute classifier runs, [gates, attributes]."""
    shape = len(gate_grid), len(grid)
    if mode == "no gate":
        return np.full(shape, rows[mask].sum())
    gate, thresholds = gate_strength(levels, case.answers, mode), gate_grid if mode == "hard" else grid
    met = np.bincount(_rank(gate, thresholds)[mask], weights=rows[mask], minlength=len(thresholds) + 1)
    passed = met[::-1].cumsum()[::-1][1:].round(9)
    return np.broadcast_to(passed[:, None] if mode == "hard" else passed[None], shape)


def _rank(values: Floats, grid: FloatArray) -> NDArray[np.int64]:
    """How many thresholds of an ascending grid each value meets [n], in the values' own precision."""
    return np.asarray(np.searchsorted(grid.astype(values.dtype), values, side="right"), np.int64)
