"""What a network was trained on: its digests, what it takes as known, how checkpoints carry and inherit it."""

import hashlib
import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from robustfashion.errors import InputError
from robustfashion.models.__main__ import describe
from robustfashion.models.checkpoint import base_trained_on, load_classifier, record_again, record_thresholds, save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.models.recorded_thresholds import RecordedThresholds
from robustfashion.models.trained_on import TrainedOn, read_trained_on
from tests.models.samples import NET


def sha(name):
    return hashlib.sha256(str(name).encode()).hexdigest()


def record(pictures, products=(), **more):
    return TrainedOn.of([sha(p) for p in pictures], list(products), **more)


def test_digests_are_the_first_eight_bytes():
    found = TrainedOn.of([sha("b"), sha("a"), sha("a"), None], ["x", "x", "y", "y"])
    expected = sorted(int(sha(name)[:16], 16) for name in "ab")
    assert np.frombuffer(found.pictures, "<u8").tolist() == expected
    assert found.counts == {"pictures": 2, "products": 2, "complete": True}


@given(seen=st.sets(st.integers(0, 60)), asked=st.lists(st.integers(0, 90), unique=True))
def test_pictures_are_known_by_their_bytes(seen, asked):
    found = record(seen).known([sha(k) for k in asked], [f"{k}" for k in asked])
    assert found.tolist() == [k in seen for k in asked]


def test_other_pictures_of_a_known_product_are_known():
    found = record([1, 2], ["p", "q"]).known([sha(k) for k in (1, 8, 9)], ["other name", "other name", "third"])
    assert found.tolist() == [True, True, False]


def test_names_count_where_both_are_the_same_data():
    """Of two data sets with products 1, 2, 3 the names prove nothing; beside shared pictures under the same names they do."""
    seen = record([10, 20], ["1", "2"])
    assert not seen.known([sha(k) for k in (11, 21, 31)], ["1", "2", "3"]).any()
    assert seen.known([sha(k) for k in (10, 21, 31)], ["1", "2", "3"]).tolist() == [True, True, False]
    # One file that two data sets share, under names of which none is known: only its own product is.
    assert seen.known([sha(k) for k in (10, 21, 31)], ["7", "2", "3"]).tolist() == [True, False, False]
    assert seen.known([], []).tolist() == []


def test_pictures_of_unknown_bytes_are_not_known():
    assert not TrainedOn.of([None, "no hash"], ["1", "2"]).known([None, "no hash"], ["1", "2"]).any()


@pytest.mark.parametrize("suffix", [".ckpt", ".safetensors"])
def test_checkpoints_carry_it(tmp_path, suffix):
    model, path = Classifier(NET), tmp_path / f"a{suffix}"
    save_checkpoint(model, path)
    assert load_classifier(path).trained_on is None and base_trained_on(str(path)) is None
    model.trained_on = record(range(40), ["a", "b"])
    save_checkpoint(model, path)
    assert load_classifier(path).trained_on == load_classifier(path).description.trained_on == model.trained_on
    assert base_trained_on(str(path)) == model.trained_on
    assert describe(path)["trained_on"] == {"pictures": 40, "products": 2, "complete": True}
    record_thresholds(path, path, RecordedThresholds(0.5, {}))
    assert base_trained_on(str(path)) == model.trained_on


def test_writing_anew_keeps_it(tmp_path):
    from robustfashion.data.preprocess import Preprocessing

    model = Classifier(NET)
    model.trained_on = record([1], ["a"])
    save_checkpoint(model, tmp_path / "a.ckpt", Preprocessing(canvas=50, size=32))
    record_again(tmp_path / "a.ckpt", tmp_path / "b.ckpt")
    assert base_trained_on(str(tmp_path / "b.ckpt")) == model.trained_on


def test_bases_are_inherited(tmp_path):
    first, second = record([1, 2], ["a"]), record([2, 3], ["b"])
    assert second.joined(first) == record([1, 2, 3], ["a", "b"]) and second.joined(first).complete
    assert second.joined(None) == TrainedOn(second.pictures, second.products, complete=False)
    assert not first.joined(second.joined(None)).complete
    for name in ("none", "imagenet", "lite0"):
        assert second.joined(base_trained_on(name)) == second
    torch.save(Classifier(NET).state_dict(), tmp_path / "foreign.pth")
    assert base_trained_on(str(tmp_path / "foreign.pth")) is None


def test_a_resumed_training_inherits():
    before, after = Classifier(NET), Classifier(NET)
    before.trained_on, after.trained_on = record([1], ["a"]), record([2], ["b"])
    checkpoint = {}
    before.on_save_checkpoint(checkpoint)
    after.on_load_checkpoint(checkpoint)
    assert after.trained_on == record([1, 2], ["a", "b"])


def test_size_in_a_file():
    found = record(range(3000), [str(k) for k in range(3000)])
    assert len(json.dumps(found.to_dict())) == pytest.approx(6000 * 32 / 3, abs=100)  # 10.7 bytes each


@pytest.mark.parametrize(
    "value",
    [
        "text", {"pictures": "", "products": ""}, {"pictures": "", "complete": True}, {"products": "", "complete": True},
        {"pictures": "%", "products": "", "complete": True},
        {"pictures": "AAAA", "products": "", "complete": True}, {"pictures": 3, "products": "", "complete": True},
    ],
)  # fmt: skip
def test_damage_is_told(value):
    with pytest.raises(InputError, match=r"a\.ckpt: field 'trained_on.*the file is damaged"):
        read_trained_on(value, "a.ckpt")
