"""train: learns, reproducible by seed, quiet, no litter."""

import logging
import signal
from dataclasses import replace

import numpy as np
import pytest
import torch

from robustfashion.errors import InputError
from robustfashion.models.callbacks import OverfitStopping
from robustfashion.models.checkpoint import load_classifier, save_checkpoint
from robustfashion.models.inference import predict_arrays
from robustfashion.models.recipes import RECIPES, Recipe
from robustfashion.models.training import TrainSettings, train
from tests.models.samples import NET, halves

FAST = TrainSettings(NET, classes=("below", "above"), max_epochs=2, batch_size=8, accelerator="cpu")


def _same(first, second):
    return all(torch.equal(a, b) for a, b in zip(first.state_dict().values(), second.state_dict().values(), strict=True))


def test_learns():
    images, labels = halves(64)
    model = train(images, labels, replace(FAST, max_epochs=10))
    new, truth = halves(40, seed=9)
    assert (predict_arrays(model, new)[0].argmax(1) == truth).mean() > 0.95
    assert not model.training and model.device.type == "cpu"


def test_same_seed_same_network_whatever_was_drawn_before():
    images, labels = halves(24)
    torch.manual_seed(1)
    first = train(images, labels, replace(FAST, recipe="robust"))
    torch.manual_seed(99)
    torch.rand(5)
    np.random.default_rng(3).random()
    expected = torch.random.get_rng_state()
    second = train(images, labels, replace(FAST, recipe="robust"))
    assert torch.equal(torch.random.get_rng_state(), expected)  # the caller's stream is left alone
    assert _same(first, second)
    assert not _same(first, train(images, labels, replace(FAST, recipe="robust", seed=1)))


def test_workers_change_nothing():
    images, labels = halves(24)
    alone, helped = (train(images, labels, replace(FAST, recipe="robust", num_workers=w)) for w in (0, 2))
    assert _same(alone, helped)


def test_augmentation_differs_between_epochs(monkeypatch):
    images, labels = halves(8)
    seen = []
    from robustfashion.models.classifier import Classifier

    original = Classifier.training_step

    def step(self, batch, batch_idx):
        order = torch.argsort(batch["index"])
        seen.append(batch["image"][order].clone())
        return original(self, batch, batch_idx)

    monkeypatch.setattr(Classifier, "training_step", step)
    train(images, labels, replace(FAST, recipe=Recipe("bright", brightness=0.5)))
    assert len(seen) == 2 and not torch.equal(seen[0], seen[1])


def test_several_preprocessings_are_mixed():
    images, labels = halves(16)
    dark = images // 2
    alone, mixed = (train(arrays, labels, FAST) for arrays in (images, [images, dark]))
    assert not _same(alone, mixed)


def test_max_steps_and_progress():
    images, labels = halves(24)
    told = []
    train(images, labels, replace(FAST, max_epochs=100, max_steps=5), progress=lambda *a: told.append(a))
    assert [t[1] for t in told] == [0, 1, 2, 3, 4, 5]
    assert {t[2] for t in told} == {5} and NET in told[0][0]


def test_last_incomplete_batch_and_small_sets():
    images, labels = halves(9)
    told = []
    train(images, labels, FAST, progress=lambda *a: told.append(a[1:]))  # 8 + 1: one batch an epoch
    assert told[-1] == (2, 2)
    train(images[:3], labels[:3], FAST)


def test_quiet_and_without_litter(tmp_path, monkeypatch, capfd, caplog):
    monkeypatch.chdir(tmp_path)
    images, labels = halves(16)
    with caplog.at_level(logging.INFO):
        train(images, labels, FAST, validation=(images, labels))
    assert list(tmp_path.iterdir()) == []
    out, err = capfd.readouterr()
    assert out == err == "" and not caplog.records


def test_starts_from_a_base(tmp_path):
    from robustfashion.models.checkpoint import save_checkpoint

    images, labels = halves(32)
    base = train(images, labels, replace(FAST, max_epochs=4))
    save_checkpoint(base, tmp_path / "base.ckpt")
    still = Recipe("still", lr=0.0)
    taken = train(images, labels, replace(FAST, recipe=still, pretrained=str(tmp_path / "base.ckpt"), classes=("a", "b")))
    assert torch.equal(taken.backbone.conv1[0].weight, base.backbone.conv1[0].weight)
    assert not torch.equal(taken.backbone.fc.weight, base.backbone.fc.weight)


