"""The accuracy suite from pictures to report, with a tiny network; its refusals."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from robustfashion.bench.__main__ import _main, parse
from robustfashion.bench.accuracy.settings import AccuracySettings
from robustfashion.bench.accuracy.suite import accuracy
from robustfashion.bench.experiment.division import divide
from robustfashion.bench.experiment.network import load_network
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.experiment.tasks import task_spec, teachable
from robustfashion.data.catalogue import catalogue_from_rows
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from robustfashion.models import training
from robustfashion.models.checkpoint import load_classifier
from robustfashion.models.inference import predict_arrays
from robustfashion.models.lite0 import ARCHITECTURE
from robustfashion.predictions import read_predictions
from robustfashion.report.render import write_report
from tests.models.samples import NET

DRAWN = SyntheticSettings(count=150, seed=4, mix={"dress": 0.3, "luggage": 0.7}, long_side_px=(60, 80))

WATCHES = SyntheticSettings(count=12, mix={"watch": 1.0}, long_side_px=(40, 40))


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


def settings(cache, **changed):
    values = {
        "tasks": ("shell_type", "number_of_wheels", "luggage"), "transfer": {"number_of_wheels": "shell_type"},
        "architecture": NET, "canvas": 48, "size": 24, "seeds": (0,), "max_steps": 3, "batch_size": 8,
        "accelerator": "cpu", "cache": cache, "synthetic": DRAWN,
    }  # fmt: skip
    return AccuracySettings(**(values | changed))


@pytest.fixture(scope="module")
def result(cache):
    return accuracy(settings(cache))


def lines(result, name):
    table = next(table for table in result.tables if table.id == name)
    return [dict(zip([column.name for column in table.columns], row, strict=True)) for row in table.rows]


def test_numbers_are_those_of_the_prediction_tables(result, cache):
    tables = [read_predictions(path) for path in (cache / "predictions").glob("*.parquet")]
    measured = {(table.classes, len(table.ids)): [] for table in tables}
    for table in tables:
        measured[table.classes, len(table.ids)].append(float((table.logits.argmax(1) == table.labels).mean()))
    for line in lines(result, "table1") + lines(result, "table3"):
        same = [values for (classes, n), values in measured.items() if (len(classes), n) == (line["Classes"], line["Accuracy"].n)]
        assert any(line["Accuracy"].value == pytest.approx(value) for values in same for value in values), line["Classifier"]
    assert [line["Classifier"] for line in lines(result, "table3")] == ["luggage"]
    assert {line["Classifier"] for line in lines(result, "calibration")} >= {"shell_type", "number_of_wheels from shell_type"}


def test_every_image_is_accounted_for(result, cache):
    catalogue = Session(settings(cache)).catalogue
    for line in lines(result, "accounting"):
        target = task_spec(line["Classifier"], catalogue).target
        labelled = catalogue.truth(target.column, target.positive).drop_null().to_pylist()
        even = 2 * min(labelled.count("luggage"), len(labelled) - labelled.count("luggage"))
        used = line["Train"] + line["Validation"] + line["Test"]
        assert used == len(labelled) if target.positive is None else abs(used - even) <= 12
        assert line["Not for this task"] == 150 - used and line["Outliers"] == 0
    assert len({line["Not for this task"] for line in lines(result, "accounting")}) > 1


def test_labels_are_in_the_taxonomys_order(result):
    found = [line["Label"] for line in lines(result, "labels") if line["Classifier"] == "number_of_wheels"]
    assert found == ["0", "2", "4"]


def test_history_is_kept(result):
    speeds = lines(result, "training")
    assert all(line["Steps"] == 3 and line["Images/s"] > 0 for line in speeds)


def test_report_is_drawn(result, tmp_path):
    page = write_report(result, tmp_path).read_text()
    assert "Who is taken for whom: shell_type" in page and "The surest mistakes" in page


def test_second_run_trains_nothing(result, cache, monkeypatch):
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(training, "train", forbidden)
    assert accuracy(settings(cache)).tables == result.tables


def test_own_folder_of_classes(cache, tmp_path):
    for k, name in enumerate(("red", "green", "blue")):
        (tmp_path / name).mkdir()
        for i in range(12):
            pixels = np.random.default_rng([k, i]).integers(0, 90, (30, 40, 3))
            pixels[..., k] += 150
            Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / name / f"{i}.png")
    (tmp_path / "red" / "broken.png").write_bytes(b"")
    found = accuracy(settings(cache, data=str(tmp_path), tasks=None, transfer=None))
    assert [line["Classifier"] for line in lines(found, "own-labels")] == ["label"]
    assert [refused.item for refused in found.refused] == ["red/broken.png"] and found.scale == "own data"


def test_command_line(cache, tmp_path):
    config = tmp_path / "small.yaml"
    config.write_text(
        f"tasks: [shell_type]\narchitecture: {NET}\ncanvas: 48\nsize: 24\nseeds: [0]\nmax_steps: 3\nbatch_size: 8\n"
        f"accelerator: cpu\ncache: {cache}\n"
        "synthetic: {count: 150, seed: 4, mix: {dress: 0.3, luggage: 0.7}, long_side_px: [60, 80]}\n"
    )
    _main(["accuracy", "--config", str(config), "--out", str(tmp_path / "out")])
    written = json.loads((tmp_path / "out" / "result.json").read_text())
    assert written["suite"] == "accuracy" and written["scale"] == "smoke"


def test_all_fourteen_by_default():
    found = parse("accuracy", [])
    assert found.tasks is None and found.seeds == (0, 1, 2) and found.transfer == {}
    assert (found.architecture, found.base, found.freeze) == (ARCHITECTURE, "lite0", "body") and found.row("dress").on_trunk
    ours = parse("accuracy", ["--architecture", "resnet18"])
    assert (ours.base, ours.freeze) == ("none", "none") and not ours.row("dress").on_trunk
    moved = parse("accuracy", ["--transfer", "{dress: lite0}"])
    assert (moved.base, moved.freeze) == ("none", "none") and moved.transferred("dress", "lite0").base == "lite0"
    frozen = parse("resize", []).rows[0]
    assert replace(frozen, label="") == found.row("dress"), "one head for both suites"
    assert parse("resize", []).synthetic == found.synthetic
    rows = [
        {"id": str(i), "path": "x", "group": str(i), "label": t, "product_type": t, "sleeve_type": s}
        for i, (t, s) in enumerate([("dress", "Long sleeve"), ("top", "Sleeveless"), ("watch", None)])
    ]
    assert teachable(catalogue_from_rows(rows, "made up")) == ["sleeve_type", "watch", "dress", "top"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"architecture": "resnet18", "freeze": "body"}, "nothing is frozen without a base"),
        ({"architecture": "resnet18", "head": "sgd"}, "nothing is frozen without a base"),
        ({"max_steps": 9}, "nothing is trained by steps here"),
        ({"paper_data": True}, "the pictures are drawn"),
        ({"checkpoint": "c.ckpt", "data": "photos", "max_images": 30}, "asked about all pictures"),
    ],
)  # fmt: skip
def test_options_that_do_nothing_are_refused(changed, message):
    with pytest.raises(InputError, match=message):
        AccuracySettings(**changed)


def test_whose_figures_are_held_against_the_papers():
    theirs = {"data": "photos", "paper_data": True, "scale": "full", "max_steps": -1, "architecture": "resnet50"}
    assert AccuracySettings(**theirs).paper_scale
    for changed in ({"paper_data": False}, {"base": "imagenet"}, {"recipe": "robust"}, {"size": 64}, {"max_images": 60}):
        assert not AccuracySettings(**(theirs | changed)).paper_scale, changed


def test_limit_takes_whole_products_of_every_class():
    names = ["dress"] * 90 + ["top"] * 510
    rows = [
        {"id": str(i), "path": "x", "group": f"g{i // 3}", "label": name, "product_type": name} for i, name in enumerate(names)
    ]
    catalogue = catalogue_from_rows(rows, "made up")
    division = divide(catalogue, task_spec("dress", catalogue).target, seed=0, max_images=120)
    kept = division.catalogue.column("group")
    assert 118 <= len(kept) <= 126 and division.catalogue.column("label").count("dress") == 60
    assert all(kept.count(group) == 3 for group in set(kept))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"tasks": ("shoes",)}, "task is 'shoes'; use label, or of drawn data one of"),
        ({"tasks": ("sleeve_type",), "synthetic": WATCHES}, "sleeve_type"),
        ({"transfer": {"dress": "luggage"}}, "'dress', which is not trained"),
        ({"transfer": {"luggage": "nowhere.ckpt"}}, "starts from 'nowhere.ckpt'"),
    ],
)  # fmt: skip
def test_what_is_refused(cache, changed, message):
    with pytest.raises(InputError, match=message):
        accuracy(settings(cache, **changed))


def given(cache, path, **changed):
    """Settings for a checkpoint: nothing that would be passed over."""
    plain = {"tasks": None, "transfer": None, "architecture": ARCHITECTURE, "checkpoint": path}
    return settings(cache, **(plain | changed))


def test_a_given_checkpoint_is_measured(result, cache):
    """The network of the run itself, on the same drawn catalogue: the same accuracy on the same test pictures, less the limit."""
    path = next(p for p in sorted((cache / "networks").glob("*.ckpt")) if load_classifier(p).classes == ("Hard", "Soft"))
    found = accuracy(given(cache, path))
    (line,) = lines(found, "table1")
    assert line["Classifier"] == "shell_type" and line["Architecture"] == NET and line["Paper's accuracy"] == 0.9377
    assert line["Train images"] is None and line["Accuracy"] in [other["Accuracy"] for other in lines(result, "table1")]
    (account,) = lines(found, "accounting")
    assert account["Train"] + account["Validation"] + account["Test"] + account["Not for this task"] == 150
    assert found.settings["checkpoint"] == str(path)


def test_a_checkpoint_on_ones_own_pictures(result, cache, tmp_path):
    path = next(p for p in sorted((cache / "networks").glob("*.ckpt")) if load_classifier(p).classes == ("other", "luggage"))
    for name in ("luggage", "hat"):
        (tmp_path / name).mkdir()
        for i in range(5):
            Image.fromarray(np.full((30, 40, 3), 20 + 40 * i, np.uint8)).save(tmp_path / name / f"{i}.png")
    found = accuracy(given(cache, path, data=str(tmp_path)))
    (account,) = lines(found, "accounting")
    assert account["Test"] == 10 and "trained on none of the test pictures" in account["Splits"]
    (tmp_path / "hat" / "4.png").unlink()
    apart = accuracy(given(cache, path, data=str(tmp_path), outlier_classes=("hat",)))
    (account,) = lines(apart, "accounting")
    assert (account["Test"], account["Not for this task"], account["Outliers"]) == (5, 0, 4)
    loose = tmp_path / "loose"
    loose.mkdir()
    Image.fromarray(np.full((30, 40, 3), 90, np.uint8)).save(loose / "a.png")
    with pytest.raises(InputError, match="without labels there is no accuracy"):
        accuracy(given(cache, path, data=str(loose)))


@pytest.fixture(scope="module")
def frozen(cache, tmp_path_factory):
    """Three tasks as heads on one trunk, the body of another network of ours, trained otherwise."""
    base = next(p for p in sorted((cache / "networks").glob("*.ckpt")) if load_classifier(p).classes == ("Hard", "Soft"))
    steps = {"max_steps": None, "batch_size": 32}
    return settings(cache, base=str(base), freeze="body", transfer=None, seeds=(0, 1, 2), **steps)


def test_heads_on_one_trunk(result, frozen, cache, monkeypatch):
    monkeypatch.setattr(training, "train", lambda *_: pytest.fail("a frozen body is trained"))
    found = accuracy(frozen)
    assert {line["Classifier"] for line in lines(found, "table1")} == {"shell_type", "number_of_wheels"}
    hashes = {path.stem for path in (cache / "features").rglob("*.parquet")}
    assert hashes
    before = accuracy(frozen)
    assert before.tables == found.tables and {path.stem for path in (cache / "features").rglob("*.parquet")} == hashes


def test_a_head_on_cached_features_answers_as_the_classifier_does(frozen, cache):
    here = Session(frozen)
    spec = task_spec("number_of_wheels", here.catalogue)
    division = here.divide(spec.target)
    network = here.train(frozen.row(spec.name), 0, division)
    preprocessing = frozen.preprocessing("java2d.bilinear")
    cached = here.predictions(network, division["test"], preprocessing)
    model = load_classifier(network.path, classes=cached.classes)
    pixels = here.pixels(division["test"], [preprocessing])[preprocessing.name]
    logits, features = predict_arrays(model, np.asarray(pixels), accelerator="cpu")
    scale = max(1.0, np.abs(logits).max())
    np.testing.assert_allclose(cached.logits / scale, logits / scale, atol=1e-4)
    np.testing.assert_allclose(cached.features, features, atol=1e-3 * np.abs(features).max())
    assert model.recipe.name == "frozen" and model.description.seed == 0


def test_a_label_of_ones_own_is_a_task(cache, tmp_path):
    for k, name in enumerate(("red", "green", "blue")):
        (tmp_path / name).mkdir()
        for i in range(12):
            Image.fromarray(np.full((30, 40, 3), 60 * k + i, np.uint8)).save(tmp_path / name / f"{i}.png")
    found = accuracy(settings(cache, data=str(tmp_path), tasks=None, transfer=None, positive="blue"))
    assert [line["Classifier"] for line in lines(found, "own-labels")] == ["blue"]


def test_a_checkpoint_is_not_asked_about_pictures_that_it_learnt_from(cache):
    """With a limit on the images the splits are those of the training."""
    limited = settings(cache, max_images=60, tasks=("luggage",), transfer=None)
    here = Session(limited)
    division = here.divide(task_spec("luggage", here.catalogue).target, 60)
    network = here.train(limited.row("luggage"), 0, division)
    asked = Session(given(cache, network.path, max_images=60)).divide_for(load_network(network.path), 60)
    assert set(asked["test"].ids) == set(division["test"].ids)
    assert set(asked["test"].groups).isdisjoint(division["train"].groups)


@pytest.mark.parametrize("changed", [{"tasks": ("dress",)}, {"base": "lite0"}, {"recipe": "robust"}, {"architecture": NET}])
def test_what_a_checkpoint_makes_idle_is_refused(cache, changed):
    with pytest.raises(InputError, match="and a checkpoint is given, which"):
        given(cache, "a.ckpt", **changed)


def test_a_label_may_hold_any_character(cache, tmp_path):
    folder = tmp_path / "manifest"
    folder.mkdir()
    lines_ = ["path,label"]
    for k, name in enumerate(("Women/Dresses", "<b>hats</b>")):
        for i in range(14):
            pixels = np.random.default_rng([k, i]).integers(0, 255, (30, 40, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / f"{k}-{i}.png")
            lines_.append(f"{k}-{i}.png,{name}")
    (folder / "m.csv").write_text("\n".join(lines_))
    found = accuracy(settings(cache, data=str(folder / "m.csv"), tasks=None, transfer=None, positive="Women/Dresses"))
    found.save(tmp_path / "out")
    assert "Women/Dresses" in write_report(found, tmp_path / "out").read_text()


def test_corrected_validation_labels_do_not_leave_old_curves(cache):
    here = Session(settings(cache, tasks=("luggage",), transfer=None, max_steps=20))
    division = here.divide(task_spec("luggage", here.catalogue).target)
    row = here.settings.row("luggage")
    first = here.train(row, 5, division)
    assert first.watched and any("val/accuracy" in epoch for epoch in first.history())
    validation = division["validation"]
    corrected = replace(division, parts={**division.parts, "validation": replace(validation, labels=1 - validation.labels)})
    again = here.train(row, 5, corrected)
    assert again.digest == first.digest and not again.watched
    assert again.history() and not any("val/accuracy" in epoch for epoch in again.history())


def test_transfer_is_against_scratch(cache):
    with pytest.raises(InputError, match="against scratch"):
        settings(cache, base="lite0")


@pytest.mark.parametrize(("limit", "dresses"), [(None, 90), (60, 30)])
def test_validators_are_balanced_at_every_scale(cache, limit, dresses):
    names = ["dress"] * 90 + ["top"] * 510
    rows = [
        {"id": str(i), "path": "x", "group": f"g{i // 3}", "label": name, "product_type": name} for i, name in enumerate(names)
    ]
    session = Session(AccuracySettings(cache=cache))
    session._opened = catalogue_from_rows(rows, "made up"), ""
    for name in ("dress", "top"):
        (division,) = session.divisions((name,), (), limit, balanced=True)[0].values()
        counts = np.sum([np.bincount(division[split].labels, minlength=2) for split in ("train", "validation", "test")], axis=0)
        assert np.abs(counts - dresses).max() <= 6, "whole products of three pictures, in three splits"
    (free,) = session.divisions(("dress",), (), None)[0].values()
    assert sum(len(free[split]) for split in ("train", "validation", "test")) == 600
