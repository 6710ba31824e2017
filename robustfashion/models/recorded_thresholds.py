"""Thresholds as a checkpoint records them: on the top-1 confidence, with the rule that set them where one did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from robustfashion.decisions import Thresholds, check_class_names, check_threshold
from robustfashion.errors import InputError

if TYPE_CHECKING:
    from robustfashion.rejection.thresholds import Threshold


@dataclass(frozen=True)
class RecordedThresholds:
    """Deployed thresholds on the top-1 confidence, each in (0, 1]."""

    overall: float | None
    """For classes without one of their own; None: those always get a tag."""
    by_class: Mapping[str, float] | None
    """By class name; None: written before classes had some of their own."""
    calibrated: "Threshold | None" = None
    """How they came about, where a rule has set them: its text, its promise, the rows that it was calibrated on."""


def read_thresholds(metadata: Mapping[str, Any], classes: Sequence[str], source: str) -> RecordedThresholds | None:
    """What a checkpoint records; None where it has neither field.

    Raises:
        InputError: a threshold outside (0, 1], for a class that there is not, or a damaged field.
    """
    if "threshold" not in metadata and "class_thresholds" not in metadata:
        return None
    by_class = metadata.get("class_thresholds")
    if not isinstance(by_class, Mapping | None):
        raise InputError(f"{source}: field 'class_thresholds' is {by_class!r}; expected a number by class, the file is damaged")
    found = RecordedThresholds(metadata.get("threshold"), None if by_class is None else dict(by_class))
    try:
        check_thresholds(found, classes)
    except InputError as error:
        raise InputError(f"{source}: {error}") from error
    return replace(found, calibrated=_read_rule(metadata, found, source))


def _read_rule(metadata: Mapping[str, Any], thresholds: RecordedThresholds, source: str) -> "Threshold | None":
    """What is recorded of their rule; None where nothing is, or it set others: older versions write only the thresholds anew."""
    if metadata.get("threshold_rule") is None:
        return None
    from robustfashion.rejection.thresholds import Threshold, read_threshold, to_decisions  # scipy takes a second

    found = read_threshold(metadata["threshold_rule"], f"{source}: field 'threshold_rule'")
    if not isinstance(found, Threshold):
        raise InputError(f"{source}: field 'threshold_rule' is about batches; a checkpoint has thresholds of single pictures")
    deployed = to_decisions(found)
    same = (deployed.overall, dict(deployed.by_class)) == (thresholds.overall, dict(thresholds.by_class or {}))
    return found if same else None


def deployed_thresholds(found: RecordedThresholds | None, classes: Sequence[str]) -> Thresholds | None:
    """Thresholds on the top-1 confidence that a checkpoint carries; None where it has none.

    Where it has some for single classes only, all other predictions become tags: their threshold lies below every top-1
    confidence.
    """
    if found is None or (found.overall is None and not found.by_class):
        return None
    overall = 1 / (len(classes) + 1) if found.overall is None else found.overall
    rule = "carried by the checkpoint" if found.calibrated is None else f"carried by the checkpoint ({found.calibrated.rule})"
    return Thresholds(overall, found.by_class or {}, rule)


def check_thresholds(thresholds: RecordedThresholds, classes: Sequence[str]) -> None:
    """Check thresholds on the top-1 confidence.

    Raises:
        InputError: outside (0, 1], or for a class that there is not.
    """
    by_class = thresholds.by_class or {}
    check_class_names(by_class, classes)
    if thresholds.overall is not None:
        check_threshold("threshold", thresholds.overall)
    for name, value in by_class.items():
        check_threshold(f"class_thresholds[{name!r}]", value)
