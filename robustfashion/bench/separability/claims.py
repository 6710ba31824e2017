"""What section 3.2 concludes from Fig. 3, against what was measured: the product type is the easier problem."""

from collections.abc import Sequence

from scipy.stats import t

from robustfashion.bench.separability.findings import Compared, Findings
from robustfashion.bench.verdicts import RULES, Measured, Standing, claim
from robustfashion.result import Claim
from robustfashion.separability.comparison import Comparison
from robustfashion.stats import Estimate

_FREEDOM = 18
"""Of the intervals of differences, which leave out twenty groups of products in turn."""


def claims(found: Findings, papers: bool) -> list[Claim]:
    """For each product type and kind of features whether it is more separable than the nearest of its attributes.

    Args:
        found: with comparisons.
        papers: the data is the paper's, at its scale.
    """
    result = []
    for (task, features), known in by_type(found).items():
        nearest, difference = worst(known)
        pair, comparison = nearest
        standing: Standing = "paper" if papers else "elsewhere"
        if at_chance(comparison) or not pair.pair.learned:
            standing = "none"
        of = "" if len(known) == 1 else f", the nearest of {len(known)} attributes, all of them allowed for"
        statement = (
            f"{task} is told from the rest better than its {pair.pair.second.task} is told ({pair.pair.first.features}{of})"
        )
        name = f"separable-{task}-{features}".replace(" ", "-").replace(",", "").replace("_", "-")
        result.append(claim(name, statement, None, Measured(difference, standing), RULES["more separable"]))
    return result


def at_chance(comparison: Comparison) -> bool:
    """Whether neither problem is told better than by guessing."""
    return comparison.first.low <= 0 and comparison.second.low <= 0


Known = Sequence[tuple[Compared, Comparison]]


def by_type(found: Findings) -> dict[tuple[str, str], Known]:
    """Comparisons that could be made, by product type and features; where own networks have learned, those of them only."""
    result: dict[tuple[str, str], list[tuple[Compared, Comparison]]] = {}
    for one in found.compared:
        if one.found is not None:
            result.setdefault((one.pair.first.task, one.pair.first.features), []).append((one, one.found))
    return {key: [one for one in known if one[0].pair.learned] or known for key, known in result.items()}


def worst(known: Known) -> tuple[tuple[Compared, Comparison], Estimate]:
    """The attribute that comes nearest to its product type, and the difference with an interval for all of them at once."""
    nearest = min(known, key=lambda one: one[1].difference.value)
    difference = nearest[1].difference
    wider = float(t.isf(0.025 / len(known), _FREEDOM) / t.isf(0.025, _FREEDOM))
    value = difference.value
    low, high = value - wider * (value - difference.low), value + wider * (difference.high - value)
    return nearest, Estimate(value, low, high, difference.n)
