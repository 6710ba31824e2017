"""The answer in sentences that an engineer can forward: what to do about each serving method, what it brings and costs."""

from collections.abc import Sequence

from robustfashion.bench.mitigation.effects import Effect, Effects
from robustfashion.bench.mitigation.prices import AGAIN, training_times
from robustfashion.bench.mitigation.rule import Advice, advice
from robustfashion.bench.mitigation.study import MitigationStudy
from robustfashion.bench.verdicts import LEARNED
from robustfashion.bench.wording import counted, percent, points, share, signed
from robustfashion.resize import is_java
from robustfashion.stats import SEEDS_NEEDED

_METHODS = 3
"""Serving methods that the headline speaks of; the table has all."""


def headline(effects: Effects) -> list[str]:
    """Advice for the serving methods, the worst ones first; the nearest call; the control; how much is known."""
    study = effects.study
    lines = []
    if not study.plain.learned:
        name = _capital(study.plain.row.name)
        lines.append(f"{name} has not learned (balanced skill below {LEARNED:.0%}): nothing here proves anything.")
    methods = sorted(study.methods, key=lambda method: -effects.damage(method).value)
    lines += [sentence(effects, advice(effects, method)) for method in methods[:_METHODS]]
    nearest = _nearest(effects, methods[0])
    control = _control(effects, methods[0])
    return [*lines, *filter(None, [nearest, control]), _known(study)]


def sentence(effects: Effects, found: Advice) -> str:
    """What to do where one method serves."""
    study = effects.study
    start = f"Served by {found.method} instead of {study.reference}, {share(found.damage)} of the pictures change their tag"
    if not study.plain.learned:
        return f"{start}."
    if not found.hurt:
        why = "too few to be shown, so that no remedy is judged" if found.damage.value else "there is nothing to remove"
        return f"{start}: {why}."
    if found.best is None:
        tried = [effect for effect in effects.of_method(found.method) if effect.arm.kind != "control"]
        return f"{start}. No remedy of {len(tried)} may be recommended by the rule{_nearly(tried)}."
    best = found.best
    text = f"{start}. Recommended: {best.arm.name}{_rank(effects, best)}: {_brings(best)}{_removes(best)}{_costs(effects, best)}"
    if found.retrained is not None:
        text += f"; {found.retrained.arm.name} brings {percent(found.retrained.after.value)}{_costs(effects, found.retrained)}"
    return text + "."


def _brings(effect: Effect) -> str:
    """With the interval that holds for all remedies and methods, since this one was chosen among them."""
    fall = f"tag changes fall from {100 * effect.before.value:.1f} to {percent(effect.after.value)}"
    return f"{fall}, {points(effect.change)}"


def _removes(effect: Effect) -> str:
    return "" if effect.removed is None else f" ({percent(effect.removed.value)} of the damage removed)"


def _costs(effects: Effects, effect: Effect) -> str:
    """Clean accuracy and times, where they change."""
    costs = []
    if effect.clean_change is not None and effect.arm.kind in (*AGAIN, "recalibrate"):
        value = effect.clean_change.value
        lost = f"costs {100 * -value:.1f} points of clean accuracy"
        costs.append(lost if value <= -0.0005 else f"clean accuracy {signed(100 * value)} points")
    times = training_times(effect.arm, effects.study.plain)
    if times is not None and times.ratio >= 1.15:
        costs.append(f"{times.ratio:.1f} times the training")
    if effect.arm.passes >= 1.15:
        costs.append(f"{effect.arm.passes:.1f} times the network's serving time")
    return "".join(f", {text}" for text in costs)


def _nearly(tried: Sequence[Effect]) -> str:
    best = min(tried, key=lambda effect: effect.change.value)
    return f"; the largest fall is that of {best.arm.name}, {points(best.change)} (all {len(tried)} allowed for)"


def _calls(effects: Effects, method: str) -> list[Effect]:
    """Other Java calls, the nearest to the training method first: that which changes the fewest tags."""
    calls = [effect for effect in effects.of_method(method) if effect.arm.call and is_java(effect.arm.call)]
    return sorted(calls, key=lambda effect: effect.after.value)


def _rank(effects: Effects, best: Effect) -> str:
    calls = _calls(effects, best.method)
    return f" (the nearest of {len(calls)} other Java calls)" if len(calls) > 1 and calls[0].arm is best.arm else ""


def _nearest(effects: Effects, method: str) -> str:
    """The nearest Java call, where it is not recommended."""
    calls = _calls(effects, method)
    chosen = advice(effects, method).best
    if len(calls) < 2 or (chosen is not None and chosen.arm is calls[0].arm):
        return ""
    nearest = calls[0]
    return (
        f"Of {len(calls)} other Java calls {nearest.arm.call} is the nearest to {effects.study.reference}: "
        f"{share(nearest.after)} of the pictures change their tag."
    )


def _control(effects: Effects, method: str) -> str:
    """What training again with other seeds alone seems to do."""
    study = effects.study
    control = next((arm for arm in study.others if arm.kind == "control"), None)
    if control is None:
        return ""
    change = effects.found[control.name, method].change
    text = f"Control: other seeds alone change the tag changes under {method} by {points(change)}"
    churn = effects.seed_churn
    return text + (f"; two trainings differ in {percent(churn.value)} of the classes on the same pixels." if churn else ".")


def _known(study: MitigationStudy) -> str:
    tried = len(study.remedies)
    remedies = f"{tried} {'remedy' if tried == 1 else 'remedies'}"
    sizes = f"n = {study.n} pictures of {study.products} products, {counted(study.seeds, 'seed')}, {remedies}"
    if study.seeds < SEEDS_NEEDED:
        return f"{sizes}. All intervals are of these networks, not of their recipes."
    return f"{sizes}; differences are paired seed by seed and picture by picture."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
