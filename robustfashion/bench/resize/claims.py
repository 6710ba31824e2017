"""The paper's statements of section 3.1 and the figures of Table 2 against what we measured."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.measures import change
from robustfashion.bench.resize.measures import Comparison, accuracy, largest_loss, simultaneous_deltas
from robustfashion.bench.resize.study import Classifier, ResizeStudy
from robustfashion.bench.verdicts import NO_LOSS, RULES, Measured, Standing, claim
from robustfashion.bench.wording import counted
from robustfashion.paper import TABLE_2, LibraryAccuracies
from robustfashion.resize import is_java
from robustfashion.result import Claim
from robustfashion.stats import Estimate, FloatArray

Deltas = Mapping[Comparison, Estimate]


def claims(study: ResizeStudy, java_method: str, papers: bool) -> list[Claim]:
    """Every claim that the classifiers and methods of this study can speak to.

    Args:
        study: with its networks.
        java_method: stands for the paper's unnamed library in the figures of Table 2; losses are judged over all Java methods.
        papers: whether the data is the paper's, at its scale.
    """
    java = tuple(method for method in study.methods[1:] if is_java(method))
    if not java or not study.labelled:
        return []
    deltas = simultaneous_deltas(study, java)
    standing: Standing = "paper" if papers else "elsewhere"
    lines = [(c, printed) for c in study.everyone if (printed := study.printed(c))]
    found: list[Claim] = []
    for c, printed in lines:
        if java_method in java:
            found += _figures(study, c, printed, java_method, ("paper" if papers else "none", 2 * len(lines)))
        found += _loss(c, printed, deltas, java, (standing, len(lines)))
    if not lines and study.trained:
        found.append(_any_loss(study, deltas, java, standing))
    return found + _remedies(study, java, standing)


def _java(methods: Sequence[str]) -> str:
    """Which methods stand for the paper's unnamed library that resizes and compresses, in words."""
    compressed = sum("jpeg" in method for method in methods)
    jpeg = f"{compressed} of them with a JPEG step" if compressed else "none with a JPEG step"
    return f"{counted(len(methods), 'Java method')}, {jpeg}"


def _figures(
    study: ResizeStudy, c: Classifier, printed: LibraryAccuracies, java_method: str, spoken: tuple[Standing, int]
) -> list[Claim]:
    libraries = (("Python", study.reference, printed.printed_python), ("Java", java_method, printed.printed_java))
    return [
        claim(
            f"table2-{c.name}-{library}".lower().replace(" ", "-"),
            f"{c.name}: accuracy on images resized with {library} ({method})",
            figure, Measured(accuracy(c, method), spoken[0], "share", spoken[1]), RULES["accuracy figure"],
        )
        for library, method, figure in libraries
    ]  # fmt: skip


def _loss(
    c: Classifier, printed: LibraryAccuracies, deltas: Deltas, java: Sequence[str], spoken: tuple[Standing, int]
) -> list[Claim]:
    """Whether it loses at all, and whether by as much.

    Args:
        c: the networks.
        printed: the paper's accuracies of such networks.
        deltas: simultaneous intervals.
        java: methods that stand for the paper's library.
        spoken: where it was measured, and how many losses are held against the paper's together.
    """
    standing, of = spoken
    verb, rule = ("loses", "loss") if printed.change < -NO_LOSS else ("does not lose", "no loss")
    name = f"loss-{c.name}".lower().replace(" ", "-")
    where: Standing = standing if c.learned else "none"
    # One that has not learned is not among the reported ones, and has no interval for all at once; it gets no verdict either.
    found = largest_loss([deltas[c, method] for method in java] if (c, java[0]) in deltas else [_alone(c, m) for m in java])
    claims = [
        claim(
            name,
            f"{c.name} {verb} accuracy when Java resizes ({_java(java)})",
            printed.printed_change,
            Measured(found, where),
            RULES[rule],
        )
    ]
    if rule == "loss":
        size = f"{c.name} loses {100 * abs(printed.change):g} points when Java resizes"
        claims.append(claim(f"{name}-size", size, printed.printed_change, Measured(found, where, of=of), RULES["loss size"]))
    return claims


def _alone(c: Classifier, method: str) -> Estimate:
    reference = c.differences(c.reference)
    return change(reference, c.differences(method), c.groups).estimate


def _any_loss(study: ResizeStudy, deltas: Deltas, java: Sequence[str], standing: Standing) -> Claim:
    """The paper's general statement, where none of its networks was trained: does any classifier lose accuracy?"""
    largest = min(TABLE_2.values(), key=lambda line: line.change)
    learned = len(study.idle) < len(study.everyone)
    return claim(
        "loss-any",
        f"A classifier loses accuracy when Java resizes ({_java(java)}; {counted(len(study.classifiers), 'classifier')}; the "
        "paper's figure is its largest)",
        largest.printed_change, Measured(largest_loss(list(deltas.values())), standing if learned else "none"), RULES["loss"],
    )  # fmt: skip


def _remedies(study: ResizeStudy, java: Sequence[str], standing: Standing) -> list[Claim]:
    """Does augmentation (and a base model, where trained with one) take the loss away from the same architecture?

    The paper's own remedy comes first, with its figure.
    """
    found = []
    robust = [c for c in study.everyone if c.row.recipe_name == "robust"]
    for c in sorted(robust, key=lambda c: study.printed(c) is None):
        plain = next(
            (p for p in study.everyone if replace(p.row, label="") == Row(c.row.architecture) and p.task == c.task), None
        )
        if plain is None:
            continue
        after, before = study.printed(c), study.printed(plain)
        change_of = change(_mean_change(plain, java), _mean_change(c, java), c.groups).estimate
        where: Standing = standing if c.learned and plain.learned else "none"
        statement = f"{c.name} loses less than {plain.name} when Java resizes ({_java(java)})"
        found.append(claim(
            f"remedy-{c.name}".lower().replace(" ", "-"), statement,
            after.change - before.change if after and before else None, Measured(change_of, where), RULES["remedy"],
        ))  # fmt: skip
    return found


def _mean_change(c: Classifier, methods: Sequence[str]) -> FloatArray:
    return np.asarray(np.mean([c.differences(method) for method in methods], axis=0))
