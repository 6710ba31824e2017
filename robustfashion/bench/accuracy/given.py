"""The accuracy study on predictions that somebody brings: files of the same pictures and classes are seeds of one task."""

from collections import defaultdict
from pathlib import Path

from robustfashion.bench.accuracy.settings import AccuracySettings
from robustfashion.bench.accuracy.study import Answers, ImageCounts, Study, TaskResult
from robustfashion.bench.experiment.given import counted, evaluated
from robustfashion.bench.experiment.tasks import spec_of_classes
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable, open_predictions
from robustfashion.result import Table


def study_of(settings: AccuracySettings) -> Study:
    """Tasks in the order of their first files; the spec of a task follows from its classes.

    Raises:
        InputError: a file that cannot be read or has no labels, two sets of pictures for one task.
    """
    by_task: dict[tuple[str, ...], list[tuple[Path, PredictionTable]]] = defaultdict(list)
    for file in settings.predictions:
        table = open_predictions(file)
        if not (table.labels >= 0).any():
            raise InputError(f"{file}: no picture has a label, and without labels there is no accuracy")
        by_task[table.classes].append((file, table))
    return Study(tuple(_result(classes, given) for classes, given in by_task.items()))


def account_of(settings: AccuracySettings) -> Table:
    """Every row of the files."""
    whole = [open_predictions(file) for file in settings.predictions]
    return counted(settings.predictions, whole, [evaluated(table) for table in whole])


def _result(classes: tuple[str, ...], given: list[tuple[Path, PredictionTable]]) -> TaskResult:
    shown = [(file, evaluated(table)) for file, table in given]
    first = shown[0]
    for file, table in shown[1:]:
        if table.ids != first[1].ids or (table.labels != first[1].labels).any():
            raise InputError(
                f"{file}: the same classes as {first[0]}, but other pictures or labels; files of one task are seeds of it, so "
                "evaluate them on the same pictures, or run the suite once for each"
            )
    whole = given[0][1].ordinary()
    known = bool(whole.splits)
    counts = ImageCounts(
        len(whole.in_split("train").ids) if known else None,
        len(whole.in_split("validation").ids) if known else None,
        len(first[1].ids),
    )
    answers = tuple(Answers(seed, table, []) for seed, (_, table) in enumerate(shown))
    return TaskResult(spec_of_classes(classes), "given", "scratch", counts, "As the predictions have it.", answers)
