"""The suite's tables on a study whose flips are known."""

import numpy as np
import pytest

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize import measures
from robustfashion.bench.resize.headline import headline
from robustfashion.bench.resize.study import ResizeStudy, Run
from robustfashion.decisions import Thresholds
from tests.bench.resize.samples import study, table


def _row(table, *names):
    return next(row for row in table.rows if tuple(row[: len(names)]) == names)


def _cell(table, name, *names):
    return _row(table, *names)[[c.name for c in table.columns].index(name)]


def test_table2_counts():
    table = measures.table2(study())
    assert _cell(table, "pillow.bilinear", "resnet18").value == pytest.approx(390 / 400)
    assert _cell(table, "java2d.bilinear", "resnet18").value == pytest.approx(330 / 400)
    assert _cell(table, "Worst case", "resnet18").value == pytest.approx(330 / 400)
    assert _cell(table, "Paper, Java", "resnet18") == 0.83
    assert _cell(table, "Paper, Java", "googlenet + augmentation") is None


def test_changes():
    table = measures.changes(study())
    where = ("resnet18", "java2d.bilinear")
    found = _cell(table, "Δ accuracy", *where)
    assert found.value == pytest.approx(-60 / 400) and found.low < found.value < found.high < 0
    assert _cell(table, "Churn", *where).value == pytest.approx(60 / 400)
    assert _cell(table, "Negative flips", *where) == pytest.approx(60 / 400)
    assert _cell(table, "Positive flips", *where) == 0
    assert _cell(table, "Normalised churn", *where) == pytest.approx(60 / 2)
    # Confidence falls from sigmoid(2) = 0.88 to sigmoid(1) = 0.73: every image crosses the threshold of 0.8.
    assert _cell(table, "Decision flips", *where) == 1
    assert _cell(table, "Tag changes", *where) == 1
    assert _cell(table, "Drift, mean", *where) == pytest.approx(0.8808 - 0.7311, abs=1e-4)
    assert _cell(table, "p (McNemar, Holm)", *where) < 1e-6
    unchanged = ("resnet18", "java_image.smooth")
    assert _cell(table, "Δ accuracy", *unchanged).value == 0 and _cell(table, "p (McNemar, Holm)", *unchanged) == 1


def test_one_seed_has_no_seed_churn():
    assert _cell(measures.changes(study(seeds=(0,))), "Normalised churn", "resnet18", "java2d.bilinear") is None
    table = measures.models(study(seeds=(0,)))
    assert _cell(table, "Seed churn", "resnet18") is None


def test_models():
    table = measures.models(study())
    assert _cell(table, "Unanimous", "resnet18").value == pytest.approx(340 / 400)
    assert _cell(table, "Seed churn", "resnet18").value == pytest.approx(2 / 400)
    assert _cell(table, "p (Cochran)", "resnet18") < 1e-6
    assert _cell(table, "Accuracy per seed", "resnet18") == "97.5 %, 97.5 %"


def test_balanced_accuracy():
    found = study()
    labels = found.labels
    right = found.runs[0].tables[found.reference].correct
    expected = np.mean([right[labels == k].mean() for k in (0, 1)])
    alone = study(seeds=(0,))
    assert measures.balanced_accuracy(alone, alone.rows[0]).value == pytest.approx(expected)
    assert measures.has_learned(found, found.rows[0])


def test_one_answer_is_nothing_learned():
    labels = np.array([0] * 90 + [1] * 10)
    one = table(np.zeros(100, int), labels)
    row = Row("alexnet")
    groups = tuple(str(i) for i in range(100))
    idle = ResizeStudy("a", ("a", "b"), (Run(row, 0, Thresholds(0.5), {"a": one, "b": one}),), one.ids, groups, one.classes)
    assert measures.accuracy(idle, row, "a").value == 0.9 and measures.balanced_accuracy(idle, row).value == pytest.approx(0.5)
    assert not measures.has_learned(idle, row)
    assert "without a say: alexnet" in headline(idle, "b")[-1]
