"""Any rule about single rows within each predicted class, and rules by their text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from robustfashion.errors import InputError
from robustfashion.rejection.thresholds.calibration import Calibration
from robustfashion.rejection.thresholds.conformal import ConformalBH
from robustfashion.rejection.thresholds.rates import Mask
from robustfashion.rejection.thresholds.rules import F1, Cost, MeanConfidence, Quantile, Rule
from robustfashion.rejection.thresholds.target_risk import TargetRisk
from robustfashion.rejection.thresholds.threshold import NoThreshold, Threshold, TooFewRows, calibrated

RowRule = MeanConfidence | Quantile | TargetRisk | Cost | F1
"""Rules about single rows."""

RULES: dict[str, type[RowRule | ConformalBH]] = {
    "mean-confidence": MeanConfidence,
    "quantile": Quantile,
    "target-risk": TargetRisk,
    "conformal-bh": ConformalBH,
    "cost": Cost,
    "f1": F1,
}
"""By the name before ``@``. All but ``conformal-bh`` also within each predicted class: ``per-class:quantile@0.05``."""

_PREFIX = "per-class:"

FEWEST = 10
"""Products of a predicted class from which on it may have a cut of its own; a rule may need more."""


@dataclass(frozen=True)
class PerClass:
    """A rule within each predicted class; a promise then holds within each class by itself.

    Classes with too few rows for the rule keep to the overall cut, without a promise; a class in which the rule is shown no
    threshold at any coverage is refused wholly. The notes say which.
    """

    rule: RowRule
    form: ClassVar[str] = "per-class:RULE"
    title: ClassVar[str] = "within each predicted class"
    source: ClassVar[str] = "Vovk, Conditional validity of inductive conformal predictors, ACML 2012"

    def calibrate(self, calibration: Calibration) -> Threshold:
        """As :class:`robustfashion.rejection.thresholds.Rule` says.

        Raises:
            NoThreshold: the rule can be kept on no class, or not on all rows together, so that there is no cut to fall back to.
        """
        whole = self.rule.calibrate(calibration)
        cuts: dict[str, float] = {}
        notes = [f"all classes: {note}" for note in whole.notes]
        for number, name in enumerate(calibration.classes):
            rows = calibration.predicted == number
            ordinary = rows if calibration.outlier is None else rows & ~calibration.outlier
            found = self._of_class(calibration, rows, ordinary)
            if isinstance(found, float):
                cuts[name] = found
            elif isinstance(found, TooFewRows):
                notes.append(f"{name!r} keeps to the overall cut, without a promise of its own: {found}")
            else:
                cuts[name] = -np.inf
                notes.append(f"{name!r} is refused wholly: {found}")
        if not any(np.isfinite(cut) for cut in cuts.values()):
            raise NoThreshold(f"{self}: no class has a cut of its own; {notes[-1]}")
        promise = None if whole.promise is None else replace(whole.promise, by_class=True)
        return calibrated(calibration, str(self), whole.overall, promise, cuts, notes)

    def _of_class(self, calibration: Calibration, rows: Mask, ordinary: Mask) -> float | NoThreshold:
        products = len({calibration.owners[i] for i in np.flatnonzero(ordinary).tolist()})
        if products < FEWEST:
            return TooFewRows(f"{self}: it has {products} ordinary products, {FEWEST} are needed")
        try:
            return self.rule.calibrate(calibration.take(rows)).overall
        except NoThreshold as reason:
            return reason

    def __str__(self) -> str:
        return f"{_PREFIX}{self.rule}"


def parse_rule(text: str) -> Rule:
    """The rule that a text names; ``str`` of it reads back as the same rule.

    Args:
        text: as ``mean-confidence``, ``quantile@0.05``, ``target-risk@0.05/0.05``, ``conformal-bh@0.1``, ``cost@5/10/1/0.08``,
        ``f1``, or
            ``per-class:`` and one of these. The second number of ``target-risk`` and the fourth of ``cost`` may be left out:
            0.05.

    Raises:
        InputError: no such rule, or numbers that it does not take.
    """
    if text.startswith(_PREFIX):
        inner = parse_rule(text.removeprefix(_PREFIX))
        if isinstance(inner, MeanConfidence | Quantile | TargetRisk | Cost | F1):
            return PerClass(inner)
        raise InputError(f"rule {text!r}: per-class takes a rule about single rows, as per-class:quantile@0.05")
    name, at, numbers = text.partition("@")
    if name not in RULES:
        raise InputError(f"rule {text!r}: there is none of this name; there are {_forms()}")
    made: Rule = _made(RULES[name].form, RULES[name], _numbers(text, numbers) if at else ())
    return made


def _forms() -> str:
    return ", ".join(rule.form for rule in RULES.values()) + f", and {PerClass.form} of all but conformal-bh"


def _numbers(text: str, numbers: str) -> Sequence[float]:
    try:
        return [float(value) for value in numbers.split("/")]
    except ValueError:
        raise InputError(f"rule {text!r}: {numbers!r} are no numbers with / between them") from None


def _made(form: str, kind: type, numbers: Sequence[float]) -> Rule:
    try:
        found: Rule = kind(*numbers)
    except TypeError:
        raise InputError(f"rule {form}: {len(numbers)} numbers are given; there are {_forms()}") from None
    return found
