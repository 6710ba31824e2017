"""Thresholds on scores of rejection: rules by their text, thresholds as objects, what they promise and what they achieve.

    rule = parse_rule("target-risk@0.05/0.05")
    threshold = rule.calibrate(Calibration.of(validation, fitted(validation)))
    reapply(threshold, fitted(new), new.predicted, ~new.correct, new.products)

What is promised, on what condition, and what simulation found of it: docs/rejection.md, section Thresholds.
"""

from robustfashion.rejection.thresholds.calibration import Calibration
from robustfashion.rejection.thresholds.confidence import CONFIDENCE_SCORE, from_decisions, to_decisions
from robustfashion.rejection.thresholds.conformal import ConformalBH
from robustfashion.rejection.thresholds.per_class import RULES, PerClass, parse_rule
from robustfashion.rejection.thresholds.plain import read_threshold
from robustfashion.rejection.thresholds.rates import Rate, clopper_pearson, rate
from robustfashion.rejection.thresholds.reapply import Reapplied, reapply
from robustfashion.rejection.thresholds.rules import F1, Cost, MeanConfidence, Quantile, Rule
from robustfashion.rejection.thresholds.target_risk import TargetRisk
from robustfashion.rejection.thresholds.threshold import (
    AnyThreshold,
    BatchThreshold,
    NoThreshold,
    Promise,
    Threshold,
    TooFewRows,
    benjamini_hochberg,
)

__all__ = [
    "CONFIDENCE_SCORE", "F1", "RULES", "AnyThreshold", "BatchThreshold", "Calibration", "ConformalBH", "Cost", "MeanConfidence",
    "NoThreshold", "PerClass", "Promise", "Quantile", "Rate", "Reapplied", "Rule", "TargetRisk", "Threshold", "TooFewRows",
    "benjamini_hochberg", "clopper_pearson", "from_decisions", "parse_rule", "rate", "read_threshold", "reapply",
    "to_decisions",
]  # fmt: skip
