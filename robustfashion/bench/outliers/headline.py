"""The answer in a few sentences: pictures first, then what is recommended, then what moves it."""

from collections.abc import Sequence

from robustfashion.bench.outliers.operating import Operating, words
from robustfashion.bench.outliers.resizing import Moved
from robustfashion.bench.outliers.scoring import ALL, REFERENCE, Scored, best_scores
from robustfashion.bench.outliers.study import OutlierStudy, Subject
from robustfashion.bench.verdicts import LEARNED
from robustfashion.bench.wording import are, counted, percent, points, share
from robustfashion.rejection import SCORES
from robustfashion.rejection.cascade import Assessment, ChoiceRule, Costs, decided

PAPERS = "the paper's rule"


def headline(study: OutlierStudy, found: Scored, operating: Operating, moved: Sequence[Moved]) -> list[str]:
    """One to five sentences."""
    subject = study.first
    lines = _unlearned(study)
    lines.append(_pictures(study, subject))
    lines += _recommended(operating)
    lines += _scores(found)
    lines += _resized(moved)
    return lines


def _unlearned(study: OutlierStudy) -> list[str]:
    subject = study.first
    who = [] if subject.learned else [subject.name]
    who += [f"the {subject.gate.name}"] if subject.gate and not subject.gate_learned else []
    return [f"{' and '.join(who).capitalize()} {'has' if len(who) == 1 else 'have'} not learned (balanced skill below "
        f"{LEARNED:.0%}): what follows proves nothing."] if who else []  # fmt: skip


def _pictures(study: OutlierStudy, subject: Subject) -> str:
    case, outlier = subject.case, subject.outlier
    n, k = len(outlier), int(outlier.sum())
    alone = decided(subject.alone, case.answers).tags >= 0
    if not k:
        lost = int((case.right & ~case.is_rest & ~alone).sum())
        return (
            f"Of {n:,} pictures none is marked as an outlier, so that nothing can be said of them; at your threshold "
            f"({subject.thresholds.overall:.3f}) {counted(int(alone.sum()), 'picture')} get a tag, and {lost} good ones do not."
        )
    rule = subject.thresholds.rule.replace(f" ({PAPERS})", f", {PAPERS}")  # no brackets within brackets
    line = (
        f"Of {n:,} pictures, {are(k, 'outlier')}; at your threshold of {subject.thresholds.overall:.3f} ({rule}) "
        f"{int((alone & outlier).sum())} of them get a tag"
    )
    if case.answers.rest is not None:
        called = case.answers.classes[1 - case.answers.rest]
        line += f" ({int((outlier & ~case.is_rest).sum())} are called {called} at any confidence)"
    if subject.gated is None or subject.gate is None:
        lost = int((case.right & ~case.is_rest & ~alone).sum())
        return f"{line}, and {lost} good pictures of ordinary products get none. There is no validator: {study.no_gate}."
    behind = decided(subject.gated, case.answers).tags >= 0
    passed, lost = int((behind & outlier).sum()), int((alone & ~behind & case.right & ~case.is_rest).sum())
    more = int((case.right & ~case.is_rest & ~alone).sum())
    verb = "does" if passed == 1 else "do"
    return (
        f"{line}; behind the {subject.gate.name} {passed} {verb}, and {counted(lost, 'good picture')} "
        f"{'loses its' if lost == 1 else 'lose their'} tag to it ({more} have lost it to the threshold already)."
    )


def _recommended(operating: Operating) -> list[str]:
    assessment = operating.named.get("recommended")
    if assessment is None or operating.choice is None:
        return [f"No operating point is recommended: {operating.reason}."] if operating.reason else []
    told = f"Recommended ({_aim(operating.choice.rule, operating.weighing.costs)}): {words(operating.choice.point)}"
    worth = _worth(assessment, operating.named["threshold alone"])
    return [f"{told}; on pictures that the choice has not seen {worth}." if worth else f"{told}."]


def _aim(rule: ChoiceRule, costs: Costs) -> str:
    """What a point was chosen for."""
    if rule.name == "lowest-cost":
        return (
            f"the lowest cost, a wrong tag costing {costs.wrong_tag:g}, a tagged outlier {costs.outlier_tagged:g}, a lost tag "
            f"{costs.good_lost:g}"
        )
    limit = percent(rule.limit or 0.0)
    if rule.name == "coverage-at-risk":
        return f"most tags of which no more than {limit} are wrong where it was chosen"
    return f"fewest wrong tags with at least {limit} of ordinary pictures tagged where it was chosen"


def _worth(assessment: Assessment, today: Assessment) -> str:
    """What a point does, as far as it is known, and how many pictures get a tag today."""
    names = ("coverage", "outliers_accepted", "risk", "good_lost")
    coverage, outliers, risk, lost = (assessment.estimates[name] for name in names)
    before = today.estimates["coverage"]
    parts = []
    if coverage is not None and before is not None:
        parts.append(f"{share(coverage)} of ordinary pictures get a tag (with the threshold alone {percent(before.value)})")
    if outliers is not None:
        parts.append(f"it tags {share(outliers)} of outliers" + (f", with {share(risk)} of all tags wrong" if risk else ""))
    elif risk is not None:
        parts.append(f"{share(risk)} of all tags are wrong")
    if lost is not None:
        parts.append(f"{share(lost)} of ordinary pictures lose a right tag")
    return ", and ".join(parts)


def _scores(found: Scored) -> list[str]:
    if not found.by_tier:
        return []
    tier = ALL if ALL in found.by_tier else next(iter(found.by_tier))
    of = found.by_tier[tier]
    reference = of.values["auroc"][REFERENCE].estimate
    if reference is None:
        return []
    n, k = int(found.judged.outlier.sum()), int(found.natural.outlier.sum())
    called = f" called {found.label}" if found.label else ""
    both = f" ({k} of the noisy set, {n - k} of the pool)" if n > k else ""
    start = f"Max softmax tells {counted(n, 'outlier')}{called}{both} from ordinary pictures with an AUROC of {share(reference)}"
    better = best_scores(found)
    compared = len(found.judged.names) - 1
    if not better:
        return [f"{start}; none of {counted(compared, 'other score')} is shown to be better."] if compared else [f"{start}."]
    best = better[0]
    value = of.values["auroc"][best].estimate
    gain = of.differences["auroc"][best].estimate
    assert value is not None  # it was compared
    return [f"{start}; {len(better)} of {counted(compared, 'other score')} are shown to be better, first "
        f"{SCORES[best].title} with {share(value)} ({points(gain)})."]  # fmt: skip


def _resized(moved: Sequence[Moved]) -> list[str]:
    if not moved:
        return []
    last = [m for m in moved if m.where == moved[-1].where]
    worst = max(last, key=lambda m: m.flipped.value)
    behind = "" if worst.where == "threshold alone" else f" behind the {worst.where}"
    also = f" and {worst.no_longer} no longer {'does' if worst.no_longer == 1 else 'do'}" if worst.no_longer else ""
    picked = f": the farthest of {counted(len(last), 'method')}, with an interval for all of them" if len(last) > 1 else ""
    return [
        f"Served with {worst.method} instead of the training method, {share(worst.of_all)} of the decisions{behind} flip; "
        f"{counted(worst.newly, 'outlier')} more {'gets' if worst.newly == 1 else 'get'} a tag{also}{picked}."
    ]
