"""Features that somebody brings as prediction tables."""

from dataclasses import replace

import numpy as np
import pytest

from robustfashion.bench.separability.given import study_of
from robustfashion.bench.separability.settings import SeparabilitySettings
from robustfashion.bench.separability.suite import separability
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable, write_predictions
from tests.bench.separability.samples import watches


def write(path, subject, *, splits=(), kinds=(), features=True, labels=None, classes=None):
    points = subject.points
    n = len(points.labels)
    classes = classes or points.classes
    values = points.features if features else np.zeros((n, 0), np.float32)
    numbers = points.labels if labels is None else np.asarray(labels, np.int64)
    logits = np.eye(len(classes), dtype=np.float32)[points.labels]
    write_predictions(PredictionTable(subject.ids, numbers, logits, values, classes, points.groups, splits, kinds), path)
    return path


def settings(*files, **changed):
    return SeparabilitySettings(
        predictions=files, map_seeds=(0,), perplexities=(10.0,), methods=("tsne",), permutations=20, **changed
    )


def test_two_files_are_held_against_each_other_without_pictures(tmp_path):
    first, second = watches()
    files = [write(tmp_path / "watch.parquet", first), write(tmp_path / "display.parquet", second)]
    found = separability(settings(*files))
    (claim,) = found.claims
    assert claim.verdict == "observed here" and claim.value > 0.1, "one display overlaps another, and watches nothing"
    assert found.images == {} and found.figures[0].id == "fig3"
    assert found.headline[0].startswith("Of 126 pictures of") or found.headline[0].startswith("Of 126 pictures, ")
    assert (
        "nearest to each other are Analogue and Chronograph" in found.headline[0]
        or "Chronograph and Analogue" in found.headline[0]
    )


def test_training_rows_outliers_and_unlabelled_ones_are_left_out(tmp_path):
    _, second = watches()
    splits = tuple("train" if i % 3 == 0 else "test" for i in range(126))
    kinds = tuple("junk/swatch" if i in (1, 2) else None for i in range(126))
    labels = np.where(np.arange(126) == 4, -1, second.points.labels)
    study, account = study_of(settings(write(tmp_path / "a.npz.parquet", second, splits=splits, kinds=kinds, labels=labels)))
    assert len(study.question.ids) == 126 - 42 - 2 - 1 and "train" not in study.question.splits
    assert account.rows == [["a.npz.parquet", 126, 81, len(set(study.question.points.groups)), 2, 43]]
    assert study.question.which == "not trained on" and study.no_pairs


def test_what_is_refused(tmp_path):
    first, second = watches()
    cases = {
        "has no features": write(tmp_path / "none.parquet", second, features=False),
        "15 ordinary labelled pictures": write(tmp_path / "few.parquet", second, splits=("test",) * 15 + ("train",) * 111),
        "all pictures are 'Digital'": write(tmp_path / "one.parquet", second, labels=np.full(126, 2)),
    }
    for message, file in cases.items():
        with pytest.raises(InputError, match=message):
            study_of(settings(file))
    twice = [write(tmp_path / f"{name}.parquet", first) for name in "ab"]
    with pytest.raises(InputError, match="of the task watch, as another"):
        study_of(settings(*twice))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"features": lambda x: np.full_like(x, 3)}, "a.parquet: all 126 pictures have the same features"),
        ({"features": lambda x: x * np.float32(1e20)}, r"a.parquet: feature \d of id '\d+' is -?\d.*scale the features"),
        ({"features": lambda x: np.where(np.arange(126)[:, None] == 7, np.nan, x)}, "a.parquet: features of id '7' hold NaN"),
        ({"groups": lambda _: ("one",) * 126}, "a.parquet: group is 'one' of all 126 pictures"),
    ],
)
def test_features_without_distances_name_the_file(tmp_path, change, message):
    _, second = watches()
    new = {name: of(second.points.features) for name, of in change.items()}
    points = replace(second.points)
    for name, value in new.items():
        object.__setattr__(points, name, value)  # past the checks of Points: a file may hold anything
    with pytest.raises(InputError, match=message):
        study_of(settings(write(tmp_path / "a.parquet", replace(second, points=points))))


def test_a_class_of_one_picture_is_said_in_words(tmp_path):
    _, second = watches()
    labels = np.where(np.arange(126) == 125, 2, np.minimum(second.points.labels, 1))
    found = separability(settings(write(tmp_path / "a.parquet", second, labels=labels)))
    assert "no linear classifier was asked: class 'Digital' has 1 product" in found.headline[0]
    assert any(line.startswith("Labels were not checked: class 'Digital' has 1 product") for line in found.headline)


def test_without_any_map_the_reason_stands_among_what_was_left_out(tmp_path):
    _, second = watches()
    file = write(tmp_path / "a.parquet", second)
    found = separability(replace(settings(file), perplexities=(500.0,)))
    (refused,) = found.refused
    assert refused.item == "maps of display_type" and "500" in refused.reason
    assert not any(table.id.startswith("faithfulness") for table in found.tables)


def test_features_that_are_no_numbers(tmp_path):
    _, second = watches()
    second.points.features[7] = np.nan
    with pytest.raises(InputError, match="NaN"):
        study_of(settings(write(tmp_path / "nan.parquet", second)))
