"""Rules that set one cut for all rows: the paper's mean confidence, a quantile, the lowest cost, the best F1."""

import math
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np

from robustfashion.errors import InputError
from robustfashion.rejection.thresholds.calibration import Calibration
from robustfashion.rejection.thresholds.rates import Mask, rate_of_new_data
from robustfashion.rejection.thresholds.threshold import AnyThreshold, NoThreshold, Promise, Threshold, TooFewRows, calibrated
from robustfashion.stats import FloatArray


class Rule(Protocol):
    """How a threshold is set; ``str(rule)`` is its text form, and ``parse_rule`` reads it back."""

    form: ClassVar[str]
    """Text form with letters for its numbers: ``quantile@A``."""
    title: ClassVar[str]
    """In reports."""
    source: ClassVar[str]

    def calibrate(self, calibration: Calibration) -> AnyThreshold:
        """Set a threshold.

        Raises:
            NoThreshold: the rule cannot be kept on these rows, and why.
            InputError: only outliers.
        """
        ...


def check_share(form: str, name: str, value: float) -> None:
    """Check a number of a rule's text.

    Raises:
        InputError: not strictly between 0 and 1.
    """
    if not 0 < value < 1:
        raise InputError(f"{form}: {name} is {value!r}; give a share strictly between 0 and 1, as 0.05")


def number(value: float) -> str:
    """Shortest text of a number that reads back as the same."""
    short = f"{value:g}"
    return short if float(short) == value else repr(float(value))


@dataclass(frozen=True)
class MeanConfidence:
    """The mean score of ordinary rows, every picture counting once: the paper's rule (Table 4). It promises nothing."""

    form: ClassVar[str] = "mean-confidence"
    title: ClassVar[str] = "mean confidence (the paper's)"
    source: ClassVar[str] = "the paper, Table 4"

    def calibrate(self, calibration: Calibration) -> Threshold:
        """As :class:`Rule` says; on max softmax it is minus the mean confidence."""
        scores = calibration.ordinary().scores
        if not np.isfinite(scores).all():
            raise NoThreshold(f"{self}: {int((~np.isfinite(scores)).sum())} scores are infinite, so that they have no mean")
        return calibrated(calibration, str(self), float(scores.mean()))

    def __str__(self) -> str:
        return self.form


@dataclass(frozen=True)
class Quantile:
    """Refuse at most a share A of ordinary pictures, on average over calibrations.

    The cut is the smallest score with a weight of (1 - A)(g + 1) of g products at or below it, each product of weight one, its
    pictures sharing it. With one picture a product that is split conformal prediction: the ceil((1 - A)(n + 1))-th smallest
    score.
    """

    share: float
    form: ClassVar[str] = "quantile@A"
    title: ClassVar[str] = "quantile of ordinary pictures"
    source: ClassVar[str] = (
        "Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World, 2005; with several pictures a product: Lee, Barber & "
        "Willett, Distribution-free inference with hierarchical data, 2023"
    )

    def __post_init__(self) -> None:
        check_share(self.form, "A", self.share)

    def calibrate(self, calibration: Calibration) -> Threshold:
        """As :class:`Rule` says; needs 1 / A - 1 products at least."""
        rows = calibration.ordinary()
        weights, order = rows.weights, np.argsort(rows.scores, kind="stable")
        products = round(float(weights.sum()))
        needed = math.ceil(1 / self.share - 1 - 1e-9)
        if products < needed:
            raise TooFewRows(f"{self}: there are {products} ordinary products; a share of {self.share:g} needs {needed}")
        beneath = np.cumsum(weights[order])
        place = int(np.searchsorted(beneath, (1 - self.share) * (products + 1) - 1e-9))
        cut = float(rows.scores[order[min(place, len(order) - 1)]])
        if not math.isfinite(cut):
            raise NoThreshold(f"{self}: the cut would be {cut}: too many scores are infinite")
        found = calibrated(calibration, str(self), cut, Promise("ordinary refused", self.share))
        return found if found.refused is None else replace(found, on_new_data=rate_of_new_data(found.refused))

    def __str__(self) -> str:
        return f"quantile@{number(self.share)}"


