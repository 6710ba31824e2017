"""GoogLeNet and AlexNet of torchvision, which timm lacks, as timm models: ``timm.create_model("googlenet")``.

Importing this module registers both with timm's registry, weights and feature extraction included. The layers and their
names are torchvision's, so that its weight files load unchanged. Differences, all deliberate:

* GoogLeNet has no auxiliary heads: the paper does not mention them, and with batch normalisation they are not needed.
* torchvision's GoogLeNet weights expect inputs in [-1, 1], which torchvision reaches by undoing the ImageNet normalisation
  inside the network; here ``pretrained_cfg`` says mean 0.5, std 0.5 instead. The result is the same.
* Both start from He's initial weights. torchvision's own (0.01 for GoogLeNet, torch's default for AlexNet) cost a training from
  scratch its first hundreds of steps.
"""

from dataclasses import asdict
from typing import Any

import torch
from timm.models import build_model_with_cfg, register_model
from torch import Tensor, nn
from torchvision import models as torchvision_models

from robustfashion.models.normalisation import IMAGENET

_HALF = {"mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5)}


def _config(weights: Any, first_conv: str, classifier: str, normalisation: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    """What timm wants to know about a set of torchvision weights."""
    return {
        "url": weights.url,
        "num_classes": len(weights.meta["categories"]),
        "input_size": (3, 224, 224),
        "crop_pct": 224 / 256,
        "interpolation": "bilinear",
        "first_conv": first_conv,
        "classifier": classifier,
        "license": "bsd-3-clause",
        **normalisation,
    }


default_cfgs = {
    "googlenet": _config(torchvision_models.GoogLeNet_Weights.IMAGENET1K_V1, "conv1.conv", "fc", _HALF),
    "alexnet": _config(torchvision_models.AlexNet_Weights.IMAGENET1K_V1, "features.0", "classifier.6", asdict(IMAGENET)),
}


def _head(features: int, num_classes: int) -> nn.Module:
    return nn.Linear(features, num_classes) if num_classes > 0 else nn.Identity()


def _first_convolution(convolution: nn.Conv2d, in_chans: int) -> nn.Conv2d:
    """The same convolution for another number of channels."""
    if in_chans == convolution.in_channels:
        return convolution
    return nn.Conv2d(
        in_chans,
        convolution.out_channels,
        (convolution.kernel_size[0], convolution.kernel_size[1]),
        stride=(convolution.stride[0], convolution.stride[1]),
        padding=int(convolution.padding[0]),
        bias=convolution.bias is not None,
    )


class GoogLeNet(torchvision_models.GoogLeNet):  # type: ignore[misc]  # torchvision is untyped
    """GoogLeNet with batch normalisation (Inception v1), without auxiliary heads, in timm's form."""

    def __init__(self, num_classes: int = 1000, in_chans: int = 3, drop_rate: float = 0.2, global_pool: str = "avg") -> None:
        super().__init__(max(num_classes, 1), aux_logits=False, init_weights=False, dropout=drop_rate)
        if global_pool != "avg":
            raise ValueError(f"googlenet pools by 'avg' only, got global_pool={global_pool!r}")
        self.conv1.conv = _first_convolution(self.conv1.conv, in_chans)
        self._initialise()
        self.num_classes = num_classes
        self.num_features = self.head_hidden_size = 1024
        self.feature_info = [
            {"num_chs": 64, "reduction": 2, "module": "conv1"},
            {"num_chs": 192, "reduction": 4, "module": "conv3"},
            {"num_chs": 480, "reduction": 8, "module": "inception3b"},
            {"num_chs": 832, "reduction": 16, "module": "inception4e"},
            {"num_chs": 1024, "reduction": 32, "module": "inception5b"},
        ]
        if num_classes <= 0:
            self.reset_classifier(num_classes)

    def _initialise(self) -> None:
        """He's initial weights, as in ResNet.

        torchvision draws all with a deviation of 0.01. Behind batch normalisation a step counts by its ratio to the weights, so
        that training starts with a far larger learning rate than the one that was set.
        """
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        nn.init.normal_(self.get_parameter("fc.weight"), std=0.01)
        nn.init.zeros_(self.get_parameter("fc.bias"))

    def get_classifier(self) -> nn.Module:
        """The last, linear layer."""
        head: nn.Module = self.fc
        return head

    def reset_classifier(self, num_classes: int, global_pool: str | None = None) -> None:
        """Replace the last layer; 0 classes leave the pooled features as output."""
        if global_pool not in (None, "avg"):
            raise ValueError(f"googlenet pools by 'avg' only, got global_pool={global_pool!r}")
        self.num_classes = num_classes
        self.fc = _head(self.num_features, num_classes)

    def forward_features(self, x: Tensor) -> Tensor:
        """Images [n, c, h, w] -> feature maps [n, 1024, h / 32, w / 32]."""
        x = self.maxpool1(self.conv1(x))
        x = self.maxpool2(self.conv3(self.conv2(x)))
        x = self.maxpool3(self.inception3b(self.inception3a(x)))
        for block in (self.inception4a, self.inception4b, self.inception4c, self.inception4d, self.inception4e):
            x = block(x)
        maps: Tensor = self.inception5b(self.inception5a(self.maxpool4(x)))
        return maps

    def forward_head(self, x: Tensor, pre_logits: bool = False) -> Tensor:
        """Feature maps -> logits [n, k], or pooled features [n, 1024] where ``pre_logits``."""
        x = self.dropout(torch.flatten(self.avgpool(x), 1))
        return x if pre_logits else self.fc(x)

    def forward(self, x: Tensor) -> Tensor:
        """Images [n, c, h, w] -> logits [n, k]."""
        return self.forward_head(self.forward_features(x))


class AlexNet(torchvision_models.AlexNet):  # type: ignore[misc]  # torchvision is untyped
    """AlexNet ("one weird trick" variant) in timm's form; any input of at least 63 px."""

    def __init__(self, num_classes: int = 1000, in_chans: int = 3, drop_rate: float = 0.5, global_pool: str = "") -> None:
        super().__init__(max(num_classes, 1), dropout=drop_rate)
        if global_pool:
            raise ValueError(f"alexnet has fully connected layers, not a pooled head; got global_pool={global_pool!r}")
        self.features[0] = _first_convolution(self.features[0], in_chans)
        self._initialise()
        self.num_classes = num_classes
        self.num_features = 256
        self.head_hidden_size = self.classifier[6].in_features
        self.feature_info = [
            {"num_chs": 64, "reduction": 4, "module": "features.1"},
            {"num_chs": 192, "reduction": 8, "module": "features.4"},
            {"num_chs": 256, "reduction": 16, "module": "features.11"},
            {"num_chs": 256, "reduction": 32, "module": "features.12"},
        ]
        if num_classes <= 0:
            self.reset_classifier(num_classes)

    def _initialise(self) -> None:
        """Weights that keep the signal's size from layer to layer (He et al. 2015), and a small last layer.

        torchvision leaves torch's default, by which the signal shrinks 500-fold over seven layers without normalisation:
        hundreds of steps pass before the loss moves. The first layer's biases make up for inputs that are not centred.
        """
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.constant_(layer.get_parameter("bias"), 0.0)
        first, last = self.features[0], self.classifier[6]
        with torch.no_grad():
            first.bias.copy_(-0.5 * first.weight.sum(dim=(1, 2, 3)))
        nn.init.normal_(last.weight, std=0.01)

    def get_classifier(self) -> nn.Module:
        """The last, linear layer."""
        head: nn.Module = self.classifier[6]
        return head

    def reset_classifier(self, num_classes: int, global_pool: str | None = None) -> None:
        """Replace the last layer; 0 classes leave the second hidden layer as output."""
        if global_pool:
            raise ValueError(f"alexnet has fully connected layers, not a pooled head; got global_pool={global_pool!r}")
        self.num_classes = num_classes
        self.classifier[6] = _head(self.head_hidden_size, num_classes)

    def forward_features(self, x: Tensor) -> Tensor:
        """Images [n, c, h, w] -> feature maps [n, 256, h / 32, w / 32]."""
        maps: Tensor = self.features(x)
        return maps

    def forward_head(self, x: Tensor, pre_logits: bool = False) -> Tensor:
        """Feature maps -> logits [n, k], or the second hidden layer [n, 4096] where ``pre_logits``."""
        x = torch.flatten(self.avgpool(x), 1)
        x = self.classifier[:6](x)
        return x if pre_logits else self.classifier[6](x)

    def forward(self, x: Tensor) -> Tensor:
        """Images [n, c, h, w] -> logits [n, k]."""
        return self.forward_head(self.forward_features(x))


def without_auxiliary_heads(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """GoogLeNet weights as torchvision publishes them, less the two auxiliary heads."""
    return {name: value for name, value in state.items() if not name.startswith(("aux1.", "aux2."))}


def _drop_auxiliary_heads(state: dict[str, Tensor], _model: nn.Module) -> dict[str, Tensor]:
    return without_auxiliary_heads(state)


@register_model
def googlenet(pretrained: bool = False, **options: Any) -> nn.Module:  # noqa: ANN401 - timm's entry point signature
    """GoogLeNet (Szegedy et al. 2015) with batch normalisation; torchvision's layers and ImageNet weights."""
    model: nn.Module = build_model_with_cfg(
        GoogLeNet, "googlenet", pretrained, pretrained_filter_fn=_drop_auxiliary_heads, **options
    )
    return model


@register_model
def alexnet(pretrained: bool = False, **options: Any) -> nn.Module:  # noqa: ANN401 - timm's entry point signature
    """AlexNet (Krizhevsky 2014); torchvision's layers and ImageNet weights."""
    feature_cfg = {"flatten_sequential": True, "out_indices": (0, 1, 2, 3)}
    model: nn.Module = build_model_with_cfg(AlexNet, "alexnet", pretrained, feature_cfg=feature_cfg, **options)
    return model
