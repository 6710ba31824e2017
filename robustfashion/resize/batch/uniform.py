"""Batches whose images have one size."""

from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from robustfashion.resize.batch.checks import check_batch, check_chunk, check_memory, enough_memory
from robustfashion.resize.batch.methods import check_offered, plan_for
from robustfashion.resize.batch.plan import Shape, TooManyTapsError
from robustfashion.resize.method import Pixels, Size, check_size
from robustfashion.resize.methods import check_method

CHUNK_BYTES = 1 << 29
_BYTES_A_SAMPLE = 20
"""Of the larger intermediate result: a sum, a product, a picked sample and one converted, at most."""


def resize_batch(images: Tensor, size: Size, method: str = "java2d.bilinear", *, chunk_bytes: int = CHUNK_BYTES) -> Tensor:
    """Resize uint8 RGB [N, 3, H, W] to ``size``, (height, width) in px: a new uint8 [N, 3, h, w] on the same device.

    Every image comes out as :func:`robustfashion.resize.resize` makes it, to the pixel. On the CPU images are resized one by
    one, ``torch.get_num_threads()`` at a time. On CUDA all go through the same integer or ordered float32 operations, in
    chunks whose intermediate results take about ``chunk_bytes``, one image at least, without waiting for the device (but for
    huge reductions by java_image.smooth, which are summed on the CPU).
    Any strides are taken; a channels_last batch gives a channels_last result. Tables are kept for the next batch of these sizes.

    Raises:
        InputError: another kind of tensor, a size that is not two positive whole numbers, a result larger than the memory, an
            unknown method or one that cannot be exact on this device (the message names those that can).
    """
    images, size = check_batch(images), check_size(size)
    check_offered(check_method(method).name, images.device)
    check_chunk(chunk_bytes)
    check_memory(images.shape[0], size, images.device)
    layout = torch.channels_last if _interleaved(images) else torch.contiguous_format
    with enough_memory(images.device):
        result = torch.empty((images.shape[0], 3, *size), dtype=torch.uint8, device=images.device, memory_format=layout)
        if images.device.type == "cpu":
            resize_arrays(list(images.numpy()), result, method)
        else:
            resize_by_plan(images, result, method, chunk_bytes)
    return result


def _interleaved(images: Tensor) -> bool:
    return images.is_contiguous(memory_format=torch.channels_last) and not images.is_contiguous()


def resize_by_plan(images: Tensor, result: Tensor, method: str, chunk_bytes: int = CHUNK_BYTES) -> None:
    """Fill ``result`` [N, 3, h, w] by torch operations on the device of both."""
    source, target = _shape(images), _shape(result)
    try:
        plan = plan_for(method, source, target, images.device)
    except TooManyTapsError:
        on_cpu = torch.empty(result.shape, dtype=torch.uint8, device="cpu")
        resize_arrays(list(images.cpu().numpy()), on_cpu, method)
        result.copy_(on_cpu)
        return
    step = images_a_chunk(source, target, chunk_bytes)
    for start in range(0, images.shape[0], step):
        planes = images[start : start + step].reshape(-1, *source)
        result[start : start + step] = plan(planes).reshape(-1, 3, *target)


def _shape(images: Tensor) -> Shape:
    return int(images.shape[-2]), int(images.shape[-1])


def images_a_chunk(source: Shape, target: Shape, chunk_bytes: int) -> int:
    """How many images may be resized together, one at least."""
    between = max(source[0] * target[1], target[0] * source[1], target[0] * target[1])
    return max(1, chunk_bytes // (3 * (source[0] * source[1] + _BYTES_A_SAMPLE * between)))


def resize_arrays(images: list[Pixels], result: Tensor, method: str) -> None:
    """Fill ``result`` [N, 3, h, w] on the CPU from arrays [3, H, W], one by one, several at a time."""
    from robustfashion.resize.batch.host import Resizer

    targets = list(result.numpy())
    workers = max(1, min(torch.get_num_threads(), len(images)))

    def share(first: int) -> None:
        """Every ``workers``-th image from ``first`` on."""
        resize = Resizer(method, _shape(result))
        for image, target in zip(images[first::workers], targets[first::workers], strict=True):
            resize(image, target)

    if workers == 1:
        share(0)
        return
    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(share, range(workers)):
            pass
