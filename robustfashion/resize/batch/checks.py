"""What a batch may be."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from robustfashion.errors import InputError
from robustfashion.resize.method import Size

DEVICES = ("cpu", "cuda")


def check_batch(images: object) -> Tensor:
    """The images as they are, if they are uint8 [N, 3, H, W] with H and W above 0 on a CPU or a CUDA device.

    Raises:
        InputError: anything else.
    """
    if not isinstance(images, Tensor):
        raise InputError(f"images is a {type(images).__name__}; it must be a torch tensor, uint8 [N, 3, H, W]")
    if images.ndim != 4 or images.shape[1] != 3:
        hint = "; repeat gray three times, move channels to dimension 1, one image is images[None]"
        raise InputError(f"images has shape {list(images.shape)}; it must be RGB [N, 3, H, W]{hint}")
    return check_pixels(images, "images")


def check_pixels(images: Tensor, name: str) -> Tensor:
    """The tensor [..., H, W] as it is, if it is uint8 with H and W above 0, in memory, on a CPU or a CUDA device.

    Raises:
        InputError: anything else; the message calls the tensor by ``name``.
    """
    if images.dtype != torch.uint8:
        raise InputError(f"{name} has dtype {images.dtype}; it must be torch.uint8 in 0..255 (scale and round floats yourself)")
    if images.layout != torch.strided:
        raise InputError(f"{name} has layout {images.layout}; it must be dense")
    if 0 in images.shape[-2:]:
        raise InputError(f"{name} has shape {list(images.shape)}: no pixels")
    check_device(images.device)
    return images


def check_device(device: torch.device | str) -> torch.device:
    """The device, a CPU or a CUDA device that is there.

    Raises:
        InputError: another one.
    """
    try:
        found = torch.device(device)
    except RuntimeError:
        raise InputError(f"device is {device!r}; it must be one of {', '.join(DEVICES)}") from None
    if found.type not in DEVICES or (found.type == "cuda" and not torch.cuda.is_available()):
        raise InputError(f"device is {found}; there is only {', '.join(DEVICES[: 1 + torch.cuda.is_available()])} for batches")
    if found == torch.device("cuda"):
        return torch.device("cuda", torch.cuda.current_device())
    return found


def check_memory(count: int, size: Size, device: torch.device) -> None:
    """See whether a result of so many images can be held at all.

    Raises:
        InputError: it is larger than the device's memory.
    """
    needed, there = 3 * count * size[0] * size[1], _memory(device)
    if needed > there:
        raise InputError(
            f"{count} images of size {size} take {needed / 2**30:.1f} GiB, {device} has {there / 2**30:.1f}: resize fewer at once"
        )


@contextmanager
def enough_memory(device: torch.device) -> Iterator[None]:
    """Tell in one message what to do where the device runs out of memory.

    Raises:
        InputError: it did.
    """
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise InputError(f"{device} has too little free memory; lower chunk_bytes or resize fewer images at once") from error


def _memory(device: torch.device) -> int:
    """Physical memory in bytes."""
    if device.type == "cuda":
        return int(torch.cuda.get_device_properties(device).total_memory)
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def check_chunk(chunk_bytes: int) -> int:
    """The bytes as they are.

    Raises:
        InputError: not a positive whole number.
    """
    if isinstance(chunk_bytes, bool) or not isinstance(chunk_bytes, int) or chunk_bytes < 1:
        raise InputError(f"chunk_bytes is {chunk_bytes!r}; it must be a whole number of bytes above 0")
    return chunk_bytes
