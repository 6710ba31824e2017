"""The suite's tables on a study whose flips are known."""

from dataclasses import replace

import numpy as np
import pytest

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize import measures, models
from robustfashion.bench.resize.changes import changes
from robustfashion.bench.resize.figures import flip_gallery, flipped_most, margin_figure
from robustfashion.bench.resize.headline import headline
from robustfashion.bench.resize.products import changed_products
from robustfashion.bench.resize.study import Classifier, ResizeStudy, Run
from robustfashion.bench.resize.tags import nearest_java, tags_table
from robustfashion.decisions import Thresholds
from robustfashion.stats import Estimate
from tests.bench.resize.samples import catalogue, study
from tests.bench.resize.samples import table as table_of


def _row(table, *names):
    return next(row for row in table.rows if tuple(row[: len(names)]) == names)


def _cell(table, name, *names):
    return _row(table, *names)[[c.name for c in table.columns].index(name)]


def test_table2_counts():
    table = models.table2(study())
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
    c = found.classifiers[0]
    second = c.runs[1]
    for name, table in second.tables.items():
        moved = table.predicted.copy()
        moved[100:140] ^= 1
        second.tables[name] = table_of(moved, c.labels)
    cell = _cell(changes(found), "Normalised churn", "resnet18", "java2d.bilinear")
    assert cell.value == pytest.approx(60 / 42) and 0.7 < cell.low < cell.value < cell.high < 3.5


def test_the_largest_loss_has_a_wider_interval_than_one_by_itself():
    found = study()
    joint, key = measures.simultaneous_deltas(found), (found.classifiers[0], "java2d.bilinear")
    alone = measures.delta(found, key[0])[key[1]]
    assert joint[key].value == alone.value and joint[key].low < alone.low < alone.high < joint[key].high < 0
    assert len(joint) == 6


def test_one_seed_has_no_seed_churn():
    assert _cell(changes(study(seeds=(0,))), "Normalised churn", "resnet18", "java2d.bilinear") is None
    table = models.models(study(seeds=(0,)))
    assert _cell(table, "Seed churn", "resnet18") is None


def test_models():
    table = models.models(study())
    assert _cell(table, "Unanimous", "resnet18").value == pytest.approx(340 / 400)
    assert _cell(table, "Seed churn", "resnet18").value == pytest.approx(2 / 400)
    assert _cell(table, "p (Cochran)", "resnet18") == pytest.approx(3 / 10_000), "none of 9,999 patterns, of three models"
    assert _cell(table, "Accuracy per seed", "resnet18") == "97.5 %, 97.5 %"


def test_balanced_accuracy_and_skill():
    alone = study(seeds=(0,)).classifiers[0]
    right = alone.given.correct
    expected = np.mean([right[alone.labels == k].mean() for k in (0, 1)])
    assert measures.balanced_accuracy(alone).value == pytest.approx(expected)
    assert measures.balanced_skill(alone).value == pytest.approx(2 * expected - 1)
    assert alone.learned


def _of_dresses(recognised):
    """A hundred pictures, 32 of them dresses, of which so many are recognised; no other is called one."""
    labels = np.array([0] * 68 + [1] * 32)
    answers = labels.copy()
    answers[68 + recognised :] = 0
    tables = dict.fromkeys(("a", "b"), table_of(answers, labels))
    return ResizeStudy.of("a", ("a", "b"), [Classifier("dress", Row("alexnet"), (Run(0, Thresholds(0.5), tables),))])


@pytest.mark.parametrize(("recognised", "learned"), [(0, False), (12, False), (19, False), (20, True), (32, True)])
def test_learned_is_a_minimum_of_skill_and_not_above_chance(recognised, learned):
    """12 of 32 dresses are far above chance, and hardly one of them can be lost."""
    idle = _of_dresses(recognised)
    (c,) = idle.everyone
    assert c.learned == learned
    lines = headline(idle, "b")
    assert lines[0].startswith("No classifier here has learned (balanced skill below 60%): what follows proves") != learned
    assert idle.classifiers == idle.everyone, "where none has learned, all are shown"


def test_who_has_not_learned_keeps_its_accuracies_only():
    found = catalogue()
    assert [c.name for c in found.classifiers] == ["dress", "wheels"] and [c.name for c in found.idle] == ["heels"]
    assert [row[0] for row in models.table2(found).rows] == ["dress", "wheels", "heels"]
    assert _cell(models.models(found), "Learned", "heels") == "no" and _cell(models.models(found), "Learned", "wheels") == "yes"
    for table in (changes(found), models.recalls(found)):
        assert {row[0] for row in table.rows} == {"dress", "wheels"}
    assert ",heels," not in changed_products(found)


def test_pictures_of_one_class_do_not_tell_whether_a_network_has_learned():
    labels = np.ones(60, int)
    tables = dict.fromkeys(("a", "b"), table_of(labels, labels))
    one = ResizeStudy.of("a", ("a", "b"), [Classifier("dress", Row("x"), (Run(0, Thresholds(0.5), tables),))])
    assert one.everyone[0].learned and "learned" not in " ".join(headline(one, "b"))
    assert _cell(models.models(one), "Balanced skill", "x") is None


