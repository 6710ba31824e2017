"""How a verdict follows from an interval: each rule once, with its text written from the numbers that it decides by.

A rule looks at a 95 % interval, and at the paper's figure where it needs one. A statement holds, fails, or is not shown; no
interval meets two of these. In which words that is said depends on where it was measured (:data:`Standing`): only on the paper's
own data and at its scale can a figure of the paper be reproduced or contradicted; elsewhere a statement is observed here, or
not. Networks that have not learned prove nothing, and are not comparable.
"""

from dataclasses import dataclass
from math import hypot, inf
from typing import Literal, Protocol

from scipy.stats import norm

from robustfashion.bench.wording import MINUS
from robustfashion.paper import Printed
from robustfashion.result import Claim, Unit, Verdict
from robustfashion.stats import Estimate

Outcome = Literal["holds", "fails", "not shown"]
Standing = Literal["paper", "elsewhere", "none"]
"""Where a claim was measured: on the paper's data at its scale, elsewhere, or where it cannot be spoken to at all."""

WORDS: dict[Standing, dict[Outcome, Verdict]] = {
    "paper": {"holds": "reproduced", "fails": "contradicted", "not shown": "not shown"},
    "elsewhere": {"holds": "observed here", "fails": "not observed here", "not shown": "not shown"},
    "none": dict.fromkeys(("holds", "fails", "not shown"), "not comparable"),
}
_NAMES: dict[Outcome, str] = {
    "holds": "reproduced / observed here", "fails": "contradicted / not observed here", "not shown": "not shown",
}  # fmt: skip

NO_LOSS = 0.02
"""Two points: the margin within which a difference counts as no difference (AlexNet's 98 % and 98 % are both rounded)."""

LEARNED = 0.6
"""Balanced skill (balanced accuracy above chance, as a share of what is possible above it) from which on a network has learned:
one that recognises few of a class can hardly lose any of it."""

LARGE_LOSS = 0.1
"""Ten points: from here on a loss is of the size that the paper reports (fifteen, on a few hundred pictures)."""

PASS = 0.05
"""Share of outliers above which a threshold does not stop them."""

_NO_NETWORK = f"a network has not learned (balanced skill below {LEARNED:g})"


class Rule(Protocol):
    """From an interval to an outcome."""

    @property
    def text(self) -> str:
        """The rule in words, printed beside its verdicts."""

    def __call__(self, found: Estimate, printed: Printed | None = None, of: int = 1, /) -> Outcome:
        """The outcome of an estimate beside the paper's figure, as one of ``of`` figures that are looked at together."""


@dataclass(frozen=True)
class FigureRule:
    """A printed figure is met where it and ours differ by no more than their errors and its rounding explain.

    Both are measurements: a true replica's differs from the paper's by the sampling errors of both. Of many figures at least one
    would miss by chance; the interval of the difference holds for all of them at once (Bonferroni).

    Raises:
        ValueError: asked without a figure.
    """

    quantity: str
    unless: str
    """What makes a measurement not comparable."""
    of_losses: bool = False
    """A loss is met by a loss only: an interval that reaches 0 meets none, however wide it is."""

    @property
    def text(self) -> str:
        """The rule in words."""
        loss = f" and ours lies below 0; {_NAMES['not shown']}: it reaches the paper's and 0" if self.of_losses else ""
        return (
            f"{_NAMES['holds']}: the interval of ({self.quantity} here − the paper's) reaches 0, with the sampling errors of "
            "both (the paper prints none: that of a fifth of its images is taken), its rounding, and the number of figures "
            f"allowed for{loss}; {_NAMES['fails']}: it does not; not comparable: {self.unless}"
        )

    def __call__(self, found: Estimate, printed: Printed | None = None, of: int = 1, /) -> Outcome:
        """Whether the difference of the two could be nothing."""
        if printed is None:
            raise ValueError("a figure rule needs the paper's figure")
        alone, together = norm.isf(0.025), norm.isf(0.025 / of)
        theirs = alone * printed.error
        difference = found.value - printed.value
        down, up = (
            together / alone * hypot(side, theirs) + printed.rounding
            for side in (found.value - found.low, found.high - found.value)
        )
        if not difference - down <= 0 <= difference + up:
            return "fails"
        return "not shown" if self.of_losses and found.high >= 0 else "holds"


