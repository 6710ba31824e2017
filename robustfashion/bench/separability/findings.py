"""Every number of the suite, drawn from the points of a study: arrays in, numbers out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.separability.layouts import Layouts, layouts_of
from robustfashion.bench.separability.settings import SeparabilitySettings
from robustfashion.bench.separability.study import Noisy, Pair, SeparabilityStudy, Subject, Told
from robustfashion.bench.separability.wrong_side import WrongSide, wrong_side
from robustfashion.errors import InputError
from robustfashion.progress import Progress
from robustfashion.separability.assessment import Measured, Overlap, Space, assessed, class_overlap
from robustfashion.separability.comparison import LEAST, Comparison, compare
from robustfashion.separability.correlation import LEAST_TASKS, rank_correlation
from robustfashion.separability.embeddings import reduced
from robustfashion.separability.label_issues import LabelIssue, label_issues, out_of_fold, precision_at
from robustfashion.separability.measures import MEASURES
from robustfashion.separability.nearest import NearestPair, nearest_pairs
from robustfashion.separability.points import Points
from robustfashion.stats import Estimate, FloatArray

COMPONENTS = 50
OF_TASKS = ("probe_accuracy", "knn_accuracy", "knn_purity_1", "silhouette", "n1", "fisher_ratio", "dsi", "csg")
"""Measures whose ranks are held against accuracies over tasks."""
PAIRS = 12
CUTS = (5, 10, 20, 40)
"""Lengths of the list of label-issue candidates at which its precision is taken."""


@dataclass(frozen=True)
class Assessed:
    """All measures of one subject in one space."""

    subject: Subject
    space: Space
    measures: Mapping[str, Measured]


@dataclass(frozen=True)
class Compared:
    """One pair; None where it cannot be compared, with the reason."""

    pair: Pair
    found: Comparison | None
    reason: str = ""


@dataclass(frozen=True)
class Scored:
    """Out-of-sample probabilities of a subject's pictures, by product folds of a linear classifier on its features."""

    probabilities: FloatArray
    """[n, k]."""
    labels: NDArray[np.int64]

    @property
    def confidence(self) -> FloatArray:
        """[n] in 0..1."""
        return np.asarray(self.probabilities.max(axis=1))

    @property
    def right(self) -> NDArray[np.bool_]:
        """[n]: the label is the most probable class."""
        return np.asarray(self.probabilities.argmax(axis=1) == self.labels)


@dataclass(frozen=True)
class NoiseCheck:
    """How many of the first candidates are labels that were made wrong."""

    noisy: Noisy
    ranked: Sequence[LabelIssue]
    precision: Mapping[int, Estimate]
    """By length of the list."""

    @property
    def wrong_products(self) -> int:
        """Products whose label was made wrong."""
        return len({g for g, bad in zip(self.noisy.subject.points.groups, self.noisy.wrong, strict=True) if bad})


@dataclass(frozen=True)
class Task:
    """One line of the table of tasks."""

    told: Told
    measures: Mapping[str, Measured]


@dataclass(frozen=True)
class Findings:
    """What was found."""

    assessed: tuple[Assessed, ...]
    compared: tuple[Compared, ...]
    layouts: Mapping[str, Layouts]
    """By task of a subject of ``depth``."""
    overlaps: Mapping[str, Overlap | str]
    wrong: Mapping[str, WrongSide]
    scored: Mapping[str, Scored | str]
    nearest: Sequence[NearestPair]
    issues: Sequence[LabelIssue]
    noise: NoiseCheck | None
    tasks: tuple[Task, ...]
    correlations: Mapping[str, Estimate]
    """Spearman's rank correlation of a measure with balanced skill over tasks."""

    def of(self, subject: Subject, space: Space = "features") -> Mapping[str, Measured]:
        """Measures of one subject in one space."""
        return next(a.measures for a in self.assessed if a.subject is subject and a.space == space)


def findings(study: SeparabilityStudy, settings: SeparabilitySettings, progress: Progress) -> Findings:
    """All numbers of a study.

    Raises:
        InputError: pictures of which nothing can be said: one class, or features that are constant.
    """
    layouts = {subject.task: layouts_of(subject, study, settings, progress) for subject in study.depth}
    measured = _assessed(study, settings, layouts, progress)
    question = study.question
    scored = {subject.task: _scored(subject.points) for subject in study.depth}
    tasks = _tasks(study, settings, progress)
    known = scored[question.task]
    return Findings(
        assessed=tuple(measured),
        compared=tuple(_compared(study, settings, progress)),
        layouts=layouts,
        overlaps={s.task: class_overlap(s.points, space="features") for s in study.depth},
        wrong={s.task: wrong_side(s.points) for s in study.depth},
        scored=scored,
        nearest=nearest_pairs(question.points, PAIRS),
        issues=[] if isinstance(known, str) else label_issues(question.points, known.probabilities),
        noise=None if study.noisy is None else _noise(study.noisy),
        tasks=tuple(tasks),
        correlations=_correlations(tasks),
    )


