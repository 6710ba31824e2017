"""What the paper says of Table 4, and of product types being easier than attributes (Table 3), against what we measured."""

from dataclasses import dataclass

import numpy as np

from robustfashion.bench.measures import difference_of_skills
from robustfashion.bench.regularization.compared import Compared, Measure
from robustfashion.bench.regularization.study import HARD, Arm, strongest
from robustfashion.bench.verdicts import RULES, Measured, Standing, claim
from robustfashion.bench.wording import percent
from robustfashion.paper import TABLE_1, TABLE_3, TABLE_4
from robustfashion.result import Claim

_PLAIN, _VALIDATED = TABLE_4["resnet50"], TABLE_4["resnet50-validated"]


def claims(found: Compared, papers: bool) -> list[Claim]:
    """Every claim that these networks can speak to; ``papers``: the data is the paper's, at its scale."""
    where: Standing = "paper" if papers else "elsewhere"
    study = found.study
    result: list[Claim] = []
    arm = strongest(study.decayed(study.plain.trained.architecture, learned=False))
    if arm is not None:
        result += _decay(found, arm, where if arm.learned and study.plain.learned else "none")
    gates = [arm for arm in study.arms if arm.name == HARD]
    if gates:
        standing = where if gates[0].learned and study.plain.learned else "none"
        result += _validator(found, gates[0], standing)
        result.append(_easier(found, standing))
    return result


def _decay(found: Compared, arm: Arm, standing: Standing) -> list[Claim]:
    plain, name = found.study.plain, arm.name
    like_the_papers = arm.trained.place == "all" or arm.trained.row.on_trunk
    row = TABLE_4.get(f"resnet18-wd{arm.trained.decay:g}") if like_the_papers else None
    own = f"at its own mean confidence ({name}, against none)"
    same = f"where both answer {percent(found.main)} of all pictures ({name}, against none)"
    cooled = found.study.cooled(arm)
    printed = (None, None, None) if row is None else (
        row.error_share - _PLAIN.error_share, row.outlier_error_share - _PLAIN.outlier_error_share, row.coverage - _PLAIN.coverage
    )  # fmt: skip
    stated = _Stated(found, (plain, arm), standing)
    result = [
        stated("decay-risk", f"Weight decay lowers the share of wrong answers, {own}", "risk", None, printed[0]),
        stated("decay-outliers", f"Weight decay lowers the share of answers to outliers, {own}", "outlier_errors", None,
               printed[1]),
        stated("decay-coverage", f"Weight decay costs coverage, {own}", "coverage", None, printed[2]),
        stated("decay-risk-matched", f"Weight decay lowers the share of wrong answers {same}", "risk", found.main),
        stated("decay-outliers-matched", f"Weight decay answers fewer of the outliers {same}", "accepted", found.main),
    ]  # fmt: skip
    if cooled is not None:
        statement = "Weight decay does more than a temperature of the same mean confidence: fewer of the outliers are answered"
        beyond = _Stated(found, (cooled, arm), standing)
        where = f"({name}, at {percent(found.main)} of all pictures)"
        result.append(beyond("decay-beyond-temperature", f"{statement} {where}", "accepted", found.main))
    return result


def _validator(found: Compared, gate: Arm, standing: Standing) -> list[Claim]:
    stated = _Stated(found, (found.study.plain, gate), standing)
    what = "A product-type validator"
    result = [
        stated("validator-risk", f"{what} lowers the share of wrong answers", "risk", None,
               _VALIDATED.error_share - _PLAIN.error_share),
        stated("validator-outliers", f"{what} lowers the share of answers to outliers", "outlier_errors", None,
               _VALIDATED.outlier_error_share - _PLAIN.outlier_error_share),
        stated("validator-coverage", f"{what} costs coverage", "coverage", None, _VALIDATED.coverage - _PLAIN.coverage),
        stated("validator-outliers-matched",
               f"{what} answers fewer of the outliers where both answer {percent(found.main)} of all pictures",
               "accepted", found.main),
    ]  # fmt: skip
    best = found.best_decay
    if best is not None:
        statement = f"{what} answers fewer of the outliers than the best weight decay ({best.name}) where both answer"
        # The best was chosen on these pictures; that it beats the validator must hold for each that could have been.
        beats = _Stated(found, (best, gate), standing, len(found.study.decayed()))
        result.append(
            beats("validator-beats-decay", f"{statement} {percent(found.main)} of all pictures", "accepted", found.main)
        )
    return result


def _easier(found: Compared, standing: Standing) -> Claim:
    study = found.study
    validators, attributes = (float(np.mean([f.skill for f in table.values()])) for table in (TABLE_3, TABLE_1))
    skills = difference_of_skills([gate.asked for gate in study.gates], [study.plain.trained.asked])
    names = " and ".join(gate.name for gate in study.gates)
    return claim(
        "validators-are-easier", f"A product type is easier to tell than an attribute: {names} against {study.task}",
        validators - attributes, Measured(skills, standing), RULES["easier, both learned"],
    )  # fmt: skip


@dataclass(frozen=True)
class _Stated:
    """Claims about one pair of arms: that the second has less of something."""

    found: Compared
    pair: tuple[Arm, Arm]
    standing: Standing
    of: int = 1
    """Differences that this one was chosen among."""

    def __call__(
        self, name: str, statement: str, measure: Measure, coverage: float | None, printed: float | None = None
    ) -> Claim:
        """At a coverage, or (None) each at its own threshold; ``printed``: the paper's difference."""
        rule = RULES["less coverage" if measure == "coverage" else "fewer errors"]
        difference = self.found.difference(*self.pair, measure, coverage, self.of)
        if difference is None:
            silent = f"{statement} (a network answers nothing)"
            return Claim(name, silent, printed, None, None, None, "points", "not comparable", rule.text)
        return claim(name, statement, printed, Measured(difference.estimate, self.standing), rule)
