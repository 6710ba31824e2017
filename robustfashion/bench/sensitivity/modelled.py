"""The model of the surface, fitted on its learned cells and judged on conditions and kinds of network that it has not seen."""

from dataclasses import dataclass, field

from robustfashion.bench.sensitivity import tables
from robustfashion.bench.sensitivity.judged import Foretold, base_rate, foretell, judge, whole
from robustfashion.bench.sensitivity.model import FULL, MODELS, Event, Fitted, Lines, lines_of
from robustfashion.bench.sensitivity.study import Surface
from robustfashion.bench.wording import counted
from robustfashion.result import Table

CONDITION, KIND = "its condition", "its kind of network"


@dataclass(frozen=True)
class Modelled:
    """Empty where no network has learned, or nothing changes."""

    lines: Lines | None = None
    fitted: dict[Event, Fitted] = field(default_factory=dict)
    """On all lines."""
    foretold: dict[Event, Foretold] = field(default_factory=dict)
    """By the model of each event, each condition from all others."""
    judged: list[tables.Row] = field(default_factory=list)
    why: str = ""
    """There is none, in words."""

    def row(self, event: Event, model: str, held_out: str) -> tables.Row | None:
        """The line of the table of models."""
        return next((row for row in self.judged if row[:3] == (event, model, held_out)), None)

    def tables(self) -> list[Table | None]:
        """Quality, expected against observed changes, and weights."""
        if self.lines is None or not self.fitted:
            return []
        seen = [tables.model_table(self.judged, self.why)] if self.judged else []
        return [*seen, tables.expected_table(self.lines, self.foretold), tables.weights_table(self.fitted)]


def modelled(surface: Surface) -> Modelled:
    """Fit and judge; only networks that have learned count."""
    if not surface.learned:
        return Modelled(why="No network has learned.")
    lines = lines_of(surface.learned)
    fitted: dict[Event, Fitted] = {event: found for event in FULL if (found := whole(lines, event)) is not None}
    conditions, kinds = len(set(lines.conditions)), len(set(lines.kinds))
    if conditions < 2:
        return Modelled(lines, fitted, why="A single condition with networks that have learned: nothing can be held out.")
    foretold = {event: foretell(lines, event, FULL[event], lines.conditions, CONDITION) for event in fitted}
    foretold = {event: of for event, of in foretold.items() if of.known.any()}
    told = f"{counted(conditions, 'condition')} and {counted(kinds, 'kind')} of network that have learned"
    why = f"{len(lines):,} lines of {told}."
    if kinds < 2:
        why += " One kind of network: none can be held out."
    return Modelled(lines, fitted, foretold, _judged(lines, fitted, kinds > 1), why)


def _judged(lines: Lines, fitted: dict[Event, Fitted], several_kinds: bool) -> list[tables.Row]:
    rows: list[tables.Row] = []
    for labels, what in ((lines.conditions, CONDITION), *([(lines.kinds, KIND)] if several_kinds else [])):
        for event in fitted:
            base = base_rate(lines, event, labels)
            for model in MODELS:
                if event == "class" and "threshold" in model:
                    continue
                found = judge(lines, event, foretell(lines, event, model, labels, what), base)
                rows += [] if found is None else [(event, model, what, found)]
    return rows
