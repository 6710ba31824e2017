"""The suite from drawn pictures to its report with tiny networks, and its refusals."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from robustfashion.bench.experiment.noisy import NOISY
from robustfashion.bench.regularization.settings import RegularizationSettings
from robustfashion.bench.regularization.suite import regularization
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from robustfashion.report.render import write_report
from tests.models.samples import NET

TINY = {
    "tasks": ("shell_type",), "architectures": (NET,), "base": "none", "freeze": "none", "weight_decays": (0.0, 0.5),
    "places": {NET: ("all", "head")}, "seeds": (0, 1, 2), "canvas": 40, "size": 32, "max_steps": 6, "batch_size": 8,
    "resamples": 100, "synthetic": SyntheticSettings(count=120, seed=1, mix={"luggage": 1, "watch": 1}, long_side_px=(32, 40)),
    "noisy": replace(NOISY, count=60, long_side_px=(32, 40), outlier_share=0.3, mis_filed=0.1),
}  # fmt: skip

HEADS = {"freeze": "body", "base": "lite0", "places": {}, "max_steps": None, "batch_size": 32}
"""Settings that make heads on a frozen body of it."""


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return RegularizationSettings(cache=tmp_path_factory.mktemp("cache"), **TINY)


@pytest.fixture(scope="module")
def result(settings):
    return regularization(settings)


def table(result, name):
    return next(t for t in result.tables if t.id == name)


def rows_of(result, name="networks"):
    found = table(result, name)
    return [dict(zip([column.name for column in found.columns], row, strict=True)) for row in found.rows]


def test_every_row_of_the_study_is_there(result):
    names = [row[0] for row in table(result, "networks").rows]
    assert names == [
        "no weight decay", "weight decay 0.5", "weight decay 0.5 on the head", "label smoothing 0.1", "confidence penalty 0.3",
        "outlier exposure 0.5", "dropout 0.5", "validator: luggage",
    ]  # fmt: skip
    matched = [row[0] for row in table(result, "matched").rows]
    assert "hard gate" in matched and "soft gate" in matched and "fitted temperature" in matched


def test_the_first_sentence_names_pictures(result):
    assert result.headline[0].startswith("Of 60 pictures, ")
    assert "outliers: at its own threshold the plain classifier gives" in result.headline[0]


def test_networks_that_have_not_learned_prove_nothing(result):
    verdicts = {row[0]: row[4] for row in table(result, "networks").rows}
    assert verdicts["no weight decay"] in ("not learned", "collapsed")
    assert {c.verdict for c in result.claims if c.id.startswith("decay")} == {"not comparable"}
    assert any("Not compared" in line for line in result.headline)


def test_the_papers_rows_stand_beside_ours(result):
    rows = table(result, "table4").rows
    assert [row[1] for row in rows].count("the paper") == 5 and rows[0][:2] == ["no weight decay", "here"]
    assert rows[-1][7] is not None and rows[-1][5] == 21 and rows[-1][6] == "3.5 %"


def test_an_architecture_has_steps_of_its_own(settings, result):
    def steps(found):
        return {row["Networks"]: row["Steps"] for row in rows_of(found)}

    few = replace(settings, places={}, seeds=(0,), confidence_penalty=0.0, drop_rate=0.0)
    longer = regularization(replace(few, architectures=(NET, "resnet18"), steps={"resnet18": 9}))
    ours = steps(longer)
    assert ours[f"{NET}, no weight decay"] == ours[f"{NET}, label smoothing 0.1"] == steps(result)["no weight decay"] == 6
    assert ours["resnet18, no weight decay"] == ours["resnet18, weight decay 0.5"] == 9
    assert ours[f"{NET}, outlier exposure 0.5"] > 6
    note = f"Depths have learned for different numbers of steps ({NET} 6, resnet18 9)"
    assert note in table(longer, "differences").note and "different numbers" not in table(result, "differences").note
    assert not replace(settings, scale="full", steps={NET: 9}).paper_scale


def test_lists_hold_each_answered_outlier_of_each_row(result):
    lines = list(csv.DictReader(io.StringIO(result.lists["accepted_outliers.csv"])))
    rows = {row[0]: row for row in table(result, "table4").rows if row[1] == "here"}
    for name, row in rows.items():
        assert sum(line["row"] == name for line in lines) == row[8]
    assert all(line["kind"] for line in lines)
    assert all(not line["kind"] for line in csv.DictReader(io.StringIO(result.lists["lost_products.csv"])))


def test_a_second_run_says_the_same_from_cache(settings, result, monkeypatch):
    from robustfashion.models import training

    monkeypatch.setattr(training, "train", lambda *_: pytest.fail("trained again"))
    again = regularization(settings)
    assert again.headline == result.headline and [t.rows for t in again.tables] == [t.rows for t in result.tables]


def test_a_row_that_diverges_stops_no_other(settings, result, monkeypatch):
    from robustfashion.models import training

    def diverges(*_):
        raise training.Diverged("training diverged: its weights are no numbers any more")

    monkeypatch.setattr(training, "train", diverges)
    found = regularization(replace(settings, weight_decays=(0.0, 0.5, 7.0)))
    assert [r.item for r in found.refused if "diverged" in r.reason] == ["weight decay 7", "weight decay 7 on the head"]
    assert "Diverged: weight decay 7." in found.headline
    assert len(table(found, "networks").rows) == len(table(result, "networks").rows)
    with pytest.raises(InputError, match="diverged"):
        regularization(replace(settings, weight_decays=(0.1, 0.5)))


def test_a_validator_that_diverges_stops_no_other_row(settings, result, monkeypatch):
    from robustfashion.bench.regularization import asking
    from robustfashion.models import training

    trained = asking._trained

    def diverges(session, settings, sets, one, validation=None):
        if one.kind == "gate":
            raise training.Diverged("training diverged: its weights are no numbers any more")
        return trained(session, settings, sets, one, validation)

    monkeypatch.setattr(asking, "_trained", diverges)
    found = regularization(settings)
    assert any(r.item == "validator" and "luggage: training diverged" in r.reason for r in found.refused)
    assert "Diverged: validator." in found.headline and "hard gate" not in [row[0] for row in table(found, "matched").rows]
    assert [row[0] for row in table(found, "networks").rows] == [row[0] for row in table(result, "networks").rows][:-1]


def test_what_cannot_be_compared_is_listed(settings, result, monkeypatch, tmp_path):
    from robustfashion.bench.regularization import confidences

    assert any(r.item == "gate + weight decay" and "has learned" in r.reason for r in result.refused)
    monkeypatch.setattr(confidences, "temperature_of_confidence", lambda *_: None)
    found = regularization(settings)
    controls = [r for r in found.refused if r.item.startswith("temperature instead of ")]
    assert [r.item for r in controls] == [
        "temperature instead of weight decay 0.5",
        "temperature instead of weight decay 0.5 on the head",
    ]
    assert all("no temperature from 0.01 to 1000" in r.reason for r in controls)
    assert "decay-beyond-temperature" not in [claim.id for claim in found.claims]
    assert table(found, "temperature").rows == [] == table(found, "temperature-own").rows
    write_report(found, tmp_path)


def test_the_report_is_written(result, tmp_path):
    page = write_report(result, tmp_path).read_text()
    assert "Every remedy at the same coverage" in page and (tmp_path / "index.html").is_file()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"weight_decays": (0.5,)}, "two different weight decays"),
        ({"weight_decays": (0.5, 0.0)}, "the least first"),
        (HEADS, "no finite optimum"),
        ({"places": {"resnet18": ("all",)}}, "name an architecture of this run"),
        ({"coverages": (1.2,)}, r"a coverage is 1.2"),
        ({"tasks": ("shell_type", "heel_type")}, "name one task"),
        ({"resamples": 3}, "at least 100"),
        ({"threshold": 0.5}, "each row answers from its own mean confidence"),
        ({"steps": {"resnet18": 5}}, "name an architecture of this run"),
        ({"steps": {NET: 0}}, "at least 1 step"),
        (HEADS | {"weight_decays": (0.1, 0.5), "steps": {NET: 5}}, "heads on a frozen body are fitted"),
        ({"checkpoint": Path("a.ckpt")}, "bench outliers --checkpoint asks one network"),
        ({"predictions": (Path("a.npz"),)}, "give two files or more"),
    ],
)
def test_refusals(changed, message, tmp_path):
    with pytest.raises(InputError, match=message):
        RegularizationSettings(**(TINY | changed), cache=tmp_path)


def test_data_without_an_outlier_is_refused_before_any_training(settings, monkeypatch):
    from robustfashion.models import training

    monkeypatch.setattr(training, "train", lambda *_: pytest.fail("trained"))
    none = replace(settings, noisy=replace(settings.noisy, outlier_share=0.0, mis_filed=0.0, count=12))
    with pytest.raises(InputError, match="has no outlier"):
        regularization(none)
