"""Tables of the regularization suite."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench import measures as shared
from robustfashion.bench.regularization.compared import Compared, Measure
from robustfashion.bench.regularization.drawn import Difference
from robustfashion.bench.regularization.study import HARD, Arm, RegularizationStudy, Trained, of_one_place
from robustfashion.bench.table4 import Line
from robustfashion.bench.table4 import table4 as table_with_the_papers
from robustfashion.bench.verdicts import LEARNED
from robustfashion.bench.wording import percent
from robustfashion.result import Cell, ColumnOf, Table, Unit, table_of
from robustfashion.stats import holm


def five(found: Compared) -> list[Arm]:
    """The arms that stand for the paper's five rows: none, the three strongest weight decays, and the validator.

    Of given predictions all: each is asked for by name.
    """
    study = found.study
    if study.brought:
        return [study.plain, *study.given]
    decayed = of_one_place(study.decayed(study.plain.trained.architecture, learned=False))
    return [study.plain, *decayed[-3:], *[arm for arm in study.arms if arm.name == HARD]]


def table4(found: Compared) -> Table:
    """The five rows, each at its own mean confidence, beside the paper's."""
    note = (
        "Each row answers from its own mean confidence on validation pictures on. Counts are of the first seed; shares are means "
        "over seeds with intervals of resampled products, of the paper Wilson's on its counts. Every row answers another share "
        "of the pictures, so that rows cannot be compared here: who answers less makes fewer mistakes. In the paper depth and "
        "weight decay change together. How many of its pictures are outliers it does not say."
    )
    return table_with_the_papers([_ours(found, arm) for arm in five(found)], note + found.study.what_answers)


def _ours(found: Compared, arm: Arm) -> Line:
    study = found.study
    first = arm.answered[:, 0]
    errors, outliers = int((first & study.errors(arm)[:, 0]).sum()), int((first & study.outlier).sum())
    coverage, risk = found.estimate(arm, "coverage"), found.estimate(arm, "risk")
    assert coverage is not None  # a share of all pictures
    cut = 1 - float(arm.thresholds[0])
    return Line(arm.name, "here", cut, int(first.sum()), errors, outliers, coverage, risk, found.estimate(arm, "outlier_errors"))


def matched(found: Compared) -> Table:
    """Every arm at the same coverages, and over all of them."""
    arms = [arm for arm in found.study.arms if not arm.control]
    columns: list[ColumnOf[Arm]] = [
        ("Answers by", "text", "networks, and what is done to their confidence", lambda arm: arm.name),
        ("Learned", "text", f"balanced skill of {LEARNED:g} and more; others are not compared",
         lambda arm: _yes(arm.learned)),
        ("AUGRC with outliers", "number", "area under the share of wrong answers over coverage of all pictures, answers to "
         "outliers being wrong (Traub et al. 2024); less is better", lambda arm: found.estimate(arm, "augrc")),
    ]  # fmt: skip
    for c in found.coverages:
        outliers, risk = _at(found, "accepted", c), _at(found, "risk", c)
        columns += [
            (f"Outliers at {percent(c)}", "share", f"answered share of the outliers where {percent(c)} of all pictures are",
             outliers),
            (f"Risk at {percent(c)}", "share", "wrong answers of the answers there, those to outliers included", risk),
        ]  # fmt: skip
    note = (
        "Percentile intervals of resampled products, of shares with two pseudo-products in each part; mean over seeds: of these "
        "networks. Coverage is of all pictures, outliers included. The first is the validated row's own, where there is one that "
        f"has learned and answers some{_of_one_label(found.study)}."
    )
    return table_of("matched", "Every remedy at the same coverage of all pictures", arms, columns, note)


def _of_one_label(study: RegularizationStudy) -> str:
    if study.label is None:
        return ""
    return (
        f"; here as many pictures are answered as there are of the label {study.label}, then as many as the plain classifier "
        f"calls so at any confidence.{study.what_answers} Behind those that a network calls {study.label} stand the others, the "
        "likest first"
    )


def _at(found: Compared, measure: Measure, coverage: float) -> Callable[[Arm], Cell]:
    return lambda arm: found.estimate(arm, measure, coverage)


