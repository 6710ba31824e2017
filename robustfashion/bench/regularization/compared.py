"""All arms of a study on the same resamples: at their own thresholds, at one coverage, and over all coverages."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.regularization.drawn import Curve, Difference, Point, Resampled, difference, estimate, resampled
from robustfashion.bench.regularization.settings import COVERAGES
from robustfashion.bench.regularization.study import HARD, Arm, RegularizationStudy
from robustfashion.bench.wording import percent
from robustfashion.stats import Estimate, FloatArray

Measure = Literal["coverage", "risk", "outlier_errors", "accepted", "augrc"]
"""Fields of :class:`~robustfashion.bench.regularization.drawn.Point`, or the area."""


@dataclass(frozen=True)
class Compared:
    """Curves of every arm and seed, on the same resamples."""

    study: RegularizationStudy
    drawn: Resampled
    curves: dict[str, list[Curve]]
    coverages: tuple[float, ...]
    """At which arms are compared; the first is the validated row's, where one has learned and answers some."""

    _points: dict[tuple[str, float | None, bool], Point] = field(default_factory=dict, repr=False, compare=False)
    """What was read off before: every table asks for the same few coverages."""

    @property
    def main(self) -> float:
        """The coverage of the answer."""
        return self.coverages[0]

    def at(self, arm: Arm, coverage: float | None, padded: bool = False) -> Point:
        """At a coverage, or (None) at its own thresholds; all [1 + r, S]; ``padded``: with pseudo-products."""
        key = arm.name, coverage, padded
        if key not in self._points:
            points = [
                curve.at_threshold(float(arm.thresholds[seed]), padded)
                if coverage is None
                else curve.at_coverage(coverage, padded)
                for seed, curve in enumerate(self.curves[arm.name])
            ]
            self._points[key] = Point(*(np.stack(columns, axis=1) for columns in zip(*points, strict=True)))
        return self._points[key]

    def seen(self, arm: Arm) -> list[Curve]:
        """Curves of the pictures themselves, without resamples, by seed."""
        return [curve.seen() for curve in self.curves[arm.name]]

    def values(self, arm: Arm, measure: Measure, coverage: float | None = None, padded: bool = False) -> FloatArray:
        """Of one measure, [1 + r, S]; NaN where nothing is answered."""
        if measure == "augrc":
            return np.stack([curve.augrc() for curve in self.curves[arm.name]], axis=1)
        return np.asarray(getattr(self.at(arm, coverage, padded), measure))

    def estimate(self, arm: Arm, measure: Measure, coverage: float | None = None) -> Estimate | None:
        """One measure of an arm, mean over seeds; None where a seed answers nothing."""
        drawn = self.drawn
        products = drawn.products if measure == "coverage" else min(drawn.products, drawn.outlier_products)
        return estimate(self.values(arm, measure, coverage, padded=True), self._n(measure), products)

    def accepted_of(self, arm: Arm, rows: NDArray[np.int64]) -> Estimate | None:
        """Answered share of some outliers at the first coverage, mean over seeds.

        Args:
            arm: of the study.
            rows: of the outliers [m], at least one.
        """
        weights = self.drawn.weights[:, rows]
        products = len({self.study.noisy.products[row] for row in rows.tolist()})
        pseudo = self.drawn.pseudo_of(len(rows), products)
        taken = [
            curve.accepted_among(arm.refusal[rows, seed], weights, self.main) for seed, curve in enumerate(self.curves[arm.name])
        ]
        whole = weights.sum(axis=1, dtype=np.float64) + pseudo.sum(axis=1)
        above = np.stack(taken, axis=1) + pseudo[:, :1]
        shares = np.divide(above, whole[:, None], out=np.full_like(above, np.nan), where=whole[:, None] > 0)
        return estimate(shares, len(rows), products)

    def mean(self, arm: Arm, measure: Measure, coverage: float | None = None) -> float:
        """The same without its interval; NaN where a seed answers nothing."""
        return float(self.values(arm, measure, coverage)[0].mean())

    def difference(
        self, first: Arm, second: Arm, measure: Measure, coverage: float | None = None, of: int = 1
    ) -> Difference | None:
        """Second minus first, one of ``of`` differences that it was chosen among; None where a seed answers nothing."""
        products = {"augrc": 0, "accepted": self.drawn.outlier_products}.get(measure, self.drawn.products)
        values = [self.values(arm, measure, coverage) for arm in (first, second)]
        return difference(values[0], values[1], self._n(measure), products, of)

    def _n(self, measure: Measure) -> int:
        return int(self.study.outlier.sum()) if measure == "accepted" else len(self.study.outlier)

    @cached_property
    def best_decay(self) -> Arm | None:
        """Of the learned networks with weight decay (of given ones: but for the first) that which answers fewest outliers.

        At the first coverage. Chosen on the very pictures that it is judged on, which favours it: what beats it beats any.
        """
        found = self.study.candidates
        return min(found, key=lambda arm: self.mean(arm, "accepted", self.main)) if found else None


def compared(study: RegularizationStudy, coverages: tuple[float, ...], resamples: int) -> Compared:
    """Curves of all arms.

    Args:
        study: what was asked.
        coverages: to compare at; before them the validated row's own is put, and of one label against the rest those of
            :func:`_of_one_label`.
        resamples: of the products.
    """
    drawn = resampled(study.noisy.products, study.outlier, resamples)
    curves = {}
    for arm in study.arms:
        errors = study.errors(arm)
        curves[arm.name] = [Curve.of(arm.refusal[:, s], errors[:, s], drawn) for s in range(arm.refusal.shape[1])]
    own = [float(arm.answered.mean()) for arm in study.arms if arm.name == HARD and arm.learned] + _of_one_label(study)
    named: dict[str, float] = {}
    for coverage in (*(c for c in own if 0 < c < 1), *coverages):
        named.setdefault(percent(coverage), coverage)  # two that print alike would be two columns of one name
    return Compared(study, drawn, curves, tuple(named.values()) or COVERAGES)


def _of_one_label(study: RegularizationStudy) -> list[float]:
    """As many tags as there are pictures of the one label, and as many as the plain classifier would give at any confidence."""
    if study.told is None:
        return []
    return [float(study.of_label.mean()), float((study.plain.predicted == study.told).mean())]
