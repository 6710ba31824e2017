"""Which pictures a trained network is asked about."""

import numpy as np
import pytest

from robustfashion.data.asked import AskedNetwork
from robustfashion.data.catalogue import catalogue_from_rows
from robustfashion.data.splits import Target, settle_splits
from robustfashion.errors import InputError

CLASSES = ("boot", "hat", "sandal")


def _catalogue(splits=None, labels=None, count=60):
    rows = []
    for i in range(count):
        label = CLASSES[i % 3] if labels is None else labels[i % len(labels)]
        split = None if splits is None else splits[i % len(splits)]
        rows.append(
            {"id": f"{i:03}", "path": f"{i}.png", "label": label, "group": f"p{i // 2}", "split": split, "sha256": f"{i:064x}"}
            | ({"reason": "damaged"} if i == 7 else {})
        )
    return catalogue_from_rows(rows, "shop")


def _seen(*numbers):
    """A network that was trained on these pictures' bytes."""
    hashes = {f"{i:064x}" for i in numbers}
    return lambda sha256, _: np.array([digest in hashes for digest in sha256], bool)


def test_the_trainings_own_catalogue_is_divided_as_it_was():
    trained, note = settle_splits(_catalogue(), 5)
    network = AskedNetwork("c.ckpt", CLASSES, "test", 5, trained.fingerprint(), _seen(0))
    found, told = network.divided(_catalogue())
    assert (
        found.column("split") == trained.column("split") and told.endswith(note) and "that of the checkpoint's training" in told
    )
    other = AskedNetwork("c.ckpt", CLASSES, "test", 6, trained.fingerprint(), _seen(0))
    assert set(other.divided(_catalogue())[0].column("split")) == {"test", "train", None}


def test_without_splits_all_is_test_but_what_was_seen():
    network = AskedNetwork("c.ckpt", CLASSES, "test", known=_seen(1, 4, 59))
    found, told = network.divided(_catalogue())
    assert [i for i, split in enumerate(found.column("split")) if split == "train"] == [1, 4, 59]
    assert found.column("split")[7] is None and "3 pictures, which the checkpoint was trained on" in told
    assert len(network.rows(found, network.task(found))) == 60 - 1 - 3
    assert len(AskedNetwork("c", CLASSES, None).rows(found, network.task(found))) == 59


def test_own_splits_stay_but_for_what_was_seen():
    network = AskedNetwork("c.ckpt", CLASSES, "test", known=_seen(2, 3))
    found, told = network.divided(_catalogue(("train", "validation", "test")))
    want = [("train", "validation", "test")[i % 3] for i in range(60)]
    want[2] = want[3] = "train"
    assert found.column("split") == want and told.startswith("Splits are those of the data. 1 pictures")


def test_unknown_training_is_told():
    _, told = AskedNetwork("c.ckpt", CLASSES, "test").divided(_catalogue())
    assert "is not known" in told and "optimistic" in told


def test_nothing_to_evaluate():
    network = AskedNetwork("c.ckpt", CLASSES, "validation")
    found, _ = network.divided(_catalogue())
    with pytest.raises(
        InputError, match=r"no picture is in the validation split for c.ckpt \(.*test 59\); use `test`, or `predict`"
    ):
        network.rows(found, network.task(found))
    unlabelled = _catalogue(labels=[None])
    asked = AskedNetwork("c.ckpt", CLASSES, "test")
    with pytest.raises(InputError, match=r"no picture of its test split has a label.*`predict` answers"):
        asked.rows(asked.divided(unlabelled)[0], asked.task(unlabelled))


def test_tasks():
    catalogue = _catalogue()
    assert AskedNetwork("c", CLASSES, "test").task(catalogue).classes == CLASSES
    told = AskedNetwork("c", ("other", "hat"), "test").task(catalogue)
    assert (told.classes, told.positive) == (("other", "hat"), "hat")
    assert set(catalogue.targets(told).tolist()) == {0, 1}
    strangers = _catalogue(labels=["batch-1", "batch-2"])
    with pytest.raises(InputError, match="none in common"):
        AskedNetwork("c", CLASSES, "test").task(strangers)
    for classes in (CLASSES, ("other", "hat")):  # names of folders that are no classes are no truth
        assert set(strangers.targets(AskedNetwork("c", classes, None).task(strangers)).tolist()) == {-1}
    column = AskedNetwork("c", CLASSES, "test").task(catalogue, Target(column="shoe_type"))
    assert (column.column, column.classes) == ("shoe_type", CLASSES)