def differences(found: Compared) -> Table:
    """Every learned arm against the plain one of its architecture, and depth against depth."""
    study = found.study
    pairs = [(study.reference(arm.trained.architecture), arm) for arm in study.compared]
    pairs += [(study.plain, study.reference(a)) for a in dict.fromkeys(t.architecture for t in study.trained)]
    pairs = [(one, two) for one, two in pairs if one is not two and one.learned and two.learned]
    return _pairs(
        found, "differences", "Against the same network without any remedy, at the same coverage", pairs,
        "With three or more seeds the spread between them is part of the error, and the difference is of the recipe. P-values "
        f"are Holm-corrected over the rows of a column. Networks that have not learned are left out.{_unequal_steps(study)}",
    )  # fmt: skip


def _unequal_steps(study: RegularizationStudy) -> str:
    """That depths have not learned equally long, where it is so."""
    found = {a: study.reference(a).trained.steps for a in dict.fromkeys(t.architecture for t in study.trained)}
    if len({steps for steps in found.values() if steps is not None}) < 2:
        return ""
    told = ", ".join(f"{architecture} {steps:,.0f}" for architecture, steps in found.items() if steps is not None)
    return f" Depths have learned for different numbers of steps ({told}): what differs between them is of both."


def temperature(found: Compared) -> Table:
    """Does weight decay do more than shrink the logits? Against the same mean confidence by a temperature alone."""
    remedy = found.study.remedy
    return _pairs(
        found, "temperature", f"Does {remedy} do more than a temperature?", _with_controls(found),
        f"The network without {remedy}, its logits divided by the temperature that makes it as sure on average, against the "
        f"one with it. With two classes a temperature changes no order of pictures; with more it does. Where {remedy} only "
        "shrinks the logits, the difference is 0.",
    )  # fmt: skip


def temperature_own(found: Compared) -> Table:
    """The same, each at its own mean confidence: the paper's rule, under which shrunken logits alone move the threshold."""
    pairs, remedy = _with_controls(found), found.study.remedy
    named: tuple[tuple[Measure, str], ...] = (
        ("coverage", "Coverage of all pictures"), ("accepted", "Outliers answered"), ("risk", "Risk")
    )  # fmt: skip
    columns = _names(pairs)
    for measure, words in named:
        columns += [
            (f"{words}, temperature", "share", "at its own mean confidence", _of_pair(found, pairs, 0, measure)),
            (f"{words}, {remedy}", "share", "at its own mean confidence", _of_pair(found, pairs, 1, measure)),
            *_changes([found.difference(*pair, measure) for pair in pairs], words, "points", "each at its own mean confidence"),
        ]
    title = f"{remedy.capitalize()} and a temperature, each at its own mean confidence"
    return table_of(
        "temperature-own", title, range(len(pairs)), columns,
        "The paper answers from the mean confidence on. Both have the same mean confidence on validation pictures, so that what "
        f"the threshold alone does to coverage and outliers is in both; what is left is {remedy}'s own.",
    )  # fmt: skip


Pair = tuple[Arm, Arm]


def _with_controls(found: Compared) -> list[Pair]:
    """Learned remedies that have a control, each behind it; those that no temperature is as sure as are listed as left out."""
    pairs = [(found.study.cooled(arm), arm) for arm in found.study.compared]
    return [(control, arm) for control, arm in pairs if control is not None and control.learned]


def _of_pair(found: Compared, pairs: list[Pair], place: int, measure: Measure) -> Callable[[int], Cell]:
    return lambda row: found.estimate(pairs[row][place], measure)


def _pairs(found: Compared, name: str, title: str, pairs: list[Pair], note: str) -> Table:
    measures: tuple[tuple[Measure, str], ...] = (
        ("accepted", "Outliers answered"), ("risk", "Risk"), ("augrc", "AUGRC with outliers")
    )  # fmt: skip
    columns = _names(pairs)
    for m, words in measures:
        where = "over all coverages" if m == "augrc" else f"where {percent(found.main)} of all pictures are answered"
        unit: Unit = "number" if m == "augrc" else "points"
        columns += _changes([found.difference(one, two, m, found.main) for one, two in pairs], words, unit, where)
    return table_of(name, title, range(len(pairs)), columns, note)


def _names(pairs: list[Pair]) -> list[ColumnOf[int]]:
    return [
        ("With", "text", "the second of the pair", lambda row: pairs[row][1].name),
        ("Without", "text", "the first of the pair", lambda row: _temperatures(pairs[row][0])),
    ]


