"""The suite from pictures to report, with a tiny network on small pictures; its command line."""

import json
from dataclasses import replace

import numpy as np
import pytest

from robustfashion.bench.__main__ import _main, parse
from robustfashion.bench.experiment.division import Part
from robustfashion.bench.experiment.noisy import NoisySet, drawn_noisy_set
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.experiment.tasks import task_spec
from robustfashion.bench.outliers import asking
from robustfashion.bench.outliers.settings import OutliersSettings
from robustfashion.bench.outliers.suite import outliers
from robustfashion.data.preprocess import Preprocessing
from robustfashion.data.sources import rendered_catalogue
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from robustfashion.models.checkpoint import load_classifier
from robustfashion.models.trained_on import TrainedOn
from robustfashion.rejection.cascade import read_operating_point
from robustfashion.report.render import write_report
from tests.models.samples import NET

DRAWN = SyntheticSettings(count=120, seed=4, mix={"watch": 0.6, "luggage": 0.4}, long_side_px=(50, 60))
SMALL = {"long_side_px": (50, 60)}


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


def settings(cache, **changed):
    values = {
        "synthetic": DRAWN, "noisy": SyntheticSettings(count=60, seed=43, outlier_share=0.2, mis_filed=0.1, **SMALL),
        "pool": SyntheticSettings(count=40, seed=45, outlier_share=0.75, mis_filed=0.25, **SMALL),
        "calibration": SyntheticSettings(count=40, seed=37, **SMALL), "rows": (Row(NET),), "gate_row": Row(NET),
        "serve_methods": ("java2d.nearest",), "scores": ("max_softmax", "knn"), "rules": ("mean-confidence", "quantile@0.1"),
        "canvas": 48, "size": 24, "max_steps": 2, "batch_size": 8, "accelerator": "cpu", "cache": cache,
    }  # fmt: skip
    return OutliersSettings(**(values | changed))


@pytest.fixture(scope="module")
def result(cache):
    return outliers(settings(cache))


def table(result, name):
    return next(table for table in result.tables if table.id == name)


def test_sets_are_of_different_products_and_all_tiers(result):
    rows = {row[0]: row for row in table(result, "sets").rows}
    assert rows["the noisy set"][1] == 60 and rows["the pool of outliers"][3] == 0
    assert {column.name for column in table(result, "sets").columns} >= {
        f"Outliers: {t}" for t in ("near", "junk", "far", "mis-filed")
    }
    assert rows["sets thresholds"][1] > 40, "validation pictures are among them"


def test_networks_that_have_not_learned_get_no_verdict(result):
    assert "not learned" in result.headline[0] and "proves nothing" in result.headline[0]
    assert result.claims and {claim.verdict for claim in result.claims} == {"not comparable"}


def test_the_report_can_be_written_and_names_are_escaped(result, tmp_path):
    page = write_report(result, tmp_path)
    text = page.read_text(encoding="utf-8")
    assert "Table 4" in text and "Fig. 2" in text and text.count("<svg") >= 3
    assert len(result.images) >= 3


def test_refusals_under_another_method_are_counted(result):
    rows = table(result, "resized-refusals").rows
    assert [row[:2] for row in rows] == [["java2d.nearest", "threshold alone"], ["java2d.nearest", "watch validator"]]


def test_the_operating_point_names_the_networks(result):
    point = read_operating_point(result.lists["operating_point.yaml"], "here")
    assert point.preprocessing == "pillow.bilinear" and point.attribute == "display_type" and len(point.network) == 64


def test_a_second_run_is_equal_and_trains_nothing(result, cache, monkeypatch):
    from robustfashion.models import training

    monkeypatch.setattr(training, "train", None)
    again = outliers(settings(cache))
    assert again.headline == result.headline and again.lists == result.lists


def test_checkpoints_stand_in_for_both_networks(result, cache):
    assert result.suite == "outliers"
    networks = {load_classifier(path).classes: path for path in (cache / "networks").glob("*.ckpt")}
    names = {tuple(classes): path for classes, path in networks.items()}
    gate = names["other", "watch"]
    attribute = next(path for classes, path in names.items() if len(classes) == 4)
    given = {
        "checkpoint": attribute,
        "rows": (Row("resnet18"),),
        "max_steps": None,
        "batch_size": 32,
        "canvas": 500,
        "size": None,
    }
    found = outliers(settings(cache, gate=gate, **given))
    assert table(found, "table4").rows[0][3:6] == table(result, "table4").rows[0][3:6]
    with pytest.raises(InputError, match="stands behind watch"):
        outliers(settings(cache, gate=attribute, **given))


def classes_of(cache):
    """Checkpoints of the cache by their classes."""
    return {tuple(load_classifier(path).classes): path for path in (cache / "networks").glob("*.ckpt")}


