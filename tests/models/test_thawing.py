"""Frozen bodies stay as they are; stages thaw from the last to the first."""

from dataclasses import replace

import pytest
import torch

from robustfashion.errors import InputError
from robustfashion.models.backbones import create_backbone
from robustfashion.models.checkpoint import save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.models.matching import head_names
from robustfashion.models.thawing import Thawing, stages
from robustfashion.models.training import TrainSettings, train
from tests.models.samples import NET, halves

FAST = TrainSettings(NET, classes=("below", "above"), max_epochs=2, batch_size=8, accelerator="cpu")


@pytest.mark.parametrize("name", [NET, "googlenet", "alexnet", "test_vit"])
def test_stages_divide_the_body(name):
    backbone = create_backbone(name, 3)
    found = stages(backbone)
    body = {key for key, _ in backbone.named_parameters()} - head_names(backbone)
    assert len(found) > 1 and set().union(*found) == body and sum(map(len, found)) == len(body)


@pytest.fixture
def base(tmp_path):
    images, labels = halves(24)
    path = tmp_path / "base.ckpt"
    save_checkpoint(train(images, labels, FAST), path)
    return path


def changed(base, model):
    """Names of what differs from the base: weights and running statistics of the body."""
    before = torch.load(base, weights_only=True)["state_dict"]
    return {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}


def test_frozen_body_keeps_weights_and_statistics(base):
    images, labels = halves(24, seed=3)
    model = train(images, labels, replace(FAST, pretrained=str(base), freeze="body"))
    assert changed(base, model) == {f"backbone.{name}" for name in head_names(model.backbone)}
    free = train(images, labels, replace(FAST, pretrained=str(base)))
    assert {name for name in changed(base, free) if "running_mean" in name}


def test_gradual_thaw_goes_from_the_head_on(base):
    images, labels = halves(24, seed=3)
    settings = replace(FAST, pretrained=str(base), freeze="gradual", thaw_every=1, max_epochs=2)
    model = train(images, labels, settings)
    last = stages(model.backbone)[-1]
    weights = {name.removeprefix("backbone.") for name in changed(base, model) if name.endswith(("weight", "bias"))}
    assert weights == last | head_names(model.backbone), "two epochs: the head alone, then the last stage, too"


def test_what_learns_follows_from_the_epoch():
    model = Classifier(NET, ("a", "b"))
    thawing, order = Thawing(every=3), stages(model.backbone)
    for epoch, thawed in ((0, 0), (2, 0), (3, 1), (7, 2), (100, len(order))):
        thawing.apply(model, epoch)
        learning = {name for name, p in model.backbone.named_parameters() if p.requires_grad}
        assert learning == head_names(model.backbone).union(*order[len(order) - thawed :]), epoch


def test_what_is_refused():
    with pytest.raises(InputError, match="at least 1 epoch"):
        Thawing(0)
    with pytest.raises(InputError, match="freeze is 'head'"):
        replace(FAST, freeze="head")
