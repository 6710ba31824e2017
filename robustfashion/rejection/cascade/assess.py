"""What a chosen point is worth on fresh pictures, with intervals, and whether it beats no gate at the same coverage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.rejection.cascade.answers import Case
from robustfashion.rejection.cascade.budget import error_budget
from robustfashion.rejection.cascade.measures import MEASURES, Weighing, events
from robustfashion.rejection.cascade.point import Point, decided, strength
from robustfashion.rejection.cascade.risk_change import Tags, risk_change
from robustfashion.stats import Change, Estimate, FloatArray, paired_change, share_bootstrap


@dataclass(frozen=True)
class Assessment:
    """A point on fresh pictures."""

    point: Point
    estimates: dict[str, Estimate | None]
    """By name of ``MEASURES``, with 95 % intervals that resample products; n: pictures. None: not available."""
    unknown: dict[str, str]
    """Why not, by name."""
    budget: dict[str, int]
    """Pictures by outcome."""
    product_budget: dict[str, int]
    """Products by the worst outcome of their pictures."""


def assess(point: Point, fresh: Case, weighing: Weighing | None = None, seed: int = 0) -> Assessment:
    """Measures of a point with intervals, on pictures on which it was not chosen.

    At a stated outlier share the weights stay fixed while products are resampled, so that the interval is a little too wide.

    Args:
        point: thresholds.
        fresh: pictures whose truth is known, of products that the choice has not seen.
        weighing: costs, outlier share and unit.
        seed: of the 2,000 resamples.

    Raises:
        InputError: answers that the point cannot be applied to.
    """
    weighing = weighing or Weighing()
    decisions = decided(point, fresh.answers)
    is_, weights = events(fresh, decisions), weighing.weights(fresh)
    # A weight of 0 (a stated share of none, or of all) must not take the other sort's own measures away.
    rows = weighing.rows(fresh)
    ordinary, outlier = ~fresh.outlier * rows, fresh.outlier * rows
    tagged = is_["right"] | is_["wrong"] | is_["outliers"]
    costs, largest = _costs(weighing, is_)
    columns: dict[str, tuple[FloatArray, FloatArray]] = {
        "coverage": (ordinary * tagged, ordinary),
        "tagged": (weights * tagged, weights),
        "risk": (weights * (is_["wrong"] | is_["outliers"]), weights * tagged),
        "ordinary_risk": (ordinary * is_["wrong"], ordinary * tagged),
        "outliers_accepted": (outlier * is_["outliers"], outlier),
        "good_lost": (ordinary * is_["lost"], ordinary),
        "second_network": (weights * decisions.second, weights),
        "cost": (weights * costs / largest, weights),
    }
    counted, among = (np.stack([columns[name][i] for name in MEASURES], axis=1) for i in (0, 1))
    found = dict(zip(MEASURES, share_bootstrap(counted, among, fresh.products, seed), strict=True))
    unknown = weighing.strata(fresh).unknown()
    estimates = {name: None if name in unknown else _with_n(found[name], among[:, i]) for i, name in enumerate(MEASURES)}
    estimates["cost"] = _times(estimates["cost"], largest)
    unknown |= {name: "nothing is tagged" for name, estimate in estimates.items() if estimate is None and name not in unknown}
    return Assessment(point, estimates, unknown, error_budget(fresh, decisions), error_budget(fresh, decisions, "products"))


MATCHED = 0.005
"""Largest difference of two coverages that count as the same: half a point."""


@dataclass(frozen=True)
class Comparison:
    """Two points on the same pictures: the second minus the first, with paired intervals."""

    first: Point
    second: Point
    coverages: tuple[float, float]
    """Of ordinary pictures, first and second: equal where no ties prevent it."""
    changes: dict[str, Change | None]
    """``coverage`` and ``good_lost``: shares of ordinary pictures; ``outliers_accepted``: of outliers; ``wrong_tags``: of all
    pictures of the set, outliers' tags included; ``risk``: share of the tags that are wrong, at the outlier share. None: there
    are no such pictures, or (``risk``) a point gives no tag."""
    outlier_share: float | None = None
    """Of ``risk``; None: that of the set."""

    @property
    def matched(self) -> bool:
        """Whether the coverages are the same within half a point; of tied confidences nothing nearer may be had."""
        return abs(self.coverages[0] - self.coverages[1]) <= MATCHED


def compare(first: Point, second: Point, case: Case, outlier_share: float | None = None) -> Comparison:
    """Paired differences between two points on the same pictures, counted one by one.

    Args:
        first: thresholds.
        second: others.
        case: pictures whose truth is known, on which neither was chosen.
        outlier_share: of outliers where the cascade will serve, 0..1, for the change of risk; None: that of the set.

    Raises:
        InputError: answers that a point cannot be applied to, or an outlier share outside 0..1.
    """
    both = [events(case, decided(point, case.answers)) for point in (first, second)]
    everything = np.ones(len(case.ids), np.bool_)
    columns: dict[str, tuple[Sequence[str], NDArray[np.bool_]]] = {
        "coverage": (("right", "wrong"), ~case.outlier),
        "good_lost": (("lost",), ~case.outlier),
        "outliers_accepted": (("outliers",), case.outlier),
        "wrong_tags": (("wrong", "outliers"), everything),
    }
    changes: dict[str, Change | None] = {}
    for name, (which, among) in columns.items():
        before, after = (np.any([is_[one] for one in which], axis=0)[among].astype(np.float64) for is_ in both)
        products = np.asarray(case.products)[among]
        changes[name] = paired_change((after - before)[:, None], products) if among.any() else None
    changes["risk"] = risk_change(_tags(both[0]), _tags(both[1]), case, outlier_share)
    coverages = tuple(_coverage(is_["right"] | is_["wrong"], case) for is_ in both)
    return Comparison(first, second, (coverages[0], coverages[1]), changes, outlier_share)


def _tags(is_: Mapping[str, NDArray[np.bool_]]) -> Tags:
    wrong = is_["wrong"] | is_["outliers"]
    return is_["right"] | wrong, wrong


def compare_with_no_gate(point: Point, case: Case, outlier_share: float | None = None) -> Comparison:
    """A point against no gate at the same coverage of ordinary pictures: two coverages cannot be compared by their risks.

    The threshold without a gate is set on these very pictures (their labels are not looked at), so that the coverages are
    equal here; the interval takes it as given.

    Args:
        point: thresholds.
        case: pictures whose truth is known, on which the point was not chosen.
        outlier_share: as of :func:`compare`.

    Raises:
        InputError: the point tags no ordinary picture, an outlier share outside 0..1, or answers that it cannot be applied to.
    """
    is_ = events(case, decided(point, case.answers))
    return compare(
        match_coverage(Point("no gate", 1.0, score=case.answers.score), case, _coverage(is_["right"] | is_["wrong"], case)),
        point,
        case,
        outlier_share,
    )


def match_coverage(point: Point, case: Case, coverage: float) -> Point:
    """The point with that threshold at which its coverage of ordinary pictures is nearest to a given one.

    Of two as near the larger coverage. Gate thresholds stay; class thresholds go.

    Args:
        point: any threshold.
        case: pictures on which coverage is counted; labels are not looked at, but for who is an outlier.
        coverage: share of ordinary pictures with a tag, above 0.

    Raises:
        InputError: no ordinary pictures, a coverage outside (0, 1], or none that gets a tag at any threshold.
    """
    if not 0 < coverage <= 1:
        raise InputError(f"coverage is {coverage}; nothing to match outside (0, 1]")
    values = strength(point, case.answers)[~case.outlier]
    thresholds, counts = np.unique(values[np.isfinite(values)], return_counts=True)
    if point.mode == "soft":
        counts, thresholds = counts[thresholds > 0], thresholds[thresholds > 0]
    if not len(thresholds):
        raise InputError("no ordinary picture gets a tag at any threshold; there is no coverage to match")
    reached = counts[::-1].cumsum()[::-1] / len(values)
    nearest = int(np.argmin(np.abs(reached - coverage).round(12)))  # the first of equals has the larger coverage
    return replace(point, threshold=float(thresholds[nearest]), class_thresholds={})


def _coverage(tagged: NDArray[np.bool_], case: Case) -> float:
    ordinary = ~case.outlier
    if not ordinary.any():
        raise InputError("there are outliers only; coverage is a share of ordinary pictures")
    return float(tagged[ordinary].mean())


def _costs(weighing: Weighing, is_: Mapping[str, NDArray[np.bool_]]) -> tuple[FloatArray, float]:
    """Cost of each picture [n], and the largest that one could have."""
    costs = weighing.costs
    second = is_["ordinary_second"] | is_["outlier_second"]
    each = costs.wrong_tag * is_["wrong"] + costs.outlier_tagged * is_["outliers"] + costs.good_lost * is_["lost"]
    largest = max(costs.wrong_tag, costs.outlier_tagged, costs.good_lost) + costs.second_network
    return np.asarray(each + costs.second_network * second, np.float64), largest


def _with_n(estimate: Estimate | None, among: FloatArray) -> Estimate | None:
    """With the number of pictures that the share is of."""
    return None if estimate is None else replace(estimate, n=int((among > 0).sum()))


def _times(estimate: Estimate | None, factor: float) -> Estimate | None:
    if estimate is None:
        return None
    return Estimate(estimate.value * factor, estimate.low * factor, estimate.high * factor, estimate.n)
