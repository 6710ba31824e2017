"""The floor carries: a suite of sixty lines trains, asks and reports; sessions do nothing twice, render nothing for nothing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from robustfashion.bench.experiment.division import MOST_CLASSES, Part, accounting, divide
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.experiment.tasks import spec_of_classes, task_spec
from robustfashion.data import pixels
from robustfashion.data.network_task import name_of_classes
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.decisions import Thresholds
from robustfashion.errors import InputError
from robustfashion.models import training
from robustfashion.models.checkpoint import load_classifier
from robustfashion.report.render import write_report
from tests.bench.experiment import by_size
from tests.models.samples import NET

DRAWN = SyntheticSettings(count=110, seed=3, mix={"dress": 0.5, "top": 0.3, "watch": 0.2}, long_side_px=(40, 60))
SMALL = {"canvas": 40, "size": 24, "max_steps": 2, "batch_size": 8, "accelerator": "cpu", "seeds": (0,), "synthetic": DRAWN}


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache")


def session(cache, **changed):
    return Session(ExperimentSettings(**(SMALL | {"cache": cache} | changed)))


@pytest.fixture(scope="module")
def trained(cache):
    here = session(cache)
    division = here.divide(task_spec("dress", here.catalogue).target)
    return here, division, here.train(Row(NET), 0, division)


def forbidden(*_: object, **__: object) -> None:
    raise AssertionError("done again")


def test_a_throw_away_suite_trains_asks_and_reports(cache, tmp_path):
    assert len(Path(by_size.__file__).read_text().splitlines()) <= 60
    settings = by_size.SizeSettings(row=Row(NET), **({**SMALL, "seeds": (0, 1)} | {"cache": cache}))
    found = by_size.by_size(settings)
    assert [row[0] for row in found.tables[0].rows] == [16, 32] and found.provenance["data_hash"]
    page = write_report(found, tmp_path).read_text()
    assert "How large must the pictures be?" in page and "<svg" in page


def test_what_is_known_is_neither_trained_nor_rendered_again(cache, trained, monkeypatch):
    here, division, network = trained
    preprocessings = {name: here.settings.preprocessing(name) for name in ("pillow.bilinear", "java2d.nearest")}
    first = here.ask(network, division["test"], preprocessings)
    monkeypatch.setattr(training, "train", forbidden)
    monkeypatch.setattr(pixels, "_pictures", forbidden, raising=False)
    monkeypatch.setattr(pixels, "iter_pixels", forbidden, raising=False)
    fresh = session(cache)
    again = fresh.ask(fresh.train(Row(NET), 0, division), division["test"], preprocessings)
    for name, table in first.items():
        np.testing.assert_array_equal(table.logits, again[name].logits)
    assert first["java2d.nearest"].origin.preprocessing == "java2d.nearest"
    with pytest.raises(AssertionError, match="done again"):
        fresh.predictions(network, division["test"], here.settings.preprocessing("java2d.bicubic"))


def test_tables_say_who_the_pictures_are(trained):
    here, division, network = trained
    table = here.predictions(network, division["test"], here.settings.preprocessing())
    assert table.groups == division["test"].groups and set(table.splits) == {"test"} and set(table.outlier_kinds) == {None}
    assert table.last_layer is not None
    linear = table.features @ table.last_layer.weight.T + table.last_layer.bias
    np.testing.assert_allclose(linear, table.logits, atol=1e-5)
    assert table.origin.network == network.digest and table.origin.made_by["torch"]


def test_a_cached_answer_takes_todays_labels(cache, trained):
    """Answers are kept by pixels; a corrected label must not be undone by the cache."""
    here, division, network = trained
    before = here.predictions(network, division["test"], here.settings.preprocessing())
    part = type(division["test"])(division["test"].catalogue, 1 - division["test"].labels)
    after = here.predictions(network, part, here.settings.preprocessing())
    np.testing.assert_array_equal(after.labels, 1 - before.labels)
    np.testing.assert_array_equal(after.logits, before.logits)


def test_rows_carry_whole_recipes(cache, trained):
    here, division, network = trained
    decayed = here.train(Row(NET, recipe={"name": "paper", "weight_decay": 0.5}), 0, division)
    assert decayed.digest != network.digest and decayed.row.name == f"{NET} + weight decay 0.5"
    assert load_classifier(decayed.path).recipe.weight_decay == 0.5
    dropped = here.train(Row(NET, drop_rate=0.4), 0, division)
    assert load_classifier(dropped.path).drop_rate == 0.4 and "dropout 0.4" in dropped.row.name
    assert len({Row(NET), Row(NET, recipe={"name": "paper"}), Row(NET, label="x"), Row(NET)}) == 3


def test_a_network_is_trained_on_a_mix_of_methods(trained):
    here, division, network = trained
    mixed = Row(NET, train_methods=("pillow.bilinear", "java2d.nearest", "opencv.area"))
    found = here.train(mixed, 0, division)
    assert found.digest != network.digest and found.preprocessing.name == "pillow.bilinear"
    assert mixed.name == f"{NET} + trained on pillow.bilinear, java2d.nearest, opencv.area"


def test_consistency_on_a_mix_by_name(trained):
    here, division, network = trained
    row = Row(NET, recipe={"name": "paper", "consistency": 2.0}, train_methods=("mix.libraries",))
    spelt = replace(row, train_methods=("pillow.bilinear", "opencv.linear", "java2d.bilinear"))
    found = here.train(row, 0, division)
    assert found.path == here.train(spelt, 0, division).path  # one training, however it is written
    assert load_classifier(found.path).recipe.consistency == 2.0 and found.preprocessing.name == "pillow.bilinear"
    plain, first = (here.train(replace(row, recipe=r), 0, division) for r in ("paper", row.recipe | {"consistency_on": "first"}))
    assert len({found.digest, plain.digest, first.digest, network.digest}) == 4


def test_thresholds_come_from_whom_they_should(cache, trained):
    here, division, network = trained
    preprocessing = here.settings.preprocessing()
    validated = here.predictions(network, division["validation"], preprocessing).probabilities.max(axis=1).mean()
    assert here.thresholds(network, division, preprocessing).overall == pytest.approx(validated)
    carried = Thresholds(0.6, {"dress": 0.9}, "carried by the checkpoint")
    assert here.thresholds(replace(network, thresholds=carried), division, preprocessing) == carried
    given = session(cache, threshold=0.7).thresholds(replace(network, thresholds=carried), division, preprocessing)
    assert (given.overall, given.rule) == (0.7, "given on the command line")


def test_outliers_are_never_trained_on(cache, tmp_path):
    noisy = replace(DRAWN, count=200, mix={"dress": 0.5, "top": 0.5}, outlier_share=0.15, mis_filed=0.1)
    here = session(cache, synthetic=noisy)
    division = here.divide(task_spec("dress", here.catalogue).target)
    kinds = [kind for name in ("train", "validation", "test") for kind in division[name].catalogue.column("outlier_kind")]
    outliers = division["outliers"]
    assert set(kinds) == {None} and None not in outliers.catalogue.column("outlier_kind")
    assert {"mis-filed"} < set(outliers.catalogue.column("outlier_kind"))
    assert sum(map(len, division.parts.values())) == 200 == len(division.catalogue)
    shown = dict(zip(division["train"].catalogue.column("product_type"), division["train"].labels.tolist(), strict=True))
    assert shown == {"dress": 1, "top": 0}


def test_classes_held_out_are_outliers(cache):
    here = session(cache, hold_out=("watch",))
    division = here.divide(task_spec("label", here.catalogue).target)
    assert division.task.classes == ("dress", "top") and set(division["outliers"].catalogue.column("label")) == {"watch"}
    with pytest.raises(InputError, match="'boat'"):
        session(cache, hold_out=("boat",)).catalogue  # noqa: B018 - opened at the first use


def test_a_folder_of_outliers(cache, tmp_path):
    from PIL import Image

    (tmp_path / "junk").mkdir()
    for i in range(3):
        Image.fromarray(np.full((30, 20, 3), 70 * i, np.uint8)).save(tmp_path / "junk" / f"{i}.png")
    here = session(cache, outliers=str(tmp_path / "junk"))
    division = here.divide(task_spec("dress", here.catalogue).target)
    network = here.train(Row(NET), 0, division)
    table = here.predictions(network, division["outliers"], here.settings.preprocessing())
    assert len(table.ids) == 3 and (table.labels == -1).all() and None not in table.outlier_kinds


def test_one_dress_network_has_one_key(cache, trained):
    """Whatever suite asks for it, and whether or not somebody watches its validation."""
    other = session(cache, out=Path("elsewhere"), workers=1, threshold=0.5)
    division = divide(other.catalogue, task_spec("dress", other.catalogue).target, 0)
    assert other.train(Row(NET, label="another name"), 0, division).path == trained[2].path


@pytest.mark.parametrize(
    ("classes", "name", "kind"),
    [
        (("other", "dress"), "dress", "product type"),
        (("other", "hat"), "hat", "labels"),
        (("Hard", "Soft"), "shell_type", "attribute"),
        (("2", "4"), "number_of_wheels", "attribute"),
        (("red", "blue"), "label", "labels"),
    ],
)
def test_classes_tell_the_task(classes, name, kind):
    assert name_of_classes(classes) == name and spec_of_classes(classes).kind == kind


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"checkpoint": Path("a.ckpt"), "predictions": (Path("b.csv"),)}, "leave one of them out"),
        ({"seeds": ()}, "seeds"),
        ({"threshold": 0.0}, "threshold"),
        ({"train_method": "pillow.box+shorter=30+crop=24", "canvas": 48}, "canvas is 48, and the train_method .* has no canvas"),
        ({"train_method": "pillow.box+shorter=30+crop=24", "size": 96}, "its square has 24 px, but size is 96"),
    ],
)
def test_refusals(changed, message):
    with pytest.raises(InputError, match=message):
        ExperimentSettings(**changed)


def test_size_and_policy_come_from_the_training_method():
    assert (ExperimentSettings().size, ExperimentSettings(size=96).size) == (224, 96)
    settings = ExperimentSettings(train_method="pillow.bicubic+crop=24+shorter=30", scale="full", paper_data=True, data="x")
    assert (settings.size, settings.train_method) == (24, "pillow.bicubic+shorter=30+crop=24") and not settings.paper_scale
    assert settings.preprocessing("java2d.bilinear+jpeg80").name == "java2d.bilinear+shorter=30+crop=24+jpeg80"
    given = ExperimentSettings(checkpoint=Path("a.ckpt"))
    assert given.size is None and given.as_trained(3, None).size == 224
    assert given.as_trained(3, settings.preprocessing()).preprocessing("opencv.area").policy == settings.preprocessing().policy


def test_a_frozen_row_needs_a_base():
    with pytest.raises(InputError, match="without a base"):
        Row(NET, freeze="body")


def test_refused_outliers_are_accounted_for(cache):
    here = session(cache)
    kinds = here.catalogue.column("outlier_kind")
    reasons = here.catalogue.column("reason")
    kinds[:3], reasons[:3] = ["class/junk"] * 3, ["zero bytes"] * 3
    broken = here.catalogue.replace(outlier_kind=kinds, reason=reasons)
    division = divide(broken, task_spec("dress", broken).target, 0)
    table = accounting(division, "")
    assert table.rows[-1][1] == len(broken) and table.rows[-2][1] == 3


@pytest.mark.parametrize("many", [MOST_CLASSES, MOST_CLASSES + 1, 1000])
def test_a_thousand_classes_are_no_thousand_columns(cache, many):
    division = divide(session(cache).catalogue, task_spec("dress", session(cache).catalogue).target, 0)
    test = division["test"].take(range(7))
    labelled = Part(test.catalogue, np.array([3, 3, 3, 3, 11, 11, -1]))  # four of a class, two of another, one without a label
    nothing = Part(test.catalogue.take(range(2)), np.array([-1, -1]))
    wide = replace(
        division, task=replace(division.task, classes=tuple(f"c{k}" for k in range(many))),
        parts={"train": nothing, "test": labelled},
    )  # fmt: skip
    table = accounting(wide, "")
    assert all(len(row) == len(table.columns) for row in table.rows) and table.rows[1][1] == 7
    if many == MOST_CLASSES:
        assert [table.rows[1][3 + k] for k in (0, 3, 11)] == [0, 4, 2]
        return
    assert [column.name for column in table.columns[3:]] == ["Classes", "Fewest", "Most"]
    assert table.rows[1][3:] == [2, 2, 4] and table.rows[0][3:] == [0, None, None]