@dataclass(frozen=True)
class Cost:
    """The cut of the lowest expected cost of a picture, at a stated share P of outliers among pictures to come.

    Cost = (1 - P) (E · share wrong and accepted + L · share right and refused) + P · O · share of outliers accepted. Without
    outliers among the rows the last share is not known; it is bounded by that of ordinary pictures, on the assumption that an
    outlier scores no lower than an ordinary picture (stochastically: the score is no worse than chance). With outliers it is
    theirs.
    """

    wrong: float
    """E: cost of a wrong tag on an ordinary picture."""
    outlier: float
    """O: cost of a tagged outlier."""
    lost: float
    """L: cost of a right tag that is refused."""
    share: float = 0.05
    """P, in (0, 1)."""
    form: ClassVar[str] = "cost@E/O/L/P"
    title: ClassVar[str] = "lowest cost"
    source: ClassVar[str] = "Chow, On optimum recognition error and reject tradeoff, IEEE Transactions on Information Theory 1970"

    def __post_init__(self) -> None:
        check_share(self.form, "P", self.share)
        for name, value in (("E", self.wrong), ("O", self.outlier), ("L", self.lost)):
            if not 0 <= value < math.inf:
                raise InputError(f"{self.form}: {name} is {value!r}; a cost is a number from 0 on")
        if self.lost == 0 or self.wrong + self.outlier == 0:
            raise InputError(
                f"{self.form}: at E = {self.wrong:g}, O = {self.outlier:g} and L = {self.lost:g} there is nothing to weigh"
            )

    def calibrate(self, calibration: Calibration) -> Threshold:
        """As :class:`Rule` says; needs to know which rows are wrong."""
        rows, outliers = calibration.ordinary(), calibration.outliers()
        wrong, weights = known_wrong(rows, str(self)), rows.weights / rows.weights.sum()
        cuts = _candidates(rows.scores)
        accepted = _share_up_to(cuts, rows.scores, weights)
        tagged = accepted if outliers is None else _share_up_to(cuts, outliers.scores, outliers.weights / outliers.weights.sum())
        wrong_tags = _share_up_to(cuts, rows.scores, weights * wrong)
        lost = float(weights[~wrong].sum()) - (accepted - wrong_tags)
        costs = (1 - self.share) * (self.wrong * wrong_tags + self.lost * lost) + self.share * self.outlier * tagged
        best = int(costs.argmin())
        if math.isinf(cuts[best]):
            raise NoThreshold(f"{self}: to refuse everything is cheapest on these rows ({costs[best]:.4g} a picture)")
        notes = [
            f"expected cost {costs[best]:.4g} a picture on the rows that it was chosen on, "
            f"{costs[0]:.4g} with every picture refused"
        ]
        if outliers is None:
            notes.append("outliers are assumed to score no lower than ordinary pictures: the cost of tagged outliers is a bound")
        return calibrated(calibration, str(self), float(cuts[best]), notes=notes)

    def __str__(self) -> str:
        return f"cost@{'/'.join(number(value) for value in (self.wrong, self.outlier, self.lost, self.share))}"


@dataclass(frozen=True)
class F1:
    """The cut of the highest F1 of tags; it promises nothing.

    Precision = share right of all tags, outliers' included where rows of them are given; recall = share tagged of the ordinary
    pictures whose class is right.
    """

    form: ClassVar[str] = "f1"
    title: ClassVar[str] = "best F1 of tags"
    source: ClassVar[str] = "van Rijsbergen, Information Retrieval, 1979"

    def calibrate(self, calibration: Calibration) -> Threshold:
        """As :class:`Rule` says; needs to know which rows are wrong."""
        rows, outliers = calibration.ordinary(), calibration.outliers()
        wrong, weights = known_wrong(rows, str(self)), rows.weights
        cuts = _candidates(rows.scores)[1:]
        if not bool((~wrong).any()):
            raise NoThreshold(f"{self}: none of {len(rows)} answers is right, so that no threshold has an F1 above 0")
        right = _share_up_to(cuts, rows.scores, weights * ~wrong)
        tagged = _share_up_to(cuts, rows.scores, weights)
        if outliers is not None:
            tagged = tagged + _share_up_to(cuts, outliers.scores, outliers.weights)
        f1 = 2 * right / (tagged + float(weights[~wrong].sum()))
        best = int(f1.argmax())
        return calibrated(
            calibration, str(self), float(cuts[best]), notes=[f"F1 {f1[best]:.4f} on the rows that it was chosen on"]
        )

    def __str__(self) -> str:
        return self.form


def known_wrong(rows: Calibration, rule: str) -> Mask:
    """Which rows are wrong, bool [n].

    Raises:
        NoThreshold: it is not known.
    """
    if rows.wrong is None:
        raise NoThreshold(f"{rule}: it is not known which answers are wrong; give rows with labels, or take a quantile")
    return rows.wrong


def _candidates(scores: FloatArray) -> FloatArray:
    """Minus infinity (refuse everything), and every finite score, ascending."""
    found = np.unique(scores)
    return np.concatenate([[-np.inf], found[np.isfinite(found)]])


def _share_up_to(cuts: FloatArray, scores: FloatArray, weights: FloatArray) -> FloatArray:
    """Sum of the weights of scores up to each cut: [m], [n], [n] -> [m]."""
    order = np.argsort(scores, kind="stable")
    beneath = np.concatenate([[0.0], np.cumsum(weights[order])])
    return np.asarray(beneath[np.searchsorted(scores[order], cuts, side="right")], dtype=np.float64)
