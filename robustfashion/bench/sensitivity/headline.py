"""The answer in a few sentences, each with its numbers."""

from collections.abc import Sequence

from robustfashion.bench.resize.measures import largest_loss
from robustfashion.bench.sensitivity import claims, mechanism
from robustfashion.bench.sensitivity.judged import Judged
from robustfashion.bench.sensitivity.model import FULL
from robustfashion.bench.sensitivity.modelled import CONDITION, KIND, Modelled
from robustfashion.bench.sensitivity.responses import Response, simultaneous
from robustfashion.bench.sensitivity.settings import SensitivitySettings
from robustfashion.bench.sensitivity.study import Surface
from robustfashion.bench.verdicts import LARGE_LOSS, LEARNED
from robustfashion.bench.wording import counted, points, share
from robustfashion.resize import is_java
from robustfashion.stats import SEEDS_NEEDED


def headline(surface: Surface, found: Sequence[Response], model: Modelled, settings: SensitivitySettings) -> list[str]:
    """Largest loss and fifteen points, classes and tags from the calmest to the most exposed cell, methods, the model."""
    learned = [response for response in found if response.cell.learned]
    if not learned:
        return [f"No network of the design has learned (balanced skill below {LEARNED:.0%}): what follows proves nothing."]
    lines = [*_losses(surface), *_changes(learned, settings.java_method), *_methods(learned), *_model(model)]
    decided = mechanism.decision(surface, settings)
    if decided is not None:
        lines += _mechanism(surface, settings)
    if surface.idle:
        idle = ", ".join(cell.name for cell in surface.idle)
        lines.append(f"Not learned (balanced skill below {LEARNED:.0%}), so left out of claims, model and figures: {idle}.")
    few = sorted({cell.condition.label for cell in surface.learned if cell.seeds < SEEDS_NEEDED})
    if few:
        lines.append(
            f"Fewer than {SEEDS_NEEDED} seeds, so that intervals are of these networks, not of their recipes: {', '.join(few)}."
        )
    return lines


def _losses(surface: Surface) -> list[str]:
    deltas = simultaneous(surface.learned)
    if not deltas:
        return []
    cell, method = min(deltas, key=lambda key: deltas[key].value)
    worst = largest_loss(list(deltas.values()))
    said = claims.holding(deltas)
    size = f"{100 * LARGE_LOSS:g} points of accuracy or more, as in the paper (fifteen),"
    where = f"That Java costs {size} is shown in {'; '.join(said)}." if said else (
        f"That Java costs {size} is shown nowhere in this design{_open(worst.low)}."
    )  # fmt: skip
    if worst.value >= 0:
        return [
            f"{where} No network of {counted(claims.conditions_of(deltas), 'condition')} is seen to lose accuracy under a Java "
            f"method: the smallest change is {points(worst)} (of {len(deltas)}, all allowed for)."
        ]
    return [
        f"{where} The largest loss seen: {points(worst)}, {method} in {cell.name} (reduction {cell.reduction:.2f}; selected of "
        f"{len(deltas)}: the interval holds for all of them at once)."
    ]


def _open(low: float) -> str:
    """Words where the interval reaches as far as a large loss."""
    return ", nor is it ruled out" if low <= -LARGE_LOSS else ""


def _changes(found: Sequence[Response], java_method: str) -> list[str]:
    asked = [response for response in found if response.method == java_method]
    if not asked:
        return []
    least, most = min(asked, key=lambda of: of.classes.value), max(asked, key=lambda of: of.classes.value)
    if least is most:
        return [
            f"Under {java_method}, {share(most.classes)} of the pictures change their class and {share(most.tags)} their tag in "
            f"{most.cell.name}."
        ]
    return [
        f"Under {java_method}, from {share(least.classes)} of the pictures ({least.cell.name}) to {share(most.classes)} "
        f"({most.cell.name}) change their class, {share(least.tags)} and {share(most.tags)} their tag."
    ]


def _methods(found: Sequence[Response]) -> list[str]:
    """The Java methods that change the fewest and the most classes, over cells that were served with all of them."""
    cells = list(dict.fromkeys(response.cell for response in found))
    common = [m for m in dict.fromkeys(r.method for r in found) if is_java(m) and all(m in cell.methods for cell in cells)]
    if len(common) < 2:
        return []
    means = {m: _mean([r.classes.value for r in found if r.method == m]) for m in common}
    low, high = min(means, key=lambda m: means[m]), max(means, key=lambda m: means[m])
    return [
        f"Of {len(common)} Java methods {low} changes the fewest classes ({100 * means[low]:.1f} % on average over "
        f"{len(cells)} cells), "
        f"{high} the most ({100 * means[high]:.1f} %)."
    ]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _model(model: Modelled) -> list[str]:
    rows = {name: model.row("class", name, CONDITION) for name in ("margin", "detail", FULL["class"])}
    if any(row is None for row in rows.values()):
        return [f"Which answers change could not be modelled: {model.why or 'nothing changes.'}"]
    judged = {name: row[3] for name, row in rows.items() if row is not None}
    full = judged[FULL["class"]]
    line = (
        f"Which answer changes is foretold for conditions that the model has not seen with AUC {_auc(full)} (margin alone "
        f"{_auc(judged['margin'])}, detail alone {_auc(judged['detail'])}); slope of its calibration {_number(full)}"
    )
    kind = model.row("class", FULL["class"], KIND)
    return [f"{line}; for kinds of network that it has not seen, AUC {_auc(kind[3])}." if kind else f"{line}."]


def _auc(of: Judged) -> str:
    return f"{of.auc.value:.3f} [{of.auc.low:.3f}, {of.auc.high:.3f}]"


def _number(of: Judged) -> str:
    return f"{of.slope.value:.2f} [{of.slope.low:.2f}, {of.slope.high:.2f}]"


def _mechanism(surface: Surface, settings: SensitivitySettings) -> list[str]:
    return [f"{claim.statement}: {claim.verdict}." for claim in mechanism.claims(surface, settings)]
