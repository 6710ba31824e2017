"""The suite from pictures to report, with a tiny network on small pictures; its command line."""

import json

import pytest

from robustfashion.bench.__main__ import _main, parse
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.outliers.settings import OutliersSettings
from robustfashion.bench.outliers.suite import outliers
from robustfashion.data.sources import rendered_catalogue
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from robustfashion.models.checkpoint import load_classifier
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
