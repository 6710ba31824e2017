"""Claims beside their measurements, arranged for the template."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from robustfashion.errors import InputError
from robustfashion.report.format import UNITS, estimate, interval, number, show
from robustfashion.result import Claim, Unit, Verdict

VERDICTS = get_args(Verdict)


@dataclass(frozen=True)
class ClaimView:
    """One claim beside its measurement; ``rule`` is the letter of its rule."""

    statement: str
    verdict: str
    paper: str
    value: str
    interval: str
    n: str
    rule: str
    plot: dict[str, float] | None
    """Places 0..100 on the scale that all claims of one unit share: ``value``, ``low``, ``high``, ``paper``, ``zero``."""

    @property
    def icon(self) -> str:
        """Name of the verdict's class and symbol."""
        return self.verdict.replace(" ", "-")


@dataclass(frozen=True)
class ClaimsView:
    """All claims, how many met which verdict, and the rules by letter."""

    claims: list[ClaimView]
    counts: list[tuple[str, int]]
    rules: dict[str, str]


def claims_view(claims: Sequence[Claim]) -> ClaimsView:
    """Print claims; equal rules share a letter, and the claims of one unit share a scale.

    Raises:
        InputError: a verdict or unit that is not known.
    """
    letters: dict[str, str] = {}
    for claim in claims:
        letters.setdefault(claim.rule, _letter(len(letters)))
    counts = [(verdict, sum(claim.verdict == verdict for claim in claims)) for verdict in VERDICTS]
    views = [_view(claim, letters[claim.rule], _range(claims, claim.unit)) for claim in claims]
    return ClaimsView(views, [pair for pair in counts if pair[1]], {letter: rule for rule, letter in letters.items()})


def _letter(k: int) -> str:
    """A to Z, then A2 to Z2, and so on."""
    return chr(ord("A") + k % 26) + (str(k // 26 + 1) if k >= 26 else "")


def _range(claims: Sequence[Claim], unit: Unit) -> tuple[float, float]:
    numbers = [0.0] if unit == "points" else []
    for claim in claims:
        if claim.unit == unit:
            numbers += [v for v in (claim.paper, claim.value, *(claim.interval or ())) if v is not None]
    return (min(numbers), max(numbers)) if numbers else (0.0, 1.0)


def _view(claim: Claim, rule: str, limits: tuple[float, float]) -> ClaimView:
    if claim.verdict not in VERDICTS or claim.unit not in UNITS:
        raise InputError(f"claim {claim.id}: verdict {claim.verdict!r} or unit {claim.unit!r} is not known; run the suite again")
    value = show(claim.value, claim.unit).text
    if claim.value is not None and claim.interval:
        value = estimate(claim.value, *claim.interval, claim.unit)
    return ClaimView(
        statement=claim.statement,
        verdict=claim.verdict,
        paper=show(claim.paper, claim.unit).text,
        value=value,
        interval=interval(*claim.interval, claim.unit, claim.value) if claim.interval else "",
        n=number(claim.n, "count") if claim.n is not None else "",
        rule=rule,
        plot=_plot(claim, limits),
    )


def _plot(claim: Claim, limits: tuple[float, float]) -> dict[str, float] | None:
    if claim.value is None:
        return None
    low, high = limits
    span = (high - low) or 1.0
    low_bound, high_bound = claim.interval or (claim.value, claim.value)
    places = {"value": claim.value, "low": low_bound, "high": high_bound}
    if claim.paper is not None:
        places["paper"] = claim.paper
    if low <= 0 <= high and claim.unit == "points":
        places["zero"] = 0.0
    return {key: round(100 * (v - low) / span, 2) for key, v in places.items()}
