"""Every step from file to answer, with its settings and libraries."""

from importlib import metadata

from robustfashion.data.preprocess import Preprocessing
from robustfashion.models.classifier import Classifier
from robustfashion.models.stages import Stage, describe_stages, read_stages
from tests.models.samples import NET


def test_stages_name_settings_and_libraries():
    text = "java_image.smooth+fit=opencv.area+java_jpeg0.75@canvas+exif+draft"
    stages = describe_stages(Preprocessing.parse(text, canvas=300, size=48), Classifier(NET, normalisation="raw"))
    assert list(stages) == ["decode", "canvas", "resize", "reencode", "normalise", "logits"]
    assert read_stages({name: stage.to_dict() for name, stage in stages.items()}) == stages
    found = {name: stage.settings for name, stage in stages.items()}
    assert found["decode"]["exif_orientation"] is True and found["decode"]["draft"] == 300
    assert stages["decode"].versions["Pillow"] == metadata.version("Pillow")
    assert (found["canvas"]["side"], found["canvas"]["method"]) == (300, "opencv.area")
    assert (found["resize"]["side"], found["resize"]["method"]) == (48, "java_image.smooth")
    assert found["reencode"]["encoding"] == "java_jpeg0.75" and found["reencode"]["of"] == "canvas"
    assert found["normalise"]["mean"] == [0, 0, 0] and found["normalise"]["std"] == [1, 1, 1]
    assert found["logits"]["architecture"] == NET and stages["logits"].versions["timm"] == metadata.version("timm")
    assert list(describe_stages(None, Classifier(NET))) == ["normalise", "logits"]


def test_damaged_stages_are_left_out():
    assert read_stages(None) is None
    assert read_stages([1]) == {}
    found = read_stages({"a": {"side": 3, "versions": {"x": "1"}}, "b": {}, "c": 3, "d": {"versions": []}})
    assert found == {"a": Stage({"side": 3}, {"x": "1"})}
