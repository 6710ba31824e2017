"""Fewer training pictures: whole products, no class lost, the smaller choice part of the larger one."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from robustfashion.bench.experiment.session import Session
from robustfashion.bench.experiment.tasks import task_spec
from robustfashion.bench.sensitivity.asking import limited_training, reduction
from robustfashion.bench.sensitivity.condition import Condition
from robustfashion.bench.sensitivity.settings import SensitivitySettings
from robustfashion.data.synthetic import SyntheticSettings


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    drawn = SyntheticSettings(count=150, seed=4, mix={"dress": 1, "watch": 4}, long_side_px=(40, 64))
    return Session(SensitivitySettings(cache=tmp_path_factory.mktemp("cache"), synthetic=drawn, conditions=()))


@pytest.fixture(scope="module")
def division(session):
    return session.divide(task_spec("dress", session.catalogue).target)


def test_a_smaller_choice_is_part_of_the_larger_one(division):
    chosen = [set(limited_training(division, count)["train"].ids) for count in (24, 48, 72)]
    assert chosen[0] < chosen[1] < chosen[2] < set(division["train"].ids)
    assert [len(ids) <= count for ids, count in zip(chosen, (24, 48, 72), strict=True)] == [True] * 3


def test_products_are_whole_and_no_class_is_lost(division):
    train, whole = limited_training(division, 20)["train"], division["train"]
    for group in set(train.groups):
        assert train.groups.count(group) == whole.groups.count(group)
    assert set(train.labels.tolist()) == {0, 1}


def test_other_parts_and_enough_pictures_stay(division):
    limited = limited_training(division, 30)
    assert limited["test"] is division["test"] and limited["validation"] is division["validation"]
    assert limited_training(division, None) is division and limited_training(division, 10_000) is division


def test_labels_stay_with_their_pictures(division):
    train, whole = limited_training(division, 40)["train"], division["train"]
    assert train.labels.tolist() == [int(whole.labels[whole.ids.index(name)]) for name in train.ids]


@pytest.mark.parametrize(("method", "expected"), [("pillow.bilinear", 500 / 224), ("pillow.bilinear+shorter=32+crop=24", None)])
def test_the_reduction_is_that_of_the_last_resize(session, division, method, expected):
    condition = Condition("a", train_method=method)
    own = condition.settings(session.settings)
    found = reduction(own, division["test"])
    if expected is None:
        test = division["test"].catalogue
        sides = []
        for path in test.column("path"):
            with Image.open(Path(test.root) / path) as picture:
                sides.append(min(picture.size))
        expected = float(np.median(sides)) / 32
    assert found == pytest.approx(expected)
