"""The study on predictions that somebody brings: a file for each network, the first without a remedy, of the same pictures."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from robustfashion.bench.experiment import given
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.regularization.arms import UNMET, arm_of, cooled
from robustfashion.bench.regularization.settings import RegularizationSettings
from robustfashion.bench.regularization.study import FITTED, HARD, INSTEAD, SOFT, Arm, RegularizationStudy, Trained
from robustfashion.bench.wording import are
from robustfashion.data.network_task import name_of_classes
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.scores.temperature import best_temperature
from robustfashion.result import Table, table_of

ARCHITECTURE = "as given"


def study_of(settings: RegularizationSettings) -> tuple[RegularizationStudy, Table]:
    """The study, and the account of the files' pictures.

    Raises:
        InputError: a file that cannot be read, has no validation rows or outliers, or is of other pictures or classes.
    """
    whole = given.opened(settings.predictions)
    names = _names(settings.predictions)
    parts = [_parts(file, table) for file, table in zip(settings.predictions, whole, strict=True)]
    _check_alike(settings.predictions, parts)
    trained = [
        Trained(name, ARCHITECTURE, 0.0, "all", Row(label=name), (noisy,), (validation,), (noisy.ordinary(),))
        for name, (noisy, validation) in zip(names, parts, strict=True)
    ]
    arms, left_out = _arms(trained)
    noisy = parts[0][0]
    outliers = are(sum(kind is not None for kind in noisy.outlier_kinds), "outlier")
    note = (
        f"{len(noisy.ids)} pictures of the files, of which {outliers}; temperatures and thresholds are set on the validation "
        "rows. The first file is the network without a remedy."
    )
    study = RegularizationStudy(
        name_of_classes(noisy.classes), noisy, tuple(trained), arms, (), note, (), None, left_out,
        brought=True,
    )  # fmt: skip
    return study, _account(names, whole, parts, note)


def _names(files: Sequence[Path]) -> list[str]:
    """The files' own names without suffix.

    Raises:
        InputError: two have the same, or one is what the suite calls a row of its own.
    """
    names = [file.stem for file in files]
    for name in names:
        if name in (FITTED, HARD, SOFT) or name.startswith(INSTEAD):
            raise InputError(f"predictions: a file is called {name!r}, as this suite calls a row that it makes itself; rename it")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"predictions: two files are called {twice!r}, and rows bear the files' names; rename one")
    return names


def _parts(file: Path, whole: PredictionTable) -> tuple[PredictionTable, PredictionTable]:
    """What is evaluated, and the validation rows.

    Evaluated are ordinary pictures with a label of the test split (of no split, where there is no test), and outliers; of
    products that no train or validation row is of.
    """
    n = len(whole.ids)
    if len(whole.classes) < 2:
        raise InputError(f"{file}: knows {len(whole.classes)} class; who can answer one thing only has nothing to be sure of")
    kinds, splits = whole.outlier_kinds or (None,) * n, np.array([split or "" for split in whole.splits or [""] * n], np.str_)
    outlier, labelled = np.array([kind is not None for kind in kinds], np.bool_), whole.labels >= 0
    learnt = np.isin(splits, ("train", "validation"))
    known = {product for product, seen in zip(whole.products, learnt & ~outlier, strict=True) if seen}
    new = ~learnt & np.array([product not in known for product in whole.products], np.bool_)
    evaluated = ~outlier & labelled & new & (splits == ("test" if "test" in splits else ""))
    validation = ~outlier & labelled & (splits == "validation")
    for what, rows, way_out in (
        ("outlier of new products", outlier & new, "mark some (outlier_kind)"),
        ("ordinary picture of new products with a label", evaluated, "write those of the test split"),
        ("validation picture with a label", validation, "temperatures are set on them: write the split of each row"),
    ):
        if not rows.any():
            raise InputError(f"{file}: has no {what}; {way_out}")
    noisy = whole.take(np.flatnonzero((outlier & new) | evaluated))
    foreign = np.array([kind is not None for kind in noisy.outlier_kinds], np.bool_)
    unlabelled = replace(noisy, labels=np.where(foreign, -1, noisy.labels))  # what labels outliers bear says nothing
    return unlabelled, whole.take(np.flatnonzero(validation))


def _check_alike(files: Sequence[Path], parts: Sequence[tuple[PredictionTable, PredictionTable]]) -> None:
    for file, other in zip(files[1:], parts[1:], strict=True):
        wanted_classes, classes = parts[0][0].classes, other[0].classes
        if classes != wanted_classes:
            if sorted(classes) == sorted(wanted_classes):
                raise InputError(f"{file}: its classes stand in another order than in {files[0]}; write both in one order")
            raise InputError(f"{file}: its classes are not those of {files[0]}; one study is of one task")
        for wanted, found in zip(parts[0], other, strict=True):
            given.check_same_pictures(files[0], wanted, file, found)
            for what, ours, theirs in (
                ("product (group)", wanted.products, found.products),
                ("outlier_kind", wanted.outlier_kinds, found.outlier_kinds),
            ):
                unlike = [name for name, one, other in zip(found.ids, ours, theirs, strict=True) if one != other]
                if unlike:
                    raise InputError(f"{file}: {unlike[0]!r} has another {what} than in {files[0]}; write the same in both")


def _arms(trained: Sequence[Trained]) -> tuple[tuple[Arm, ...], tuple[tuple[str, str], ...]]:
    first = trained[0]
    found = [arm_of(one.name, "decay" if one is first else "loss", one) for one in trained]
    fitted = tuple(best_temperature(table) for table in first.validation)
    controls = [(arm, cooled(arm, first)) for arm in found[1:]]
    left_out = tuple((INSTEAD + arm.name, UNMET) for arm, control in controls if not control)
    every = [*found, arm_of(FITTED, "temperature", first, fitted), *[arm for _, of in controls for arm in of]]
    return tuple(every), left_out


def _account(
    names: Sequence[str], whole: Sequence[PredictionTable], parts: Sequence[tuple[PredictionTable, PredictionTable]], note: str
) -> Table:
    records = list(zip(names, whole, parts, strict=True))
    return table_of("accounting", "Every prediction accounted for", records, [
        ("Predictions", "text", "file", lambda r: r[0]),
        ("Rows", "count", "pictures in the file", lambda r: len(r[1].ids)),
        ("Validation", "count", "ordinary pictures with a label", lambda r: len(r[2][1].ids)),
        ("Ordinary", "count", "evaluated", lambda r: len(r[2][0].ordinary().ids)),
        ("Outliers", "count", "evaluated", lambda r: len(r[2][0].ids) - len(r[2][0].ordinary().ids)),
        ("Other", "count", "of other splits, without a label, or of products of train and validation rows",
         lambda r: len(r[1].ids) - len(r[2][0].ids) - len(r[2][1].ids)),
    ], note)  # fmt: skip
