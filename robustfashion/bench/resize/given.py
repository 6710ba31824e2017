"""The resize study on predictions that somebody brings: a file for each serving method, the training method's first."""

from pathlib import Path

from robustfashion.bench.experiment.given import check_same_pictures, counted, evaluated, name_of, opened, threshold_of
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.settings import ResizeSettings
from robustfashion.bench.resize.study import Classifier, ResizeStudy, Run
from robustfashion.data.network_task import name_of_classes
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.result import Table


def study_of(settings: ResizeSettings) -> tuple[ResizeStudy, Table]:
    """The study, and the account of the files' pictures.

    Raises:
        InputError: a file that cannot be read, fewer than two, two of one method, or a file of another network, of other
            pictures, labels or classes than the first.
    """
    files = settings.predictions
    names, whole, shown = one_network(files)
    for file, table in zip(files[1:], shown[1:], strict=True):
        check_same_pictures(files[0], shown[0], file, table)
    thresholds = threshold_of(settings, whole[0], shown[0])
    run = Run(settings.seeds[0], thresholds, dict(zip(names, shown, strict=True)))
    network = Classifier(name_of_classes(shown[0].classes), Row("unknown", label="given network"), (run,))
    return ResizeStudy.of(names[0], names, [network], trained=False), counted(files, whole, shown)


def one_network(files: tuple[Path, ...]) -> tuple[list[str], list[PredictionTable], list[PredictionTable]]:
    """Serving methods, tables, and their evaluated pictures, of files of one network; the training method's comes first.

    Raises:
        InputError: a file that cannot be read, fewer than two, two of one method, or a file of another network than the first.
    """
    if len(files) < 2:
        raise InputError(
            f"predictions is {files[0]} alone; give the training method's file first, then one for each serving method"
        )
    whole = opened(files)
    names = method_names(files, whole)
    shown = [evaluated(file, table) for file, table in zip(files, whole, strict=True)]
    for file, table in zip(files[1:], shown[1:], strict=True):
        check_same_network(files[0], shown[0], file, table)
    return names, whole, shown


def method_names(files: tuple[Path, ...], tables: list[PredictionTable]) -> list[str]:
    """Serving method of each file: what the file says of itself, else its name.

    Raises:
        InputError: two files of one method.
    """
    names = [name_of(file, table) for file, table in zip(files, tables, strict=True)]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InputError(f"predictions: two files are of the method {twice[0]!r}; rename one file, or leave one out")
    return names


def check_same_network(first: Path, wanted: PredictionTable, file: Path, found: PredictionTable) -> None:
    """Check that two files are of one network, as far as they say.

    Raises:
        InputError: other classes, or another network's digest.
    """
    if found.classes != wanted.classes:
        raise InputError(
            f"{file}: its classes are {', '.join(found.classes[:10])}, those of {first} {', '.join(wanted.classes[:10])}; write "
            "both by one network, with its classes in one order"
        )
    if found.origin.network and wanted.origin.network and found.origin.network != wanted.origin.network:
        raise InputError(
            f"{file}: its answers are another network's ({found.origin.network[:12]}) than those of {first} "
            f"({wanted.origin.network[:12]}); changes are those of one network under several methods"
        )
