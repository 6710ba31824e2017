"""Figures of the separability suite beside the maps: overlaps, pairs, candidates for wrong labels, tasks."""

from collections.abc import Mapping, Sequence

from robustfashion.bench.separability.findings import Findings, Task, toward
from robustfashion.bench.separability.study import Pixels, SeparabilityStudy, Subject
from robustfashion.bench.separability.tables import safe_id
from robustfashion.pictures.encode import jpeg
from robustfashion.result import (
    Axis,
    Curve,
    Figure,
    GalleryItem,
    Mark,
    Outcome,
    Pair,
    PairMember,
    curve_figure,
    gallery,
    heat_map,
    pairs,
)
from robustfashion.separability.assessment import Overlap

ISSUES = 12
"""Candidates that are shown."""


def overlap_map(found: Findings, subject: Subject) -> Figure | None:
    """Whose neighbours are of which class."""
    overlap = found.overlaps[subject.task]
    if not isinstance(overlap, Overlap):
        return None
    doc = (
        f"Rows: class. Columns: classes of its 20 nearest pictures of other products, at equal class sizes ({overlap.n} "
        "pictures each), "
        f"original space of the {subject.features}. By chance each is about {100 / len(overlap.classes):.0f} %."
    )
    return heat_map(
        f"overlap-{safe_id(subject.task)}", f"Which classes overlap: {subject.name}",
        rows=overlap.classes, columns=overlap.classes,
        values=[[float(value) for value in row] for row in overlap.share], unit="share", label="share of its neighbours", doc=doc,
    )  # fmt: skip


def wanted(found: Findings, study: SeparabilityStudy) -> tuple[str, ...]:
    """Ids of the pictures that pairs and candidates show."""
    ids = study.question.ids
    rows = [row for pair in found.nearest for row in (pair.first, pair.second)]
    rows += [issue.row for issue in found.issues[:ISSUES]]
    return tuple(dict.fromkeys(ids[row] for row in rows))


def nearest_pairs(
    found: Findings, study: SeparabilityStudy, pixels: Mapping[str, Pixels]
) -> tuple[Figure | None, dict[str, bytes]]:
    """The contact sheet of the nearest pictures of different classes.

    Args:
        found: with pairs.
        study: whose question they are of.
        pixels: pictures by id, uint8 [S, S, 3].
    """
    subject = study.question
    images, items = {}, []
    for k, pair in enumerate(found.nearest):
        rows = {"a": pair.first, "b": pair.second}
        if any(subject.ids[row] not in pixels for row in rows.values()):
            continue
        members = []
        for side, row in rows.items():
            name = f"pair-{k}{side}.jpg"
            images[name] = jpeg(pixels[subject.ids[row]])
            members.append(PairMember(subject.ids[row], subject.points.classes[subject.points.labels[row]], name))
        items.append(Pair(members[0], members[1], f"cosine distance {pair.distance:.3f}"))
    if not items:
        return None, {}
    doc = (
        f"The nearest pictures of different products and classes of {subject.name}, original space of the "
        f"{subject.features}, each "
        "product in two pairs at most: where classes meet, or where a label is wrong."
    )
    return pairs("nearest-pairs", "Nearest pictures of different classes", items=items, doc=doc), images


def candidates(found: Findings, study: SeparabilityStudy, pixels: Mapping[str, Pixels]) -> tuple[Figure | None, dict[str, bytes]]:
    """The labels that are most probably wrong."""
    subject = study.question
    images, items = {}, []
    for k, issue in enumerate(found.issues[:ISSUES]):
        product = subject.ids[issue.row]
        if product not in pixels:
            continue
        name = f"issue-{k}.jpg"
        images[name] = jpeg(pixels[product])
        line = f"given label's probability {100 * issue.score:.1f} %"
        items.append(GalleryItem(product, issue.given, name, [line], outcome=Outcome(f"rather {issue.suggested}?", False)))
    if not items:
        return None, {}
    doc = (
        "Labels that a linear classifier of other products contradicts, by confident learning, the least probable given label "
        "first. All candidates stand in label_issues.csv. An ambiguous picture is a candidate as well as a wrong label: look "
        "before you change it."
    )
    return gallery("label-issues", "Labels to look at first", items=items, doc=doc), images


def tasks_front(tasks: Sequence[Task], name: str, title: str) -> Figure | None:
    """Each task as a point: how separable it is, and how well it is told."""
    marks = [
        Mark(
            task.told.subject.task, toward(name, task.measures[name]), task.told.skill.value,
            "paper" if task.told.subject.kind == "product type" else "rule", task.told.subject.kind,
            y_interval=(task.told.skill.low, task.told.skill.high),
        )
        for task in tasks
        if task.measures[name].value is not None and task.told.skill is not None
    ]  # fmt: skip
    if len(marks) < 3:
        return None
    ends = [0.0, 1.0]
    return curve_figure(
        "tasks", "Are separable tasks told better?", x=Axis(f"{title}, above chance", "share", high=1.0),
        y=Axis("balanced skill on test pictures", "share", high=1.0),
        curves=[Curve("equal", ends, ends, role="reference")], marks=marks,
        doc="Across: separability of the labels in features of the shared network. Up: balanced skill of a head on it, on test "
        "pictures, products resampled.",
    )  # fmt: skip
