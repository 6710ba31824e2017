"""Which architecture weights are likely of, for messages: siblings of the one that was named, and some that are often met."""

import re
from collections.abc import Mapping

import timm
import torch
from torch import Tensor

from robustfashion.models.matching import COUNTER, head_names, not_of_a_head, renamed

_SIZES = ("atto", "femto", "pico", "nano", "tiny", "small", "medium", "base", "large", "xlarge", "huge", "giant")
_OFTEN_MET = (
    "resnet18", "resnet34", "resnet50", "resnet101", "efficientnet_b0", "tf_efficientnet_lite0", "mobilenetv2_100",
    "mobilenetv3_large_100", "convnext_tiny", "densenet121", "vgg16", "vit_base_patch16_224", "vit_small_patch16_224",
    "swin_tiny_patch4_window7_224", "googlenet", "alexnet", "resnet18_gn", "resnet34_gn", "resnet50_gn",
)  # fmt: skip
_MOST_SIBLINGS = 24


def hint(tensors: Mapping[str, Tensor], architecture: str, said: str | None) -> str:
    """The end of a message: ``: they fit resnet50``, what the file says, or nothing.

    Args:
        tensors: of the file, by its own names.
        architecture: the one that they do not fit; empty: none was named.
        said: architecture that the file itself names.
    """
    named = architecture.partition(".")[0]
    candidates = [*([said] if said else []), *(siblings(named) if named else []), *_OFTEN_MET]
    for name in dict.fromkeys(candidates):
        if name != named and timm.is_model(name) and _fits(tensors, name):
            return f": they fit {name}"
    return f" (the file says {said!r})" if said and said != named else ""


def siblings(architecture: str) -> list[str]:
    """Timm's architectures whose names differ in numbers and size words only (resnet18: resnet26, resnet34, ...)."""
    size = "|".join(_SIZES)
    parts = re.split(rf"(\d+|(?<=_)(?:{size})(?=_|$))", architecture)
    pattern = "".join(r"\d+" if part.isdigit() else f"(?:{size})" if part in _SIZES else re.escape(part) for part in parts)
    found = [name for name in timm.list_models() if re.fullmatch(pattern, name) and name != architecture]
    return found[:_MOST_SIBLINGS]


def _fits(tensors: Mapping[str, Tensor], architecture: str) -> bool:
    with torch.device("meta"):  # names and shapes, no weights: 0.02 to 0.1 s
        model = timm.create_model(architecture, pretrained=False)
    head, state = head_names(model), model.state_dict()
    found = renamed(tensors, state)
    body = {name: value for name, value in state.items() if name not in head and not name.endswith(COUNTER)}
    same = all(name in found and found[name].shape == value.shape for name, value in body.items())
    return same and not not_of_a_head(found, state, head)
