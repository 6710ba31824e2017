"""The suite's numbers against scikit-learn, on made-up answers."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, f1_score

from robustfashion.bench import measures as shared
from robustfashion.bench.accuracy import claims, measures
from robustfashion.bench.accuracy.study import AccuracyStudy, Answers, ImageCounts, TaskResult
from robustfashion.bench.experiment.tasks import TaskSpec
from robustfashion.data.splits import Target
from robustfashion.decisions import Thresholds
from robustfashion.predictions import PredictionTable

N = 90


def task_result(name="heel_type", classes=("a", "b", "c"), skill=2.0, seeds=(0, 1), base="scratch", kind="attribute", truth=5):
    """Answers of networks of some skill on 90 images of 45 products; the labels follow from ``truth``."""
    k = len(classes)
    labels = np.random.default_rng(truth).integers(0, k, N)
    ids, groups = tuple(str(i) for i in range(N)), tuple(f"p{i // 2}" for i in range(N))
    runs = []
    for seed in seeds:
        logits = np.random.default_rng([seed, truth, len(base)]).normal(0, 1, (N, k))
        logits[np.arange(N), labels] += skill
        table = PredictionTable(ids, labels, logits.astype(np.float32), np.zeros((N, 2), np.float32), tuple(classes), groups)
        runs.append(Answers(seed, table, []))
    spec = TaskSpec(name, kind, Target(column=name))
    return TaskResult(spec, "resnet18", base, ImageCounts(N, N, N), "made up", tuple(runs))


def test_accuracies_are_scikit_learns():
    c = task_result()
    answers = [run.table.predicted for run in c.runs]
    assert measures.accuracy(c).value == pytest.approx(np.mean([(a == c.labels).mean() for a in answers]))
    want = np.mean([balanced_accuracy_score(c.labels, a) for a in answers])
    assert measures.balanced_accuracy(c).value == pytest.approx(want)
    found = measures.macro_f1(c)
    assert found.value == pytest.approx(np.mean([f1_score(c.labels, a, average="macro") for a in answers]))
    assert found.low < found.value < found.high
    np.testing.assert_array_equal(measures.confusion(c.first), confusion_matrix(c.labels, answers[0]))


def test_who_has_learned():
    assert measures.has_learned(task_result())
    assert not measures.has_learned(task_result(skill=0.0))


def test_labels_table_accounts_for_every_image():
    c = task_result()
    table = measures.labels_table(AccuracyStudy((c,), (), {}))
    rows = [dict(zip([column.name for column in table.columns], row, strict=True)) for row in table.rows]
    assert sum(row["Test images"] for row in rows) == N
    right = sum(row["Recall"].value * row["Test images"] for row in rows)
    assert right == pytest.approx(c.first.table.correct.sum())


def test_transfer_is_paired():
    plain, moved = task_result(), task_result(base="neck_style", skill=4.0)
    study = AccuracyStudy((plain, moved), (), {})
    assert study.pairs() == [(plain, moved)]
    gain = measures.gain(plain, moved)
    assert gain.value == pytest.approx(measures.accuracy(moved).value - measures.accuracy(plain).value)
    assert gain.low > 0
    (row,) = measures.transfer_table(study).rows
    assert row[0] == "heel_type from neck_style" and row[3] == gain and row[4] < 0.01
    same = measures.gain(plain, plain)
    assert same.value == 0 and same.low == -same.high < 0, "no change seen is not no change"


def test_claims_at_both_scales():
    attribute = task_result("sleeve_type")
    validator = task_result("dress", ("other", "dress"), kind="product type", skill=6.0)
    moved = task_result("sleeve_type", base="neck_style", skill=6.0)
    study = AccuracyStudy((attribute, validator, moved), (), {})
    here = {claim.id: claim for claim in claims.claims(study, papers=False)}
    assert here["accuracy-sleeve-type"].verdict == "not comparable"
    assert here["transfer-sleeve-type"].verdict == "observed here"
    easier = here["validators-are-easier"]
    assert easier.verdict == "observed here" and easier.paper == pytest.approx(0.9676 - (0.929 - 0.25) / 0.75)
    skills = [shared.balanced_skill(measures.asked(c)).value for c in (validator, attribute)]
    assert easier.value == pytest.approx(skills[0] - skills[1])
    there = {claim.id: claim for claim in claims.claims(study, papers=True)}
    assert there["accuracy-dress"].verdict in ("reproduced", "contradicted")
    idle = AccuracyStudy((task_result("sleeve_type", skill=0.0), replace(validator, runs=task_result(skill=0.0).runs)), (), {})
    assert {c.id: c.verdict for c in claims.claims(idle, False)}["validators-are-easier"] == "not comparable"


def test_tags_at_thresholds_are_counted():
    c = replace(task_result(), thresholds=Thresholds(0.5, {"b": 0.9}, "by hand"))
    table = measures.tags_table(AccuracyStudy((c, task_result())))
    (row,) = table.rows
    p, labels = c.first.table.probabilities, c.labels
    tags = [int(k) if p[i, k] >= (0.5, 0.9, 0.5)[k] else None for i, k in enumerate(p.argmax(axis=1))]
    tagged = sum(tag is not None for tag in tags)
    right = sum(tag == label for tag, label in zip(tags, labels, strict=True))
    assert 0 < right < tagged < N
    assert row[1] == "by hand" and (row[2].value, row[3].value, row[4].value) == (tagged / N, right / tagged, right / N)
    assert measures.tags_table(AccuracyStudy((task_result(),))) is None
