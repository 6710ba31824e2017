"""The forecast on predictions that somebody brings: the training method's file first, then one for each serving method.

The first file may hold more pictures than the others: it is then the catalogue, and the others are the sample that was asked.
"""

from pathlib import Path

import numpy as np

from robustfashion.bench.experiment.given import check_same_pictures, counted, threshold_of
from robustfashion.bench.resize.given import one_network
from robustfashion.bench.resize.study import Run
from robustfashion.bench.sensitivity.forecast.sample import larger_than_asked, products_of
from robustfashion.bench.sensitivity.forecast.subject import Subject
from robustfashion.bench.sensitivity.settings import SensitivitySettings
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.result import Table


def subject_of(settings: SensitivitySettings) -> tuple[Subject, Table]:
    """The subject, and the account of the files' pictures.

    Raises:
        InputError: a file that cannot be read, fewer than two, two of one method, or a serving method's file of another network,
            of other pictures than the other serving methods', or of pictures that the first does not know.
    """
    files = settings.predictions
    names, whole, shown = one_network(files)
    for file, table in zip(files[1:], shown[1:], strict=True):
        check_same_pictures(files[1], shown[1], file, table)
    sample = _sample(files[0], shown[0], files[1], shown[1])
    check_same_pictures(files[0], sample, files[1], shown[1])
    run = Run(settings.seeds[0], threshold_of(settings, whole[0], shown[0]), dict(zip(names, [sample, *shown[1:]], strict=True)))
    everyone = shown[0] if settings.assisted else None
    products = products_of(shown[0].products, sample.products)
    beyond = larger_than_asked(shown[0].products, sample.products)
    subject = Subject(run, len(shown[0].ids), products, drawn=False, beyond=beyond, everyone=everyone)
    return subject, counted(files, whole, shown)


def _sample(first: Path, everyone: PredictionTable, file: Path, asked: PredictionTable) -> PredictionTable:
    """The training method's answers to the pictures of the others, in their order."""
    place = {name: row for row, name in enumerate(everyone.ids)}
    strangers = [name for name in asked.ids if name not in place]
    if strangers:
        raise InputError(
            f"{file}: {len(strangers)} of its pictures, such as {strangers[0]!r}, are not in {first}, which holds the training "
            "method's answers to the whole catalogue; write both for the same pictures"
        )
    return everyone.take(np.array([place[name] for name in asked.ids], dtype=np.int64))
