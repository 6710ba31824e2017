"""Tables 1 and 3 and the transfers of section 2 against what we measured; verdicts by stated rules only."""

import numpy as np

from robustfashion.bench.accuracy.measures import accuracy, gain, has_learned
from robustfashion.bench.accuracy.study import Classifier, Study
from robustfashion.bench.result import Claim, Verdict
from robustfashion.stats import Estimate

ROUNDING = 0.00005
"""The paper prints hundredths of a percent."""
PAPER_GAINS = {"sleeve_type": 0.01, "neck_style": 0.02, "display_type": 0.02}
"""What transfer was worth in the paper (section 2), rounded to points."""
_Z95 = 1.959963984540054

FIGURE_RULE = (
    "reproduced: the 95 % interval holds the paper's figure; contradicted: it does not; not comparable: not at the paper's scale "
    "(smoke run) or another data set"
)
GAIN_RULE = (
    "reproduced: the whole 95 % interval of the gain lies above 0; contradicted: wholly below 0; not shown: it holds 0; "
    "not comparable: a network's balanced accuracy is not above chance"
)
EASIER_RULE = (
    "reproduced: the whole 95 % interval of (mean accuracy of the validators - mean accuracy of the attribute classifiers) lies "
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
    """Section 3.2: it is easier to tell a product type than an attribute. Tasks have test sets of their own, so independent."""
    kinds = [study.scratch("product type"), study.scratch("attribute")]
    if not all(kinds):
        return None
    estimates = [[accuracy(c) for c in found] for found in kinds]
    means = [float(np.mean([e.value for e in found])) for found in estimates]
    spread = [sum(((e.high - e.low) / 2 / _Z95) ** 2 for e in found) / len(found) ** 2 for found in estimates]
    difference, half = means[0] - means[1], _Z95 * float(np.sqrt(sum(spread)))
    found = Estimate(difference, difference - half, difference + half, sum(e.n for part in estimates for e in part))
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
