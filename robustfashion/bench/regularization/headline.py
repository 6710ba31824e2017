"""The answer in a few sentences, the first of them about pictures."""

from robustfashion.bench.regularization.compared import Compared
from robustfashion.bench.regularization.study import HARD, Arm
from robustfashion.bench.regularization.tables import verdict
from robustfashion.bench.verdicts import LEARNED
from robustfashion.bench.wording import are, mean_count, percent, points, share


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
    if study.label is not None:
        return _tagged(found, study.label)
    parts = [
        f"Of {len(study.outlier):,} pictures, {are(int(study.outlier.sum()), 'outlier')}: at its own threshold the plain "
        f"classifier gives {_outliers(found, plain)} of them a tag and answers {percent(plain.answered.mean())} of all pictures"
    ]
    best = found.best_decay
    if best is not None:
        parts.append(f"with {best.name} {_outliers(found, best)} ({percent(best.answered.mean())})")
    for arm in study.arms:
        if arm.name == HARD:
            parts.append(f"behind the validator {_outliers(found, arm)} ({percent(arm.answered.mean())})")
    return "; ".join(parts) + _over_seeds(found)


def _tagged(found: Compared, label: str) -> str:
    """The same where one label is told from the rest: how many get its tag, and how many of its own pictures do."""
    study = found.study
    best, own = found.best_decay, study.of_label

    def tagged(arm: Arm) -> str:
        """Outliers and pictures of the label that get the tag at its own thresholds, means over seeds."""
        right = mean_count(float((arm.answered & own[:, None]).sum(axis=0).mean()))
        return f"{_outliers(found, arm)} outliers and {right} of the label's own pictures"

    outliers = are(int(study.outlier.sum()), "outlier")
    text = (
        f"Of {len(study.outlier):,} pictures, {outliers} and {int(own.sum()):,} of the label {label}: at its own threshold the "
        f"plain classifier gives {tagged(study.plain)} the tag"
    )
    if best is not None:
        text += f"; that with {best.name} gives it to {tagged(best)}"
    return text + _over_seeds(found)


def _over_seeds(found: Compared) -> str:
    return " (means over seeds)." if len(found.study.seeds) > 1 else "."


def _outliers(found: Compared, arm: Arm) -> str:
    """Outliers answered at its own thresholds, mean over seeds."""
    return mean_count(float((arm.answered & found.study.outlier[:, None]).sum(axis=0).mean()))


def _same_coverage(found: Compared) -> list[str]:
    study = found.study
    best = min(study.compared, key=lambda arm: found.mean(arm, "accepted", found.main))
    text = f"{_where(found, best)}, {_share(found, best)}{_unlike(found, best)}"
    if best is not study.plain:
        text += f"; the plain classifier {_share(found, study.plain)}"
    decay = found.best_decay
    if decay is not None:
        text += _changed(found, decay)
    return [text + "."]


def _changed(found: Compared, decay: Arm) -> str:
    """What the best remedy changes, of the network of its own architecture without one, which is not always the first."""
    study, of = found.study, len(found.study.candidates)
    reference, remedy = study.reference(decay.trained.architecture), study.remedy.removeprefix("the ")
    named = "" if reference is study.plain else f"; {reference.name} {_share(found, reference)}"
    if not reference.learned:
        return f"; the best {remedy} ({decay.name}) {_share(found, decay)}, and {reference.name} has not learned"
    changed = found.difference(reference, decay, "accepted", found.main, of)
    assert changed is not None  # some are answered
    return f"{named}; the best {remedy} ({decay.name}) changes that by {points(changed.estimate)}{_chosen(of)}"


def _where(found: Compared, best: Arm) -> str:
    label, share_of_all = found.study.label, percent(found.main)
    if label is None:
        return f"Where every row answers {share_of_all} of all pictures, {best.name} answers fewest of the outliers"
    many = ", as many as there are of it" if found.main == found.study.of_label.mean() else ""
    where = f"Where every row gives {share_of_all} of all pictures the tag {label}{many}"
    return f"{where}, {best.name} gives it to fewest of the outliers"


def _share(found: Compared, arm: Arm) -> str:
    answered = found.estimate(arm, "accepted", found.main)
    assert answered is not None  # some pictures are answered
    return share(answered)


def _unlike(found: Compared, best: Arm) -> str:
    """From how many others the best, which was chosen on these pictures, cannot be told: any pair could have been asked about."""
    arms = found.study.compared
    others = [arm for arm in arms if arm is not best]
    pairs = len(arms) * (len(arms) - 1) // 2
    differences = [(arm, found.difference(arm, best, "accepted", found.main, pairs)) for arm in others]
    alike = [arm for arm, difference in differences if difference is None or difference.estimate.high >= 0]
    if not others:
        return ""
    if not alike:
        return " (fewer than every other row, all pairs allowed for)"
    if len(others) == 1:
        return " (the other row cannot be told from it)"
    if len(alike) == len(others):
        return f" (none of the {len(others)} other rows can be told from it; all pairs allowed for)"
    plain = ", the plain classifier among them" if found.study.plain in alike else ""
    return f" ({len(alike)} of the {len(others)} other rows cannot be told from it{plain}; all pairs allowed for)"


def _chosen(of: int) -> str:
    return f" (the best of {of}, allowed for)" if of > 1 else ""


def _temperature(found: Compared) -> list[str]:
    decay = found.best_decay
    if decay is None or not found.study.reference(decay.trained.architecture).learned:
        return []
    cooled = found.study.cooled(decay)
    if cooled is None:
        return [f"No temperature makes the network without {found.study.remedy} as sure on average as {decay.name}."]
    of = len(found.study.candidates)
    changed = found.difference(cooled, decay, "accepted", found.main, of)
    assert changed is not None  # some are answered
    says = "that it does more than shrink the logits is not shown"
    if changed.estimate.high < 0:
        says = "it does more than shrink the logits"
    elif changed.estimate.low > 0:
        says = "it does worse than shrinking the logits alone"
    return [
        f"Against a temperature of the same mean confidence, {decay.name} changes the outliers answered by "
        f"{points(changed.estimate)}{_chosen(of)}: {says}."
    ]


def _not_learned(found: Compared) -> list[str]:
    study = found.study
    diverged = [f"Diverged: {name}." for name, reason in study.left_out if "diverged" in reason]
    idle = [t for t in (*study.trained, *study.gates) if not t.learned]
    if not idle:
        return diverged
    names = ", ".join(f"{t.name} ({verdict(t)}, mean confidence {percent(t.mean_confidence)})" for t in idle)
    return [*diverged, f"Not compared, balanced skill below {LEARNED:g}: {names}."]
