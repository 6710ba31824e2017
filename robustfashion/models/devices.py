"""Which device an accelerator's name means."""

from typing import TYPE_CHECKING

from robustfashion.errors import InputError

if TYPE_CHECKING:
    import torch

ACCELERATORS = ("auto", "cpu", "gpu", "mps")


def resolve_device(accelerator: str = "auto") -> "torch.device":
    """Device of Lightning's accelerator name: ``auto`` is a CUDA device where there is one, else the CPU.

    Raises:
        InputError: unknown accelerator, or none on this machine.
    """
    if accelerator not in ACCELERATORS:
        raise InputError(f"accelerator is {accelerator!r}; use one of {', '.join(ACCELERATORS)}")
    import torch

    if accelerator == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if accelerator == "gpu" and not torch.cuda.is_available():
        raise InputError("accelerator is 'gpu', but torch sees no CUDA device; use 'auto' or 'cpu'")
    if accelerator == "mps" and not torch.backends.mps.is_available():
        raise InputError("accelerator is 'mps', but torch sees no Apple GPU; use 'auto' or 'cpu'")
    return torch.device({"gpu": "cuda"}.get(accelerator, accelerator))


def device_name(accelerator: str = "auto") -> str:
    """Name of that device for people: the GPU's product name, or ``cpu``."""
    return name_of_device(resolve_device(accelerator))


def name_of_device(device: "torch.device") -> str:
    """The GPU's product name, or ``cpu``."""
    import torch

    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
