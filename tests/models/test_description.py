"""What a checkpoint says about itself: taxonomy, steps, thresholds."""

from importlib import metadata

import pytest

from robustfashion import taxonomy
from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.classifier import Classifier
from robustfashion.models.description import (
    check_thresholds,
    describe_stages,
    describe_task,
    recorded_preprocessing,
    recorded_stages,
)
from robustfashion.pictures.decode import Decode
from tests.models.samples import NET


@pytest.mark.parametrize("task", [*taxonomy.PRODUCT_TYPES, *taxonomy.attributes()])
def test_each_of_the_fourteen_is_known_by_its_classes(task):
    found = describe_task(sorted(taxonomy.classes(task)))  # a catalogue's classes come in sorted order
    attribute = taxonomy.attributes().get(task)
    assert (found["task"], found["labels"], found["missing"]) == (task, list(taxonomy.classes(task)), [])
    assert found["kind"] == ("product type" if attribute is None else "attribute")
    assert found["product_types"] == ([task] if attribute is None else list(attribute.product_types))


def test_missing_labels_and_own_classes():
    wheels = describe_task(("0", "4"))
    assert (wheels["task"], wheels["missing"], wheels["product_types"]) == ("number_of_wheels", ["2"], ["luggage"])
    own = describe_task(("other", "bag"))
    assert (own["kind"], own["task"], own["labels"], own["product_types"]) == ("own", None, ["other", "bag"], [])
    assert describe_task(("Mini", "Maxi", "Hat"))["kind"] == "own"


def test_stages_name_settings_and_libraries():
    text = "java_image.smooth+fit=opencv.area+java_jpeg0.75@canvas+exif+draft"
    found = describe_stages(Preprocessing.parse(text, canvas=300, size=48), Classifier(NET, normalisation="raw"))
    assert list(found) == ["decode", "canvas", "resize", "reencode", "normalise", "logits"]
    assert found["decode"]["exif_orientation"] is True and found["decode"]["draft"] == 300
    assert found["decode"]["versions"]["Pillow"] == metadata.version("Pillow")
    assert (found["canvas"]["side"], found["canvas"]["method"]) == (300, "opencv.area")
    assert (found["resize"]["side"], found["resize"]["method"]) == (48, "java_image.smooth")
    assert found["reencode"]["encoding"] == "java_jpeg0.75" and found["reencode"]["of"] == "canvas"
    assert found["normalise"]["mean"] == [0, 0, 0] and found["normalise"]["std"] == [1, 1, 1]
    assert found["logits"]["architecture"] == NET and found["logits"]["versions"]["timm"] == metadata.version("timm")
    assert list(describe_stages(None, Classifier(NET))) == ["normalise", "logits"]


def test_recorded_preprocessing_is_the_whole_one():
    made = Preprocessing("pillow.box", "opencv.area", 300, 48, "jpeg60", Decode(True, 200, 123_456))
    description = {"preprocessing": made.name, "canvas": 300, "size": 48, "stages": describe_stages(made, Classifier(NET))}
    assert recorded_preprocessing(description) == made
    assert recorded_preprocessing({}) is None
    description.pop("stages")
    assert recorded_preprocessing(description).decode.max_pixels == Decode().max_pixels


@pytest.mark.parametrize("change", [{"canvas": None}, {"size": "48"}, {"size": 0}, {"preprocessing": "x"}, {"preprocessing": 7}])
def test_damaged_preprocessing(change):
    with pytest.raises(InputError):
        recorded_preprocessing({"preprocessing": "pillow.box", "canvas": 300, "size": 48} | change)


def test_damaged_stages_are_left_out():
    assert recorded_stages({"stages": [1]}) == {}
    assert recorded_stages({"stages": {"a": {"versions": {"x": "1"}}, "b": {}, "c": 3}}) == {"a": {"versions": {"x": "1"}}}


@pytest.mark.parametrize(
    ("threshold", "by_class", "message"),
    [
        (0.0, {}, r"threshold is 0\.0; a confidence lies in \(0, 1\]"),
        (float("nan"), {}, "threshold is nan"),
        ("high", {}, "threshold is 'high'"),
        (True, {}, "threshold is True"),
        (None, {"a": 1.2}, r"class_thresholds\['a'\] is 1\.2"),
        (0.5, {"c": 0.5}, "class_thresholds names 'c'; the classes are a, b"),
    ],
)
def test_thresholds_out_of_range(threshold, by_class, message):
    with pytest.raises(InputError, match=message):
        check_thresholds(threshold, by_class, ("a", "b"))


def test_usable_thresholds():
    check_thresholds(1.0, {"a": 0.01}, ("a", "b"))
    check_thresholds(None, {}, ("a", "b"))
