"""The remedies that the paper names against what we measured: colour augmentation, a base model, a smaller network."""

from dataclasses import fields

import numpy as np

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.measures import change
from robustfashion.bench.mitigation.study import Arm, MitigationStudy
from robustfashion.bench.verdicts import RULES, Measured, Standing, claim
from robustfashion.paper import TABLE_2
from robustfashion.resize import is_java
from robustfashion.result import Claim
from robustfashion.stats import SEEDS_NEEDED, FloatArray, paired_change

SMALLER = "alexnet"
"""The smaller network that the paper recommends."""


def claims(study: MitigationStudy, papers: bool) -> list[Claim]:
    """Two for each named remedy that was tried: of accuracy, which the paper prints, and of tags, which it does not.

    Args:
        study: with its networks.
        papers: whether the data is the paper's, at its scale.
    """
    java = tuple(method for method in study.methods if is_java(method))
    if not study.labelled or not java or not study.trained:
        return []
    found: list[Claim] = []
    for arm in study.remedies:
        without = _without(study, arm)
        if without is not None:
            found += _of((without, arm), study.groups, java, "paper" if papers else "elsewhere")
    return found


def _without(study: MitigationStudy, arm: Arm) -> Arm | None:
    """The arm that lacks nothing but what the paper names; None: there is none.

    That without a remedy comes first; a base of another architecture is held against that architecture without it.
    """
    if arm.kind != "row":
        return None
    others = (study.plain, *(other for other in study.remedies if other.kind == "row"))
    return next((other for other in others if named_by_the_paper(arm.row, other.row)), None)


def named_by_the_paper(row: Row, plain: Row) -> str:
    """What the paper calls the difference between two rows; empty: it names none such, or more differs."""
    beside = {of.name for of in fields(Row)} - {"architecture", "recipe", "base", "label"}
    if any(getattr(row, name) != getattr(plain, name) for name in beside):
        return ""
    augmented = row.recipe == "robust" and plain.recipe in ("paper", {"name": "paper"})
    based = row.base != "none" and plain.base == "none"
    same_recipe, same_base = row.recipe == plain.recipe, row.base == plain.base
    if row.architecture != plain.architecture:
        return "a smaller network" if row.architecture == SMALLER and same_recipe and same_base else ""
    if augmented and based:
        return "augmentation with a base model"
    if augmented and same_base:
        return "augmentation"
    return "a base model" if based and same_recipe else ""


def _of(pair: tuple[Arm, Arm], groups: tuple[str, ...], java: tuple[str, ...], standing: Standing) -> list[Claim]:
    plain, arm = pair
    name = named_by_the_paper(arm.row, plain.row)
    where: Standing = standing if arm.learned and plain.learned else "none"
    methods = ", ".join(java)
    found = []
    for what, losses, verb in (("accuracy", _losses, "loses less accuracy"), ("tags", _tags, "changes fewer tags")):
        before = losses(plain, java)
        hurt = paired_change(before, groups).estimate.low > 0
        statement = f"{arm.name} ({name}) {verb} than {plain.row.name} when Java resizes ({methods}){_whose(arm)}"
        statement += "" if hurt else f": nothing to remove, since {plain.row.name} {_unhurt(what)}"
        fall = change(before, losses(arm, java), groups).estimate
        if what == "accuracy":  # the rule is of the change of accuracy, which is the loss the other way round
            fall = change(-before, -losses(arm, java), groups).estimate
        found.append(claim(
            f"remedy-{what}-{arm.name}".lower().replace(" ", "-"), statement,
            _printed(arm.row, plain.row) if what == "accuracy" else None,
            Measured(fall, where if hurt else "none"), RULES["remedy of a loss" if what == "accuracy" else "fewer tag changes"],
        ))  # fmt: skip
    return found


def _whose(arm: Arm) -> str:
    """Of what the interval is, where it is not of the recipe."""
    networks = len(arm.runs)
    if networks >= SEEDS_NEEDED:
        return ""
    return ", of this one network" if networks == 1 else f", of these {networks} networks, not of the recipe"


def _unhurt(what: str) -> str:
    return "is not shown to lose accuracy" if what == "accuracy" else "is not shown to change tags"


def _losses(arm: Arm, methods: tuple[str, ...]) -> FloatArray:
    """Right under the training method minus right when served, mean over methods: [n, S]."""
    return np.asarray(np.mean([arm.correct_clean(method) - arm.correct_served(method) for method in methods], axis=0))


def _tags(arm: Arm, methods: tuple[str, ...]) -> FloatArray:
    return np.asarray(np.mean([arm.tag_changes(method) for method in methods], axis=0))


def _printed(row: Row, plain: Row) -> float | None:
    """The paper's change with the remedy minus without, where Table 2 has both rows."""
    lines = [TABLE_2.get((of.architecture, of.recipe_name, of.base)) for of in (row, plain)]
    with_it, without = lines
    return with_it.change - without.change if with_it and without else None
