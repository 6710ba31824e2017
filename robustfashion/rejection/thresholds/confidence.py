"""Thresholds on the top-1 confidence, as checkpoints and suites have them, and the same as cuts of the score 1 - confidence."""

from collections.abc import Sequence

import numpy as np

from robustfashion.decisions import Thresholds
from robustfashion.errors import InputError
from robustfashion.rejection.thresholds.calibration import Calibration
from robustfashion.rejection.thresholds.threshold import AnyThreshold, Threshold, calibrated

CONFIDENCE_SCORE = "max_softmax"
"""The score that is 1 - confidence."""


def to_decisions(threshold: AnyThreshold) -> Thresholds:
    """The same as thresholds on the top-1 confidence: they accept the very same float64 confidences, at the cut as well.

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
    by_class = {name: _smallest_confidence(cut, k, f"class {name!r}") for name, cut in threshold.by_class.items()}
    return Thresholds(_smallest_confidence(threshold.overall, k, "all classes"), by_class, threshold.rule)


def from_decisions(thresholds: Thresholds, classes: Sequence[str], calibration: Calibration | None = None) -> Threshold:
    """Thresholds on the top-1 confidence as cuts of 1 - confidence, with what they do on ordinary rows where some are given.

    The same confidences are accepted; below 0.5 the score itself cannot tell confidences apart that differ by less than 2e-16.

    Args:
        thresholds: on the top-1 confidence.
        classes: names, k of them.
        calibration: rows with the score ``max_softmax``, to say how many are refused; None: it stays unsaid.

    Raises:
        InputError: thresholds of classes that there are not.
    """
    thresholds.of(classes)
    cuts = {name: 1 - value for name, value in thresholds.by_class.items()}
    if calibration is None:
        return Threshold(CONFIDENCE_SCORE, thresholds.rule, tuple(classes), 1 - thresholds.overall, cuts)
    return calibrated(calibration, thresholds.rule, 1 - thresholds.overall, by_class=cuts)


def _smallest_confidence(cut: float, classes: int, of: str) -> float:
    """Smallest float64 t in (0, 1] with 1 - t <= cut, rounded as the score is; below 1 / k everything is accepted."""
    least = 1 / (classes + 1)
    if 1 - least <= cut:
        return least
    if cut < 0:
        raise InputError(f"the cut of {of} is {cut:.3g}: no confidence reaches it, and a threshold on confidences cannot say so")
    fails, passes = least, 1.0
    while (middle := (fails + passes) / 2) not in (fails, passes):
        fails, passes = (fails, middle) if 1 - middle <= cut else (middle, passes)
    # Halving ends at neighbours or, by rounding to even, one short of them.
    return next(t for t in (float(np.nextafter(fails, 1)), passes) if 1 - t <= cut)