def test_overfit_stopping_in_a_run():
    images, labels = halves(16)
    wrong = (images, 1 - labels)  # validation accuracy falls as training accuracy rises
    told = []
    settings = replace(FAST, max_epochs=60, overfit_gap=0.4, overfit_patience=2)
    train(images, labels, settings, progress=lambda *a: told.append(a[1]), validation=wrong)
    assert 2 * 2 <= told[-1] < 60 * 2
    told.clear()
    patient = replace(settings, max_epochs=4, overfit_gap=0.99)
    train(images, labels, patient, progress=lambda *a: told.append(a[1]), validation=(images, labels))
    assert told[-1] == 4 * 2


def test_divergence_is_an_error_not_a_network():
    images, labels = halves(16)
    with pytest.raises(InputError, match=r"diverged.*smaller learning rate than 1e\+30"):
        train(images, labels, replace(FAST, recipe=Recipe("wild", lr=1e30), max_epochs=3))


def test_overfit_stopping_state_survives_a_resume():
    callback = OverfitStopping(gap=0.2, patience=3)
    callback.deviating = 2
    resumed = OverfitStopping(gap=0.2, patience=3)
    resumed.load_state_dict(callback.state_dict())
    assert resumed.deviating == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"max_epochs": 0}, "max_epochs"),
        ({"max_steps": -2}, "max_steps"),
        ({"batch_size": 0}, "batch_size"),
        ({"num_workers": -1}, "num_workers"),
        ({"recipe": "x"}, "recipe"),
        ({"accelerator": "abacus"}, "accelerator"),
        ({"overfit_gap": 0.1}, "no validation images"),
    ],
)
def test_unusable_settings(change, message):
    images, labels = halves(8)
    with pytest.raises(InputError, match=message):
        train(images, labels, replace(FAST, **change))


@pytest.mark.parametrize(("options", "message"), [({"gap": 0.0}, "gap"), ({"gap": 1.0}, "gap"), ({"patience": 0}, "patience")])
def test_unusable_stopping(options, message):
    with pytest.raises(InputError, match=message):
        OverfitStopping(**options)


def test_unusable_data():
    images, labels = halves(8)
    cases = [
        (images.astype(np.float32), labels, "expected uint8"),
        (images[:6], labels, "8 labels"),
        ([images, images[:, :16, :16]], labels, "same images"),
        (images, labels + 1, r"labels lie in 1\.\.2"),
        (images, labels - 3, r"labels lie in -3\.\.-2"),
        (images, labels - 1, "free outliers"),
        (images[:0], labels[:0], "no training images"),
    ]
    for pixels, targets, message in cases:
        with pytest.raises(InputError, match=message):
            train(pixels, targets, FAST)


def test_ctrl_c_is_ctrl_c(capfd):
    images, labels = halves(16)
    handler = signal.getsignal(signal.SIGINT)

    def press(_what, done, _total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(images, labels, FAST, progress=press)
    assert signal.getsignal(signal.SIGINT) is handler
    assert capfd.readouterr() == ("", "")
    train(images, labels, FAST)


@pytest.mark.parametrize("name", ["resnet18_gn", "resnetblur18", pytest.param("resnetblur50", marks=pytest.mark.slow)])
def test_networks_of_the_study_of_remedies_train_and_are_kept(name, tmp_path):
    """Without batch normalisation, and with a blur before pixels are left out: a step changes them, a checkpoint keeps them."""
    images, labels = halves(6)
    settings = replace(FAST, architecture=name, max_epochs=99, max_steps=1, batch_size=6)
    trained = train(images, labels, settings)
    assert trained.architecture == name
    fresh = train(images, labels, replace(settings, recipe={**RECIPES["paper"].to_dict(), "name": "still", "lr": 0.0}))
    assert not torch.equal(trained.backbone.conv1.weight, fresh.backbone.conv1.weight)
    save_checkpoint(trained, tmp_path / "net.ckpt")
    found = load_classifier(tmp_path / "net.ckpt", architecture=name)
    np.testing.assert_array_equal(predict_arrays(found, images)[0], predict_arrays(trained, images)[0])
