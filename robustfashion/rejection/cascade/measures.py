"""What a cascade is worth: coverage, risk, outliers accepted, good products lost, cost; at any outlier share."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.rejection.cascade.answers import Case
from robustfashion.rejection.cascade.budget import OUTCOMES, Unit, outcomes
from robustfashion.rejection.cascade.point import Decisions
from robustfashion.stats import FloatArray

MEASURES: dict[str, str] = {
    "coverage": "share of ordinary pictures that get a tag",
    "tagged": "share of all pictures that get a tag",
    "risk": "share of tags that are wrong: of outliers, or of ordinary pictures with another label",
    "ordinary_risk": "share of the tags of ordinary pictures that are wrong",
    "outliers_accepted": "share of outliers that get a tag",
    "good_lost": "share of ordinary pictures that the classifier knows, or that have a label it denies, and that get no tag",
    "second_network": "share of all pictures on which the attribute classifier has to run",
    "cost": "cost of a picture, mean",
}
"""By name, with units: shares in 0..1, the cost in the currency of the weights."""


@dataclass(frozen=True)
class Costs:
    """What each event costs, in one currency; a right tag, and a refusal that is right, cost nothing.

    Raises:
        InputError: a cost that is negative or not finite, or none above 0.
    """

    wrong_tag: float = 1.0
    """Of an ordinary picture."""
    outlier_tagged: float = 1.0
    good_lost: float = 1.0
    second_network: float = 0.0
    """Of one run of the attribute classifier."""

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not (np.isfinite(value) and value >= 0):
                raise InputError(f"costs: {name} is {value}; a cost is a finite number, 0 or more")
        if not any(vars(self).values()):
            raise InputError("costs: all are 0; give one above 0 at least")


@dataclass(frozen=True)
class Weighing:
    """How pictures count.

    Raises:
        InputError: an outlier share outside 0..1.
    """

    costs: Costs = field(default_factory=Costs)
    outlier_share: float | None = None
    """Share of outliers where the cascade will serve (SCOD's pi): pictures are reweighted to it. None: that of the set."""
    unit: Unit = "pictures"
    """``products``: a product counts as any other, by the mean of its pictures (of ordinary ones and outliers apart)."""

    def __post_init__(self) -> None:
        if self.outlier_share is not None and not 0 <= self.outlier_share <= 1:
            raise InputError(f"outlier share is {self.outlier_share}; it is in 0..1")

    def rows(self, case: Case) -> FloatArray:
        """Weight of each picture [n] before reweighting: 1, or 1 / pictures of its product that are as ordinary as it."""
        if self.unit == "pictures":
            return np.ones(len(case.ids))
        _, product = np.unique(np.asarray(case.products), return_inverse=True)
        sort = product * 2 + case.outlier
        return np.asarray(1.0 / np.bincount(sort)[sort])

    def strata(self, case: Case) -> "Strata":
        """Sums of the weights of ordinary pictures and of outliers, and the factors that give outliers their share."""
        rows = self.rows(case)
        ordinary, outliers = float(rows[~case.outlier].sum()), float(rows[case.outlier].sum())
        share = outliers / (ordinary + outliers) if self.outlier_share is None else self.outlier_share
        return Strata(ordinary, outliers, share)

    def weights(self, case: Case) -> FloatArray:
        """Weight of each picture [n], its sum 1 where both kinds are there: ordinary ones have 1 - pi, outliers pi."""
        strata = self.strata(case)
        return np.asarray(self.rows(case) * np.where(case.outlier, strata.outlier_factor, strata.ordinary_factor))


@dataclass(frozen=True)
class Strata:
    """Ordinary pictures and outliers."""

    ordinary: float
    """How many, in units."""
    outliers: float
    share: float
    """Of outliers where the cascade will serve."""

    @property
    def ordinary_factor(self) -> float:
        """What an ordinary unit weighs; 0 where there are none."""
        return (1 - self.share) / self.ordinary if self.ordinary else 0.0

    @property
    def outlier_factor(self) -> float:
        """What an outlier weighs; 0 where there are none."""
        return self.share / self.outliers if self.outliers else 0.0

    def unknown(self) -> dict[str, str]:
        """Why measures are not available: reason by name, whatever the thresholds are."""
        found = {}
        if not self.outliers:
            found["outliers_accepted"] = "there are no outliers"
            if self.share > 0:
                why = f"there are no outliers, so that nothing is known of the {100 * self.share:.3g} % that are expected"
                found |= dict.fromkeys(("tagged", "risk", "second_network", "cost"), why)
        if not self.ordinary:
            found |= dict.fromkeys(("coverage", "ordinary_risk", "good_lost"), "there are outliers only")
            if self.share < 1:
                found |= dict.fromkeys(("tagged", "risk", "second_network", "cost"), "there are outliers only")
        return found


@dataclass(frozen=True)
class Sums:
    """Sums of row weights at each of m points, float [m] (or numbers)."""

    right: FloatArray
    """Ordinary, tagged rightly."""
    wrong: FloatArray
    outliers: FloatArray
    """Tagged outliers."""
    lost: FloatArray
    ordinary_second: FloatArray
    """Ordinary pictures on which the attribute classifier runs."""
    outlier_second: FloatArray

    def measures(self, strata: Strata, costs: Costs) -> dict[str, FloatArray]:
        """All of :data:`MEASURES` [m]; NaN where there is nothing to take a share of, or nothing known."""
        a, b = strata.ordinary_factor, strata.outlier_factor
        ordinary = self.right + self.wrong
        second = a * self.ordinary_second + b * self.outlier_second
        found = {
            "coverage": _share(ordinary, strata.ordinary),
            "tagged": a * ordinary + b * self.outliers,
            "risk": _share(a * self.wrong + b * self.outliers, a * ordinary + b * self.outliers),
            "ordinary_risk": _share(self.wrong, ordinary),
            "outliers_accepted": _share(self.outliers, strata.outliers),
            "good_lost": _share(self.lost, strata.ordinary),
            "second_network": second,
            "cost": a * (costs.wrong_tag * self.wrong + costs.good_lost * self.lost)
            + b * costs.outlier_tagged * self.outliers
            + costs.second_network * second,
        }
        unknown = strata.unknown()
        return {name: np.full_like(values, np.nan) if name in unknown else values for name, values in found.items()}


def measure(case: Case, decisions: Decisions, weighing: Weighing | None = None) -> dict[str, float]:
    """All of :data:`MEASURES` of what was decided; NaN: not available (nothing tagged, or see :meth:`Strata.unknown`)."""
    weighing = weighing or Weighing()
    rows = weighing.rows(case)
    sums = Sums(*(np.array([rows[mask].sum()]) for mask in events(case, decisions).values()))
    found = sums.measures(weighing.strata(case), weighing.costs)
    return {name: float(values[0]) for name, values in found.items()}


def events(case: Case, decisions: Decisions) -> Mapping[str, NDArray[np.bool_]]:
    """Which pictures [n] each of the :class:`Sums` counts, in their order."""
    is_ = _outcome_masks(case, decisions)
    return {
        "right": is_["right tag"],
        "wrong": is_["ordinary mistake"],
        "outliers": is_["outlier accepted"],
        "lost": is_["good lost at the gate"] | is_["good lost at the attribute"] | is_["good lost as none of the labels"],
        "ordinary_second": decisions.second & ~case.outlier,
        "outlier_second": decisions.second & case.outlier,
    }


def _outcome_masks(case: Case, decisions: Decisions) -> dict[str, NDArray[np.bool_]]:
    found = outcomes(case, decisions)
    return {name: found == number for number, name in enumerate(OUTCOMES)}


def _share(above: FloatArray, below: FloatArray | float) -> FloatArray:
    under = np.broadcast_to(np.asarray(below, np.float64), np.shape(above))
    return np.asarray(np.divide(above, under, out=np.full(np.shape(above), np.nan), where=under > 0))