def _assessed(
    study: SeparabilityStudy, settings: SeparabilitySettings, layouts: Mapping[str, Layouts], progress: Progress
) -> list[Assessed]:
    found = []
    what = "measuring separability"
    total = 3 * len(study.depth) + len(study.others)
    progress(what, 0, total)
    for subject in study.depth:
        points, layout = subject.points, layouts[subject.task]
        spaces: list[tuple[Space, Points]] = [("features", points), ("pca", _at(points, reduced(points.features, COMPONENTS)))]
        if layout.main is not None:
            on_map = points.take(layout.rows)
            spaces.append(("map", _at(on_map, layout.main.positions.astype(np.float32))))
        for space, here in spaces:
            found.append(Assessed(subject, space, assessed(here, space=space, permutations=settings.permutations)))
            progress(what, min(len(found), total - 1), total)
    for subject in study.others:
        found.append(
            Assessed(subject, "features", assessed(subject.points, space="features", permutations=settings.permutations))
        )
        progress(what, min(len(found), total - 1), total)
    progress(what, total, total)
    return found


def _at(points: Points, positions: NDArray[np.float32]) -> Points:
    """The same pictures elsewhere."""
    return Points(positions, points.labels, points.classes, points.groups)


def _compared(study: SeparabilityStudy, settings: SeparabilitySettings, progress: Progress) -> list[Compared]:
    found = []
    what = "comparing product types and attributes"
    for done, pair in enumerate(study.pairs):
        progress(what, done, len(study.pairs))
        try:
            found.append(Compared(pair, compare(*pair.points, measure=settings.measure, strata=pair.first.filed)))
        except InputError as error:
            found.append(Compared(pair, None, str(error)))
    if study.pairs:
        progress(what, len(study.pairs), len(study.pairs))
    return found


_NAMED = 4
"""Classes that are named where many are too small."""


def without(one: Compared) -> str:
    """Why there is no comparison, or which classes it is without, in a few words; empty: it is whole."""
    few = [text for points in one.pair.points for text in _small(points)]
    named = ", ".join(few[:_NAMED]) + (f" and {len(few) - _NAMED} more" if len(few) > _NAMED else "")
    if one.found is not None:
        return f"without {named}: fewer than {LEAST} products" if few else ""
    return f"fewer than two classes of {LEAST} products: too small are {named}" if few else one.reason


def _small(points: Points) -> list[str]:
    """Classes of fewer products than a comparison needs."""
    products = [{g for g, y in zip(points.groups, points.labels, strict=True) if y == k} for k in range(len(points.classes))]
    return [f"{name} ({len(of)})" for name, of in zip(points.classes, products, strict=True) if 0 < len(of) < LEAST]


def _scored(points: Points) -> Scored | str:
    try:
        return Scored(out_of_fold(points), points.labels)
    except InputError as error:
        return str(error)


def _noise(noisy: Noisy) -> NoiseCheck | None:
    scored = _scored(noisy.subject.points)
    if isinstance(scored, str) or not noisy.wrong.any():
        return None
    ranked = label_issues(noisy.subject.points, scored.probabilities)
    wrong, groups = set(np.flatnonzero(noisy.wrong).tolist()), noisy.subject.points.groups
    found = {cut: precision_at(ranked, wrong, cut, groups) for cut in CUTS}
    return NoiseCheck(noisy, ranked, {cut: of for cut, of in found.items() if of is not None and of.n == cut})


def _tasks(study: SeparabilityStudy, settings: SeparabilitySettings, progress: Progress) -> list[Task]:
    found = []
    what = "measuring tasks"
    for done, told in enumerate(study.told):
        progress(what, done, len(study.told))
        measures = assessed(told.subject.points, space="features", names=OF_TASKS, permutations=settings.permutations)
        found.append(Task(told, measures))
    if study.told:
        progress(what, len(study.told), len(study.told))
    return found


def _correlations(tasks: Sequence[Task]) -> dict[str, Estimate]:
    """Over tasks of which both are known; a measure that falls as classes part is turned round."""
    found = {}
    for name in OF_TASKS:
        known = [
            (toward(name, task.measures[name]), task.told.skill.value)
            for task in tasks
            if task.measures[name].value is not None and task.told.skill is not None
        ]
        if len(known) >= LEAST_TASKS and all(len(set(column)) > 1 for column in zip(*known, strict=True)):
            found[name] = rank_correlation(*zip(*known, strict=True))
    return found


def toward(name: str, measured: Measured) -> float:
    """A number that rises as classes part: the value above chance, where the measure has a best value, else the value."""
    if measured.corrected is not None:
        return measured.corrected.value
    assert measured.value is not None  # whoever asks has looked
    return measured.value.value if MEASURES[name].better == "high" else -measured.value.value


def above_chance(measured: Measured) -> Estimate | None:
    """The chance-corrected value where there is one, else the value itself."""
    return measured.corrected or measured.value
