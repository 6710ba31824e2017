"""The answer in a few sentences, each with its numbers."""

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.measures import (
    Comparison,
    accuracy,
    churn,
    delta,
    detectable,
    equivalence,
    has_learned,
    significance,
    simultaneous_deltas,
)
from robustfashion.bench.resize.study import ResizeStudy
from robustfashion.bench.verdicts import NO_LOSS
from robustfashion.bench.wording import are, counted, points, share
from robustfashion.stats import SEEDS_NEEDED, Estimate


def headline(study: ResizeStudy, java_method: str) -> list[str]:
    """The largest loss, the Java method of the claims, and how many comparisons are significant or equivalent."""
    others = study.methods[1:]
    if not others:
        return [f"Only {study.reference} was evaluated: name more methods to compare."]
    if not study.labelled:
        return _unlabelled(study)
    deltas = {(row, method): found for row in study.rows for method, found in delta(study, row).items()}
    row, method = min(deltas, key=lambda key: deltas[key].value)
    if deltas[row, method].value >= 0:
        lines = [f"No method loses accuracy against {study.reference}, which trained the networks."]
    else:
        lines = [_loss_line(study, row, method)]
    if java_method in others and (java_method != method or deltas[row, method].value >= 0):
        lines.append(_java_line(study, deltas, java_method))
    lines.append(_seen_line(study))
    idle = [row.name for row in study.rows if not has_learned(study, row)]
    if idle:
        lines.append(
            f"Not above chance by balanced accuracy, so without a say: {', '.join(idle)}. Train longer (max_steps, max_epochs) "
            "or on more pictures of the rarer classes."
        )
    return lines


def _unlabelled(study: ResizeStudy) -> list[str]:
    """What can be said where nobody knows the right answers: which method changes most."""
    found = {(row, method): share for row in study.rows for method, share in churn(study, row).items()}
    row, method = max(found, key=lambda key: found[key].value)
    return [
        f"Largest change: served with {method} instead of {study.reference}, {row.name} gives {share(found[row, method])} of "
        f"the pictures another class (n = {study.n} pictures of {len(set(study.groups))} products).",
        "The pictures have no labels, so that changes can be counted, but not whether they are for better or worse.",
    ]


def _loss_line(study: ResizeStudy, row: Row, method: str) -> str:
    lost = simultaneous_deltas(study)
    selected = f"selected of {len(lost)}: the interval holds for all of them at once" if len(lost) > 1 else "95 % interval"
    return (
        f"Largest loss: {row.name} trained with {study.reference} and served with {method} goes from "
        f"{share(accuracy(study, row, study.reference))} to {share(accuracy(study, row, method))} accuracy, "
        f"{points(lost[row, method])} ({selected})."
    )


def _seen_line(study: ResizeStudy) -> str:
    """How many comparisons show a change, how many show that there is none to speak of, and what would have been missed."""
    significant, same = (sum(p < 0.05 for p in of(study).values()) for of in (significance, equivalence))
    sizes = [100 * size for size in detectable(study).values()]
    seeds = min(len(study.seeds_of(row)) for row in study.rows)
    missed = f"{min(sizes):.1f}" if max(sizes) - min(sizes) < 0.05 else f"{min(sizes):.1f} to {max(sizes):.1f}"
    line = (
        f"Of {counted(len(sizes), 'comparison')} with the training method {are(significant)} significant (sign flips over "
        f"products) and {are(same)} shown to change accuracy by less than {100 * NO_LOSS:g} points (equivalence tests; both "
        f"Holm-corrected, p < 0.05), on n = {study.n} pictures of {len(set(study.groups))} products, "
        f"{counted(seeds, 'seed')} per model. "
        f"A true change of {missed} points would have been significant with about 80 % probability, a smaller one may be missed."
    )
    return line if seeds >= SEEDS_NEEDED else f"{line} All intervals are of these networks, not of their recipes."


def _java_line(study: ResizeStudy, deltas: dict[Comparison, Estimate], java_method: str) -> str:
    worst = min(study.rows, key=lambda row: deltas[row, java_method].value)
    best = max(study.rows, key=lambda row: deltas[row, java_method].value)
    line = f"Under {java_method}, {worst.name} changes by {points(deltas[worst, java_method])}"
    if best != worst:
        line += f", {best.name} by {points(deltas[best, java_method])}"
    return line + "."
