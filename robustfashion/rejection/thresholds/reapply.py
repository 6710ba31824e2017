"""A threshold on new data: what it achieves there, what was promised, and a warning where the two have parted."""

from collections.abc import Sequence
from dataclasses import dataclass

from robustfashion.errors import InputError
from robustfashion.rejection.thresholds.calibration import Classes
from robustfashion.rejection.thresholds.rates import Mask, Rate, drift_p_value, excess_p_value, rate, share
from robustfashion.rejection.thresholds.threshold import AnyThreshold, BatchThreshold, Promise, Threshold
from robustfashion.stats import FloatArray

LEVEL = 0.01
"""Of each of the two tests: of a hundred checks of data that has not changed about one warns, each way."""


@dataclass(frozen=True)
class Reapplied:
    """What a threshold does on new data."""

    refused: Rate
    """Share of the pictures that it refuses."""
    risk: Rate | None
    """Share wrong of the accepted; None: not known, or none is accepted."""
    promise: Promise | None
    calibrated: Rate | None
    """Share refused of the calibration rows; None: not calibrated, or a rule about batches."""
    drift: float | None
    """Two-sided p-value that as many are refused as of the calibration rows; None: there is nothing to compare with."""
    excess: float | None
    """One-sided p-value that the risk is at most the promised one; None: none is promised, or risk is not known."""
    level: float
    warnings: tuple[str, ...]
    """In words; empty: nothing has drifted as far as this data can tell."""

    def __str__(self) -> str:
        lines = [f"of {self.refused.rows} pictures of {self.refused.products} products {self.refused} are refused"]
        if self.calibrated is not None:
            lines[0] += f"; when it was calibrated {self.calibrated}"
        if self.risk is not None:
            lines.append(f"of the accepted {self.risk} are wrong")
        lines.append("promised: nothing" if self.promise is None else f"promised: {self.promise}")
        return "\n".join([*lines, *(f"warning: {text}" for text in self.warnings)])


def reapply(
    threshold: AnyThreshold,
    scores: FloatArray,
    predicted: Classes,
    wrong: Mask | None = None,
    products: Sequence[str] = (),
    level: float = LEVEL,
) -> Reapplied:
    """Apply a threshold to new rows and compare with its calibration and its promise.

    Drift is tested by the exact law of the number of new rows beyond a cut that was put at a rank of the calibration scores
    (beta-binomial), risk by the exact binomial test against the promised one; where products have several pictures, at the
    effective numbers of pictures. A rule about batches has no cut that could drift.

    Args:
        threshold: calibrated before.
        scores: float64 [n], of the score that it is on.
        predicted: class numbers [n].
        wrong: bool [n]; None: not known.
        products: of each row; empty: each row is one.
        level: of each test, in (0, 1).

    Raises:
        InputError: no rows, NaN scores, columns of other lengths.
    """
    if not len(scores):
        raise InputError("there are no rows to apply a threshold to")
    for name, column in (("wrong", wrong), ("products", products or None)):
        if column is not None and len(column) != len(scores):
            raise InputError(f"{len(scores)} scores and {len(column)} {name}; give one for each row")
    accepted, owners = threshold.accepts(scores, predicted), products or [str(i) for i in range(len(scores))]
    refused = share(~accepted, owners)
    risk = None if wrong is None else rate(wrong, accepted, owners)
    before = None if isinstance(threshold, BatchThreshold) else threshold.refused
    drift = None if before is None else drift_p_value(before, refused)
    excess = _excess(threshold, risk)
    warnings = _warnings(threshold, refused, risk, (drift, excess), level)
    return Reapplied(refused, risk, threshold.promise, before, drift, excess, level, warnings)


def _excess(threshold: AnyThreshold, risk: Rate | None) -> float | None:
    promise = threshold.promise
    if risk is None or promise is None or promise.what != "wrong among accepted":
        return None
    return excess_p_value(risk, promise.rate)


def _warnings(
    threshold: AnyThreshold, refused: Rate, risk: Rate | None, p_values: tuple[float | None, float | None], level: float
) -> tuple[str, ...]:
    drift, excess = p_values
    found = []
    if drift is not None and drift < level and isinstance(threshold, Threshold) and threshold.refused is not None:
        more = refused.value > threshold.refused.value
        found.append(
            f"{'more' if more else 'fewer'} pictures are refused than when the threshold was set: {refused} against "
            f"{threshold.refused} ({_p(drift)}, level {level:g}). {_MORE if more else _FEWER}; set it anew on pictures like these"
        )
    if excess is not None and excess < level and threshold.promise is not None:
        found.append(
            f"the risk is above the promised {100 * threshold.promise.rate:.4g} %: {risk} of the accepted are wrong "
            f"({_p(excess)}, level {level:g}). These pictures are not like those that it was set on"
        )
    return tuple(found)


def _p(value: float) -> str:
    return "p < 0.0001" if value < 0.0001 else f"p = {value:.2g}"


_MORE = "There are outliers among them, or ordinary pictures look otherwise to the network than they did"
_FEWER = "The network is surer of them than it was of those, right or wrong"
