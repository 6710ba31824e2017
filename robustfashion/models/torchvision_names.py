"""torchvision's weight names as timm's, for networks that both build alike layer by layer under other names.

Both list their weights in the order of their layers. For the networks below the two orders agree, weight by weight, and with the
same weights both give the same answers (tests compare them; a fully connected layer of the one may be a 1 x 1 convolution of the
other). torchvision's ResNets, ResNeXts, DenseNets and Inception v3 bear timm's names already. Its MobileNetV3, RegNet, Swin and
EfficientNetV2 are not here: they differ in more than names (epsilon of the batch normalisation, order, layers).
"""

import re
from collections.abc import Mapping
from typing import Any

import torch
import torchvision
from torch import Tensor

from robustfashion.models.matching import renamed

_SAME_ORDER = {
    **{f"efficientnet_b{n}": f"efficientnet_b{n}" for n in range(5)},
    **{f"convnext_{size}": f"convnext_{size}" for size in ("tiny", "small", "base", "large")},
    **{f"vgg{depth}{norm}": f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn")},
    "mobilenetv2_100": "mobilenet_v2",
    "mnasnet_100": "mnasnet1_0",
}
"""torchvision's names by timm's."""
_VIT = {
    "vit_base_patch16_224": "vit_b_16", "vit_base_patch32_224": "vit_b_32", "vit_large_patch16_224": "vit_l_16",
    "vit_large_patch32_224": "vit_l_32", "vit_huge_patch14_224": "vit_h_14",
}  # fmt: skip
_VIT_NAMES = (
    (r"class_token", "cls_token"), (r"conv_proj\.", "patch_embed.proj."), (r"encoder\.pos_embedding", "pos_embed"),
    (r"encoder\.layers\.encoder_layer_(\d+)\.", r"blocks.\1."), (r"encoder\.ln\.", "norm."), (r"heads\.head\.", "head."),
    (r"(blocks\.\d+\.)ln_(\d)\.", r"\1norm\2."), (r"(blocks\.\d+\.)self_attention\.in_proj_(\w+)", r"\1attn.qkv.\2"),
    (r"(blocks\.\d+\.)self_attention\.out_proj\.", r"\1attn.proj."),
    (r"(blocks\.\d+\.)mlp\.(?:linear_1|0)\.", r"\1mlp.fc1."), (r"(blocks\.\d+\.)mlp\.(?:linear_2|3)\.", r"\1mlp.fc2."),
)  # fmt: skip


def from_torchvision(tensors: Mapping[str, Tensor], architecture: str, model: Any) -> dict[str, Tensor] | None:  # noqa: ANN401
    """Weights of torchvision's network by timm's names and in its shapes; what torchvision does not know keeps its name.

    Args:
        tensors: of a file, with whatever prefix.
        architecture: timm's name, with or without a tag.
        model: timm's network.

    Returns:
        None where torchvision has no such network that agrees layer by layer.
    """
    name = architecture.partition(".")[0]
    counterpart = _SAME_ORDER.get(name) or _VIT.get(name)
    if counterpart is None:
        return None
    with torch.device("meta"):
        theirs = torchvision.models.get_model(counterpart, weights=None).state_dict()
    ours = model.state_dict()
    names = {key: _vit_name(key) for key in theirs} if name in _VIT else dict(zip(theirs, ours, strict=True))
    found = renamed(tensors, theirs)
    return {names.get(key, key): _shaped(tensor, ours.get(names.get(key, ""))) for key, tensor in found.items()}


def timm_architecture(name: str) -> str:
    """Timm's name of a network that torchvision calls so; any other name as it is."""
    return next((ours for ours, theirs in (_SAME_ORDER | _VIT).items() if theirs == name), name)


def _vit_name(name: str) -> str:
    for pattern, replacement in _VIT_NAMES:
        name = re.sub(f"^{pattern}", replacement, name)
    return name


def _shaped(tensor: Tensor, like: Tensor | None) -> Tensor:
    """A fully connected layer as the convolution that it is, or the other way round."""
    return tensor if like is None or tensor.numel() != like.numel() else tensor.reshape(like.shape)