def test_chance_is_that_of_the_networks_classes_and_not_of_those_present():
    labels = np.arange(80) % 2
    answers = np.where(np.arange(80) % 8 < 6, labels, 2)
    tables = {"a": table_of(answers, labels, classes=tuple("abcdefghij"))}
    (c,) = ResizeStudy.of("a", ("a",), [Classifier("label", Row("x"), (Run(0, Thresholds(0.5), tables),))]).everyone
    assert measures.balanced_skill(c).value == pytest.approx((0.75 - 0.1) / 0.9) and c.learned


def test_names_say_what_differs():
    rows, tasks = (Row("resnet18"), Row("googlenet")), ("dress", "wheels")
    run = study().classifiers[0].runs
    names = [
        [c.name for c in ResizeStudy.of("a", ("a",), [Classifier(t, r, run) for t in ts for r in rs]).everyone]
        for ts, rs in ((tasks[:1], rows), (tasks, rows[:1]), (tasks, rows))
    ]
    assert names == [
        ["resnet18", "googlenet"], ["dress", "wheels"],
        ["dress: resnet18", "dress: googlenet", "wheels: resnet18", "wheels: googlenet"],
    ]  # fmt: skip


def test_recall_by_class():
    table = models.recalls(catalogue())
    lost = _cell(table, "Δ java2d.bilinear", "dress", "dress")
    assert lost.value == pytest.approx(-3 / 30) and lost.low < -3 / 30 < lost.high and lost.n == 30
    assert _cell(table, "Recall", "dress", "dress").value == 1 and _cell(table, "Images", "wheels", "two") == 17
    assert _cell(table, "Δ java2d.bilinear", "dress", "other").value == pytest.approx(-1 / 30)
    assert _cell(table, "Δ java_image.smooth", "wheels", "four").value == 0


def test_products_that_change_a_tag():
    """By hand: a product counts once, whatever number of its pictures and tags change; the rest of a validator is no tag."""
    table = tags_table(catalogue())
    cell = lambda name: _cell(table, name, "trunk", "java2d.bilinear")  # noqa: E731
    assert cell("Products") == 50 and cell("Classifiers") == 2
    assert cell("Any change").value == pytest.approx(5 / 50)
    assert cell("Lose one").value == pytest.approx(2 / 50)  # p0 by two pictures, p2 by one
    assert cell("Gain one").value == pytest.approx(1 / 50)  # one of the rest becomes a dress
    assert cell("Another one").value == pytest.approx(2 / 50)
    assert cell("With a tag").value == pytest.approx((15 + 25) / 50)
    assert cell("Δ accuracy").value == pytest.approx(-6 / 110)
    assert _cell(table, "Any change", "trunk", "java_image.smooth").value == 0
    assert nearest_java(catalogue(), catalogue().rows[0]) == "java_image.smooth"


def test_largest_loss_has_the_interval_of_the_least():
    found = measures.largest_loss([Estimate(-0.05, -0.09, -0.01, 50), Estimate(-0.04, -0.12, 0.02, 50), Estimate(0.1, 0, 0.2, 9)])
    assert (found.value, found.low, found.high, found.n) == (-0.05, -0.12, -0.01, 50)


def test_margins_and_changes():
    """The surer half never changes; where all are equally sure there is nothing to draw."""
    labels = np.arange(160) % 2
    margins = np.linspace(0.1, 4, 160)
    answers = np.where(np.arange(160) < 40, 1 - labels, labels)
    tables = {"a": table_of(labels, labels), "b": table_of(answers, labels), "c": table_of(labels, labels)}
    tables = {name: replace(of, logits=of.logits * margins[:, None].astype(np.float32)) for name, of in tables.items()}
    found = ResizeStudy.of("a", tuple("abc"), [Classifier("dress", Row("x"), (Run(0, Thresholds(0.5), tables),))])
    b, c = margin_figure(found).data["series"]
    assert (b["name"], c["name"]) == ("b", "c") and not any(c["y"]) and b["y"] == [1.0, 1.0, 0, 0, 0, 0, 0, 0]
    assert b["x"] == sorted(b["x"]) and margin_figure(study()) is None


def test_many_methods_under_a_picture_are_named_class_by_class():
    """Twelve methods change one picture, ten of them to one class: some of each are named, Java's first."""
    labels = np.array([0, 1, 2, 1])
    names = ("pillow.bilinear", *[f"torch.m{k}" for k in range(10)], "java2d.nearest", "java2d.bilinear")
    tables = {}
    for k, name in enumerate(names):
        answers = labels.copy()
        answers[0] = 0 if k == 0 else 2 if k > 10 else 1
        tables[name] = table_of(answers, labels, 3.0, ("a", "b", "c"))
    found = ResizeStudy.of(names[0], names, [Classifier("kind", Row("x"), (Run(0, Thresholds(0.5), tables),))])
    ((c, i),) = flipped_most(found)
    figure, images = flip_gallery(found, [(c, i)], [{names[0]: np.zeros((8, 8, 3), np.uint8)}])
    (item,) = figure.data["items"]
    assert item["lines"][0].startswith("pillow.bilinear: a ") and list(images) == ["flip-0.png"]
    assert item["lines"][1].startswith("c under 2 of 12 methods: java2d.nearest 9") and "more" not in item["lines"][1]
    assert item["lines"][2].startswith("b under 10 of 12 methods: torch.m0 ") and item["lines"][2].endswith(" and 6 more")
