"""What a checkpoint says about itself: read, written back alike, and refused by file and field where it is damaged."""

import json

import pytest

from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.checkpoint import provenance_of
from robustfashion.models.classifier import Classifier
from robustfashion.models.description import read_description
from robustfashion.models.recorded_thresholds import RecordedThresholds, check_thresholds
from robustfashion.pictures.decode import Decode
from tests.models.samples import NET

PREPROCESSING = Preprocessing("pillow.box", "opencv.area", 300, 48, "jpeg60", Decode(True, 200, 123_456))
BARE = {
    "format_version": 1, "architecture": NET, "classes": ["0", "4"], "recipe": {"name": "paper"}, "pretrained": "none",
    "normalisation": "raw", "drop_rate": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def whole():
    """Every field, as it is written today."""
    model = Classifier(NET, ("0", "4"), recipe="robust", drop_rate=0.25).eval()
    model.description = provenance_of(model, PREPROCESSING, 0.75, 11, "abc", {"4": 0.5})
    model.history = [{"epoch": 0.0, "train/loss": 1.5}, {"epoch": 1.0, "train/loss": float("inf")}]
    return model.describe().to_dict()


def test_the_layout_never_changes(whole):
    """Files everywhere have these fields, in this order."""
    assert list(whole) == [
        "format_version", "architecture", "classes", "recipe", "pretrained", "normalisation", "drop_rate", "taxonomy",
        "preprocessing", "canvas", "size", "stages", "threshold", "class_thresholds", "seed", "provenance", "history", "golden",
    ]  # fmt: skip
    assert (whole["preprocessing"], whole["canvas"], whole["size"]) == (PREPROCESSING.name, 300, 48)
    assert (whole["threshold"], whole["class_thresholds"], whole["seed"]) == (0.75, {"4": 0.5}, 11)
    assert whole["provenance"]["data_hash"] == "abc" and list(whole["golden"]) == ["set", "weights", "images"]
    assert list(whole["stages"]["canvas"]) == ["side", "background", "method", "origin", "versions"]


def test_read_and_written_byte_for_byte(whole):
    text = json.dumps(whole)
    assert json.dumps(read_description(json.loads(text), "a.ckpt").to_dict()) == text


@pytest.mark.parametrize(
    "left_out", [["golden"], ["golden", "stages", "taxonomy", "class_thresholds"], ["preprocessing", "canvas", "size"]]
)
def test_older_files_stay_as_they_are(whole, left_out):
    older = {key: value for key, value in whole.items() if key not in left_out}
    assert json.dumps(read_description(older, "a.ckpt").to_dict()) == json.dumps(older)


def test_unknown_fields_are_kept():
    assert read_description(BARE | {"gates": {"dress": [1]}}, "a.ckpt").to_dict()["gates"] == {"dress": [1]}


def test_a_file_of_lightning_without_more():
    found = read_description(BARE | {"history": [], "golden": {"reason": "written without a preprocessing"}}, "a.ckpt")
    assert (found.task, found.preprocessing, found.thresholds, found.seed, found.provenance) == (None,) * 5
    assert found.golden.reason == "written without a preprocessing" and found.recorded_preprocessing() is None


def test_recorded_preprocessing_is_the_whole_one(whole):
    assert read_description(whole, "a.ckpt").recorded_preprocessing() == PREPROCESSING
    older = {key: value for key, value in whole.items() if key != "stages"}
    assert read_description(older, "a.ckpt").recorded_preprocessing().decode.max_pixels == Decode().max_pixels


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("canvas", None), ("size", "48"), ("size", True), ("preprocessing", 7), ("seed", "eleven"), ("provenance", []),
        ("history", {}), ("history", [3]), ("history", [{"epoch": "first"}]), ("threshold", "high"), ("threshold", 7),
        ("threshold", [0.5]), ("class_thresholds", [0.5]), ("class_thresholds", {"4": 0}), ("class_thresholds", {"hat": 0.5}),
        ("classes", "dress"), ("classes", [0, 4]), ("architecture", None), ("recipe", 3), ("normalisation", None),
        ("drop_rate", "half"), ("taxonomy", "wheels"), ("golden", []), ("format_version", "1"),
    ],
)  # fmt: skip
def test_damaged_fields(whole, field, value):
    with pytest.raises(InputError) as caught:
        read_description(whole | {field: value}, "deep/a.ckpt")
    message = str(caught.value)
    assert message.startswith("deep/a.ckpt: ") and "\n" not in message
    assert ("checkpoint format" if field == "format_version" else field) in message


@pytest.mark.parametrize("field", ["classes", "architecture", "recipe", "normalisation", "drop_rate", "canvas", "size"])
def test_missing_fields(whole, field):
    with pytest.raises(InputError, match=rf"a\.ckpt: field '{field}' is .*damaged"):
        read_description({key: value for key, value in whole.items() if key != field}, "a.ckpt")


@pytest.mark.parametrize("change", [{"size": 0}, {"preprocessing": "x"}])
def test_a_preprocessing_that_cannot_be_had_here_is_read_all_the_same(whole, change):
    found = read_description(whole | change, "a.ckpt")
    with pytest.raises(InputError):
        found.recorded_preprocessing()


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
        check_thresholds(RecordedThresholds(threshold, by_class), ("a", "b"))


def test_usable_thresholds():
    check_thresholds(RecordedThresholds(1.0, {"a": 0.01}), ("a", "b"))
    check_thresholds(RecordedThresholds(None, {}), ("a", "b"))
    check_thresholds(RecordedThresholds(None, None), ("a", "b"))
