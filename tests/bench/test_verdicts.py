"""Every printed rule against the code that decides: the text is read back and asked about intervals around each of its limits."""

import re
from itertools import combinations_with_replacement

import pytest

from robustfashion import paper
from robustfashion.bench.verdicts import RULES, FigureRule, IntervalRule, Region, claim
from robustfashion.stats import Estimate

STEP = 1e-9
NUMBER = r"(−?[\d.]+)(?: points?)?"
WHOLE = "^(?:the whole 95 % interval of .+ lies|(?:it lies )?wholly)"
FIGURES = {
    "resize figure": sorted({figure for line in paper.TABLE_2.values() for figure in (line.java, line.python)}),
    "accuracy figure": [line.accuracy for table in (paper.TABLE_1, paper.TABLE_3) for line in table.values()],
}
TEXTS = [
    ("below 0", Region(high=0)),
    ("above −2 points", Region(low=-0.02)),
    ("within ±0.5 point", Region(-0.005, 0.005)),
    ("between 1 point and 2.5 points", Region(0.01, 0.025)),
]


def _number(text):
    return float(text.replace("−", "-")) / 100


def _condition(text, figure, rounding):
    """What one clause of a printed rule asks of an interval's ends, and the limits that it names."""
    if found := re.search(rf"{WHOLE} below {NUMBER}$", text):
        limit = _number(found[1])
        return lambda _low, high: high < limit, {limit}
    if found := re.search(rf"{WHOLE} above {NUMBER}$", text):
        limit = _number(found[1])
        return lambda low, _high: low > limit, {limit}
    if found := re.search(rf"{WHOLE} within ±{NUMBER}$", text):
        limit = _number(found[1])
        return lambda low, high: low > -limit and high < limit, {-limit, limit}
    if found := re.search(rf"^it holds {NUMBER}$", text):
        limit = _number(found[1])
        return lambda low, high: low <= limit <= high, {limit}
    if text.startswith("the 95 % interval "):
        named = re.search(rf"meets the paper's figure ± {NUMBER} \(its rounding\)$", text)
        assert named or text.endswith("holds the paper's figure"), text
        half = _number(named[1]) if named else rounding
        return lambda low, high: low <= figure + half and high >= figure - half, {figure - half, figure + half}
    assert text in ("anything between", "it does not"), f"a clause that this test cannot read: {text}"
    return lambda _low, _high: True, set()


def _clauses(rule, figure):
    """Verdict, condition and limits of each clause of the text, and the reasons for not comparing."""
    decides, _, unless = rule.text.partition("; not comparable: ")
    pairs = [clause.split(": ", 1) for clause in decides.split("; ")]
    return [(verdict, *_condition(text, figure, getattr(rule, "rounding", None))) for verdict, text in pairs], unless


def _intervals(limits):
    """All intervals with ends just below, at and just above each limit, and far from all of them."""
    ends = sorted({-1.0, 1.0, *(limit + step for limit in limits for step in (-STEP, 0, STEP))})
    return [Estimate((low + high) / 2, low, high, 100) for low, high in combinations_with_replacement(ends, 2)]


CASES = [(name, figure) for name in RULES for figure in FIGURES.get(name, [None])]


@pytest.mark.parametrize(("name", "figure"), CASES)
def test_text_and_code_agree_on_both_sides_of_every_limit(name, figure):
    rule = RULES[name]
    clauses, unless = _clauses(rule, figure)
    limits = set().union(*(named for _, _, named in clauses))
    assert sorted(limits) == pytest.approx(sorted(rule.limits(figure)), abs=1e-15) and unless
    met = set()
    for found in _intervals(rule.limits(figure)):
        expected = next(verdict for verdict, holds, _ in clauses if holds(found.low, found.high))
        assert rule(found, figure) == expected, (found, rule.text)
        met.add(expected)
    assert met == {verdict for verdict, _, _ in clauses}  # no clause is there for nothing


@pytest.mark.parametrize("name", RULES)
def test_the_paper_figure_decides_in_figure_rules_only(name):
    rule = RULES[name]
    assert isinstance(rule, FigureRule) == (name in FIGURES)
    found = Estimate(0.5, 0.4, 0.6, 100)
    if name in FIGURES:
        assert rule(found, 0.5) != rule(found, 0.9)
        with pytest.raises(ValueError, match="figure"):
            rule(found)
    else:
        assert rule(found, 0.5) == rule(found, 0.9) == rule(found)


@pytest.mark.parametrize(("text", "region"), TEXTS)
def test_region_texts(text, region):
    assert region.text == text


def test_texts_follow_the_numbers():
    wider = IntervalRule("the gain", (("reproduced", Region(low=0.03)), ("contradicted", Region(high=-0.01))), "it rains")
    assert wider.text == (
        "reproduced: the whole 95 % interval of the gain lies above 3 points; contradicted: it lies wholly below −1 point; "
        "not shown: anything between; not comparable: it rains"
    )
    assert FigureRule(0.02, ("a", "b", "c")).text == (
        "reproduced: the 95 % interval meets the paper's figure ± 2 points (its rounding); contradicted: it does not; "
        "not comparable: a, b, or c"
    )


def test_first_branch_that_holds_decides():
    """An interval that lies below 0 and above −2 points is a loss, though a small one: the rule names the loss first."""
    small_loss = Estimate(-0.01, -0.015, -0.005, 100)
    assert RULES["loss"](small_loss) == "reproduced" and RULES["no loss"](small_loss) == "reproduced"


@pytest.mark.parametrize("name", RULES)
def test_claim_holds_estimate_rule_and_verdict(name):
    found = Estimate(0.9, 0.85, 0.95, 77)
    made = claim("it", "It is so", 0.9, found, "share", RULES[name])
    assert (made.id, made.statement, made.paper, made.value, made.interval, made.n, made.unit) == (
        "it", "It is so", 0.9, 0.9, (0.85, 0.95), 77, "share",
    )  # fmt: skip
    assert made.verdict == RULES[name](found, 0.9) and made.rule == RULES[name].text
    assert claim("it", "It is so", 0.9, found, "share", RULES[name], comparable=False).verdict == "not comparable"
