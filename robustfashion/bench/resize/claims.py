"""The paper's statements of section 3.1 and the figures of Table 2 against what we measured."""

from dataclasses import dataclass

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.measures import change
from robustfashion.bench.resize.measures import accuracy, delta, has_learned
from robustfashion.bench.resize.study import ResizeStudy
from robustfashion.bench.verdicts import NO_LOSS, RULES, claim
from robustfashion.paper import LibraryAccuracies
from robustfashion.result import Claim


@dataclass(frozen=True)
class Scale:
    """Whether absolute figures may be held against the paper's at all."""

    comparable: bool
    java_method: str
    """The method that stands for the paper's unnamed Java library."""


def claims(study: ResizeStudy, scale: Scale) -> list[Claim]:
    """Every claim that the rows and methods of this study can speak to."""
    if scale.java_method not in study.methods[1:] or not study.labelled:
        return []
    found: list[Claim] = []
    for row in study.rows:
        if printed := study.printed(row):
            found += _figures(study, row, printed, scale)
            found.append(_loss(study, row, printed.change, scale.java_method))
    remedy = _remedy(study, scale.java_method)
    return found + ([remedy] if remedy else [])


def _figures(study: ResizeStudy, row: Row, printed: LibraryAccuracies, scale: Scale) -> list[Claim]:
    libraries = (("Python", study.reference, printed.python), ("Java", scale.java_method, printed.java))
    return [
        claim(
            f"table2-{row.name}-{library}".lower().replace(" ", "-"),
            f"{row.name}: accuracy on images resized with {library} ({method})",
            figure, accuracy(study, row, method), "share", RULES["resize figure"], scale.comparable,
        )
        for library, method, figure in libraries
    ]  # fmt: skip


def _loss(study: ResizeStudy, row: Row, change: float, method: str) -> Claim:
    verb, rule = ("loses", "loss") if change < -NO_LOSS else ("does not lose", "no loss")
    return claim(
        f"loss-{row.name}".lower().replace(" ", "-"),
        f"{row.name} {verb} accuracy when Java ({method}) resizes",
        change, delta(study, row)[method], "points", RULES[rule], has_learned(study, row),
    )  # fmt: skip


def _remedy(study: ResizeStudy, method: str) -> Claim | None:
    """Does augmentation (and a base model, where trained with one) take the loss away from the same architecture?"""
    for robust in (row for row in study.rows if row.recipe_name == "robust"):
        plain = next((r for r in study.rows if r == Row(robust.architecture)), None)
        if plain is None:
            continue
        after, before = study.printed(robust), study.printed(plain)
        return claim(
            "remedy",
            f"{robust.name} loses less under Java ({method}) than {plain.name}",
            after.change - before.change if after and before else None,
            change(study.differences(plain, method), study.differences(robust, method), study.groups).estimate,
            "points", RULES["remedy"], has_learned(study, robust) and has_learned(study, plain),
        )  # fmt: skip
    return None