def _changes(differences: list[Difference | None], words: str, unit: Unit, where: str) -> list[ColumnOf[int]]:
    """Differences and their p-values, corrected over the rows; n/a where a network answers nothing."""
    adjusted = iter(holm([d.p for d in differences if d is not None]) if any(differences) else [])
    ps: list[Cell] = [None if d is None else next(adjusted) for d in differences]
    changes: list[Cell] = [None if d is None else d.estimate for d in differences]
    what = f"{where}, second minus first; t interval over products and seeds"
    return [
        (f"{words}, change", unit, what, changes.__getitem__),
        (f"p ({words}, Holm)", "p", "two-sided", ps.__getitem__),
    ]


def _temperatures(arm: Arm) -> str:
    if not arm.temperatures:
        return arm.name
    return f"{arm.trained.name}, temperature {', '.join(f'{t:.3g}' for t in arm.temperatures)}"


def tiers(found: Compared) -> Table:
    """Which outliers are answered at the first coverage, by tier; mean over seeds."""
    study = found.study
    names = sorted({tier for tier in study.tiers if tier is not None})
    rows = {tier: np.flatnonzero([t == tier for t in study.tiers]) for tier in names}
    title = f"Outliers answered by tier, where {percent(found.main)} of all pictures are"
    return table_of("tiers", title, study.compared, [
        ("Answers by", "text", "networks, and what is done to their confidence", lambda arm: arm.name),
        *[_of_tier(found, tier, rows[tier]) for tier in names],
    ], "Outlier exposure learns from ordinary pictures of other product types, and the validator tells its type from them: the "
    "near tier's other products and the mis-filed ones are the like of what both have seen.")  # fmt: skip


def _of_tier(found: Compared, tier: str, rows: NDArray[np.int64]) -> ColumnOf[Arm]:
    doc = f"answered of the {len(rows)} outliers of this tier; mean over seeds; products resampled"
    return (f"{tier} ({len(rows)})", "share", doc, lambda arm: found.accepted_of(arm, rows))


def networks(found: Compared) -> Table:
    """What every row's networks have learned, and what became of their logits."""
    study = found.study
    trained = [*study.trained, *study.gates]

    def last(t: Trained, key: str) -> Cell:
        """Mean over seeds of what the last epochs of training ended with."""
        values = [h[key] for h in t.history if key in h and not math.isnan(h[key])]
        return float(np.mean(values)) if values else None

    return table_of("networks", "What the networks have learned", trained, [
        ("Networks", "text", "one for each seed", lambda t: t.name),
        ("Architecture", "text", "timm's name", lambda t: t.architecture),
        ("Balanced skill", "share", "on ordinary test pictures: balanced accuracy above chance as a share of what is possible",
         lambda t: shared.balanced_skill(t.asked)),
        ("Per seed", "text", "balanced skill of each network", _skills),
        ("Verdict", "text", f"collapsed: one answer to every picture; learned: balanced skill of {LEARNED:g} and more", verdict),
        ("Steps", "count", "of the optimiser, mean over seeds; n/a: heads on a frozen body are fitted", lambda t: t.steps),
        ("Training loss", "number", "at the end, mean over seeds", lambda t: last(t, "train/loss")),
        ("Training accuracy", "share", "at the end, mean over seeds", lambda t: last(t, "train/accuracy")),
        ("Mean confidence", "share", "top-1, on validation pictures", lambda t: t.mean_confidence),
        ("Spread of logits", "number", "root mean square of the logits about their mean over classes, on test pictures", _spread),
        ("Norm of the last layer", "number", "of its weights", _norm),
    ], "Networks that have not learned are not compared: what a network that knows nothing refuses says nothing.")  # fmt: skip


def verdict(trained: Trained) -> str:
    """Whether networks collapsed, have learned, or neither."""
    return "collapsed" if trained.constant else _yes(trained.learned, "learned", "not learned")


def _skills(trained: Trained) -> str:
    found = []
    for table in trained.test:
        k = len(table.classes)
        recalls = [table.correct[table.labels == c].mean() for c in np.unique(table.labels)]
        found.append((float(np.mean(recalls)) - 1 / k) / (1 - 1 / k))
    return ", ".join(f"{100 * value:.0f} %" for value in found)


def _spread(trained: Trained) -> float:
    spreads = [table.logits - table.logits.mean(axis=1, keepdims=True) for table in trained.test]
    return float(np.mean([np.sqrt((s.astype(np.float64) ** 2).mean()) for s in spreads]))


def _norm(trained: Trained) -> Cell:
    layers = [table.last_layer.weight for table in trained.test if table.last_layer is not None]
    return float(np.mean([np.linalg.norm(w) for w in layers])) if layers else None


def _yes(known: bool, yes: str = "yes", no: str = "no") -> str:
    return yes if known else no
