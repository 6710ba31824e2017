"""Tables 1 and 3 and the transfers of section 2 against what we measured."""

import numpy as np

from robustfashion.bench.accuracy.measures import accuracy, asked, gain, has_learned
from robustfashion.bench.accuracy.study import AccuracyStudy, TaskResult
from robustfashion.bench.measures import balanced_skill, difference_of_skills
from robustfashion.bench.verdicts import RULES, Measured, Standing, claim
from robustfashion.paper import TRANSFER_GAINS, ClassifierFigures
from robustfashion.result import Claim


def claims(study: AccuracyStudy, papers: bool) -> list[Claim]:
    """Every claim that these classifiers can speak to; ``papers``: the data is the paper's, at its scale."""
    standing: Standing = "paper" if papers else "elsewhere"
    known = [(c, printed) for c in study.scratch() if (printed := c.spec.printed)]
    found = [_figure(c, printed, "paper" if papers else "none", len(known)) for c, printed in known]
    found += [_gain(plain, other, standing) for plain, other in study.pairs() if plain.spec.name in TRANSFER_GAINS]
    easier = _easier(study, standing)
    return found + ([easier] if easier else [])


def _figure(c: TaskResult, figures: ClassifierFigures, standing: Standing, of: int) -> Claim:
    table = "Table 1" if c.spec.kind == "attribute" else "Table 3"
    return claim(
        f"accuracy-{c.spec.name}".replace("_", "-"),
        f"{table}: {c.spec.name} is told with this accuracy",
        figures.printed, Measured(accuracy(c), standing, "share", of), RULES["accuracy figure"],
    )  # fmt: skip


def _gain(plain: TaskResult, other: TaskResult, standing: Standing) -> Claim:
    learned = has_learned(plain) and has_learned(other)
    return claim(
        f"transfer-{plain.spec.name}".replace("_", "-"),
        f"Transfer improves {plain.spec.name} (here from {other.base})",
        TRANSFER_GAINS[plain.spec.name], Measured(gain(plain, other), standing if learned else "none"), RULES["gain"],
    )  # fmt: skip


def _easier(study: AccuracyStudy, standing: Standing) -> Claim | None:
    """Section 3.2: it is easier to tell a product type than an attribute."""
    kinds = [study.scratch("product type"), study.scratch("attribute")]
    if not all(kinds) or not all(any(c.spec.printed for c in kind) for kind in kinds):
        return None
    validators, attributes = (float(np.mean([c.spec.printed.skill for c in kind if c.spec.printed])) for kind in kinds)
    learned = any(has_learned(c) for kind in kinds for c in kind)
    told = [[c for c in kind if balanced_skill(asked(c)) is not None] for kind in kinds]
    if not all(told):
        return None
    found = difference_of_skills(*([asked(c) for c in kind] for kind in told))
    return claim(
        "validators-are-easier",
        "Product types are easier to tell than attributes: higher balanced skill, mean over classifiers",
        validators - attributes, Measured(found, standing if learned else "none"), RULES["easier"],
    )  # fmt: skip
