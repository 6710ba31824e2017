"""Every image whose tag or class changes, as a table for spreadsheets and scripts: ``changed_products.csv``."""

import csv
import io
from collections.abc import Iterator

import numpy as np

from robustfashion.bench.resize.study import Classifier, ResizeStudy, Run
from robustfashion.bench.spreadsheet import harmless
from robustfashion.decisions import NO_TAG

FILE = "changed_products.csv"

COLUMNS = (
    "image", "product", "task", "label", "model", "seed", "trained_with", "served_with", "change", "class_before",
    "confidence_before", "class_after", "confidence_after", "threshold",
)  # fmt: skip
"""``change``: ``other tag``, ``tag lost``, ``tag gained`` (at the deployed threshold; to be none of one label is no tag), or
``other class, no tag``."""


def changed_products(study: ResizeStudy) -> str:
    """CSV with one line for each image, network and serving method where the tag or the class is another one.

    Confidences are top-1 probabilities in 0..1. Texts that a spreadsheet would run as a formula are preceded by an apostrophe.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for c in study.classifiers:
        for run in c.runs:
            for method in study.methods[1:]:
                writer.writerows(_lines(c, run, method))
    return text.getvalue()


def _lines(c: Classifier, run: Run, method: str) -> Iterator[list[object]]:
    before, after = run.tables[c.reference], run.tables[method]
    thresholds = run.thresholds.of(c.classes)
    sure_before, sure_after = before.probabilities.max(axis=1), after.probabilities.max(axis=1)
    tag_before, tag_after = run.tags[c.reference], run.tags[method]
    for i in np.flatnonzero((before.predicted != after.predicted) | (tag_before != tag_after)):
        label = c.classes[c.labels[i]] if c.labels[i] >= 0 else ""
        # Of two classes with thresholds of their own, the one is shown that the picture had, else the one that it got.
        shown = before.predicted[i] if tag_before[i] != NO_TAG or tag_after[i] == NO_TAG else after.predicted[i]
        yield [
            *map(harmless, (c.ids[i], c.groups[i], c.task, label, c.row.name)), run.seed,
            *map(harmless, (c.reference, method)),
            _change(bool(tag_before[i] != NO_TAG), bool(tag_after[i] != NO_TAG)),
            harmless(c.classes[before.predicted[i]]), f"{sure_before[i]:.6f}",
            harmless(c.classes[after.predicted[i]]), f"{sure_after[i]:.6f}", f"{thresholds[shown]:.6f}",
        ]  # fmt: skip


def _change(before: bool, after: bool) -> str:
    if before and after:
        return "other tag"
    if before or after:
        return "tag lost" if before else "tag gained"
    return "other class, no tag"
