"""The answer in a few sentences, the first of them about pictures."""

from robustfashion.bench.regularization.compared import HARD, Compared
from robustfashion.bench.regularization.study import Arm
from robustfashion.bench.regularization.tables import verdict
from robustfashion.bench.verdicts import LEARNED
from robustfashion.bench.wording import are, percent, points, share


def headline(found: Compared) -> list[str]:
    """Pictures, the same coverage, temperature, and who has not learned."""
    study = found.study
    lines = [_pictures(found)]
    if study.plain.learned:
        lines += _same_coverage(found) + _temperature(found)
    lines += _not_learned(found)
    return lines


def _pictures(found: Compared) -> str:
    study = found.study
    plain = study.plain
    parts = [
        f"Of {len(study.outlier)} pictures, {are(int(study.outlier.sum()))} outliers: at its own threshold the plain classifier "
        f"gives {_outliers(found, plain):.0f} of them a tag and answers {percent(plain.answered.mean())} of all pictures"
    ]
    best = found.best_decay
    if best is not None:
        parts.append(f"with {best.name} {_outliers(found, best):.0f} ({percent(best.answered.mean())})")
    for arm in study.arms:
        if arm.name == HARD:
            parts.append(f"behind the validator {_outliers(found, arm):.0f} ({percent(arm.answered.mean())})")
    return "; ".join(parts) + " (means over seeds)."


def _outliers(found: Compared, arm: Arm) -> float:
    """Outliers answered at its own thresholds, mean over seeds."""
    return float((arm.answered & found.study.outlier[:, None]).sum(axis=0).mean())


def _same_coverage(found: Compared) -> list[str]:
    study = found.study
    known = [arm for arm in study.arms if arm.learned and not arm.name.startswith("temperature instead")]
    ranked = sorted(known, key=lambda arm: found.estimate(arm, "accepted", found.main).value)
    best = ranked[0]
    text = (
        f"Where every row answers {percent(found.main)} of the pictures, {best.name} answers fewest of the outliers, "
        f"{share(found.estimate(best, 'accepted', found.main))}; the plain classifier "
        f"{share(found.estimate(study.plain, 'accepted', found.main))}"
    )
    decay = found.best_decay
    if decay is not None:
        changed = found.difference(study.reference(decay.trained.architecture), decay, "accepted", found.main).estimate
        text += f"; the best weight decay ({decay.name}) changes that by {points(changed)}"
    return [text + "."]


def _temperature(found: Compared) -> list[str]:
    decay = found.best_decay
    if decay is None or not found.study.reference(decay.trained.architecture).learned:
        return []
    changed = found.difference(found.study.arm(f"temperature instead of {decay.name}"), decay, "accepted", found.main).estimate
    unseen = changed.low <= 0 <= changed.high
    says = "that it does more than shrink the logits is not shown" if unseen else "it does more than shrink the logits"
    return [
        f"Against a temperature of the same mean confidence, {decay.name} changes the outliers answered by {points(changed)}: "
        f"{says}."
    ]


def _not_learned(found: Compared) -> list[str]:
    study = found.study
    diverged = [f"Diverged: {name}." for name, reason in study.left_out if "diverged" in reason]
    idle = [t for t in (*study.trained, *study.gates) if not t.learned]
    if not idle:
        return diverged
    names = ", ".join(f"{t.name} ({verdict(t)}, mean confidence {percent(t.mean_confidence)})" for t in idle)
    return [*diverged, f"Not compared, balanced skill below {LEARNED:g}: {names}."]
