"""Pictures of the accuracy suite as data: confusion matrices, reliability, training curves, mistakes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.accuracy.measures import confusion
from robustfashion.bench.accuracy.study import Classifier, Study
from robustfashion.calibration import bin_edges, reliability, top_label
from robustfashion.pictures.encode import png
from robustfashion.result import Figure
from robustfashion.stats import wilson_share

Pixels = NDArray[np.uint8]
MISTAKES = 3
"""Pictures shown of each classifier."""
_BINS = 8


def confusion_matrix(c: Classifier) -> Figure:
    """Shares of each label's images by answer; first seed."""
    table = confusion(c.first).astype(np.float64)
    sums = table.sum(axis=1, keepdims=True)
    shares = np.divide(table, sums, out=np.full_like(table, np.nan), where=sums > 0)
    data = {
        "rows": [f"{name} ({int(n)})" for name, n in zip(c.classes, sums[:, 0], strict=True)],
        "columns": list(c.classes),
        "values": [[None if np.isnan(v) else float(v) for v in row] for row in shares],
        "unit": "share",
        "label": "share of the label's images",
    }
    doc = f"Rows: true label, number of its test images. Columns: answer. {c.architecture}, seed {c.first.seed}; n = {c.n}."
    name = f"confusion-{c.name}".replace("_", "-").replace(" ", "-")
    return Figure(name, f"Who is taken for whom: {c.name}", "heatmap", data, doc)


def reliability_diagram(found: list[Classifier], name: str, title: str) -> Figure:
    """Accuracy by confidence, one line per classifier."""
    series: list[dict[str, Any]] = []
    for c in found:
        confidence, correct = top_label(c.first.table.probabilities, c.labels)
        bins = reliability(confidence, correct, bin_edges(confidence, "mass", _BINS))
        shown = [wilson_share(b.accuracy, b.n) for b in bins]
        series.append({
            "name": c.name, "x": [b.confidence for b in bins], "y": [e.value for e in shown], "low": [e.low for e in shown],
            "high": [e.high for e in shown],
        })  # fmt: skip
    sure = [x for one in series for x in one["x"]]
    ends = [min(sure), max(sure)]
    series.append({"name": "as sure as right", "x": ends, "y": ends, "low": ends, "high": ends})
    data = {"x": "mean confidence of the bin", "y": "accuracy", "unit": "share", "series": series}
    doc = (
        f"{_BINS} bins of equally many test images each. A network that can be believed is right as often as it is sure; below "
        "that line it is too sure of itself. First seed; bands: Wilson intervals."
    )
    return Figure(name, title, "lines", data, doc)


def training_curves(found: list[Classifier], name: str, title: str) -> Figure | None:
    """Validation accuracy by epoch; none where nothing was watched."""
    series = []
    for c in found:
        watched = [entry for entry in c.first.history if "val/accuracy" in entry]
        values = [entry["val/accuracy"] for entry in watched]
        if values:
            n = max(len(c.material.validation.labels), 1)
            bands = [wilson_share(value, n) for value in values]
            series.append({
                "name": c.name, "x": [entry["step"] for entry in watched], "y": values, "low": [b.low for b in bands],
                "high": [b.high for b in bands],
            })  # fmt: skip
    if not series:
        return None
    data = {"x": "optimiser steps", "y": "accuracy on validation images", "unit": "share", "series": series}
    return Figure(name, title, "lines", data, "After every epoch; first seed; bands: Wilson intervals.")


def mistakes(study: Study, pixels: Mapping[str, Pixels]) -> tuple[Figure, dict[str, bytes]]:
    """The wrong answers that each classifier is surest of; first seed."""
    images: dict[str, bytes] = {}
    items = []
    for c in study.scratch():
        table = c.first.table
        confidence = table.probabilities.max(axis=1)
        wrong = np.flatnonzero(~table.correct)
        for i in wrong[np.argsort(-confidence[wrong], kind="stable")][:MISTAKES].tolist():
            name = f"mistake-{c.spec.name}-{i}.png"
            images[name] = png(np.asarray(pixels[c.spec.name][i]))
            items.append({
                "product": table.ids[i], "true": c.classes[c.labels[i]], "image": name,
                "lines": [f"{c.name}: {c.classes[table.predicted[i]]} {100 * confidence[i]:.1f} %"],
            })  # fmt: skip
    doc = f"Of each classifier the {MISTAKES} wrong answers with the highest confidence: look here for wrong labels first."
    return Figure("mistakes", "The surest mistakes", "gallery", {"items": items}, doc), images
