"""Thresholds on the top-1 confidence, as checkpoints and suites have them, and the same as cuts of the score -confidence."""

from collections.abc import Sequence

from robustfashion.decisions import Thresholds
from robustfashion.errors import InputError
from robustfashion.rejection.thresholds.calibration import Calibration
from robustfashion.rejection.thresholds.threshold import AnyThreshold, Threshold, calibrated

CONFIDENCE_SCORE = "max_softmax"
"""The score that is minus the top-1 confidence: no rounding lies between the two."""


def to_decisions(threshold: AnyThreshold) -> Thresholds:
    """The same as thresholds on the top-1 confidence: they accept the very same confidences, at the cut as well.

    Raises:
        InputError: on another score, about a batch, a class that is refused wholly, or a cut that no confidence reaches.
    """
    if not isinstance(threshold, Threshold):
        raise InputError(
            f"{threshold.rule} is about a batch, not about single pictures; thresholds of a network need another rule"
        )
    if threshold.score != CONFIDENCE_SCORE:
        raise InputError(
            f"{threshold.rule} is a threshold on {threshold.score!r}; thresholds of a network are on the top-1 confidence, "
            f"{CONFIDENCE_SCORE!r}"
        )
    k = len(threshold.classes)
    by_class = {name: _confidence(cut, k, f"class {name!r}") for name, cut in threshold.by_class.items()}
    return Thresholds(_confidence(threshold.overall, k, "all classes"), by_class, threshold.rule)


def from_decisions(thresholds: Thresholds, classes: Sequence[str], calibration: Calibration | None = None) -> Threshold:
    """Thresholds on the top-1 confidence as cuts of -confidence, with what they do on ordinary rows where some are given.

    Args:
        thresholds: on the top-1 confidence.
        classes: names, k of them.
        calibration: rows with the score ``max_softmax``, to say how many are refused; None: it stays unsaid.

    Raises:
        InputError: thresholds of classes that there are not.
    """
    thresholds.of(classes)
    cuts = {name: -value for name, value in thresholds.by_class.items()}
    if calibration is None:
        return Threshold(CONFIDENCE_SCORE, thresholds.rule, tuple(classes), -thresholds.overall, cuts)
    return calibrated(calibration, thresholds.rule, -thresholds.overall, by_class=cuts)


def _confidence(cut: float, classes: int, of: str) -> float:
    """The cut as a threshold in (0, 1]; below 1 / k everything is accepted."""
    if cut < -1:
        raise InputError(f"the cut of {of} is {cut:.3g}: no confidence reaches it, and a threshold on confidences cannot say so")
    return max(-cut, 1 / (classes + 1))
