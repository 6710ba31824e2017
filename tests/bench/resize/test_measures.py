"""The suite's tables on a study whose flips are known."""

import numpy as np
import pytest

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize import measures
from robustfashion.bench.resize.changes import changes
from robustfashion.bench.resize.headline import headline
from robustfashion.bench.resize.study import ResizeStudy, Run
from robustfashion.decisions import Thresholds
from robustfashion.stats import Estimate
from tests.bench.resize.samples import study
from tests.bench.resize.samples import table as table_of


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
    table = changes(study())
    where = ("resnet18", "java2d.bilinear")
    found = _cell(table, "Δ accuracy", *where)
    assert found.value == pytest.approx(-60 / 400) and found.low < found.value < found.high < 0
    assert _cell(table, "Churn", *where).value == pytest.approx(60 / 400)
    assert _cell(table, "Negative flips", *where).value == pytest.approx(60 / 400)
    assert _cell(table, "Positive flips", *where).value == 0 < _cell(table, "Positive flips", *where).high < 0.02
    assert _cell(table, "Normalised churn", *where).startswith("at least "), "seeds differ on two pictures of one product"
    # Confidence falls from sigmoid(2) = 0.88 to sigmoid(1) = 0.73: every image crosses the threshold of 0.8.
    assert _cell(table, "Decision flips", *where).value == 1
    assert _cell(table, "Tag changes", *where).value == 1
    assert _cell(table, "Drift, mean", *where).value == pytest.approx(0.8808 - 0.7311, abs=1e-4)
    assert _cell(table, "Drift, p95", *where).value == pytest.approx(0.8808 - 0.7311, abs=1e-4)
    assert _cell(table, "p (sign flips, Holm)", *where) < 1e-6 < 0.9 < _cell(table, "p (equivalence, Holm)", *where)
    unchanged = ("resnet18", "java_image.smooth")
    same = _cell(table, "Δ accuracy", *unchanged)
    assert same.value == 0 and same.low == -same.high and 0.005 < same.high < 0.02
    assert _cell(table, "p (sign flips, Holm)", *unchanged) == 1 and _cell(table, "p (equivalence, Holm)", *unchanged) < 0.05
    assert 0.03 < _cell(table, "Detectable", *unchanged) < _cell(table, "Detectable", *where) < 0.15


def test_every_rate_holds_its_value():
    for row in changes(study(java_errors=7, seeds=(0, 1, 2))).rows:
        for cell in row:
            assert not isinstance(cell, Estimate) or cell.low <= cell.value <= cell.high


def test_normalised_churn_is_a_ratio_of_counts():
    """Seeds that differ on many products: churn over the churn of seeds, both of the same pictures."""
    found = study()
    second = found.runs[1]
    for name, table in second.tables.items():
        moved = table.predicted.copy()
        moved[100:140] ^= 1
        second.tables[name] = table_of(moved, found.labels)
    cell = _cell(changes(found), "Normalised churn", "resnet18", "java2d.bilinear")
    assert cell.value == pytest.approx(60 / 42) and 0.7 < cell.low < cell.value < cell.high < 3.5


def test_the_largest_loss_has_a_wider_interval_than_one_by_itself():
    found = study()
    joint, key = measures.simultaneous_deltas(found), (found.rows[0], "java2d.bilinear")
    alone = measures.delta(found, key[0])[key[1]]
    assert joint[key].value == alone.value and joint[key].low < alone.low < alone.high < joint[key].high < 0
    assert len(joint) == 6


def test_one_seed_has_no_seed_churn():
    assert _cell(changes(study(seeds=(0,))), "Normalised churn", "resnet18", "java2d.bilinear") is None
    table = measures.models(study(seeds=(0,)))
    assert _cell(table, "Seed churn", "resnet18") is None


def test_models():
    table = measures.models(study())
    assert _cell(table, "Unanimous", "resnet18").value == pytest.approx(340 / 400)
    assert _cell(table, "Seed churn", "resnet18").value == pytest.approx(2 / 400)
    assert _cell(table, "p (Cochran)", "resnet18") == pytest.approx(3 / 10_000), "none of 9,999 patterns, of three models"
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
    one = table_of(np.zeros(100, int), labels)
    row = Row("alexnet")
    groups = tuple(str(i) for i in range(100))
    idle = ResizeStudy("a", ("a", "b"), (Run(row, 0, Thresholds(0.5), {"a": one, "b": one}),), one.ids, groups, one.classes)
    assert measures.accuracy(idle, row, "a").value == 0.9 and measures.balanced_accuracy(idle, row).value == pytest.approx(0.5)
    assert not measures.has_learned(idle, row)
    assert "without a say: alexnet" in headline(idle, "b")[-1]
