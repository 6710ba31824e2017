"""Every image whose tag or class changes, as a table for spreadsheets and scripts: ``changed_products.csv``."""

import csv
import io
from collections.abc import Iterator

import numpy as np

from robustfashion.bench.resize.study import Run, Study

FILE = "changed_products.csv"

COLUMNS = (
    "image", "product", "label", "model", "seed", "trained_with", "served_with", "change", "class_before", "confidence_before",
    "class_after", "confidence_after", "threshold",
)  # fmt: skip
"""``change``: ``other tag``, ``tag lost``, ``tag gained`` (at the deployed threshold), or ``other class, no tag``."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula."""


def changed_products(study: Study) -> str:
    """CSV with one line for each image, network and serving method where the tag or the class is another one.

    Confidences are top-1 probabilities in 0..1. Texts that a spreadsheet would run as a formula are preceded by an apostrophe.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for run in study.runs:
        for method in study.methods[1:]:
            writer.writerows(_lines(study, run, method))
    return text.getvalue()


def _lines(study: Study, run: Run, method: str) -> Iterator[list[object]]:
    before, after = run.tables[study.reference], run.tables[method]
    sure_before, sure_after = before.probabilities.max(axis=1), after.probabilities.max(axis=1)
    tagged_before, tagged_after = sure_before >= run.threshold, sure_after >= run.threshold
    other = before.predicted != after.predicted
    for i in np.flatnonzero(other | (tagged_before != tagged_after)):
        label = study.classes[study.labels[i]] if study.labels[i] >= 0 else ""
        yield [
            *map(_harmless, (study.ids[i], study.groups[i], label, run.row.name)), run.seed, study.reference, method,
            _change(bool(tagged_before[i]), bool(tagged_after[i])),
            _harmless(study.classes[before.predicted[i]]), f"{sure_before[i]:.4f}",
            _harmless(study.classes[after.predicted[i]]), f"{sure_after[i]:.4f}", f"{run.threshold:.4f}",
        ]  # fmt: skip


def _change(before: bool, after: bool) -> str:
    if before and after:
        return "other tag"
    if before or after:
        return "tag lost" if before else "tag gained"
    return "other class, no tag"


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
