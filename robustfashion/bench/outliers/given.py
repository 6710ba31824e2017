"""The study on predictions that somebody brings: the attribute classifier's file, then one for each validator."""

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from robustfashion.bench.experiment.given import opened
from robustfashion.bench.experiment.settings import ON_THE_COMMAND_LINE
from robustfashion.bench.outliers.settings import OutliersSettings
from robustfashion.bench.outliers.study import (
    Gate,
    OutlierStudy,
    Subject,
    checked_noisy,
    halves,
    levels_of,
    mean_confidence_of,
    outliers_of,
    validators_of,
)
from robustfashion.bench.wording import counted
from robustfashion.data.network_task import name_of_classes
from robustfashion.decisions import Thresholds
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.result import Table, table_of

SPLIT_SEED = 0
"""Divides products where a file has no validation rows."""


def study_of(settings: OutliersSettings) -> tuple[OutlierStudy, Table]:
    """The study, and the account of the files' pictures.

    Raises:
        InputError: a file that cannot be read, has outliers only or no labels, or validators of other pictures or types.
    """
    first, *others = settings.predictions
    whole, *gates = opened(settings.predictions)
    task = name_of_classes(whole.classes)
    fit, calibration, noisy, note = _parts(whole)
    noisy = checked_noisy(noisy, str(first))
    thresholds = _thresholds(settings, calibration, noisy)
    gate = _gate(settings, task, noisy, dict(zip(others, gates, strict=True))) if others else None
    subject = Subject(first.stem, settings.seeds[0], fit, calibration, noisy, noisy.take([]), thresholds, gate)
    reason = "" if gate else "no predictions of a validator are given; name its file behind the classifier's"
    rows = [
        ("fits scores: ordinary pictures of the split 'train'", len(fit.ids)),
        ("sets thresholds: ordinary pictures that the network has not seen", len(calibration.ids)),
        ("evaluated: ordinary pictures", int((~outliers_of(noisy)).sum())),
        ("evaluated: outliers", int(outliers_of(noisy).sum())),
    ]
    rows.append(("other: without a label, of no split, or known otherwise", len(whole.ids) - sum(count for _, count in rows)))
    rows.append(("all rows of the file", len(whole.ids)))
    account = table_of("accounting", "Every prediction accounted for", rows, [
        ("Rows", "text", "what they are used for", lambda row: row[0]),
        ("Pictures", "count", "number of rows", lambda row: row[1]),
    ], note)  # fmt: skip
    return OutlierStudy(task, (subject,), reason, (note,)), account


def _parts(whole: PredictionTable) -> tuple[PredictionTable, PredictionTable, PredictionTable, str]:
    """Rows that fit scores, that set thresholds, that are evaluated; and how they came about, in words."""
    outlier = outliers_of(whole)
    labelled = np.flatnonzero(outlier | (whole.labels >= 0)) if (whole.labels[~outlier] >= 0).any() else np.arange(len(whole.ids))
    known, dropped = whole.take(labelled), list[str]()
    outlier = outliers_of(known)
    splits = np.array([split or "" for split in known.splits] or [""] * len(known.ids), dtype=np.str_)
    if (splits != "").any():
        fit, validation = (known.take(np.flatnonzero((splits == name) & ~outlier)) for name in ("train", "validation"))
        noisy = known.take(np.flatnonzero((splits == "test") | (outlier & (splits == ""))))
        if not len(noisy.ids):
            raise InputError("predictions: no row of the split 'test'; write those of the test split, or leave splits out")
        if count := int((outlier & np.isin(splits, ("train", "validation"))).sum()):
            dropped.append(f"{counted(count, 'outlier')} of the splits train and validation, which are not new to the network")
        noisy = _of_other_products(noisy, (*fit.products, *validation.products), dropped)
        if len(validation.ids):
            note = "Thresholds are set on validation rows, and judged on test rows and outliers."
            return fit, validation, noisy, _told(note, dropped)
    else:
        fit, noisy = known.take([]), known
    first, second = halves(noisy.products, outliers_of(noisy), SPLIT_SEED)
    half = noisy.take(first).ordinary()
    note = (
        "There are no validation rows: thresholds are set on half of the ordinary products, and judged on the others "
        "and the outliers."
    )
    kept = np.unique(np.concatenate([second, np.flatnonzero(outliers_of(noisy))]))
    noisy = _of_other_products(noisy.take(kept), half.products, dropped)
    return fit, half, noisy, _told(note, dropped)


def _of_other_products(noisy: PredictionTable, known: Collection[str], dropped: list[str]) -> PredictionTable:
    """Without outliers of products that fit scores or set thresholds; that there were some joins ``dropped``."""
    products = set(known)
    seen = outliers_of(noisy) & np.array([product in products for product in noisy.products], np.bool_)
    if seen.any():
        dropped.append(f"{counted(int(seen.sum()), 'outlier')} of products that fit scores or set thresholds")
    return noisy.take(np.flatnonzero(~seen))


def _told(note: str, dropped: Sequence[str]) -> str:
    return f"{note} Left out: {', and '.join(dropped)}." if dropped else note


def _thresholds(settings: OutliersSettings, calibration: PredictionTable, noisy: PredictionTable) -> Thresholds:
    if settings.threshold is not None:
        return Thresholds(settings.threshold, rule=ON_THE_COMMAND_LINE)
    rows = calibration if len(calibration.ids) else noisy.ordinary()
    return mean_confidence_of(rows, "of the rows that set thresholds (the paper's rule)")


def _gate(settings: OutliersSettings, task: str, noisy: PredictionTable, tables: dict[Path, PredictionTable]) -> Gate:
    types = validators_of(task)
    found: dict[str, PredictionTable] = {}
    for file, table in tables.items():
        names = [name for name in (types or [c for c in table.classes if c != "other"]) if name in table.classes]
        if not names or (not types and len(names) > 1):
            raise InputError(
                f"{file}: its classes are {', '.join(table.classes[:10])}; a validator of {task} tells "
                f"{' or '.join(types) or 'one type'} "
                "from the rest"
            )
        names = list(levels_of(task, names)[-1])
        if twice := [name for name in names if name in found]:
            raise InputError(f"{file}: a validator of {twice[0]}, as another of the files is; give one of each product type")
        found |= dict.fromkeys(names, _same_pictures(file, table, noisy))
    cut = 0.5 if settings.gate_threshold is None else settings.gate_threshold
    rule = "the validator's own answer" if settings.gate_threshold is None else ON_THE_COMMAND_LINE
    return Gate(levels_of(task, found), dict.fromkeys(found, cut), found, rule=rule)


def _same_pictures(file: Path, table: PredictionTable, noisy: PredictionTable) -> PredictionTable:
    """The validator's rows of the noisy set, in its order."""
    place = {name: row for row, name in enumerate(table.ids)}
    missing = [name for name in noisy.ids if name not in place]
    if missing:
        raise InputError(
            f"{file}: {len(missing)} of {len(noisy.ids)} evaluated pictures have no answer of the validator, such as "
            f"{missing[0]!r}; "
            "write both files for the same pictures"
        )
    return table.take([place[name] for name in noisy.ids])
