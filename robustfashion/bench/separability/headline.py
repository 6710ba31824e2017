"""The answer in a few sentences: pictures and classes first, then the comparison, then what to look at."""

from robustfashion.bench.separability.claims import by_type, worst
from robustfashion.bench.separability.findings import Findings
from robustfashion.bench.separability.study import SeparabilityStudy, Subject
from robustfashion.bench.separability.wrong_side import AMONG
from robustfashion.bench.wording import counted, percent, points, share
from robustfashion.data.truth import OWN_LABELS
from robustfashion.separability.assessment import Overlap


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
    lie = "lies" if count == 1 else "lie"
    line = (
        f"Of {n:,} {what}, {count} {lie} among those of another {spoken(subject.task)} (most of their {AMONG} nearest of other "
        "products)"
    )
    closest = _closest(found, subject)
    probe = found.of(subject)["probe_accuracy"].value
    known = "" if probe is None else f"; a linear classifier knows the class of {share(probe)} of other products"
    return f"{line}{closest}{known}."


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
        return [f"No product type is held against an attribute: {study.no_pairs}."] if study.no_pairs else []
    nearest, difference = worst(mine)
    outcome = "better" if difference.low > 0 else "worse" if difference.high < 0 else "not shown to be told better or worse"
    than = (
        f"told from the rest {outcome} than"
        if outcome != "not shown to be told better or worse"
        else f"{outcome} from the rest than"
    )
    of = "" if len(mine) == 1 else f", the nearest of its {len(mine)} attributes"
    return [
        f"{spoken(first.task).capitalize()} pictures are {than} by {spoken(nearest[0].pair.second.task)}{of}: "
        f"{points(difference)} of "
        f"skill, at equally many products a class ({first.features})."
    ]


def _elsewhere(found: Findings, study: SeparabilityStudy) -> list[str]:
    """Is it the problem or the network?"""
    first = study.depth[0]
    others = [
        (key[1], worst(known)[1]) for key, known in by_type(found).items() if key[0] == first.task and key[1] != first.features
    ]
    if not others:
        return []
    told = "; ".join(f"{features} {points(difference)}" for features, difference in others)
    return [f"In other features the same difference is: {told}."]


def _issues(found: Findings, study: SeparabilityStudy) -> list[str]:
    count = len(found.issues)
    task = study.question.task
    what = counted(count, "label") + ("" if task == OWN_LABELS else f" of {spoken(task)}")
    line = f"{what} {'is' if count == 1 else 'are'} worth a look (label_issues.csv)"
    check = found.noise
    if check is None or not check.precision:
        return [f"{line}."]
    cut = max((k for k in check.precision if k <= check.wrong_products), default=min(check.precision))
    precision = check.precision[cut]
    return [f"{line}; of the first {cut} such products of a copy with {percent(float(check.noisy.wrong.mean()))} wrong labels, "
        f"{share(precision)} are wrong indeed."]  # fmt: skip


def _tasks(found: Findings) -> list[str]:
    known = found.correlations.get("probe_accuracy")
    if known is None:
        return []
    return [
        f"Over {known.n} tasks, linear separability and the balanced skill of heads rise together with a rank correlation of "
        f"{known.value:.2f} [{known.low:.2f}, {known.high:.2f}]."
    ]
