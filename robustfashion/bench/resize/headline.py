"""The answer in a few sentences, each with its numbers: tags, then accuracy, then what could not have been seen."""

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.measures import (
    Comparison,
    accuracy,
    churn,
    delta,
    detectable,
    equivalence,
    pooled_change,
    significance,
    simultaneous_deltas,
)
from robustfashion.bench.resize.study import Classifier, ResizeStudy
from robustfashion.bench.resize.tags import TagChanges, nearest_java, tag_changes
from robustfashion.bench.verdicts import LEARNED, NO_LOSS
from robustfashion.bench.wording import are, counted, points, share
from robustfashion.resize import is_java
from robustfashion.stats import SEEDS_NEEDED, Estimate

_ROWS = 3
"""Rows whose tags the headline names; the table has all."""


def headline(study: ResizeStudy, java_method: str) -> list[str]:
    """Products whose tags change, the nearest Java method, the largest loss, and how many comparisons show what."""
    others = study.methods[1:]
    if not others:
        return [f"Only {study.reference} was evaluated: name more methods to compare."]
    lines = [_tag_line(study, row, java_method) for row in study.rows[:_ROWS]]
    if not study.labelled:
        return [*lines, *_unlabelled(study)]
    if len(study.idle) == len(study.everyone):
        learned = f"No classifier here has learned (balanced skill below {LEARNED:.0%})"
        lines.insert(0, f"{learned}: what follows proves nothing.{_way_out(study)}")
    deltas = {(c, method): found for c in study.classifiers for method, found in delta(study, c).items()}
    c, method = min(deltas, key=lambda key: deltas[key].value)
    if deltas[c, method].value >= 0:
        lines.append(f"No method loses accuracy against {study.reference}.")
    else:
        lines.append(_loss_line(study, c, method))
    alone = len(study.classifiers) == 1 and java_method == method and deltas[c, method].value < 0  # that is said already
    if java_method in others and not alone:
        lines.append(_java_line(study, deltas, java_method))
    lines.append(_seen_line(study))
    if study.idle and len(study.idle) < len(study.everyone):
        idle = ", ".join(c.name for c in study.idle)
        left_out = f"Not learned (balanced skill below {LEARNED:.0%}), so left out of tags, changes and claims"
        lines.append(f"{left_out}: {idle}.{_way_out(study)}")
    return lines


def _way_out(study: ResizeStudy) -> str:
    """What helps networks that have not learned, where they were trained here."""
    if not study.trained:
        return ""
    if all(c.row.on_trunk for c in study.idle):
        return " More pictures of the rarer classes help, or a network that is not frozen."
    return " Train longer (max_steps, max_epochs), or on more pictures of the rarer classes."


def _tag_line(study: ResizeStudy, row: Row, java_method: str) -> str:
    """How many products change a tag under the Java method of the claims, the nearest one, and the worst of all methods."""
    found = tag_changes(study, row)
    worst = max(found, key=lambda method: found[method].changed.value)
    nearest = nearest_java(study, row)
    of_java = sum(map(is_java, found))
    shown = java_method if java_method in found else worst
    many = f"by {row.name}, " if len(study.rows) > 1 else ""
    tasks = len(study.of_row(row))
    told = f"{many}{counted(tasks, 'classifier')}, mean over {counted(study.seeds, 'seed')}"
    line = (
        f"Of {found[shown].changed.n} products ({told}), {_changed(found[shown])} lose, gain or change a tag when {shown} "
        f"instead of {study.reference} resizes the pictures"
    )
    if shown == worst and len(found) > 1:
        line += f", the farthest of all {len(found)} methods"
    if nearest is not None and nearest != shown:
        line += f"; under {nearest}, the nearest of {of_java} Java methods, {_changed(found[nearest])} do"
    elif nearest is not None and of_java > 1:
        line += f", the nearest of {of_java} Java methods"
    if worst != shown:
        line += f"; under {worst}, the farthest of all {len(found)} methods, {_changed(found[worst])}"
    return line + "."


def _changed(found: TagChanges) -> str:
    return f"{found.count} ({share(found.changed)})"


def _unlabelled(study: ResizeStudy) -> list[str]:
    """What can be said where nobody knows the right answers: which method changes most."""
    found = {(c, method): share for c in study.classifiers for method, share in churn(study, c).items()}
    c, method = max(found, key=lambda key: found[key].value)
    return [
        f"Largest change: served with {method} instead of {study.reference}, {c.name} gives {share(found[c, method])} of "
        f"the pictures another class (n = {c.n} pictures of {c.products} products).",
        "The pictures have no labels, so that changes can be counted, but not whether they are for better or worse.",
    ]


def _loss_line(study: ResizeStudy, c: Classifier, method: str) -> str:
    lost = simultaneous_deltas(study)
    selected = f"selected of {len(lost)}: the interval holds for all of them at once" if len(lost) > 1 else "95 % interval"
    return (
        f"Largest loss of accuracy: {c.name} goes from {share(accuracy(c, study.reference))} with {study.reference} to "
        f"{share(accuracy(c, method))} with {method}, {points(lost[c, method])} ({selected})."
    )


def _seen_line(study: ResizeStudy) -> str:
    """How many comparisons show a change, how many show that there is none to speak of, and what would have been missed."""
    significant, same = (sum(p < 0.05 for p in of(study).values()) for of in (significance, equivalence))
    sizes = [100 * size for size in detectable(study).values()]
    missed = f"{min(sizes):.1f}" if max(sizes) - min(sizes) < 0.05 else f"{min(sizes):.1f} to {max(sizes):.1f}"
    line = (
        f"Of {counted(len(sizes), 'comparison')} with the training method {are(significant)} significant (sign flips over "
        f"products) and {are(same)} shown to change accuracy by less than {100 * NO_LOSS:g} points (equivalence tests; both "
        f"Holm-corrected, p < 0.05), on {_sizes(study)}, {counted(study.seeds, 'seed')} per classifier. "
        f"A true change of {missed} points would have been significant with about 80 % probability, a smaller one may be missed."
    )
    return line if study.seeds >= SEEDS_NEEDED else f"{line} All intervals are of these networks, not of their recipes."


def _sizes(study: ResizeStudy) -> str:
    pictures, products = {c.n for c in study.classifiers}, {c.products for c in study.classifiers}
    return f"n = {_range(pictures)} pictures of {_range(products)} products"


def _range(numbers: set[int]) -> str:
    return str(min(numbers)) if len(numbers) == 1 else f"{min(numbers)} to {max(numbers)}"


def _java_line(study: ResizeStudy, deltas: dict[Comparison, Estimate], java_method: str) -> str:
    worst = min(study.classifiers, key=lambda c: deltas[c, java_method].value)
    best = max(study.classifiers, key=lambda c: deltas[c, java_method].value)
    if best == worst:
        return f"Under {java_method}, the accuracy of {worst.name} changes by {points(deltas[worst, java_method])}."
    together = pooled_change(study.classifiers, java_method).estimate
    return (
        f"Under {java_method}, accuracy changes by {points(together)} over all {together.n} answers: by "
        f"{points(deltas[worst, java_method])} for {worst.name}, by {points(deltas[best, java_method])} for {best.name}."
    )
