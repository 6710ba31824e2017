"""How a verdict follows from an interval: each rule once, with its text written from the numbers that it decides by.

A rule looks at a 95 % interval, and at the paper's figure where it needs one; the first of its branches that holds decides.
Whether a measurement may be held against the paper at all (its scale, its data, networks that have learned something) is the
suite's to say: :func:`claim` gives ``not comparable`` where it may not, and the rule's text says when that is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Protocol

from robustfashion import paper
from robustfashion.bench.wording import MINUS
from robustfashion.result import Claim, Unit, Verdict
from robustfashion.stats import Estimate

_PRINTED = 0.0005
"""Reports print tenths of a point: a smaller rounding cannot be seen in them and is not named."""


class Rule(Protocol):
    """From an interval to a verdict."""

    @property
    def text(self) -> str:
        """The rule in words, printed beside its verdicts."""

    def limits(self, figure: float | None = None, /) -> tuple[float, ...]:
        """Where the verdict may change, lowest first, when the paper's figure is ``figure``; -1..1."""

    def __call__(self, found: Estimate, figure: float | None = None, /) -> Verdict:
        """The verdict on an estimate beside the paper's figure."""


@dataclass(frozen=True)
class FigureRule:
    """A printed figure is met where the interval reaches it, its rounding allowed for.

    Raises:
        ValueError: asked without a figure.
    """

    rounding: float
    """Half a unit of the last digit that the paper prints, 0..1."""
    unless: tuple[str, ...]
    """What makes a measurement not comparable."""
    met: Verdict = "reproduced"
    missed: Verdict = "contradicted"

    @property
    def text(self) -> str:
        """The rule in words."""
        meets = f"meets the paper's figure ± {_points(self.rounding)} (its rounding)"
        condition = meets if self.rounding >= _PRINTED else "holds the paper's figure"
        return f"{self.met}: the 95 % interval {condition}; {self.missed}: it does not; not comparable: {_either(self.unless)}"

    def limits(self, figure: float | None = None, /) -> tuple[float, float]:
        """The figure's lowest and highest value before rounding; an interval that touches one meets the figure."""
        if figure is None:
            raise ValueError("a figure rule needs the paper's figure")
        return figure - self.rounding, figure + self.rounding

    def __call__(self, found: Estimate, figure: float | None = None, /) -> Verdict:
        """Whether the interval reaches the figure."""
        low, high = self.limits(figure)
        return self.met if found.low <= high and found.high >= low else self.missed


@dataclass(frozen=True)
class Region:
    """Where a whole interval may lie: between two limits, without touching them."""

    low: float = -inf
    high: float = inf

    @property
    def text(self) -> str:
        """``below 0``, ``above −2 points``, ``within ±2 points``, ``between 1 point and 2 points``."""
        if self.low == -inf:
            return f"below {_points(self.high)}"
        if self.high == inf:
            return f"above {_points(self.low)}"
        if self.low == -self.high:
            return f"within ±{_points(self.high)}"
        return f"between {_points(self.low)} and {_points(self.high)}"

    def holds(self, found: Estimate) -> bool:
        """Whether the whole interval lies here."""
        return self.low < found.low and found.high < self.high


