"""A head on cached features and the same head inside the Lightning classifier give equal logits."""

import numpy as np
import pytest
import torch

from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.checkpoint import checkpoint_digest, history_of, load_classifier, save_checkpoint
from robustfashion.models.head_classifier import head_classifier
from robustfashion.models.heads import HeadSettings, fit_head, head_logits
from robustfashion.models.inference import predict_arrays
from robustfashion.models.trunk import Trunk
from robustfashion.models.trunk_engines import open_engine
from tests.models.samples import NET, halves

SETTINGS = HeadSettings((0.01,))
CLASSES = ("other", "dress")


@pytest.fixture(scope="module")
def fitted(graph_cache):
    """Trunk, pixels, labels, features by the fast engine, head."""
    cache = graph_cache
    pixels, labels = halves(60)
    trunk = Trunk(NET, "none", "imagenet")
    features = open_engine(trunk, 32, cache, 1, "cpu").embed(pixels)
    head = fit_head(features, labels, [str(i) for i in range(60)], CLASSES, settings=SETTINGS)
    return trunk, pixels, labels, features, head


@pytest.mark.parametrize("suffix", ["ckpt", "safetensors"])
def test_equal_logits(fitted, tmp_path, suffix):
    trunk, pixels, labels, features, head = fitted
    want = head_logits(head, features)
    assert (want.argmax(1) == labels).mean() > 0.9
    model = head_classifier(trunk, head)
    assert not model.training and model.classes == CLASSES
    path = tmp_path / f"head.{suffix}"
    save_checkpoint(model, path, Preprocessing(canvas=50, size=32))
    for asked in (model, load_classifier(path, CLASSES, NET)):
        logits, found = predict_arrays(asked, pixels, accelerator="cpu")
        assert np.abs(logits - want).max() <= 1e-4 * np.abs(want).max()
        assert np.abs(found - features).max() <= 1e-4 * np.abs(features).max()


def test_what_a_checkpoint_says(fitted, tmp_path):
    trunk, _pixels, labels, features, head = fitted
    save_checkpoint(head_classifier(trunk, head), tmp_path / "head.ckpt", Preprocessing(canvas=50, size=32), seed=4)
    model = load_classifier(tmp_path / "head.ckpt")
    recipe = model.recipe
    assert (recipe.name, recipe.weight_decay, recipe.decay_on, recipe.lr, recipe.flip_p) == ("frozen", 0.01, "head", 0.0, 0.0)
    assert (model.pretrained, model.normalisation) == ("none", "imagenet")
    (entry,) = history_of(tmp_path / "head.ckpt")
    assert (
        entry["images"] == 60
        and entry["step"] > 1
        and entry["train/accuracy"] == (head_logits(head, features).argmax(1) == labels).mean()
    )
    assert 0 < entry["train/loss"] < 0.6 and entry["seconds"] > 0


def test_trunk_is_left_as_it_is(fitted):
    trunk, _, _, _features, head = fitted
    before = trunk.digest
    model = head_classifier(trunk, head)
    with torch.no_grad():
        for weight in model.backbone.parameters():
            weight.add_(1)
    assert Trunk(NET, "none", "imagenet").digest == before
    assert {n: w for n, w in trunk.weights().items() if "conv1.0" in n}.keys()
    again = head_classifier(trunk, head)
    assert not torch.equal(again.backbone.get_classifier().weight, model.backbone.get_classifier().weight)
    assert torch.equal(again.backbone.get_classifier().weight, torch.from_numpy(head.weight))


def test_random_numbers_are_left_alone(fitted):
    torch.manual_seed(1)
    want = torch.rand(2)
    torch.manual_seed(1)
    head_classifier(fitted[0], fitted[4])
    assert torch.equal(torch.rand(2), want)


def test_a_head_of_another_trunk(fitted):
    _, _, labels, features, _ = fitted
    head = fit_head(features[:, :9], labels, [str(i) for i in range(60)], CLASSES, settings=SETTINGS)
    with pytest.raises(InputError, match="the head reads 9 features"):
        head_classifier(fitted[0], head)


def test_same_head_same_digest(fitted, tmp_path):
    trunk, _, _, _, head = fitted
    for name in "ab":
        save_checkpoint(head_classifier(trunk, head), tmp_path / f"{name}.ckpt")
    assert checkpoint_digest(tmp_path / "a.ckpt") == checkpoint_digest(tmp_path / "b.ckpt")
