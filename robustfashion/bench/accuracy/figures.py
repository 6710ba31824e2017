"""Pictures of the accuracy suite as data: confusion matrices, reliability, training curves, mistakes."""

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.accuracy.measures import confusion
from robustfashion.bench.accuracy.study import AccuracyStudy, TaskResult
from robustfashion.calibration import bin_edges, reliability, top_label
from robustfashion.pictures.encode import png
from robustfashion.result import Figure, GalleryItem, Line, gallery, heat_map, line_figure
from robustfashion.stats import Estimate, wilson_share

Pixels = NDArray[np.uint8]
MISTAKES = 3
"""Pictures shown of each classifier."""
_BINS = 8


def confusion_matrix(c: TaskResult) -> Figure:
    """Shares of each label's images by answer; first seed."""
    table = confusion(c.first).astype(np.float64)
    sums = table.sum(axis=1, keepdims=True)
    shares = np.divide(table, sums, out=np.full_like(table, np.nan), where=sums > 0)
    doc = f"Rows: true label, number of its test images. Columns: answer. {c.architecture}, seed {c.first.seed}; n = {c.n}."
    name = f"confusion-{c.name}".replace("_", "-").replace(" ", "-")
    return heat_map(
        name,
        f"Who is taken for whom: {c.name}",
        rows=[f"{name} ({int(n)})" for name, n in zip(c.classes, sums[:, 0], strict=True)],
        columns=c.classes,
        values=[[None if np.isnan(v) else float(v) for v in row] for row in shares],
        unit="share",
        label="share of the label's images",
        doc=doc,
    )


def reliability_diagram(found: list[TaskResult], name: str, title: str) -> Figure:
    """Accuracy by confidence, one line per classifier."""
    lines = []
    sure: list[float] = []
    for c in found:
        confidence, correct = top_label(c.first.table.probabilities, c.labels)
        bins = reliability(confidence, correct, bin_edges(confidence, "mass", _BINS))
        shown = [wilson_share(b.accuracy, b.n) for b in bins]
        sure += [b.confidence for b in bins]
        lines.append(Line(c.name, [b.confidence for b in bins], *_banded(shown)))
    ends = [min(sure), max(sure)]
    lines.append(Line("as sure as right", ends, ends, ends, ends))
    doc = (
        f"{_BINS} bins of equally many test images each. A network that can be believed is right as often as it is sure; below "
        "that line it is too sure of itself. First seed; bands: Wilson intervals."
    )
    return line_figure(name, title, x="mean confidence of the bin", y="accuracy", unit="share", lines=lines, doc=doc)


def _banded(found: list[Estimate]) -> tuple[list[float], list[float], list[float]]:
    """Values and bounds of a line."""
    return [e.value for e in found], [e.low for e in found], [e.high for e in found]


def training_curves(found: list[TaskResult], name: str, title: str) -> Figure | None:
    """Validation accuracy by epoch; none where nothing was watched."""
    lines = []
    for c in found:
        watched = [entry for entry in c.first.history if "val/accuracy" in entry]
        values = [entry["val/accuracy"] for entry in watched]
        if values:
            bands = [wilson_share(value, max(c.counts.validation or 0, 1)) for value in values]
            lines.append(Line(c.name, [entry["step"] for entry in watched], *_banded(bands)))
    if not lines:
        return None
    doc = "After every epoch; first seed; bands: Wilson intervals."
    return line_figure(name, title, x="optimiser steps", y="accuracy on validation images", unit="share", lines=lines, doc=doc)


def mistakes(study: AccuracyStudy, pixels: Mapping[str, Pixels]) -> tuple[Figure, dict[str, bytes]]:
    """The wrong answers that each classifier is surest of; first seed."""
    images: dict[str, bytes] = {}
    items = []
    for number, c in enumerate(study.scratch()):
        table = c.first.table
        confidence = table.probabilities.max(axis=1)
        wrong = np.flatnonzero(~table.correct)
        for i in wrong[np.argsort(-confidence[wrong], kind="stable")][:MISTAKES].tolist():
            name = f"mistake-{_file_name(c.spec.name, number)}-{i}.png"
            images[name] = png(np.asarray(pixels[c.spec.name][i]))
            said = f"{c.name}: {c.classes[table.predicted[i]]} {100 * confidence[i]:.1f} %"
            items.append(GalleryItem(table.ids[i], c.classes[c.labels[i]], name, [said]))
    doc = f"Of each classifier the {MISTAKES} wrong answers with the highest confidence: look here for wrong labels first."
    return gallery("mistakes", "The surest mistakes", items=items, doc=doc), images


def _file_name(task: str, number: int) -> str:
    """A task's name as part of a file's: a label of one's own may hold any character."""
    return task if re.fullmatch(r"[\w-]+", task, re.ASCII) else f"task-{number}"
