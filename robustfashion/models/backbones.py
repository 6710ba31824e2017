"""Any timm architecture by name, with fresh weights, ImageNet weights, EfficientNet-Lite0's, or the body of a weight file."""

import difflib
from pathlib import Path
from typing import Any

import timm
from torch import nn

from robustfashion.errors import InputError, first_line
from robustfashion.models import group_norm_backbones, lite0, torchvision_backbones  # noqa: F401 - two register with timm
from robustfashion.models.fitting import Source, fit_body
from robustfashion.models.input_size import fixed_size
from robustfashion.models.matching import best_table
from robustfashion.models.normalisation import Normalisation, checked
from robustfashion.models.weights import read_weights


def create_backbone(
    name: str, num_classes: int, pretrained: str = "none", drop_rate: float | None = None, image_size: int | None = None
) -> nn.Module:
    """Build a timm model whose last layer has ``num_classes`` outputs.

    Args:
        name: a timm architecture, with or without a weight tag (``resnet50``, ``resnet50.a1_in1k``), ``googlenet``,
            ``alexnet``, ``resnet18_gn`` or ``resnet34_gn``.
        num_classes: outputs of the last layer.
        pretrained: ``none``, ``imagenet`` (what timm or torchvision publishes; downloaded once), ``lite0`` (ImageNet weights of
            ``tf_efficientnet_lite0`` from an installed package, see :mod:`.lite0`), or the path of a robustfashion checkpoint,
            a PyTorch state dict, a training script's checkpoint or a safetensors file, whose body is taken and whose head is not
            (of two copies in one file the weights, not their average).
        drop_rate: dropout before the last layer; None = the architecture's own.
        image_size: side in px of the pictures that it is for, which transformers need to know; None = the architecture's own.

    Raises:
        InputError: unknown architecture, no published weights, no network to fetch them, weights of another architecture,
            ``lite0`` without its package.
    """
    check_name(name)
    options: dict[str, Any] = {"num_classes": num_classes}
    if drop_rate is not None:
        options["drop_rate"] = drop_rate
    if image_size is not None and fixed_size(name) not in (None, image_size):
        options["img_size"] = image_size
    if pretrained == "imagenet":
        return _published(name, options)
    model = _created(name, options)
    _open_residual_branches(model)
    if pretrained == "lite0":
        _load_lite0(model, name)
    elif pretrained != "none":
        load_body(model, Path(pretrained), name)
    return model


def _created(name: str, options: dict[str, Any]) -> nn.Module:
    """With fresh weights; at its own size where it cannot be told another (:func:`.input_size.check_takes` refuses that)."""
    try:
        model: nn.Module = timm.create_model(name, pretrained=False, **options)
    except (TypeError, ValueError, AssertionError):
        if "img_size" not in options:
            raise
        model = timm.create_model(name, pretrained=False, **{key: value for key, value in options.items() if key != "img_size"})
    return model


def check_name(name: str) -> None:
    """Check that timm, or this package, has an architecture of a name, and weights of its tag.

    Raises:
        InputError: neither; names near ones.
    """
    architecture, _, tag = name.partition(".")
    if not timm.is_model(architecture):
        known = timm.list_models()
        near = difflib.get_close_matches(architecture, known, n=5, cutoff=0.5)
        hint = f"did you mean {', '.join(near)}?" if near else f"timm knows {len(known)}, see timm.list_models()"
        raise InputError(f"architecture is {name!r}, which timm does not know; {hint}")
    tags = [other.partition(".")[2] for other in timm.list_pretrained(f"{architecture}.*")]
    if tag and tag not in tags:
        raise InputError(f"architecture is {name!r}, but {architecture} has no weights {tag!r}; use one of {', '.join(tags)}")


def _open_residual_branches(model: nn.Module) -> None:
    """Let every residual branch take part from the first step, as in He et al. 2016 and in MXNet's ResNets.

    timm closes them (last scale of each branch 0), which helps a long ImageNet run and costs a short one most of its learning:
    ResNet-18 on 634 synthetic images, 100 steps: 0.69 of the test images right with closed branches, 0.88 with open ones.
    """
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d | nn.GroupNorm) and module.affine and not module.weight.any():
            nn.init.ones_(module.weight)


def _published(name: str, options: dict[str, Any]) -> nn.Module:
    config = timm.models.get_pretrained_cfg(name)
    if config is None or not config.has_weights:
        raise InputError(f"no ImageNet weights are published for {name!r}; use pretrained: none, or the path of a weight file")
    try:
        model: nn.Module = timm.create_model(name, pretrained=True, **options)
    except (OSError, RuntimeError) as error:
        raise InputError(
            f"ImageNet weights of {name!r} cannot be fetched from {config.hf_hub_id or config.url} ({first_line(error)}); "
            "fetch the file elsewhere and give its path as pretrained"
        ) from error
    return model


def check_is_lite0(name: str) -> None:
    """Check that an architecture is the one that the weights ``lite0`` are of.

    Raises:
        InputError: it is another.
    """
    if name.partition(".")[0] != lite0.ARCHITECTURE:
        raise InputError(f"pretrained is lite0, weights of {lite0.ARCHITECTURE}, but architecture is {name}; name that one")


def _load_lite0(model: nn.Module, name: str) -> None:
    check_is_lite0(name)
    model.load_state_dict(fit_body(model, lite0.lite0_tensors(), Source("lite0", name)).weights, strict=False)


def load_body(model: nn.Module, path: Path, name: str) -> None:
    """Load all weights but the head's from a file into ``model``: of the table in the file that knows most of its names.

    Raises:
        InputError: unreadable file, or weights that do not fit the architecture, saying which.
    """
    file = read_weights(path)
    source = Source(str(path), name, file.said_architecture)
    model.load_state_dict(fit_body(model, best_table(file, model.state_dict()).tensors, source).weights, strict=False)


def expected_normalisation(base: str) -> Normalisation:
    """Scaling of the pixels that a base's weights were trained with: ``raw`` for none, a checkpoint's own, else ImageNet's.

    Args:
        base: ``none``, ``imagenet``, ``lite0``, or the path of a weight file.

    Raises:
        InputError: not a readable weight file, or one that names a scaling that is none.
    """
    if base in ("imagenet", "lite0"):
        return "imagenet"
    if base == "none":
        return "raw"
    told = (read_weights(Path(base)).metadata or {}).get("normalisation")
    return "imagenet" if told is None else checked(told)