@dataclass(frozen=True)
class Region:
    """Where a whole interval may lie: between two limits, without touching them; and what it must reach, if anything."""

    low: float = -inf
    high: float = inf
    reaching: float | None = None
    """The interval's upper end is at least this."""

    @property
    def text(self) -> str:
        """``below 0``, ``above −2 points and reaches 0``, ``within ±2 points``, ``between 1 point and 2 points``."""
        reaches = "" if self.reaching is None else f" and reaches {_points(self.reaching)}"
        if self.low == -inf:
            return f"below {_points(self.high)}{reaches}"
        if self.high == inf:
            return f"above {_points(self.low)}{reaches}"
        if self.low == -self.high:
            return f"within ±{_points(self.high)}{reaches}"
        return f"between {_points(self.low)} and {_points(self.high)}{reaches}"

    @property
    def limits(self) -> set[float]:
        """The numbers that decide."""
        numbers = (self.low, self.high, *(() if self.reaching is None else (self.reaching,)))
        return {number for number in numbers if abs(number) < inf}

    def holds(self, found: Estimate) -> bool:
        """Whether the whole interval lies here."""
        return self.low < found.low and found.high < self.high and (self.reaching is None or found.high >= self.reaching)


@dataclass(frozen=True)
class IntervalRule:
    """Holds or fails by the region that the whole interval lies in; in neither, it is not shown. The regions are disjoint."""

    quantity: str
    """What the interval is of, a difference of shares: ``the gain``."""
    holds: Region
    fails: Region
    unless: str = _NO_NETWORK
    """What makes a measurement not comparable."""
    remark: str = ""
    """Sentence behind the rule."""

    @property
    def text(self) -> str:
        """The rule in words."""
        clauses = [
            f"{_NAMES['holds']}: the whole 95 % interval of {self.quantity} lies {self.holds.text}",
            f"{_NAMES['fails']}: it lies wholly {self.fails.text}",
            f"{_NAMES['not shown']}: anything else",
            f"not comparable: {self.unless}",
        ]
        return "; ".join(clauses) + (f". {self.remark}" if self.remark else "")

    @property
    def limits(self) -> tuple[float, ...]:
        """Where the outcome may change, lowest first; an interval that touches a region's limit does not lie in it."""
        return tuple(sorted(self.holds.limits | self.fails.limits))

    def __call__(self, found: Estimate, _printed: Printed | None = None, _of: int = 1, /) -> Outcome:
        """The outcome of a difference; the paper's own is shown beside it and does not decide."""
        if self.holds.holds(found):
            return "holds"
        return "fails" if self.fails.holds(found) else "not shown"


def _points(number: float) -> str:
    """A limit in percentage points: ``0``, ``0.5 point``, ``−2 points``."""
    if number == 0:
        return "0"
    size = 100 * abs(number)
    return f"{MINUS if number < 0 else ''}{size:g} {'point' if size <= 1 else 'points'}"


_NOTHING_TO_REMOVE = f"{_NO_NETWORK}, or without the remedy no damage is shown: there is nothing to remove"
_ELSEWHERE = "not the paper's data at its scale"
_WORST = "the largest loss over all Java methods asked (for all of them at once)"
_GAIN, _WORSE = Region(low=0), Region(high=0)
_EASIER = "(mean balanced skill of the validators − that of the attribute classifiers)"
_SKILL = (
    "Balanced skill is balanced accuracy above chance as a share of what is possible above it, so that two classes "
    "are no easier to guess than twelve; the paper's figure is of its accuracies, as if its classes were equally frequent"
)

_SEPARABLE = (
    "Skill is 2 × balanced accuracy − 1 of classifiers of two classes out of product folds, at equally many products a class; an "
    "attribute's is the mean over all pairs of its classes, so that both are problems of two classes"
)

