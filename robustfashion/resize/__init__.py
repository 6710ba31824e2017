"""Resize as Pillow, OpenCV, torch, torchvision or Java does it, to the pixel: one call, and a dict of what there is.

Java's resizers are emulated without a JVM, equal to the JDK in every pixel. Importing this module loads none of the libraries;
batches of torch tensors load torch when they are resized.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from robustfashion.resize.antialiasing import is_antialiased
from robustfashion.resize.method import MAX_OUTPUT_PIXELS, Method, Pixels, Size, check_image, check_size
from robustfashion.resize.methods import METHODS, check_method, is_java
from robustfashion.resize.parallel import row_threads

if TYPE_CHECKING:
    import torch as pytorch

__all__ = [
    "MAX_OUTPUT_PIXELS", "METHODS", "Method", "Pixels", "Size", "check_image", "check_method", "check_size", "is_antialiased",
    "is_java", "resize", "resize_batch", "resize_ragged", "row_threads",
]  # fmt: skip


def resize(image: Pixels, size: Size, method: str = "java2d.bilinear", threads: int = 1) -> Pixels:
    """Resize uint8 RGB [H, W, 3] to ``size``, (height, width) in px: a new C-contiguous uint8 RGB [h, w, 3].

    Java's resizers work on as many ``threads`` as asked for, with the same pixels; the other libraries have settings of
    their own.

    Raises:
        InputError: another kind of array, a size that is not two positive whole numbers or too large, an unknown method, no
            threads.
    """
    function = check_method(method).function
    with row_threads(threads):
        return function(check_image(image), check_size(size))


def resize_batch(images: "pytorch.Tensor", size: Size, method: str = "java2d.bilinear") -> "pytorch.Tensor":
    """Resize a torch batch, uint8 RGB [N, 3, H, W] on a CPU or CUDA device, to [N, 3, h, w] there, each image as :func:`resize`.

    :func:`robustfashion.resize.batch.resize_batch` says more, and bounds the memory; on CUDA it offers
    :data:`robustfashion.resize.batch.BATCH_METHODS`.

    Raises:
        InputError: another kind of tensor, a size that is not two positive whole numbers or too large, a method not offered.
    """
    from robustfashion.resize import batch

    return batch.resize_batch(images, size, method)


def resize_ragged(images: "Sequence[pytorch.Tensor | Pixels]", size: Size, method: str = "java2d.bilinear") -> "pytorch.Tensor":
    """Resize images of any sizes, tensors uint8 RGB [3, H, W] or arrays [H, W, 3], to a torch batch uint8 [N, 3, h, w].

    :func:`robustfashion.resize.batch.resize_ragged` says more, and takes a device.

    Raises:
        InputError: as :func:`resize_batch`, naming the image.
    """
    from robustfashion.resize import batch

    return batch.resize_ragged(images, size, method)
