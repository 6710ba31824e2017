"""Fig. 3 with everything that a single map does not say: both problems, several seeds and perplexities, several colourings."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from robustfashion.bench.separability.findings import Findings, Scored
from robustfashion.bench.separability.layouts import Layouts, words
from robustfashion.bench.separability.study import SeparabilityStudy, Subject
from robustfashion.bench.wording import share
from robustfashion.pictures.encode import sprite
from robustfashion.result import (
    Colouring,
    Figure,
    MapLayout,
    MapPoints,
    Thumbnails,
    by_category,
    by_number,
    map_figure,
    map_layout,
)
from robustfashion.stats import FloatArray

_Value = TypeVar("_Value")
SPRITE = "map-thumbnails.webp"
_CELL = 40
_COLUMNS = 64
_MOST_THUMBNAILS = 8_000
"""Pictures of a page: more would make it slow to load."""


def fig3(found: Findings, study: SeparabilityStudy) -> tuple[Figure | None, dict[str, bytes]]:
    """The maps of all subjects in depth, of the same points; and the picture that holds their thumbnails."""
    drawn = [subject for subject in study.depth if found.layouts[subject.task].maps]
    if not drawn:
        return None, {}
    points = _Points(found, drawn)
    layouts = [layout for large in (True, False) for subject in drawn for layout in points.layouts(subject, large)]
    thumbnails, images = None, {}
    if study.thumbnails is not None and len(points.ids) <= _MOST_THUMBNAILS:
        images[SPRITE] = sprite(study.thumbnails.of(tuple(points.ids)), _CELL, _COLUMNS)
        thumbnails = Thumbnails(SPRITE, min(_COLUMNS, len(points.ids)), _CELL)
    shown = MapPoints(points.ids, points.groups, thumbnails)
    doc = (
        f"Pictures in features of the {drawn[0].features}. A map invents clusters and tears others apart, and each seed and "
        "perplexity does so elsewhere: what all maps show may be there, what one shows need not be. Under each map stands how "
        "faithful it is, under a large one also what is so in the original space."
    )
    left_out = dict.fromkeys(why for subject in drawn for why in found.layouts[subject.task].reasons)
    doc = " ".join([doc, *(f"Left out: {why}." for why in left_out)])
    title = ("Fig. 3: " if study.pairs else "Maps: ") + " and ".join(_title(subject) for subject in drawn)
    return map_figure("fig3", title, points=shown, layouts=layouts, colourings=points.colourings(), doc=doc), images


def _title(subject: Subject) -> str:
    return f"{subject.task} against the rest" if subject.points.classes == ("other", subject.task) else subject.name


class _Points:
    """All pictures of some subjects, each once, and the outliers that were drawn into their maps."""

    def __init__(self, found: Findings, subjects: Sequence[Subject]) -> None:
        self.found, self.subjects = found, subjects
        group: dict[str, str] = {}
        self.split: dict[str, str | None] = {}
        self.filed: dict[str, str] = {}
        self.kind: dict[str, str] = {}
        for subject in subjects:
            layouts = found.layouts[subject.task]
            for row in layouts.rows.tolist():
                name = subject.ids[row]
                group[name] = subject.points.groups[row]
                self.split[name], self.filed[name] = subject.splits[row], subject.filed[row]
            if layouts.strangers is not None:
                self.kind |= dict(zip(layouts.strangers.ids, layouts.strangers.kinds, strict=True))
        for name in self.kind:
            group.setdefault(name, name)
        self.ids, self.groups = list(group), list(group.values())
        self.place = {name: k for k, name in enumerate(self.ids)}

    def layouts(self, subject: Subject, large: bool) -> list[MapLayout]:
        """Its map that is drawn large, or all others."""
        layouts = self.found.layouts[subject.task]
        many = len(self.subjects) > 1
        return [
            map_layout(
                f"{_title(subject)}: {one.name}" if many else one.name,
                self._positions(subject, layouts, k),
                caption=self._caption(subject, layouts, k, large),
                large=large,
                colouring=subject.task,
            )
            for k, one in enumerate(layouts.maps)
            if (k == layouts.shown) == large
        ]

    def _positions(self, subject: Subject, layouts: Layouts, k: int) -> FloatArray:
        found = np.full((len(self.ids), 2), np.nan)
        rows = [self.place[subject.ids[row]] for row in layouts.rows.tolist()]
        found[rows] = layouts.maps[k].positions
        placed = layouts.placed[k] if layouts.placed else None
        if placed is not None and layouts.strangers is not None:
            found[[self.place[name] for name in layouts.strangers.ids]] = placed
        return found

    def _caption(self, subject: Subject, layouts: Layouts, k: int, large: bool) -> str:
        faithful = f"{words(layouts.faithful[k], short=not large).capitalize()}."
        return f"{faithful} {self._answer(subject)}" if large else faithful

    def _answer(self, subject: Subject) -> str:
        """The number that answers the question in the original space."""
        probe = self.found.of(subject)["probe_accuracy"]
        if probe.value is None:
            return f"In the original space: n/a, {probe.reason}."
        chance = "" if probe.chance is None else f" (guessing: {100 * probe.chance.value:.0f} %)"
        wrong = self.found.wrong[subject.task].wrong
        return (
            f"In the original space a linear classifier knows the class of {share(probe.value)} of other products{chance}, and "
            f"{int(wrong.sum())} of {len(wrong)} pictures lie among another class."
        )

    def colourings(self) -> list[Colouring]:
        """Class, certainty and error of each subject; then split, label in the data and kind of outlier, where they are known."""
        result = []
        for subject in self.subjects:
            classes = [subject.points.classes[k] for k in subject.points.labels]
            result.append(
                by_category(
                    subject.task,
                    self._texts(subject, classes),
                    categories=subject.points.classes,
                    doc="Class of each picture.",
                )
            )
        for subject in self.subjects:
            result += self._of_answers(subject)
        if any(self.split.values()):
            result.append(by_category("split", self._known(self.split), doc="Part of the data, for networks."))
        if len(set(self.filed.values())) > 2:
            result.append(by_category("label in the data", self._known(self.filed), doc="What each picture is filed under."))
        if self.kind:
            result.append(
                by_category(
                    "kind of outlier", self._known(self.kind), doc="Outliers, drawn into maps that were made without them."
                )
            )
        return result

    def _of_answers(self, subject: Subject) -> list[Colouring]:
        scored = self.found.scored[subject.task]
        wrong = self.found.wrong[subject.task]
        among = [
            subject.points.classes[k] if bad else "its own, or no class" for k, bad in zip(wrong.among, wrong.wrong, strict=True)
        ]
        found = [
            by_category(
                f"{subject.task}: lies among",
                self._texts(subject, among),
                doc="Class of most of its nearest in the original space.",
            )
        ]
        if isinstance(scored, Scored):
            right = ["right" if good else "wrong" for good in scored.right]
            how = "a linear classifier that has not seen the product"
            found.append(
                by_category(
                    f"{subject.task}: error", self._texts(subject, right), categories=["right", "wrong"], doc=f"Answer of {how}."
                )
            )
            confidence = self._spread(subject, lambda row: float(scored.confidence[row]))
            found.append(
                by_number(
                    f"{subject.task}: confidence", confidence, unit="share", edges=_EDGES, doc=f"Top-1 probability of {how}."
                )
            )
        return found

    def _texts(self, subject: Subject, texts: Sequence[str]) -> list[str | None]:
        return self._spread(subject, lambda row: texts[row])

    def _spread(self, subject: Subject, value: Callable[[int], _Value]) -> list[_Value | None]:
        found: list[_Value | None] = [None] * len(self.ids)
        for row in self.found.layouts[subject.task].rows.tolist():
            found[self.place[subject.ids[row]]] = value(row)
        return found

    def _known(self, values: Mapping[str, str | None]) -> list[str | None]:
        return [values.get(name) for name in self.ids]


_EDGES = (0.0, 0.5, 0.7, 0.9, 0.97, 1.0)
"""Confidences are near 1: steps that tell them apart there."""
