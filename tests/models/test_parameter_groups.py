"""Weight decay: every weight in one group, and in the right one."""

from dataclasses import replace

import pytest
import torch
from timm.optim import param_groups_weight_decay

from robustfashion.models.backbones import create_backbone
from robustfashion.models.classifier import Classifier
from robustfashion.models.matching import head_names
from robustfashion.models.parameter_groups import parameter_groups
from robustfashion.models.recipes import RECIPES
from tests.models.samples import NET

DECAYING = replace(RECIPES["paper"], name="own", weight_decay=0.3)


def decayed(backbone, recipe):
    """Names of the parameters that decay; every parameter is in one group."""
    groups = parameter_groups(backbone, recipe)
    names = {id(parameter): name for name, parameter in backbone.named_parameters()}
    grouped = [names[id(parameter)] for group in groups for parameter in group["params"]]
    assert sorted(grouped) == sorted(names.values())
    return {names[id(p)] for group in groups if group["weight_decay"] == recipe.weight_decay for p in group["params"]}


@pytest.mark.parametrize("name", [NET, "googlenet", "alexnet", "test_vit"])
def test_parts(name):
    backbone = create_backbone(name, 5)
    every, head = {key for key, _ in backbone.named_parameters()}, head_names(backbone)
    assert decayed(backbone, DECAYING) == every
    assert decayed(backbone, replace(DECAYING, decay_on="head")) == head
    assert decayed(backbone, replace(DECAYING, decay_on="body")) == every - head


@pytest.mark.parametrize("name", [NET, "googlenet", "test_vit"])
def test_norms_and_biases_are_timms(name):
    """timm's own grouping is the oracle."""
    backbone = create_backbone(name, 5)
    found = decayed(backbone, replace(DECAYING, decay_norms_and_biases=False))
    spared = getattr(backbone, "no_weight_decay", set)()
    groups = param_groups_weight_decay(backbone, 0.3, no_weight_decay_list=spared)
    names = {id(parameter): key for key, parameter in backbone.named_parameters()}
    assert found == {names[id(p)] for group in groups if group["weight_decay"] == 0.3 for p in group["params"]}


def test_decay_shrinks_what_it_names_and_nothing_else():
    torch.manual_seed(0)
    recipe = replace(DECAYING, decay_on="head", momentum=0.0, lr=0.5)
    model = Classifier(NET, ("a", "b"), recipe.to_dict())
    before = {name: value.clone() for name, value in model.named_parameters()}
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    model.configure_optimizers().step()
    head = {f"backbone.{name}" for name in head_names(model.backbone)}
    for name, value in model.named_parameters():
        want = before[name] * (1 - 0.5 * 0.3) if name in head else before[name]
        assert torch.allclose(value, want, atol=1e-7), name
