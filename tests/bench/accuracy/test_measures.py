"""The suite's numbers against scikit-learn, on made-up answers."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, f1_score

from robustfashion.bench.accuracy import claims, measures
from robustfashion.bench.accuracy.study import AccuracyStudy, Answers, ImageCounts, TaskResult
from robustfashion.bench.experiment.tasks import TaskSpec
from robustfashion.data.splits import Target
from robustfashion.predictions import PredictionTable

N = 90


def classifier(name="heel_type", classes=("a", "b", "c"), skill=2.0, seeds=(0, 1), base="scratch", kind="attribute", truth=5):
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
    c = classifier()
    answers = [run.table.predicted for run in c.runs]
    assert measures.accuracy(c).value == pytest.approx(np.mean([(a == c.labels).mean() for a in answers]))
    want = np.mean([balanced_accuracy_score(c.labels, a) for a in answers])
    assert measures.balanced_accuracy(c).value == pytest.approx(want)
    found = measures.macro_f1(c)
    assert found.value == pytest.approx(np.mean([f1_score(c.labels, a, average="macro") for a in answers]))
    assert found.low < found.value < found.high
    np.testing.assert_array_equal(measures.confusion(c.first), confusion_matrix(c.labels, answers[0]))


def test_who_has_learned():
    assert measures.has_learned(classifier())
    assert not measures.has_learned(classifier(skill=0.0))


def test_labels_table_accounts_for_every_image():
    c = classifier()
    table = measures.labels_table(AccuracyStudy((c,), (), {}))
    rows = [dict(zip([column.name for column in table.columns], row, strict=True)) for row in table.rows]
    assert sum(row["Test images"] for row in rows) == N
    right = sum(row["Recall"].value * row["Test images"] for row in rows)
    assert right == pytest.approx(c.first.table.correct.sum())


def test_transfer_is_paired():
    plain, moved = classifier(), classifier(base="neck_style", skill=4.0)
    study = AccuracyStudy((plain, moved), (), {})
    assert study.pairs() == [(plain, moved)]
    gain = measures.gain(plain, moved)
    assert gain.value == pytest.approx(measures.accuracy(moved).value - measures.accuracy(plain).value)
    assert gain.low > 0
    (row,) = measures.transfer_table(study).rows
    assert row[0] == "heel_type from neck_style" and row[3] == gain and row[4] < 0.01
    same = measures.gain(plain, plain)
    assert (same.value, same.low, same.high) == (0, 0, 0)


def test_claims_at_both_scales():
    attribute = classifier("sleeve_type")
    validator = classifier("dress", ("other", "dress"), kind="product type", skill=6.0)
    moved = classifier("sleeve_type", base="neck_style", skill=6.0)
    study = AccuracyStudy((attribute, validator, moved), (), {})
    smoke = {claim.id: claim for claim in claims.claims(study, comparable=False)}
    assert smoke["accuracy-sleeve-type"].verdict == "not comparable"
    assert smoke["transfer-sleeve-type"].verdict == "reproduced"
    assert smoke["validators-are-easier"].verdict == "reproduced"
    full = {claim.id: claim for claim in claims.claims(study, comparable=True)}
    assert full["accuracy-dress"].verdict in ("reproduced", "contradicted")
    idle = AccuracyStudy((classifier("sleeve_type", skill=0.0), validator), (), {})
    assert {c.id: c.verdict for c in claims.claims(idle, False)}["validators-are-easier"] == "not comparable"
