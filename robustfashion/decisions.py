"""When a prediction becomes a tag: thresholds on the top-1 confidence, one for all classes or of its own for some.

Arrays in, arrays out. Probabilities are float [n, k] in 0..1, thresholds lie in (0, 1]; a prediction is accepted when its top-1
confidence is at least the threshold of its top class. The lower class number wins a tie.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError

Probabilities = NDArray[np.float32] | NDArray[np.float64]

NO_TAG = -1
"""In the place of a class number: no class was sure enough."""

REST = "other"
"""Class of a network that tells one label from the rest."""

PAPER_RULE = "mean confidence on validation images (the paper's rule)"


@dataclass(frozen=True)
class Thresholds:
    """Top-1 confidence from which a prediction becomes a tag: one for all classes, or of its own for some.

    Raises:
        InputError: a threshold outside (0, 1].
    """

    overall: float
    """For classes without one of their own."""
    by_class: Mapping[str, float] = field(default_factory=dict)
    """By class name."""
    rule: str = "given"
    """Where they come from, in words, for reports."""

    def __post_init__(self) -> None:
        check_threshold("threshold", self.overall)
        for name, value in self.by_class.items():
            check_threshold(f"class_thresholds[{name!r}]", value)

    def of(self, classes: Sequence[str]) -> NDArray[np.float64]:
        """Threshold of each class, float64 [k].

        Raises:
            InputError: a threshold of a class that there is not.
        """
        check_class_names(self.by_class, classes)
        return np.array([self.by_class.get(name, self.overall) for name in classes], np.float64)


def check_threshold(name: str, value: object) -> None:
    """Check one threshold, called ``name`` in the message.

    Raises:
        InputError: no number in (0, 1].
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.floating) or not 0 < value <= 1:
        raise InputError(f"{name} is {value!r}; a confidence lies in (0, 1]")


def check_class_names(by_class: Mapping[str, object], classes: Sequence[str]) -> None:
    """Check that thresholds are of classes that there are.

    Raises:
        InputError: one is not.
    """
    for name in by_class:
        if name not in classes:
            raise InputError(f"class_thresholds names {name!r}; the classes are {', '.join(classes[:10])}")


def accepted(probabilities: Probabilities, thresholds: NDArray[np.float64] | float) -> NDArray[np.bool_]:
    """Which predictions become tags: probabilities [n, k], one threshold or [k] -> [n].

    Raises:
        InputError: thresholds that are neither one nor [k], or outside (0, 1].
    """
    # In the probabilities' own precision, so that 0.7 met by a float32 0.7 is met, whether it is given once or k times.
    values: NDArray[np.floating[Any]] = np.asarray(thresholds).astype(probabilities.dtype)
    k = probabilities.shape[1]
    if values.shape not in ((), (k,)):
        raise InputError(f"thresholds have shape {list(values.shape)}; give one, or one for each of {k} classes")
    if not bool(((values > 0) & (values <= 1)).all()):
        raise InputError(f"thresholds are {thresholds}; a confidence lies in (0, 1]")
    needed = values if values.ndim == 0 else values[probabilities.argmax(axis=1)]
    return np.asarray(probabilities.max(axis=1) >= needed)


def decide(probabilities: Probabilities, thresholds: NDArray[np.float64] | float) -> NDArray[np.int64]:
    """Tags: probabilities [n, k], one threshold or [k] -> class numbers int64 [n], or :data:`NO_TAG`.

    Raises:
        InputError: as :func:`accepted`.
    """
    return np.where(accepted(probabilities, thresholds), probabilities.argmax(axis=1), NO_TAG).astype(np.int64)


def rest_of(classes: Sequence[str]) -> int | None:
    """Number of the class that is no tag: the rest, where one label is told from it (``other``, ``dress``); else None."""
    return list(classes).index(REST) if len(classes) == 2 and REST in classes else None


def tags(probabilities: Probabilities, thresholds: Thresholds, classes: Sequence[str]) -> NDArray[np.int64]:
    """Tags as a catalogue shows them: probabilities [n, k] -> class numbers int64 [n], or :data:`NO_TAG`.

    To be none of one label is no tag, however sure the network is of it: see :func:`rest_of`.

    Raises:
        InputError: thresholds of classes that there are not.
    """
    found, rest = decide(probabilities, thresholds.of(classes)), rest_of(classes)
    return found if rest is None else np.where(found == rest, NO_TAG, found)


def mean_confidence(probabilities: Probabilities) -> float:
    """Mean top-1 confidence, in (0, 1]: the paper's rule for a threshold (Table 4).

    Raises:
        InputError: no predictions.
    """
    if not len(probabilities):
        raise InputError("there are no predictions to take the mean confidence of; give some, or a threshold")
    return float(probabilities.max(axis=1).mean(dtype=np.float64))


def mean_confidence_thresholds(probabilities: Probabilities, rule: str = PAPER_RULE) -> Thresholds:
    """The mean top-1 confidence as threshold of all classes.

    Raises:
        InputError: no predictions.
    """
    return Thresholds(mean_confidence(probabilities), rule=rule)
