"""Tables 1 and 3 and the transfers of section 2 against what we measured; verdicts by stated rules only."""

import numpy as np

from robustfashion.bench.accuracy.measures import BOOTSTRAP_SEED, accuracy, gain, has_learned
from robustfashion.bench.accuracy.study import Classifier, Study
from robustfashion.result import Claim, Verdict
from robustfashion.stats import Estimate, group_resamples

ROUNDING = 0.00005
"""The paper prints hundredths of a percent."""
PAPER_GAINS = {"sleeve_type": 0.01, "neck_style": 0.02, "display_type": 0.02}
"""What transfer was worth in the paper (section 2), rounded to points."""

FIGURE_RULE = (
    "reproduced: the 95 % interval holds the paper's figure; contradicted: it does not; not comparable: not at the paper's scale "
    "(smoke run) or another data set"
)
GAIN_RULE = (
    "reproduced: the whole 95 % interval of the gain lies above 0; contradicted: wholly below 0; not shown: it holds 0; "
    "not comparable: a network's balanced accuracy is not above chance"
)
EASIER_RULE = (
    "reproduced: the whole 95 % interval of (mean accuracy of the validators − mean accuracy of the attribute classifiers) lies "
    "above 0; contradicted: wholly below 0; not shown: it holds 0; not comparable: a network has learned nothing. Two classes "
    "are easier to guess than twelve: balanced accuracy and chance stand beside each other in the tables"
)


def figure_verdict(found: Estimate, paper: float, comparable: bool) -> Verdict:
    """Rule :data:`FIGURE_RULE`."""
    if not comparable:
        return "not comparable"
    return "reproduced" if found.low <= paper + ROUNDING and found.high >= paper - ROUNDING else "contradicted"


def sign_verdict(found: Estimate) -> Verdict:
    """Rules :data:`GAIN_RULE` and :data:`EASIER_RULE`, without their exceptions."""
    if found.low > 0:
        return "reproduced"
    return "contradicted" if found.high < 0 else "not shown"


def claims(study: Study, comparable: bool) -> list[Claim]:
    """Every claim that these classifiers can speak to."""
    found = [_figure(c, comparable) for c in study.scratch() if c.spec.paper_accuracy is not None]
    found += [_gain(plain, other) for plain, other in study.pairs() if plain.spec.name in PAPER_GAINS]
    easier = _easier(study)
    return found + ([easier] if easier else [])


def _figure(c: Classifier, comparable: bool) -> Claim:
    paper, estimate = c.spec.paper_accuracy or 0.0, accuracy(c)
    table = "Table 1" if c.spec.kind == "attribute" else "Table 3"
    return Claim(
        id=f"accuracy-{c.spec.name}".replace("_", "-"),
        statement=f"{table}: {c.spec.name} is told with this accuracy",
        paper=paper,
        value=estimate.value,
        interval=(estimate.low, estimate.high),
        n=estimate.n,
        unit="share",
        verdict=figure_verdict(estimate, paper, comparable),
        rule=FIGURE_RULE,
    )


def _gain(plain: Classifier, other: Classifier) -> Claim:
    estimate = gain(plain, other)
    learned = has_learned(plain) and has_learned(other)
    return Claim(
        id=f"transfer-{plain.spec.name}".replace("_", "-"),
        statement=f"Transfer improves {plain.spec.name} (here from {other.base})",
        paper=PAPER_GAINS[plain.spec.name],
        value=estimate.value,
        interval=(estimate.low, estimate.high),
        n=estimate.n,
        unit="points",
        verdict=sign_verdict(estimate) if learned else "not comparable",
        rule=GAIN_RULE,
    )


def _easier(study: Study) -> Claim | None:
    """Section 3.2: it is easier to tell a product type than an attribute."""
    kinds = [study.scratch("product type"), study.scratch("attribute")]
    if not all(kinds):
        return None
    found = difference_of_means(*kinds)
    paper = [float(np.mean([c.spec.paper_accuracy or 0.0 for c in part])) for part in kinds]
    return Claim(
        id="validators-are-easier",
        statement="Product types are told with higher accuracy than attributes (means over classifiers)",
        paper=paper[0] - paper[1],
        value=found.value,
        interval=(found.low, found.high),
        n=found.n,
        unit="points",
        verdict=sign_verdict(found) if all(has_learned(c) for part in kinds for c in part) else "not comparable",
        rule=EASIER_RULE,
    )


def difference_of_means(first: list[Classifier], second: list[Classifier]) -> Estimate:
    """Mean accuracy of some classifiers minus that of others, 95 %; n is the number of answers.

    Test sets overlap (one garment has a neck and sleeves, and every validator sees it), so that accuracies are not independent:
    the products of all test sets together are resampled, the same for every classifier.
    """
    everyone = [*first, *second]
    products = sorted({group for c in everyone for group in c.groups})
    place = {group: k for k, group in enumerate(products)}
    weights, _ = group_resamples(products, BOOTSTRAP_SEED)
    signs = [1 / len(first)] * len(first) + [-1 / len(second)] * len(second)
    value, drawn = 0.0, np.zeros(len(weights))
    for sign, c in zip(signs, everyone, strict=True):
        member = np.array([place[group] for group in c.groups])
        right = np.bincount(member, weights=c.correct, minlength=len(products))
        there = np.bincount(member, minlength=len(products))
        value += sign * float(c.correct.mean())
        drawn += sign * (weights @ right) / (weights @ there)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(value, float(low), float(high), sum(c.n for c in everyone))
