"""The training loss, against torch's own terms and an entropy written out in numpy."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.spatial.distance import jensenshannon
from torch import nn

from robustfashion.errors import InputError
from robustfashion.models.classifier import Classifier
from robustfashion.models.inference import predict_arrays
from robustfashion.models.losses import class_weights, jensen_shannon, training_loss
from robustfashion.models.recipes import RECIPES, Recipe, resolve_recipe
from robustfashion.models.training import TrainSettings, train
from tests.models.samples import NET, halves

PAPER = RECIPES["paper"]


@pytest.fixture
def batch():
    rng = np.random.default_rng(0)
    return torch.tensor(rng.normal(0, 2, (11, 5)), dtype=torch.float32), torch.tensor(rng.integers(0, 5, 11))


def test_smoothing_and_weights_are_torchs(batch):
    logits, labels = batch
    weights = torch.tensor([0.5, 1.0, 2.0, 3.0, 0.1])
    want = nn.CrossEntropyLoss(weight=weights, label_smoothing=0.2)(logits, labels)
    assert training_loss(logits, labels, replace(PAPER, label_smoothing=0.2), weights) == pytest.approx(float(want))
    assert training_loss(logits, labels, PAPER) == pytest.approx(float(nn.CrossEntropyLoss()(logits, labels)))


def test_confidence_penalty_is_the_entropy(batch):
    logits, labels = batch
    p = np.exp(logits.numpy().astype(float))
    p /= p.sum(axis=1, keepdims=True)
    entropy = float(-(p * np.log(p)).sum(axis=1).mean())
    plain = float(training_loss(logits, labels, PAPER))
    assert float(training_loss(logits, labels, replace(PAPER, confidence_penalty=0.3))) == pytest.approx(plain - 0.3 * entropy)


def test_confidence_penalty_makes_less_sure():
    images, labels = halves(48)
    sure = []
    for penalty in (0.0, 1.0):
        recipe = replace(PAPER, name="own", confidence_penalty=penalty)
        settings = TrainSettings(NET, recipe, classes=("a", "b"), max_epochs=8, batch_size=12, accelerator="cpu")
        model = train(images, labels, settings)
        with torch.inference_mode():
            sure.append(model(torch.from_numpy(images).permute(0, 3, 1, 2)).softmax(1).max(1).values.mean())
    assert sure[1] < sure[0] - 0.05


def test_balanced_weights_make_every_class_count_the_same():
    counts = torch.tensor([30, 6, 0, 12])
    weights = class_weights("balanced", ("a", "b", "c", "d"), counts)
    totals = weights * counts
    assert totals[[0, 1, 3]].tolist() == pytest.approx([16.0] * 3), "48 images, three classes that occur"
    assert class_weights("none", ("a", "b"), None) is None
    assert class_weights({"b": 3.0}, ("a", "b"), None).tolist() == [1.0, 3.0]


def test_training_tells_the_counts():
    images, labels = halves(40)
    labels[:8] = 1
    recipe = replace(PAPER, name="own", class_weights="balanced")
    model = train(images, labels, TrainSettings(NET, recipe, classes=("a", "b"), max_epochs=1, batch_size=8, accelerator="cpu"))
    counts = np.bincount(labels)
    assert (model.class_weights.numpy() * counts).tolist() == pytest.approx([20.0, 20.0])
    assert "class_weights" not in model.state_dict(), "they belong to the data, not to the network"


def test_what_is_refused():
    with pytest.raises(InputError, match="'c'; the classes are a, b"):
        Classifier(NET, ("a", "b"), replace(PAPER, name="own", class_weights={"c": 1.0}).to_dict())
    with pytest.raises(InputError, match="nobody told the network how many"):
        Classifier(NET, ("a", "b"), replace(PAPER, name="own", class_weights="balanced").to_dict()).configure_optimizers()
    for values, message in (
        ({"class_weights": "even"}, "use none, balanced"),
        ({"class_weights": {"a": -1.0}}, "0 or greater"),
        ({"label_smoothing": 1.5}, r"\[0, 1\]"),
        ({"confidence_penalty": -1.0}, "confidence_penalty is -1"),
        ({"decay_on": "tail"}, "use all, head or body"),
    ):
        with pytest.raises(InputError, match=message):
            Recipe(**values)


def test_recipe_of_an_older_checkpoint():
    """A recipe of one's own that was written before these fields existed."""
    old = replace(PAPER, name="own", lr=0.2).to_dict()
    for name in (
        "decay_on",
        "decay_norms_and_biases",
        "class_weights",
        "label_smoothing",
        "confidence_penalty",
        "consistency",
        "consistency_on",
    ):
        del old[name]
    assert resolve_recipe(old) == replace(PAPER, name="own", lr=0.2)


def test_exposure_is_the_cross_entropy_with_every_class_alike(batch):
    logits, labels = batch
    free = torch.tensor([True] * 4 + [False] * 7)
    mixed = torch.where(free, -1, labels)
    logs = torch.log_softmax(logits, 1)
    want = float(training_loss(logits[~free], labels[~free], PAPER)) - 0.5 * float(logs[free].mean())
    assert float(training_loss(logits, mixed, replace(PAPER, outlier_exposure=0.5))) == pytest.approx(want)
    alone = training_loss(logits, torch.full_like(labels, -1), replace(PAPER, outlier_exposure=0.5))
    assert float(alone) == pytest.approx(-0.5 * float(logs.mean()))
    plain = training_loss(logits, labels, PAPER)
    assert training_loss(logits, labels, replace(PAPER, outlier_exposure=0.5)) == pytest.approx(float(plain))


