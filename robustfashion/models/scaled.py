"""A backbone with the scaling of its pixels inside: what is exported of trunks and of whole networks."""

from typing import Any

from torch import Tensor, nn

from robustfashion.models.pixel_network import PixelNetwork


class Scaled(nn.Module):
    """Backbone, mean and deviation of a network; children say what of its answers they give.

    Args:
        model: whose they are; weights and buffers stay its own.
    """

    mean: Tensor
    std: Tensor
    backbone: Any
    """timm's model."""

    def __init__(self, model: PixelNetwork) -> None:
        super().__init__()
        self.backbone = model.backbone
        self.register_buffer("mean", model.mean)
        self.register_buffer("std", model.std)

    def scaled(self, image: Tensor) -> Tensor:
        """uint8 RGB [n, S, S, 3] to the backbone's float input [n, 3, S, S], in memory channels last."""
        return (image.permute(0, 3, 1, 2).to(self.mean.dtype) - self.mean) / self.std
