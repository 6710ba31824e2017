"""The answer in a few sentences: pictures and classes first, then the comparison, then what to look at."""

from robustfashion.bench.separability.claims import at_chance, by_type, worst
from robustfashion.bench.separability.findings import Findings, without
from robustfashion.bench.separability.study import SeparabilityStudy, Subject
from robustfashion.bench.separability.wrong_side import AMONG
from robustfashion.bench.verdicts import LEARNED
from robustfashion.bench.wording import MINUS, counted, percent, points, share
from robustfashion.separability.assessment import Overlap

_UNLEARNED = f"since the tasks' own networks have not learned (balanced skill below {LEARNED:g})"


def headline(found: Findings, study: SeparabilityStudy) -> list[str]:
    """Two to five sentences."""
    lines = [_pictures(found, study.question)]
    lines += _easier(found, study)
    lines += _elsewhere(found, study)
    lines += _issues(found, study)
    lines += _tasks(found)
    return lines


def _pictures(found: Findings, subject: Subject) -> str:
    wrong = found.wrong[subject.task].wrong
    n, count = len(wrong), int(wrong.sum())
    what = f"{subject.product_type} pictures" if subject.product_type else "pictures"
    lie = "none lies" if not count else "1 lies" if count == 1 else f"{count} lie"
    another = f"another {spoken(subject.task)}" if subject.kind == "attribute" else "another class"
    line = f"Of {n:,} {what}, {lie} among those of {another} (most of their {AMONG} nearest of other products)"
    return f"{line}{_closest(found, subject)}; {_probe(found, subject)}."


def _probe(found: Findings, subject: Subject) -> str:
    """What a linear classifier makes of them."""
    probe = found.of(subject)["probe_accuracy"]
    if probe.value is None:
        return f"no linear classifier was asked: {probe.reason}"
    chance = "" if probe.chance is None else f", where guessing names {percent(probe.chance.value)}"
    return f"a linear classifier names the class of {share(probe.value)} of pictures of products that it has not seen{chance}"


def spoken(task: str) -> str:
    """A task's name in a sentence."""
    return task.replace("_", " ")


def _closest(found: Findings, subject: Subject) -> str:
    """The two classes that overlap most."""
    overlap = found.overlaps[subject.task]
    if not isinstance(overlap, Overlap) or len(overlap.classes) < 3:
        return ""
    k = len(overlap.classes)
    i, j = max(((i, j) for i in range(k) for j in range(k) if i != j), key=lambda at: float(overlap.share[at]))
    return (
        f"; nearest to each other are {overlap.classes[i]} and {overlap.classes[j]}: {percent(float(overlap.share[i, j]))} "
        "of the "
        f"neighbours of {overlap.classes[i]} are {overlap.classes[j]}"
    )


def _easier(found: Findings, study: SeparabilityStudy) -> list[str]:
    known = by_type(found)
    first = study.depth[0]
    mine = known.get((first.task, first.features))
    if not mine:
        if not study.pairs:
            return [f"No product type is held against an attribute: {study.no_pairs}."]
        task = spoken(first.task).capitalize()
        tried = [one for one in found.compared if one.pair.first.task == first.task and one.pair.first.features == first.features]
        if not tried:
            return [f"{task} is held against no attribute; what is compared of other product types stands below."]
        return [f"{task} could not be held against an attribute of it ({first.features}): {without(tried[0])}."]
    (nearest, comparison), difference = worst(mine)
    attribute = f"its {spoken(nearest.pair.second.task)}"
    attribute += "" if len(mine) == 1 else f" (the nearest of {len(mine)} attributes)"
    task = spoken(first.task)
    at = f"{points(difference)} of skill, at equally many products a class ({first.features})"
    if not nearest.pair.learned:
        return [f"Whether {task} is easier to tell from the rest than {attribute} is to tell cannot be said: {_UNLEARNED}."]
    if at_chance(comparison):
        neither = f"Neither {task} nor {attribute} is shown to be told better than by guessing"
        return [f"{neither}: which of them is easier cannot be said ({at})."]
    if difference.low <= 0 <= difference.high:
        return [f"Whether {task} is easier to tell from the rest than {attribute} is to tell is not shown: {at}."]
    easier = "easier" if difference.low > 0 else "harder"
    return [f"{task.capitalize()} is {easier} to tell from the rest than {attribute} is to tell: {at}."]


def _elsewhere(found: Findings, study: SeparabilityStudy) -> list[str]:
    """Is it the problem or the network?"""
    first = study.depth[0]
    others = [
        (key[1], *worst(known)) for key, known in by_type(found).items() if key[0] == first.task and key[1] != first.features
    ]
    if not others:
        return []
    told = "; ".join(
        f"{features} {points(difference)} ({spoken(nearest[0].pair.second.task)})"
        if nearest[0].pair.learned
        else f"{features} not comparable, {_UNLEARNED}"
        for features, nearest, difference in others
    )
    return [f"In other features, {spoken(first.task)} minus the attribute that comes nearest is: {told}."]


def _issues(found: Findings, study: SeparabilityStudy) -> list[str]:
    task = study.question.task
    scored = found.scored[task]
    if isinstance(scored, str):
        return [f"Labels were not checked: {scored}."]
    count = len(found.issues)
    above = found.of(study.question)["probe_accuracy"].corrected
    if count and above is not None and above.low <= 0:
        return [
            f"These features are not shown to tell the classes better than by guessing: the {counted(count, 'label')} of "
            "label_issues.csv say nothing."
        ]
    of = f" of {spoken(task)}" if study.question.kind == "attribute" else ""
    line = (
        f"{counted(count, 'label')}{of} {'is' if count == 1 else 'are'} worth a look (label_issues.csv)"
        if count
        else "No label stands out as wrong"
    )
    check = found.noise
    if check is None or not check.precision:
        return [f"{line}."]
    cut = max((k for k in check.precision if k <= check.wrong_products), default=min(check.precision))
    return [
        f"{line}; on a copy of the training pictures with {percent(float(check.noisy.wrong.mean()))} wrong labels, of the first "
        f"{cut} products that it names {share(check.precision[cut])} are indeed wrong."
    ]


def _tasks(found: Findings) -> list[str]:
    known = found.correlations.get("probe_accuracy")
    if known is None:
        return []
    what = f"rank correlation {known.value:.2f} [{known.low:.2f}, {known.high:.2f}] over {known.n} tasks".replace("-", MINUS)
    if known.low <= 0 <= known.high:
        return [f"That more separable tasks are told better is not shown: {what}."]
    outcome = "better" if known.low > 0 else "worse"
    return [f"Tasks that a line separates better are told {outcome} by heads on the shared network: {what}."]