def test_exposure_makes_unsure_of_free_outliers():
    images, labels = halves(48)
    free = np.random.default_rng(3).integers(0, 256, (24, *images.shape[1:])).astype(np.uint8)
    sure = []
    for weight in (0.0, 2.0):
        recipe = replace(PAPER, outlier_exposure=weight)
        settings = TrainSettings(NET, recipe, classes=("below", "above"), max_epochs=12, batch_size=8, accelerator="cpu")
        given = (images, labels) if weight == 0 else (np.concatenate([images, free]), np.concatenate([labels, np.full(24, -1)]))
        model = train(*given, settings)
        new = np.random.default_rng(4).integers(0, 256, free.shape).astype(np.uint8)
        logits, right = predict_arrays(model, new)[0], (predict_arrays(model, images)[0].argmax(1) == labels).mean()
        assert right > 0.9
        sure.append(float(torch.softmax(torch.as_tensor(logits), 1).max(1).values.mean()))
        assert model.history[-1]["train/accuracy"] > 0.8  # of the pictures that have a class
    assert sure[1] < sure[0] - 0.05


def test_free_outliers_and_their_weight_come_together():
    images, labels = halves(16)
    settings = TrainSettings(NET, classes=("below", "above"), max_epochs=1, batch_size=8, accelerator="cpu")
    with pytest.raises(InputError, match="outlier_exposure is 0"):
        train(images, np.where(np.arange(16) < 3, -1, labels), settings)
    with pytest.raises(InputError, match="no free outliers are given"):
        train(images, labels, replace(settings, recipe=replace(PAPER, outlier_exposure=0.5)))


def test_divergence_is_scipys(batch):
    first, _ = batch
    second = first + torch.tensor(np.random.default_rng(1).normal(0, 1, first.shape), dtype=torch.float32)
    p, q = (logits.double().softmax(1).numpy() for logits in (first, second))
    want = float((jensenshannon(p, q, axis=1) ** 2).mean())  # scipy gives the root, the metric
    assert 0.01 < want == pytest.approx(float(jensen_shannon(first, second)), rel=1e-5)
    assert float(jensen_shannon(second, first)) == pytest.approx(want, rel=1e-5)
    assert float(jensen_shannon(first, first + 3)) == pytest.approx(0, abs=1e-6)
    apart = torch.tensor([[500.0, -500.0]])
    assert float(jensen_shannon(apart, -apart)) == pytest.approx(np.log(2))


def test_divergence_has_gradients_everywhere():
    apart = torch.tensor([[500.0, -500.0], [0.0, 0.0]], requires_grad=True)
    jensen_shannon(apart, -apart).backward()
    assert bool(torch.isfinite(apart.grad).all())


def _consistent(weight, on="mix", **more):
    recipe = replace(PAPER, name="own", consistency=weight, **({"consistency_on": on} if weight else {}))
    return TrainSettings(NET, recipe, classes=("below", "above"), batch_size=8, accelerator="cpu", **{"max_epochs": 12} | more)


def test_consistency_makes_answers_agree():
    """Two versions of new pictures, one of less contrast: their answers move less after a training with the loss."""
    images, labels = halves(48)
    new, truth = halves(40, seed=9)
    moved = {}
    for on, weight in (("first", 0.0), ("first", 12.0), ("mix", 12.0)):
        versions = [images, images // 2] if weight else images
        model = train(versions, labels, _consistent(weight, on))
        answers = [torch.as_tensor(predict_arrays(model, pixels)[0]) for pixels in (new, new // 2)]
        assert (answers[0].argmax(1).numpy() == truth).mean() > 0.9
        moved[on, weight] = float(jensen_shannon(*answers))
    assert moved["first", 12.0] < moved["first", 0.0] / 3 and moved["mix", 12.0] < moved["first", 0.0] / 3


def test_what_the_cross_entropy_is_of(monkeypatch):
    """One step's loss is that of the pictures and, weighted, of their partners; ``first``: of the first preprocessing."""
    images, labels = halves(8)
    seen = []
    original = Classifier.training_step

    def step(self, batch, batch_idx):
        loss = original(self, batch, batch_idx)
        with torch.no_grad():  # batch normalisation sees both versions together, as in the step
            logits, partner = self(torch.cat([batch["image"], batch["partner"]])).chunk(2)
        want = nn.functional.cross_entropy(logits, batch["label"]) + 3 * jensen_shannon(logits, partner)
        seen.append((float(loss.detach()), float(want), batch["image"].amax(dim=(1, 2, 3))))
        return loss

    monkeypatch.setattr(Classifier, "training_step", step)
    for on, dark in (("first", 0), ("mix", None)):
        seen.clear()
        train([images, images // 4], labels, _consistent(3.0, on, max_epochs=4))
        assert len(seen) == 4 and all(loss == pytest.approx(want, rel=1e-4) for loss, want, _ in seen)
        from_dark = sum(int((brightest < 100).sum()) for *_, brightest in seen)
        assert from_dark == dark if on == "first" else 6 < from_dark < 26


def test_consistency_of_one_preprocessing_is_refused():
    images, labels = halves(8)
    with pytest.raises(InputError, match=r"'own' wants consistency of one preprocessing; name two"):
        train(images, labels, _consistent(1.0))
    for values, message in (
        ({"consistency": -1.0}, "consistency is -1"), ({"consistency": 1.0, "consistency_on": "both"}, "use mix or first"),
        ({"consistency_on": "first"}, "but consistency is 0"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=message):
            Recipe(**values)