RULES: dict[str, Rule] = {
    "accuracy figure": FigureRule("accuracy", _ELSEWHERE),
    "loss size": FigureRule("the largest loss over all Java methods", _NO_NETWORK, of_losses=True),
    "loss": IntervalRule(_WORST, Region(high=0), Region(low=-NO_LOSS, reaching=0)),
    "large loss": IntervalRule(
        "the largest loss over all conditions of the design and all Java methods asked (for all of them at once)",
        Region(high=-LARGE_LOSS), Region(low=-LARGE_LOSS), "no network of the design has learned (balanced skill below "
        f"{LEARNED:g})", remark="Ten points: a loss of the size of the paper's fifteen",
    ),
    "no loss": IntervalRule(_WORST, Region(low=-NO_LOSS), Region(high=-NO_LOSS)),
    "remedy": IntervalRule("(mean change over the Java methods with the remedy − without)", _GAIN, _WORSE),
    "remedy of a loss": IntervalRule(
        "(mean change of accuracy over the Java methods with the remedy − without)", _GAIN, _WORSE, _NOTHING_TO_REMOVE
    ),
    "fewer tag changes": IntervalRule(
        "(mean share of pictures that change their tag over the Java methods with the remedy − without)", _WORSE, _GAIN,
        _NOTHING_TO_REMOVE,
    ),
    "gain": IntervalRule("the gain", _GAIN, _WORSE),
    "fewer errors": IntervalRule("the difference (with − without)", _WORSE, _GAIN),
    "less coverage": IntervalRule("the difference of coverages (with − without)", _WORSE, _GAIN),
    "easier": IntervalRule(
        _EASIER, _GAIN, _WORSE, f"no classifier has learned (balanced skill below {LEARNED:g})", remark=_SKILL
    ),
    "easier, both learned": IntervalRule(_EASIER, _GAIN, _WORSE, remark=_SKILL),
    "more separable": IntervalRule(
        "(skill of the product type − skill of the attribute)", _GAIN, _WORSE,
        "neither is told better than by guessing (both intervals reach 0), or the features are those of a task's own network "
        f"that has not learned it (balanced skill below {LEARNED:g})", remark=_SEPARABLE,
    ),
    "outliers pass": IntervalRule(
        "the share of outliers that get a tag", Region(low=PASS), Region(high=PASS),
        remark="Five points: one outlier in twenty",
    ),
    "fewer outliers": IntervalRule(
        "(share of outliers with a tag behind the validator − without)", _WORSE, Region(low=-NO_LOSS, reaching=0)
    ),
    "price": IntervalRule(
        "(share of ordinary pictures with a tag behind the validator − without)", _WORSE, Region(low=-NO_LOSS, reaching=0)
    ),
    "fewer wrong tags": IntervalRule(
        "(share of pictures with a wrong tag behind the validator − without, at equal coverage of ordinary "
            "pictures)", _WORSE, _GAIN
    ),
}  # fmt: skip
"""Every rule by name; a suite takes its own from here, so that one test holds all of them against their texts."""


@dataclass(frozen=True)
class Measured:
    """What was found for a claim, and where."""

    found: Estimate
    standing: Standing
    unit: Unit = "points"
    """``share`` or ``points``."""
    of: int = 1
    """Number of figures that are held against the paper's together."""


def claim(name: str, statement: str, printed: Printed | float | None, measured: Measured, rule: Rule) -> Claim:
    """One statement of the paper beside our measurement, with its verdict.

    Args:
        name: the claim's id.
        statement: what is claimed.
        printed: the paper's figure, share or difference; with its errors where the rule decides by it; None where it prints none.
        measured: ours, in the same unit.
        rule: one of :data:`RULES`.
    """
    found = measured.found
    figure = printed if isinstance(printed, Printed) else None
    outcome: Outcome = "not shown" if measured.standing == "none" else rule(found, figure, measured.of)
    return Claim(
        id=name,
        statement=statement,
        paper=printed.value if isinstance(printed, Printed) else printed,
        value=found.value,
        interval=(found.low, found.high),
        n=found.n,
        unit=measured.unit,
        verdict=WORDS[measured.standing][outcome],
        rule=rule.text,
    )
