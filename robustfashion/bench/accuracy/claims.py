"""Tables 1 and 3 and the transfers of section 2 against what we measured."""

import numpy as np

from robustfashion.bench.accuracy.measures import accuracy, gain, has_learned
from robustfashion.bench.accuracy.study import AccuracyStudy, TaskResult
from robustfashion.bench.measures import difference_of_means
from robustfashion.bench.verdicts import RULES, claim
from robustfashion.paper import TRANSFER_GAINS
from robustfashion.result import Claim


def claims(study: AccuracyStudy, comparable: bool) -> list[Claim]:
    """Every claim that these classifiers can speak to."""
    found = [_figure(c, printed.accuracy, comparable) for c in study.scratch() if (printed := c.spec.printed)]
    found += [_gain(plain, other) for plain, other in study.pairs() if plain.spec.name in TRANSFER_GAINS]
    easier = _easier(study)
    return found + ([easier] if easier else [])


def _figure(c: TaskResult, figure: float, comparable: bool) -> Claim:
    table = "Table 1" if c.spec.kind == "attribute" else "Table 3"
    return claim(
        f"accuracy-{c.spec.name}".replace("_", "-"),
        f"{table}: {c.spec.name} is told with this accuracy",
        figure, accuracy(c), "share", RULES["accuracy figure"], comparable,
    )  # fmt: skip


def _gain(plain: TaskResult, other: TaskResult) -> Claim:
    return claim(
        f"transfer-{plain.spec.name}".replace("_", "-"),
        f"Transfer improves {plain.spec.name} (here from {other.base})",
        TRANSFER_GAINS[plain.spec.name],
        gain(plain, other), "points", RULES["gain"], has_learned(plain) and has_learned(other),
    )  # fmt: skip


def _easier(study: AccuracyStudy) -> Claim | None:
    """Section 3.2: it is easier to tell a product type than an attribute."""
    kinds = [study.scratch("product type"), study.scratch("attribute")]
    if not all(kinds) or not all(any(c.spec.printed for c in kind) for kind in kinds):
        return None
    validators, attributes = (float(np.mean([c.spec.printed.accuracy for c in kind if c.spec.printed])) for kind in kinds)
    return claim(
        "validators-are-easier",
        "Product types are told with higher accuracy than attributes (means over classifiers)",
        validators - attributes,
        difference_of_means(*([(c.correct, c.groups) for c in kind] for kind in kinds)),
        "points", RULES["easier"], all(has_learned(c) for kind in kinds for c in kind),
    )  # fmt: skip
