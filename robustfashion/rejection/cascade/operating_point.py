"""A chosen point with all that a tagging system needs to apply it, and what it promises."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from robustfashion.decisions import check_class_names
from robustfashion.errors import InputError
from robustfashion.rejection.cascade.assess import Assessment
from robustfashion.rejection.cascade.choose import ChoiceRule
from robustfashion.rejection.cascade.measures import MEASURES, Weighing
from robustfashion.rejection.cascade.point import Point
from robustfashion.rejection.cascade.registry import check_gate
from robustfashion.stats import Estimate

FORMAT = 1
"""Version of the text form."""


@dataclass(frozen=True)
class Chosen:
    """How the point was chosen."""

    rule: ChoiceRule
    weighing: Weighing
    pictures: int
    products: int
    on: str = ""
    """Which data, in words."""


@dataclass(frozen=True)
class OperatingPoint:
    """A point of operation of one attribute.

    Raises:
        InputError: validators that do not suit the attribute, thresholds of classes that there are not, a digest missing.
    """

    attribute: str
    classes: tuple[str, ...]
    """Of the attribute classifier, in its order."""
    point: Point
    network: str
    """Digest of the attribute classifier."""
    validators: Mapping[str, str]
    """Digest of the network of each validator of the point."""
    preprocessing: str
    """Text of the preprocessing, such as ``java2d.bilinear+jpeg75``."""
    chosen: Chosen | None = None
    """None: given by hand."""
    promised: Mapping[str, Estimate] = field(default_factory=dict)
    """By name of ``MEASURES``: what was found on fresh pictures, with 95 % intervals."""
    assessed_on: str = ""
    """Which fresh pictures, in words."""
    made_by: Mapping[str, str] = field(default_factory=dict)
    """Commit and versions, by name."""

    def __post_init__(self) -> None:
        if len(self.classes) < 2 or len(set(self.classes)) < len(self.classes):
            raise InputError(f"classes are {list(self.classes)!r:.200}; an attribute has two distinct ones at least")
        check_class_names(self.point.class_thresholds, self.classes)
        check_gate(self.attribute, self.point.levels)
        needed = {name for level in self.point.levels for name in level}
        if set(self.validators) != needed:
            raise InputError(f"validators are {sorted(self.validators)!r:.200}; the point needs {sorted(needed)!r:.200}")
        unknown = sorted(set(self.promised) - set(MEASURES))
        if unknown:
            raise InputError(f"promised names {unknown[0]!r:.80}; use {', '.join(MEASURES)}")


def promises(assessment: Assessment) -> dict[str, Estimate]:
    """What an assessment found, for :attr:`OperatingPoint.promised`; what is not available is left out."""
    return {name: estimate for name, estimate in assessment.estimates.items() if estimate is not None}