@dataclass(frozen=True)
class IntervalRule:
    """The verdict of the first region that the whole interval lies in."""

    quantity: str
    """What the interval is of, a difference of shares: ``the gain``."""
    branches: tuple[tuple[Verdict, Region], ...]
    unless: str
    """What makes a measurement not comparable."""
    remark: str = ""
    """Sentence behind the rule."""
    rest: Verdict = "not shown"
    """Of intervals that lie in no region."""

    @property
    def text(self) -> str:
        """The rule in words."""
        (verdict, region), *others = self.branches
        limits = self.limits()
        lies, between = ("", f"it holds {_points(limits[0])}") if len(limits) == 1 else ("it lies ", "anything between")
        clauses = [f"{verdict}: the whole 95 % interval of {self.quantity} lies {region.text}"]
        clauses += [f"{verdict}: {lies}wholly {region.text}" for verdict, region in others]
        clauses += [f"{self.rest}: {between}", f"not comparable: {self.unless}"]
        return "; ".join(clauses) + (f". {self.remark}" if self.remark else "")

    def limits(self, _figure: float | None = None, /) -> tuple[float, ...]:
        """The regions' limits; an interval that touches one lies in neither of the regions that meet there."""
        return tuple(sorted({limit for _, r in self.branches for limit in (r.low, r.high) if abs(limit) < inf}))

    def __call__(self, found: Estimate, _figure: float | None = None, /) -> Verdict:
        """The verdict on a difference; the paper's own is shown beside it and does not decide."""
        return next((verdict for verdict, region in self.branches if region.holds(found)), self.rest)


def _points(number: float) -> str:
    """A limit in percentage points: ``0``, ``0.5 point``, ``−2 points``."""
    if number == 0:
        return "0"
    size = 100 * abs(number)
    return f"{MINUS if number < 0 else ''}{size:g} {'point' if size <= 1 else 'points'}"


def _either(reasons: Sequence[str]) -> str:
    *first, last = reasons
    if len(first) < 2:
        return " or ".join(reasons)
    return f"{', '.join(first)}, or {last}"


NO_LOSS = 0.02
"""Two points: the margin within which a difference counts as no difference (AlexNet's 98 % and 98 % are both rounded)."""

_NO_NETWORK = "the network's balanced accuracy is not above chance"
_SMOKE, _OTHER_DATA = "not at the paper's scale (smoke run)", "another data set"
_GAINS: tuple[tuple[Verdict, Region], ...] = (("reproduced", Region(low=0)), ("contradicted", Region(high=0)))

RULES: dict[str, Rule] = {
    "resize figure": FigureRule(paper.TABLE_2_ROUNDING, (_SMOKE, _OTHER_DATA, "another base model")),
    "loss": IntervalRule(
        "the Δ", (("reproduced", Region(high=0)), ("contradicted", Region(low=-NO_LOSS))), _NO_NETWORK
    ),
    "no loss": IntervalRule(
        "the Δ", (("reproduced", Region(-NO_LOSS, NO_LOSS)), ("contradicted", Region(high=-NO_LOSS))), _NO_NETWORK
    ),
    "remedy": IntervalRule("(Δ with the remedy − Δ without)", _GAINS, _NO_NETWORK),
    "accuracy figure": FigureRule(paper.TABLE_1_ROUNDING, (_SMOKE, _OTHER_DATA)),
    "gain": IntervalRule("the gain", _GAINS, "a network's balanced accuracy is not above chance"),
    "easier": IntervalRule(
        "(mean accuracy of the validators − mean accuracy of the attribute classifiers)", _GAINS, "a network has learned nothing",
        "Two classes are easier to guess than twelve: balanced accuracy and chance stand beside each other in the tables",
    ),
}  # fmt: skip
"""Every rule by name; a suite takes its own from here, so that one test holds all of them against their texts."""


def claim(
    name: str, statement: str, figure: float | None, found: Estimate, unit: Unit, rule: Rule, comparable: bool = True
) -> Claim:
    """One statement of the paper beside our measurement, with its verdict.

    Args:
        name: the claim's id.
        statement: what is claimed.
        figure: the paper's figure, share or difference; None where it prints none.
        found: ours, in the same unit.
        unit: ``share`` or ``points``.
        rule: one of :data:`RULES`.
        comparable: whether ours may be held against the paper at all; if not, the verdict is ``not comparable``.
    """
    return Claim(
        id=name,
        statement=statement,
        paper=figure,
        value=found.value,
        interval=(found.low, found.high),
        n=found.n,
        unit=unit,
        verdict=rule(found, figure) if comparable else "not comparable",
        rule=rule.text,
    )
