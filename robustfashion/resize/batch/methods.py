"""The methods that have exact plans for every device, and why the others have none."""

from functools import lru_cache

import torch

from robustfashion.errors import InputError
from robustfashion.resize.batch import java, opencv, pillow
from robustfashion.resize.batch.plan import Plan, Planner, Shape
from robustfashion.resize.methods import METHODS

PLANNERS: dict[str, Planner] = {**pillow.PLANNERS, **opencv.PLANNERS, **java.PLANNERS}

BATCH_METHODS: tuple[str, ...] = tuple(name for name in METHODS if name in PLANNERS)
"""What :func:`resize_batch` offers on every device. On the CPU it offers all of :data:`robustfashion.resize.METHODS`."""

_REASONS = {
    "opencv.cubic": "OpenCV leaves it to Intel's IPP, whose arithmetic is not published",
    "torch": "torch's kernels round differently from device to device",
    "torchvision": "torchvision's kernels round differently from device to device",
}
_PLANS = 64
"""Plans kept, with their tables on the device; one takes some hundred KB."""


def check_offered(method: str, device: torch.device) -> None:
    """See whether the method is offered on this device.

    Raises:
        InputError: it is not; the message says why, and what is.
    """
    if device.type == "cpu" or method in PLANNERS:
        return
    reason = _REASONS.get(method) or _REASONS.get(method.split(".")[0]) or "it has no form for batches yet"
    raise InputError(
        f"{method} is not offered on {device.type}: {reason}; move the images to the CPU, or use {', '.join(BATCH_METHODS)}"
    )


@lru_cache(_PLANS)
def plan_for(method: str, source: Shape, target: Shape, device: torch.device) -> Plan:
    """The plan of a method for two sizes, kept for the next batch.

    Raises:
        TooManyTapsError: java_image.smooth, reducing by so much that its ordered sums would take too many steps.
        InputError: the sizes are beyond the library's own integers.
    """
    return PLANNERS[method](source, target, device)
