"""The threshold of the widest coverage whose risk stays below a target, with a stated confidence."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import stats as scipy_stats

from robustfashion.rejection.thresholds.calibration import Calibration
from robustfashion.rejection.thresholds.rates import clopper_pearson
from robustfashion.rejection.thresholds.rules import check_share, known_wrong, number
from robustfashion.rejection.thresholds.threshold import NoThreshold, Promise, Threshold, TooFewRows, calibrated
from robustfashion.stats import FloatArray

_RANKS = 100
_STARTS = 5


@dataclass(frozen=True)
class TargetRisk:
    """At most a share R of accepted ordinary pictures is wrong, with probability 1 - D over the draw of the calibration rows.

    Learn-then-Test by fixed sequences. Given the (k + 1)-th smallest score, the k rows below it are a sample of all pictures
    below it, so that the number of wrong ones among them is binomial, and an exact test tells whether their risk exceeds R. A
    hundred ranks k are named before a score is seen. Sequences of tests start at five of them (fewer where there are few rows)
    and go on to wider coverage for as long as the test rejects, each at level D / starts: the union bound over sequences is all
    the correction there is. The bound of Geifman & El-Yaniv (2017), binary search at D / log2(n), is a little wider
    (docs/rejection.md has the figures).

    One row of each product, drawn by a fixed seed, is tested, since pictures of one product are not independent.
    """

    risk: float
    """R, in (0, 1)."""
    error: float = 0.05
    """D, in (0, 1)."""
    form: ClassVar[str] = "target-risk@R/D"
    title: ClassVar[str] = "target risk"
    source: ClassVar[str] = (
        "Angelopoulos, Bates, Candès, Jordan & Lei, Learn then Test, Annals of Applied Statistics 2025; "
        "after Geifman & El-Yaniv, Selective classification for deep neural networks, NeurIPS 2017"
    )

    def __post_init__(self) -> None:
        check_share(self.form, "R", self.risk)
        check_share(self.form, "D", self.error)

    def calibrate(self, calibration: Calibration) -> Threshold:
        """As :class:`robustfashion.rejection.thresholds.Rule` says; needs to know which rows are wrong.

        Raises:
            TooFewRows: no threshold could be shown to keep the target even if no answer were wrong.
            NoThreshold: none is shown to keep it, at any coverage.
        """
        rows = calibration.ordinary()
        known_wrong(rows, str(self))
        one = rows.one_per_product()
        order = np.argsort(one.scores, kind="stable")
        scores, wrong = one.scores[order], known_wrong(one, str(self))[order]
        ranks, starts = plan(len(scores), self.risk, self.error)
        if not len(starts):
            needed = _fewest(self.risk, self.error) + 1
            raise TooFewRows(
                f"{self}: there are {len(scores)} ordinary products; with fewer than {needed} a risk of {self.risk:g} cannot be "
                "shown, even if none is wrong"
            )
        # Ties of the score at the rank stand on its far side: only what lies strictly below is accepted, and tested.
        below = np.searchsorted(scores, scores[ranks], side="left")
        errors = np.concatenate([[0], np.cumsum(wrong)])[below]
        p_values = np.where(below > 0, scipy_stats.binom.cdf(errors, np.maximum(below, 1), self.risk), 1.0)
        best = _furthest(p_values <= self.error / len(starts), starts)
        if best is None:
            raise NoThreshold(f"{self}: {_why(below[starts], errors[starts], self.error / len(starts))}")
        cut = float(np.nextafter(scores[ranks[best]], -np.inf))
        return calibrated(calibration, str(self), cut, Promise("wrong among accepted", self.risk, 1 - self.error))

    def __str__(self) -> str:
        return f"target-risk@{number(self.risk)}/{number(self.error)}"


def plan(n: int, risk: float, error: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What is tested, from the number of rows alone: ranks int64 [m] (rows accepted), and at which of them sequences start.

    Starts at which not even answers without a mistake could pass are left out, so that they take no share of the level.
    """
    ranks = np.unique(np.ceil(np.arange(1, _RANKS + 1) / _RANKS * (n - 1)).astype(np.int64)) if n > 1 else np.zeros(0, np.int64)
    for count in range(_STARTS, 0, -1):
        wanted = np.ceil(np.arange(_STARTS, _STARTS - count, -1) / _STARTS * (n - 1))
        starts = np.unique(np.searchsorted(ranks, wanted))
        starts = starts[starts < len(ranks)]
        if len(starts) and ranks[starts[0]] >= _fewest(risk, error / len(starts)):
            return ranks, starts
    return ranks, np.zeros(0, np.int64)


def _fewest(risk: float, level: float) -> int:
    """Rows from which on none wrong is significant: (1 - risk)^n <= level."""
    return math.ceil(math.log(level) / math.log1p(-risk) - 1e-9)


def _furthest(passes: NDArray[np.bool_], starts: NDArray[np.int64]) -> int | None:
    """Last place of any unbroken run of passes that begins at a start."""
    ends = []
    for start in starts.tolist():
        stop = np.flatnonzero(~passes[start:])
        length = int(stop[0]) if len(stop) else len(passes) - start
        if length:
            ends.append(start + length - 1)
    return max(ends, default=None)


def _why(below: NDArray[np.int64], errors: FloatArray, level: float) -> str:
    tested = below > 0
    bounds = [clopper_pearson(float(k), int(n), 1 - 2 * level)[1] for k, n in zip(errors[tested], below[tested], strict=True)]
    if not bounds:
        return "all scores are the same, so that no threshold tells one row from another"
    best = int(np.argmin(bounds))
    return (
        f"no threshold is shown to keep it at any coverage; the lowest bound is {bounds[best]:.3f}, with "
        f"{int(errors[tested][best])} wrong of {int(below[tested][best])} accepted products. Give more rows, a higher target, "
        "or a better score"
    )
