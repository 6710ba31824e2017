"""Choosing a point of operation by a stated rule, on pictures of which the report must not be made."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from robustfashion.errors import InputError
from robustfashion.rejection.cascade.point import Point
from robustfashion.rejection.cascade.simulate import Simulation
from robustfashion.stats import FloatArray

RuleName = Literal["lowest-cost", "coverage-at-risk", "risk-at-coverage"]


@dataclass(frozen=True)
class ChoiceRule:
    """A rule, with a text form: ``lowest-cost``, ``coverage-at-risk@0.05``, ``risk-at-coverage@0.8``.

    The limit is met on the pictures of the choice. It is no guarantee for others: the point was selected, and what it
    reached there is too good on average. :func:`~robustfashion.rejection.cascade.assess.assess` it on fresh ones.

    Raises:
        InputError: no such rule, or a limit that is missing, too many, or outside 0..1.
    """

    name: RuleName
    limit: float | None = None

    def __post_init__(self) -> None:
        if self.name not in get_args(RuleName) or (self.limit is None) != (self.name == "lowest-cost"):
            raise InputError(f"rule is {self}; use lowest-cost, coverage-at-risk@R or risk-at-coverage@C")
        if self.limit is not None and not 0 <= self.limit <= 1:
            raise InputError(f"rule is {self}; the limit is a share in 0..1")

    @classmethod
    def parse(cls, text: str) -> "ChoiceRule":
        """Read the text form.

        Raises:
            InputError: it is none.
        """
        name, at, limit = text.strip().partition("@")
        try:
            return cls(name, float(limit) if at else None)  # type: ignore[arg-type]  # checked there
        except ValueError as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"rule is {text!r:.80}; {limit!r:.40} is no number") from error

    def __str__(self) -> str:
        return self.name if self.limit is None else f"{self.name}@{self.limit!r}"


@dataclass(frozen=True)
class Choice:
    """A chosen point, and what it was worth where it was chosen: too good on average, not to be reported."""

    point: Point
    rule: ChoiceRule
    number: int
    """Of the point in the simulation."""
    measures: dict[str, float]
    pictures: int
    products: int


def choose(simulation: Simulation, rule: ChoiceRule) -> Choice:
    """The best point of a simulation by a rule; the other numbers break ties, in the order cost, coverage, risk; then the first.

    Raises:
        InputError: no point meets the limit (the message tells the nearest), or what the rule needs is not available.
    """
    measures = simulation.measures
    risk, coverage, cost = measures["risk"], measures["coverage"], measures["cost"]
    needed = {"lowest-cost": ("cost",), "coverage-at-risk": ("risk", "coverage"), "risk-at-coverage": ("risk", "coverage")}[
        rule.name
    ]
    for name in needed:
        if name in simulation.unknown:
            raise InputError(f"{rule}: the {name} is not available, {simulation.unknown[name]}; choose on pictures of both kinds")
    allowed = np.isfinite(risk) if rule.name != "lowest-cost" else np.isfinite(cost)
    if not allowed.any():
        raise InputError(f"{rule}: no point tags any picture")
    orders: dict[str, tuple[FloatArray, ...]] = {
        "lowest-cost": (cost, -coverage, risk),
        "coverage-at-risk": (-coverage, cost, risk),
        "risk-at-coverage": (risk, cost, -coverage),
    }
    if rule.limit is not None:
        met = risk <= rule.limit if rule.name == "coverage-at-risk" else coverage >= rule.limit
        _check_met(rule, simulation, allowed & met)
        allowed &= met
    numbers = np.flatnonzero(allowed)
    best = int(numbers[np.lexsort([order[numbers] for order in reversed(orders[rule.name])])[0]])
    products = len(set(simulation.case.products))
    return Choice(simulation.point(best), rule, best, simulation.at(best), len(simulation.case.ids), products)


def _check_met(rule: ChoiceRule, simulation: Simulation, met: np.ndarray) -> None:
    if met.any():
        return
    what, best = ("risk", np.nanmin) if rule.name == "coverage-at-risk" else ("coverage", np.nanmax)
    nearest = float(best(simulation.measures[what]))
    sign = "or less" if what == "risk" else "or more"
    raise InputError(f"{rule}: no point has a {what} of {rule.limit:g} {sign}; the best is {nearest:.4g}; relax the limit")
