"""Operating points as text: round trip, what a hostile text does (nothing), and messages that name field and value."""

from dataclasses import replace

import numpy as np
import pytest
import yaml

from robustfashion.errors import InputError
from robustfashion.rejection.cascade import (
    ChoiceRule,
    Chosen,
    Costs,
    OperatingPoint,
    Point,
    Weighing,
    assess,
    choose,
    decided,
    promises,
    read_operating_point,
    simulate,
    to_yaml,
)

from .worlds import CLASSES, world

WATCH = (("watch",),)
HARD = OperatingPoint(
    "display_type", CLASSES, Point("hard", 0.83, WATCH, {"watch": 0.5}, {"Digital": 0.9}), "3f9a", {"watch": "77c0"},
    "java2d.bilinear",
    Chosen(ChoiceRule("coverage-at-risk", 0.05), Weighing(Costs(1, 5, 0.25), 0.08, "products"), 388, 120, "validation"),
    made_by={"commit": "85583f3", "robustfashion": "0.1.0"},
)  # fmt: skip
POINTS = {
    "hard": HARD,
    "no gate": replace(HARD, point=Point("no gate", 0.7), validators={}, chosen=None, made_by={}),
    "soft": replace(HARD, point=Point("soft", 1e-05, WATCH)),
    "energy": replace(HARD, point=Point("hard", 3.25, WATCH, {"watch": 0.5}, {"Digital": -2.5}, "energy")),
    "two levels": replace(
        HARD, attribute="boot_style", point=Point("hard", 0.4, (("shoe",), ("boot",)), {"shoe": 0.1, "boot": 0.2}),
        validators={"shoe": "1", "boot": "no"},
    ),
    "names": replace(
        HARD, attribute="mine: {odd}", classes=("0", "No", "2e1", "# a", "<b>&", "日本", "a: b\n- c", "!!python/x", "*x", ""),
        point=Point("no gate", 0.5, class_thresholds={"No": 0.75, "*x": 0.25}), validators={},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", POINTS)
def test_round_trip(name):
    text = to_yaml(POINTS[name])
    assert read_operating_point(text, "p.yaml") == POINTS[name]
    assert yaml.safe_load(text)["format"] == 1


def test_a_chosen_point_comes_back_and_decides_the_same():
    case, fresh = world(30, ordinary=200, outliers=50, dtype=np.float32), world(31, ordinary=200, outliers=50, dtype=np.float32)
    weighing = Weighing(Costs(1, 5, 0.25))
    rule = ChoiceRule("lowest-cost")
    choice = choose(simulate(case, WATCH, weighing), rule)
    chosen = Chosen(rule, weighing, choice.pictures, choice.products, "half")
    point = OperatingPoint(
        "display_type", CLASSES, choice.point, "a", {name: "b" for level in choice.point.levels for name in level}, "x", chosen,
        promises(assess(choice.point, fresh, weighing)), "the other half",
    )  # fmt: skip
    again = read_operating_point(to_yaml(point), "p.yaml")
    assert again == point
    assert (decided(again.point, case.answers).tags == decided(choice.point, case.answers).tags).all()


def test_it_can_be_read_by_people():
    text = to_yaml(POINTS["energy"])
    assert len(text.splitlines()) < 40
    assert "score_at_most: -3.25" in text, "in the score's own sign"
    assert "Digital: 2.5" in text
    assert "confidence_at_least: 0.83" in to_yaml(HARD)
    assert "joint_probability_at_least" in to_yaml(POINTS["soft"])


TEXT = to_yaml(HARD)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("format: 1", "format: 2", "format is 2, this version reads 1; a newer version"),
        ("format: 1", "format: 0", "there is no such format"),
        ("format: 1", "format: '1'", "format is '1'; it should be a whole number"),
        ("attribute: display_type", "", "attribute is missing"),
        ("- Digital", "- 7", r"classes\[1\] is 7; it should be a text"),
        ("mode: hard", "mode: firm", "gate.mode is 'firm'; it should be one of no gate, hard, soft"),
        ("confidence_at_least: 0.83", "confidence_at_least: 1.83", "threshold is 1.83"),
        ("confidence_at_least: 0.83", "confidence_at_least: .nan", "classifier.confidence_at_least is nan"),
        ("confidence_at_least: 0.83", "confidence_at_least: yes", "classifier.confidence_at_least is True"),
        ("confidence_at_least: 0.83", f"confidence_at_least: {'9' * 400}", "should be a finite number"),
        ("confidence_at_least: 0.83", "least: 0.83", "classifier.confidence_at_least is missing"),
        ("confidence_at_least: 0.5", "confidence: 0.5", "watch.confidence_at_least is missing"),
        ("Digital: 0.9", "Sundial: 0.9", "'Sundial'"),
        ("watch:", "luggage:", "'luggage', which does not tell its products"),
        ("score: max_softmax", "score: max_softmax\n  colour: red", "classifier.colour is 'red'; it should be left out"),
        ("rule: coverage-at-risk@0.05", "rule: best", "rule is best"),
        ("unit: products", "unit: tags", "chosen.unit is 'tags'"),
        ("outlier_tagged: 5.0", "outlier_tagged: -5", "outlier_tagged is -5"),
        ("pictures: 388", "pictures: -1", "chosen.pictures is -1"),
        ("format: 1", "format: 1\nformat: 1", "'format' stands there twice in line 1"),
        ("format: 1", "format: 1\nx: &a 1\ny: *a", "an alias"),
        (
            "attribute: display_type",
            "attribute: !!python/object/apply:os.system ['touch hacked']",
            "could not determine a constructor",
        ),
        ("attribute: display_type", "attribute: 2026-13-45", "this is no YAML that can be read"),
        ("attribute: display_type", f"attribute: {'[' * 5000}", "more than 20 levels"),
        ("attribute: display_type", "attribute: {a: [}", "this is no YAML that can be read"),
        ("attribute: display_type", "attribute: \x00", "this is no YAML that can be read"),
        ("made_by:", "made_by:\n  1: x", "made_by is .*texts as keys"),
    ],
)
def test_texts_that_are_none(old, new, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert old in TEXT
    with pytest.raises(InputError, match=said) as caught:
        read_operating_point(TEXT.replace(old, new, 1), "p.yaml")
    assert str(caught.value).startswith("p.yaml: ")
    assert len(str(caught.value)) < 600
    assert not list(tmp_path.iterdir()), "a text is data only"


@pytest.mark.parametrize("text", ["", "[]", "just words", "x" * 1_000_001])
def test_other_texts(text):
    with pytest.raises(InputError, match=r"p\.yaml"):
        read_operating_point(text, "p.yaml")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"validators": {}}, "the point needs"),
        ({"classes": ("a", "a")}, "two distinct"),
        ({"promised": {"luck": None}}, "promised names 'luck'"),
        ({"attribute": "shell_type"}, "use luggage"),
    ],
)
def test_operating_points_that_are_none(change, said):
    point = replace(HARD.point, class_thresholds={}) if "classes" in change else HARD.point
    with pytest.raises(InputError, match=said):
        replace(HARD, point=point, **change)
