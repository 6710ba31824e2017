"""What a batched method is: a planner, which prepares tables for two sizes, and the plan that it makes, which is run."""

from collections.abc import Callable

import torch
from torch import Tensor

Shape = tuple[int, int]
"""(height, width) in px."""

Plan = Callable[[Tensor], Tensor]
"""uint8 planes [P, H, W] to uint8 planes [P, h, w] on the device for which it was made."""

Planner = Callable[[Shape, Shape, torch.device], Plan]
"""``(source, target, device) -> plan``."""


def keep(planes: Tensor) -> Tensor:
    """The plan where source and target have one size."""
    return planes.clone()


class TooManyTapsError(Exception):
    """The sizes need more steps than a plan should have; the images are resized one by one instead."""
