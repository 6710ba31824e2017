"""ResNets with group normalisation that timm lacks, as timm models: ``timm.create_model("resnet18_gn")``.

timm has ``resnet50_gn``; these are made the same way: every batch normalisation of the ResNet is a group normalisation (Wu & He
2018) of 32 groups, all else stays. A network whose layers keep no statistics of its training pictures tells what those statistics
have to do with a loss. No weights are published for them.

Importing this module registers them with timm's registry.
"""

from typing import Any

from timm.models import build_model_with_cfg, register_model
from timm.models.resnet import BasicBlock, ResNet
from torch import nn

from robustfashion.models.normalisation import IMAGENET

_UNTRAINED = {
    "url": "",
    "num_classes": 1000,
    "input_size": (3, 224, 224),
    "pool_size": (7, 7),
    "crop_pct": 0.875,
    "interpolation": "bilinear",
    "mean": IMAGENET.mean,
    "std": IMAGENET.std,
    "first_conv": "conv1",
    "classifier": "fc",
}
"""What timm wants to know about a network; that of its own ResNets without weights."""

default_cfgs = {"resnet18_gn": _UNTRAINED, "resnet34_gn": _UNTRAINED}


def _resnet(name: str, layers: tuple[int, int, int, int], pretrained: bool, options: dict[str, Any]) -> nn.Module:
    settings: dict[str, Any] = {"block": BasicBlock, "layers": layers, "norm_layer": "groupnorm"} | options
    model: nn.Module = build_model_with_cfg(ResNet, name, pretrained, **settings)
    return model


@register_model
def resnet18_gn(pretrained: bool = False, **options: Any) -> nn.Module:  # noqa: ANN401 - timm's entry point signature
    """ResNet-18 (He et al. 2016) with group normalisation."""
    return _resnet("resnet18_gn", (2, 2, 2, 2), pretrained, options)


@register_model
def resnet34_gn(pretrained: bool = False, **options: Any) -> nn.Module:  # noqa: ANN401 - timm's entry point signature
    """ResNet-34 (He et al. 2016) with group normalisation."""
    return _resnet("resnet34_gn", (3, 4, 6, 3), pretrained, options)
