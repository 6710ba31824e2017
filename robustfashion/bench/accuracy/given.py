"""The accuracy study on predictions that somebody brings: files of the same pictures and classes are seeds of one task."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from robustfashion.bench.accuracy.settings import AccuracySettings
from robustfashion.bench.accuracy.study import AccuracyStudy, Answers, ImageCounts, TaskResult
from robustfashion.bench.experiment.given import check_same_pictures, counted, evaluated, opened
from robustfashion.bench.experiment.settings import ON_THE_COMMAND_LINE
from robustfashion.bench.experiment.tasks import TaskSpec, spec_of_classes
from robustfashion.decisions import Thresholds
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.result import Table


@dataclass(frozen=True)
class _Given:
    file: Path
    whole: PredictionTable
    shown: PredictionTable
    """What of it is evaluated."""


def study_of(settings: AccuracySettings) -> tuple[AccuracyStudy, Table]:
    """The study, and the account of the files' pictures.

    Tasks stand in the order of their first files; what a task is follows from its classes. Where several files are of classes
    that are none of the paper's tasks, each task is called after its first file.

    Raises:
        InputError: a file that cannot be read or has no labels; two of one task with other pictures, labels, pixels or order of
            classes, or by the same network.
    """
    given = [_given(file, table) for file, table in zip(settings.predictions, opened(settings.predictions), strict=True)]
    by_task: dict[frozenset[str], list[_Given]] = {}
    for one in given:
        seeds = by_task.setdefault(frozenset(one.shown.classes), [])
        for other in seeds:
            _check_seeds(other, one)
        seeds.append(one)
    specs = _specs([seeds[0] for seeds in by_task.values()])
    results = tuple(_result(settings.threshold, spec, seeds) for spec, seeds in zip(specs, by_task.values(), strict=True))
    return AccuracyStudy(results), counted(settings.predictions, [g.whole for g in given], [g.shown for g in given])


def _given(file: Path, table: PredictionTable) -> _Given:
    shown = evaluated(file, table)
    if not (shown.labels >= 0).any():
        raise InputError(f"{file}: no picture to evaluate has a label, and without labels there is no accuracy")
    return _Given(file, table, shown)


def _check_seeds(first: _Given, other: _Given) -> None:
    one, two = first.shown, other.shown
    what = f"{other.file}: the same classes as {first.file}, so that it is taken for another seed of one task, but"
    if one.classes != two.classes:
        raise InputError(f"{what} in another order; write both in one order")
    if one.origin.network and one.origin.network == two.origin.network:
        raise InputError(f"{what} by the same network; give each network once (bench resize compares preprocessings)")
    pixels = {one.origin.preprocessing_digest, two.origin.preprocessing_digest} - {""}
    if len(pixels) > 1:
        raise InputError(
            f"{what} on other pixels ({two.origin.preprocessing}, not {one.origin.preprocessing}); ask all under "
            "one preprocessing"
        )
    check_same_pictures(first.file, one, other.file, two)


def _specs(firsts: Sequence[_Given]) -> list[TaskSpec]:
    specs = [spec_of_classes(one.shown.classes) for one in firsts]
    names = [spec.name for spec in specs]
    return [
        replace(spec, name=one.file.stem) if names.count(spec.name) > 1 else spec for spec, one in zip(specs, firsts, strict=True)
    ]


def _result(threshold: float | None, spec: TaskSpec, given: Sequence[_Given]) -> TaskResult:
    whole = given[0].whole.ordinary()
    known = any(whole.splits)
    counts = ImageCounts(
        len(whole.in_split("train").ids) if known else None,
        len(whole.in_split("validation").ids) if known else None,
        len(given[0].shown.ids),
    )
    answers = tuple(Answers(seed, one.shown, []) for seed, one in enumerate(given))
    thresholds = None if threshold is None else Thresholds(threshold, rule=ON_THE_COMMAND_LINE)
    return TaskResult(spec, "given", "scratch", counts, "As the predictions have it.", answers, thresholds)
