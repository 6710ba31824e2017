"""Batches whose images differ in size."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from robustfashion.errors import InputError
from robustfashion.resize.batch.checks import check_chunk, check_device, check_memory, check_pixels, enough_memory
from robustfashion.resize.batch.methods import check_offered
from robustfashion.resize.batch.plan import Shape
from robustfashion.resize.batch.uniform import CHUNK_BYTES, images_a_chunk, resize_arrays, resize_by_plan
from robustfashion.resize.method import Pixels, Size, check_image, check_size
from robustfashion.resize.methods import check_method

Picture = Tensor | Pixels
"""uint8 RGB, a tensor [3, H, W] or an array [H, W, 3]."""


def resize_ragged(
    images: Sequence[Picture],
    size: Size,
    method: str = "java2d.bilinear",
    *,
    device: torch.device | str | None = None,
    chunk_bytes: int = CHUNK_BYTES,
) -> Tensor:
    """Resize images of any sizes, tensors uint8 RGB [3, H, W] or arrays [H, W, 3], to one: uint8 [N, 3, h, w] in their order.

    The result is made on ``device``, by default where the tensors are (arrays count as on the CPU); pixels, chunks and methods
    are as in :func:`resize_batch`. On CUDA images of one size are resized together: the fewer sizes, the better.

    Raises:
        InputError: as :func:`resize_batch`, naming the image; images on several devices and none given.
    """
    checked = [_check_picture(f"image {number}", image) for number, image in enumerate(images)]
    size, place = check_size(size), _place(checked, device)
    check_offered(check_method(method).name, place)
    check_chunk(chunk_bytes)
    check_memory(len(checked), size, place)
    with enough_memory(place):
        result = torch.empty((len(checked), 3, *size), dtype=torch.uint8, device=place)
        if _on_host(place):
            resize_arrays([_planes(image) for image in checked], result, method)
            return result
        for members in _groups(checked, size, chunk_bytes):
            stack = torch.stack([_on_device(checked[number], place) for number in members])
            part = torch.empty((len(members), 3, *size), dtype=torch.uint8, device=place)
            resize_by_plan(stack, part, method, chunk_bytes)
            result[torch.tensor(members, device=place)] = part
    return result


def _check_picture(name: str, image: object) -> Picture:
    if not isinstance(image, Tensor):
        try:
            return check_image(image)
        except InputError as error:
            raise InputError(f"{name}: {error}") from None
    if image.ndim != 3 or image.shape[0] != 3:
        raise InputError(f"{name} has shape {list(image.shape)}; a tensor must be RGB [3, H, W] (an array [H, W, 3])")
    return check_pixels(image, name)


def _place(images: list[Picture], device: torch.device | str | None) -> torch.device:
    if device is not None:
        return check_device(device)
    places = {image.device if isinstance(image, Tensor) else torch.device("cpu") for image in images}
    if len(places) > 1:
        raise InputError(f"images are on {', '.join(sorted(map(str, places)))}; say where to resize them: device=...")
    return places.pop() if places else torch.device("cpu")


def _on_host(place: torch.device) -> bool:
    return place.type == "cpu"


def _planes(image: Picture) -> Pixels:
    """[3, H, W] on the CPU, strided as the image is."""
    return image.cpu().numpy() if isinstance(image, Tensor) else image.transpose(2, 0, 1)


def _on_device(image: Picture, place: torch.device) -> Tensor:
    """[3, H, W] on the device; a read-only array is copied first, since tensors know no such thing."""
    if isinstance(image, Tensor):
        return image.to(place)
    return torch.from_numpy(np.require(image, requirements="W")).to(place).permute(2, 0, 1)


def _groups(images: list[Picture], size: Size, chunk_bytes: int) -> Iterator[list[int]]:
    """Numbers of the images that have one size, as many as a chunk holds."""
    by_size: defaultdict[Shape, list[int]] = defaultdict(list)
    for number, image in enumerate(images):
        height, width = image.shape[-2:] if isinstance(image, Tensor) else image.shape[:2]
        by_size[int(height), int(width)].append(number)
    for source, members in by_size.items():
        step = images_a_chunk(source, size, chunk_bytes)
        yield from (members[start : start + step] for start in range(0, len(members), step))
