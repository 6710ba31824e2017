"""The surface from drawn pictures to its report with tiny networks, and its refusals."""

import numpy as np
import pytest
from PIL import Image

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.sensitivity.condition import Condition
from robustfashion.bench.sensitivity.settings import SensitivitySettings
from robustfashion.bench.sensitivity.suite import sensitivity
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from robustfashion.report.render import write_report
from tests.models.samples import NET

DRAWN = SyntheticSettings(count=120, seed=1, mix={"dress": 1, "watch": 1}, long_side_px=(36, 48), nuisance=0.3)
CONDITIONS = (
    Condition("plain", serve=("java2d.bilinear+java_jpeg0.75@canvas",)),
    Condition("few", training_pictures=24),
    Condition("small <b>", canvas=44, size=16, drawn={"fine_pattern_share": 1.0}, seeds=(3,), expected=True),
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return SensitivitySettings(
        cache=tmp_path_factory.mktemp("cache"), synthetic=DRAWN, conditions=CONDITIONS, tasks=("dress",), row=Row(NET),
        seeds=(0, 1), canvas=48, size=32, max_steps=40, batch_size=16,
        serve_methods=("opencv.area", "java2d.bilinear", "java2d.nearest"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def result(settings):
    return sensitivity(settings)


def rows_of(result, name):
    found = next(t for t in result.tables if t.id == name)
    return [dict(zip([column.name for column in found.columns], row, strict=True)) for row in found.rows]


def test_every_condition_stands_in_the_design_with_its_factors(result):
    plain, few, small = rows_of(result, "design")
    assert [row["Condition"] for row in (plain, few, small)] == [condition.label for condition in CONDITIONS]
    assert plain["Reduction"] == 1.5 and small["Reduction"] == 2.75 and small["Seeds"] == 1
    assert few["Training pictures"] == "24" and int(plain["Training pictures"]) > 60
    assert small["Drawn differently"] == "fine pattern share 1.0" and small["Loss expected"] == "yes"


def test_every_cell_is_served_with_every_method(result):
    found = [(row["Condition"], row["Serving method"]) for row in rows_of(result, "surface")]
    common = ["opencv.area", "java2d.bilinear", "java2d.nearest"]
    assert [m for label, m in found if label == "plain"] == [*common, "java2d.bilinear+java_jpeg0.75@canvas"]
    assert [m for label, m in found if label == "few"] == common
    jpeg = next(row for row in rows_of(result, "surface") if "@canvas" in row["Serving method"])
    assert jpeg["JPEG"] == "between the stages" and jpeg["Antialiased"] == "no"


def test_smaller_choices_of_training_pictures_leave_the_test_alone(result):
    plain, few, _ = rows_of(result, "cells")
    assert plain["Images"] == few["Images"] and plain["Training pictures"] > few["Training pictures"]


def test_a_mechanism_with_too_few_seeds_is_not_decided(result):
    (claim,) = [claim for claim in result.claims if claim.id == "mechanism"]
    assert claim.verdict in ("not shown", "not comparable")
    assert [row["Loss expected"] for row in rows_of(result, "mechanism")] == ["no", "no", "yes"]


def test_the_report_is_written_with_escaped_text(result, tmp_path):
    page = write_report(result, tmp_path).read_text()
    assert "small <b>" not in page and "small &lt;b&gt;" in page
    assert "danger-zone" in page


def test_unknown_dials_are_refused_before_anything_is_drawn():
    with pytest.raises(InputError, match=r"condition odd: drawn names 'grain'; dials are count"):
        SensitivitySettings(conditions=(Condition("odd", drawn={"grain": 1}),))


def test_two_conditions_of_one_name_are_refused():
    with pytest.raises(InputError, match="two are called 'a'"):
        SensitivitySettings(conditions=(Condition("a"), Condition("a")))


def test_ones_own_pictures_have_no_dials(tmp_path):
    with pytest.raises(InputError, match="condition a: drawn is"):
        SensitivitySettings(data=str(tmp_path), conditions=(Condition("a", drawn={"nuisance": 0.0}),))


def test_a_given_network_has_no_design(tmp_path):
    with pytest.raises(InputError, match="conditions are given, and so is a network"):
        SensitivitySettings(checkpoint=tmp_path / "net.ckpt", conditions=(Condition("a"),))


def test_a_condition_names_itself_in_what_its_settings_refuse():
    with pytest.raises(InputError, match="condition a: max_steps is 5, and nothing is trained by steps"):
        SensitivitySettings(conditions=(Condition("a", max_steps=5), Condition("b", row=Row("resnet18"))))


def test_a_condition_whose_networks_never_see_its_training_method_is_refused():
    row = Row("resnet18", train_methods=("opencv.area", "java2d.bilinear"))
    with pytest.raises(
        InputError, match=r"condition mix: its networks learn from opencv.area, java2d.bilinear.*train_method: opencv"
    ):
        SensitivitySettings(conditions=(Condition("mix", row=row),))
    named = Condition("mix", row=row, train_method="opencv.area")
    assert SensitivitySettings(conditions=(named,)).design == (named,)


def test_ones_own_labelled_pictures(tmp_path):
    for k, label in enumerate(("bag", "hat")):
        (tmp_path / "photos" / label).mkdir(parents=True)
        for i in range(24):
            noise = np.random.default_rng(100 * k + i).integers(0, 60, (40, 32, 3))
            Image.fromarray((noise + 150 * k).astype(np.uint8)).save(tmp_path / "photos" / label / f"{i}.png")
    conditions = (Condition("a"), Condition("b", canvas=64, row=Row("test_convnext")))
    found = sensitivity(SensitivitySettings(
        data=str(tmp_path / "photos"), cache=tmp_path / "cache", conditions=conditions, recalibrate=True, row=Row(NET),
        seeds=(0,), canvas=48, size=32, max_steps=30, batch_size=8, serve_methods=("java2d.bilinear",),
    ))  # fmt: skip
    assert found.scale == "own data" and [row["Task"] for row in rows_of(found, "cells")] == ["label", "label"]
    assert [row["Reduction"] for row in rows_of(found, "design")] == [1.5, 2.0]
    assert [row["Condition"] for row in rows_of(found, "recalibrated")] == ["a"]
    (refused,) = [one for one in found.refused if "BatchNorm" in one.item]
    assert refused.item == "b, label: BatchNorm re-estimated" and "normalisation" in refused.reason
