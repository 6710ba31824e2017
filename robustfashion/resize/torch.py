"""torch's ``interpolate`` and torchvision's ``v2.functional.resize``, on the CPU.

``torch.*`` interpolate in float32, clamp to 0..255 and round half to even, as ``torchvision`` does for floats.
``torchvision.*`` get the uint8 tensor and do what torchvision does with it: a native uint8 kernel where there is one, else
float32, rounded half to even. Without antialiasing both take 2 x 2 or 4 x 4 taps at any reduction, as Graphics2D and OpenCV
do.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from robustfashion.resize.method import Method, Pixels, Size, distribution_version

if TYPE_CHECKING:
    from torch import Tensor


def _interpolate(mode: str, antialias: bool) -> Callable[[Pixels, Size], Pixels]:
    def resize(image: Pixels, size: Size) -> Pixels:
        """Resize by torch or torchvision."""
        import torch
        from torch.nn.functional import interpolate

        with torch.inference_mode():
            floats = torch.from_numpy(np.require(image, requirements="W")).permute(2, 0, 1)[None].to(torch.float32)
            result = interpolate(floats, size=size, mode=mode, align_corners=False, antialias=antialias)
            return _pixels(result.clamp_(0, 255).round_().to(torch.uint8)[0])

    return resize


def _torchvision(mode: str, antialias: bool) -> Callable[[Pixels, Size], Pixels]:
    def resize(image: Pixels, size: Size) -> Pixels:
        """Resize by torch or torchvision."""
        import torch
        from torchvision.transforms import InterpolationMode
        from torchvision.transforms.v2 import functional

        with torch.inference_mode():
            tensor = torch.from_numpy(np.require(image, requirements="W")).permute(2, 0, 1)
            result = functional.resize(tensor, list(size), InterpolationMode(mode), antialias=antialias)
            return _pixels(result)

    return resize


def _pixels(tensor: "Tensor") -> Pixels:
    """uint8 [3, H, W] as an array [H, W, 3] of its own; torchvision hands back its argument where the size is the same."""
    return np.array(tensor.permute(1, 2, 0).numpy(), order="C")


def _pair(mode: str, antialias: bool) -> list[Method]:
    filter_name = f"{mode}_antialias" if antialias else mode
    options = f"mode={mode!r}, antialias={antialias}"
    return [
        Method(
            f"torch.{filter_name}",
            _interpolate(mode, antialias),
            f"torch.nn.functional.interpolate, float32, {options}",
            distribution_version("torch"),
        ),
        Method(
            f"torchvision.{filter_name}",
            _torchvision(mode, antialias),
            f"torchvision.transforms.v2.functional.resize, uint8, {options}",
            distribution_version("torchvision"),
        ),
    ]


METHODS = sorted(
    (method for mode in ("bilinear", "bicubic") for antialias in (False, True) for method in _pair(mode, antialias)),
    key=lambda method: method.name.split(".")[0],
)
