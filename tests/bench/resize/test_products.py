"""The list of changed products, against the tables it is made of."""

import csv
import io

import numpy as np

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.products import changed_products
from robustfashion.bench.resize.study import Classifier, ResizeStudy, Run
from robustfashion.decisions import Thresholds
from robustfashion.predictions import PredictionTable

IDS = ("=cmd|' /C calc'!A0.jpg", "b.jpg", "c, d.jpg", "e.jpg", "f.jpg")
CLASSES = ("+dress", "hat", "shoe")


def table(*confident: tuple[int, float]) -> PredictionTable:
    """One row per image: its class and the top-1 confidence."""
    rows = np.full((len(confident), 3), 0.0)
    for i, (k, p) in enumerate(confident):
        rows[i] = (1 - p) / 2
        rows[i, k] = p
    labels = np.array([0, 1, 2, -1, 0])
    logits, groups = np.log(rows).astype(np.float32), ("p1", "p1", "p2", "p3", "p4")
    return PredictionTable(IDS, labels, logits, np.zeros((5, 2), np.float32), CLASSES, groups)


def test_every_change_is_listed_and_nothing_else():
    before = table((0, 0.9), (1, 0.9), (2, 0.5), (1, 0.5), (0, 0.95))
    after = table((1, 0.9), (1, 0.6), (2, 0.8), (2, 0.5), (0, 0.85))
    run = Run(3, Thresholds(0.7), {"pillow.box": before, "java2d.nearest": after})
    network = Classifier("=kind", Row("resnet18"), (run,))
    text = changed_products(ResizeStudy.of("pillow.box", ("pillow.box", "java2d.nearest"), [network]))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["image"], row["change"]) for row in rows] == [
        ("'" + IDS[0], "other tag"), ("b.jpg", "tag lost"), ("c, d.jpg", "tag gained"), ("e.jpg", "other class, no tag"),
    ]  # fmt: skip
    assert rows[0]["class_before"] == "'+dress" and rows[0]["class_after"] == "hat", "no spreadsheet runs a name as a formula"
    assert (rows[1]["confidence_before"], rows[1]["confidence_after"], rows[1]["threshold"]) == (
        "0.900000",
        "0.600000",
        "0.700000",
    )
    assert rows[0]["task"] == "'=kind" and [row["product"] for row in rows] == ["p1", "p1", "p2", "p3"]
    assert rows[3]["label"] == "" and rows[2]["label"] == "shoe" and {row["seed"] for row in rows} == {"3"}
