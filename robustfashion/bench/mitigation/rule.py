"""Which remedy is recommended: a rule that is printed, and decides by nothing else than what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from robustfashion.bench.mitigation.effects import Effect, Effects
from robustfashion.bench.mitigation.prices import AGAIN, cost
from robustfashion.bench.verdicts import LEARNED, NO_LOSS
from robustfashion.stats import SEEDS_NEEDED, Estimate

PRICE = NO_LOSS
"""Accuracy, clean and served, that a recommended remedy may cost: its estimate."""

TEXT = (
    "A remedy may be recommended where the fall of tag changes is shown (its interval, which holds for all remedies and serving "
    "methods at once, lies below 0), class changes do not rise with it, its networks have learned (balanced skill at least "
    f"{LEARNED:g}; of a training at least {SEEDS_NEEDED} of them, since the next training of its kind may change more tags), "
    f"and it costs at most {100 * PRICE:g} points of accuracy, under the training method and when served "
    "(estimates; not looked at without labels). Of these, remedies without retraining go before those with it; then the largest "
    "fall is taken. Of those that cannot be told from it (paired, intervals for all of them at once) the cheapest is: another "
    "call before statistics re-estimated once, these before an ensemble; of trainings the shorter one, to half the time of one "
    "without a remedy. Leaving pictures to people is priced and never recommended. Where no damage is shown, or the network "
    "without a remedy has not learned, nothing is."
)


@dataclass(frozen=True)
class Advice:
    """What to do where one serving method does damage."""

    method: str
    damage: Estimate
    hurt: bool
    """Whether damage is shown."""
    best: Effect | None
    """The recommended remedy; None: none may be."""
    retrained: Effect | None
    """The best with retraining where the recommended one needs none; None: there is none such."""


def may_be_recommended(effect: Effect) -> bool:
    """The first sentence of :data:`TEXT`."""
    costs = [change.value for change in (effect.clean_change, effect.served_change) if change is not None]
    return (
        effect.arm.kind not in ("control", "margin")
        and effect.arm.learned
        and (effect.arm.kind not in AGAIN or len(effect.arm.runs) >= SEEDS_NEEDED)
        and effect.change.high < 0
        and effect.class_change <= 0
        and all(value >= -PRICE for value in costs)
    )


@lru_cache(maxsize=64)  # headline, tables and figures ask for the same
def advice(effects: Effects, method: str) -> Advice:
    """The rule, applied to one serving method."""
    hurt = effects.is_hurt(method)
    able = [effect for effect in effects.of_method(method) if may_be_recommended(effect)] if hurt else []
    served = _chosen(effects, [effect for effect in able if effect.arm.kind not in AGAIN])
    trained = _chosen(effects, [effect for effect in able if effect.arm.kind in AGAIN])
    return Advice(method, effects.damage(method), hurt, served or trained, trained if served else None)


def _chosen(effects: Effects, able: Sequence[Effect]) -> Effect | None:
    if not able:
        return None
    best = min(able, key=lambda effect: effect.change.value)
    others = [effect.arm.name for effect in able if effect is not best]
    tied = effects.tied(best.method, best.arm.name, others) | {best.arm.name}
    plain = effects.study.plain
    return min(
        (effect for effect in able if effect.arm.name in tied),
        key=lambda effect: (*cost(effect.arm, plain), effect.change.value),
    )
