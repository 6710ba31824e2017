"""Product-type validators before an attribute classifier: what each pair of thresholds is worth, and the one that is chosen.

Arrays in, numbers out. A :class:`Case` holds what networks said of pictures whose truth is known; :func:`simulate` gives the
worth of every pair of thresholds; :func:`choose` takes one by a stated rule; :func:`assess` says on fresh pictures what it is
worth; :func:`to_yaml` writes it for the tagging system, which calls :func:`decide`.
"""

from robustfashion.rejection.cascade.answers import MAX_SOFTMAX, Answers, Case, case_of
from robustfashion.rejection.cascade.assess import (
    Assessment,
    Comparison,
    assess,
    compare,
    compare_with_no_gate,
    match_coverage,
)
from robustfashion.rejection.cascade.budget import OUTCOMES, Oracle, Unit, error_budget, oracles, outcomes
from robustfashion.rejection.cascade.choose import Choice, ChoiceRule, choose
from robustfashion.rejection.cascade.front import pareto_front
from robustfashion.rejection.cascade.measures import MEASURES, Costs, Weighing, measure
from robustfashion.rejection.cascade.operating_point import FORMAT, Chosen, OperatingPoint, promises
from robustfashion.rejection.cascade.point import MODES, REASONS, Decisions, Mode, Point, decide, decided, strength
from robustfashion.rejection.cascade.registry import GATES, Levels, check_gate, gate_of, type_confidence
from robustfashion.rejection.cascade.simulate import Simulation, simulate
from robustfashion.rejection.cascade.yaml_text import read_operating_point, to_yaml

__all__ = [
    "FORMAT", "GATES", "MAX_SOFTMAX", "MEASURES", "MODES", "OUTCOMES", "REASONS",
    "Answers", "Assessment", "Case", "Choice", "ChoiceRule", "Chosen", "Comparison", "Costs", "Decisions", "Levels", "Mode",
    "OperatingPoint", "Oracle", "Point", "Simulation", "Unit", "Weighing",
    "assess", "case_of", "check_gate", "choose", "compare", "compare_with_no_gate", "decide", "decided", "error_budget",
    "gate_of", "match_coverage", "measure", "oracles", "outcomes", "pareto_front", "promises", "read_operating_point", "simulate",
    "strength", "to_yaml", "type_confidence",
]  # fmt: skip
