"""The answer in a few sentences, each with its numbers."""

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.measures import accuracy, churn, delta, has_learned, mcnemar_holm
from robustfashion.bench.resize.study import ResizeStudy
from robustfashion.bench.wording import counted, points, share
from robustfashion.stats import Estimate


def headline(study: ResizeStudy, java_method: str) -> list[str]:
    """The largest loss, the Java method of the claims, and how many comparisons are significant."""
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
        lines = [_loss_line(study, row, method, deltas[row, method])]
    if java_method in others and (java_method != method or deltas[row, method].value >= 0):
        lines.append(_java_line(study, deltas, java_method))
    p_values = mcnemar_holm(study)
    significant = sum(p < 0.05 for p in p_values.values())
    products, seeds = len(set(study.groups)), len(study.seeds_of(study.rows[0]))
    lines.append(
        f"{significant} of {len(p_values)} comparisons with the training method are significant (McNemar, Holm-corrected, "
        f"p < 0.05) on n = {study.n} pictures of {products} products, {counted(seeds, 'seed')} per model."
    )
    idle = [row.name for row in study.rows if not has_learned(study, row)]
    if idle:
        lines.append(
            f"Not above chance by balanced accuracy, so without a say: {', '.join(idle)}. Train longer (max_steps, max_epochs) "
            "or on more pictures of the rarer classes."
        )
    return lines


def _unlabelled(study: ResizeStudy) -> list[str]:
    """What can be said where nobody knows the right answers: which method changes most."""
    found = {(row, method): churn(study, row, method) for row in study.rows for method in study.methods[1:]}
    row, method = max(found, key=lambda key: found[key].value)
    return [
        f"Largest change: served with {method} instead of {study.reference}, {row.name} gives {share(found[row, method])} of "
        f"the pictures another class (n = {study.n} pictures of {len(set(study.groups))} products).",
        "The pictures have no labels, so that changes can be counted, but not whether they are for better or worse.",
    ]


def _loss_line(study: ResizeStudy, row: Row, method: str, lost: Estimate) -> str:
    return (
        f"Largest loss: {row.name} trained with {study.reference} and served with {method} goes from "
        f"{share(accuracy(study, row, study.reference))} to {share(accuracy(study, row, method))} accuracy, {points(lost)}."
    )


def _java_line(study: ResizeStudy, deltas: dict[tuple[Row, str], Estimate], java_method: str) -> str:
    worst = min(study.rows, key=lambda row: deltas[row, java_method].value)
    best = max(study.rows, key=lambda row: deltas[row, java_method].value)
    line = f"Under {java_method}, {worst.name} changes by {points(deltas[worst, java_method])}"
    if best != worst:
        line += f", {best.name} by {points(deltas[best, java_method])}"
    return line + "."