def with_gate(monkeypatch, cache, **changed):
    """Settings with the watch validator as a given gate, of which its file would say something else."""
    real = asking.load_network
    monkeypatch.setattr(asking, "load_network", lambda path: replace(real(path), **changed))
    return settings(cache, gate=classes_of(cache)["other", "watch"])


def test_a_gate_is_asked_under_its_own_preprocessing(result, cache, monkeypatch):
    asked = []
    real = Session.ask, Session.predictions
    monkeypatch.setattr(Session, "ask", lambda *a: asked.append((a[1].classes, tuple(a[3].values()))) or real[0](*a))
    monkeypatch.setattr(Session, "predictions", lambda *a: asked.append((a[1].classes, (a[3],))) or real[1](*a))
    own = Preprocessing.parse("opencv.area", 40, 24)
    found = outliers(with_gate(monkeypatch, cache, preprocessing=own))
    seen = {p for classes, ps in asked if classes == ("other", "watch") for p in ps}
    assert seen == {own, Preprocessing.parse("java2d.nearest", 40, 24)}
    assert {p.canvas for classes, ps in asked if classes != ("other", "watch") for p in ps} == {48}
    assert "opencv.area at 24 px" in table(found, "sets").note and "opencv.area" not in table(result, "sets").note


def test_a_gate_that_knows_the_noisy_set_is_refused(result, cache, monkeypatch):
    here = Session(settings(cache))
    spec = task_spec("display_type", here.catalogue)
    noisy = drawn_noisy_set(here.workspace, here.settings.noisy, spec, here.divide(spec.target)).whole
    known = TrainedOn.of(noisy.catalogue.column("sha256")[:7], noisy.groups[:7])
    with_it = with_gate(monkeypatch, cache, trained_on=known)
    with pytest.raises(InputError, match=r"gate .* was trained on 4 of \d+ products that are asked about"):
        outliers(with_it)
    note = table(outliers(replace(with_it, allow_overlap=True)), "sets").note
    assert "numbers on them are optimistic" in note


def test_held_out_classes_of_drawn_data_are_what_is_asked_about(cache):
    found = outliers(settings(cache, hold_out=("luggage",), serve_methods=()))
    rows = {row[0]: row for row in table(found, "sets").rows}
    assert [column.name for column in table(found, "sets").columns][-1] == "Outliers: held out"
    assert rows["the noisy set"][-1] == rows["the noisy set"][1] - rows["the noisy set"][3] > 30
    assert rows["the pool of outliers"][1] == 0


@pytest.mark.slow
def test_a_second_level_has_its_validator_where_the_data_can_teach_it(cache, monkeypatch):
    """Shoes among watches; half of the shoes have the label sandal."""
    drawn = SyntheticSettings(count=160, seed=4, mix={"shoe": 0.7, "watch": 0.3}, long_side_px=(50, 60))
    here = Session(settings(cache, synthetic=drawn, tasks=("sandal_style",)))
    catalogue, note = here._opened
    styles = catalogue.column("sandal_style")
    labels = ["sandal" if style else label for style, label in zip(styles, catalogue.column("label"), strict=True)]
    two = [style and ("Platform" if k % 2 else "Gladiator") for k, style in enumerate(styles)]
    here.__dict__["_opened"] = catalogue.replace(label=labels, sandal_style=two), note
    spec = task_spec("sandal_style", here.catalogue)
    nothing = Part(here.catalogue.take([]), np.zeros(0, np.int64))
    sets = asking.Sets(spec, here.divide(spec.target), NoisySet(nothing, nothing, ""), nothing, nothing, ())
    validators, reason = asking._validators(here, here.settings, sets, None)
    assert not reason and validators.levels == (("shoe",), ("sandal",)) and set(validators.tests) == {"shoe", "sandal"}


def test_own_pictures_with_a_folder_of_outliers(cache, tmp_path):
    from robustfashion.data.synthetic import render_catalogue

    rendered_catalogue(DRAWN, cache)
    render_catalogue(tmp_path / "strange", SyntheticSettings(count=12, seed=8, outlier_share=1.0, long_side_px=(50, 60)))
    data = next(path for path in (cache / "synthetic").iterdir() if DRAWN.digest().startswith(path.name))
    own = {"data": str(data), "outliers": str(tmp_path / "strange"), "tasks": ("display_type",)}
    found = outliers(settings(cache, **own))
    assert found.scale == "own data" and "12 are outliers" in found.headline[1]
    bare = outliers(settings(cache, **own | {"outliers": None}))
    assert "none is marked as an outlier" in " ".join(bare.headline)


def test_the_command_line_writes_the_report(cache, tmp_path, monkeypatch):
    config = tmp_path / "tiny.yaml"
    values = settings(cache, out=tmp_path / "out").plain()
    config.write_text(json.dumps(values))
    monkeypatch.chdir(tmp_path)
    _main(["outliers", "--config", str(config)])
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"index.html", "result.json", "accepted_outliers.csv", "lost_products.csv", "operating_point.yaml"} <= names
    assert parse("outliers", []).task == "display_type"
