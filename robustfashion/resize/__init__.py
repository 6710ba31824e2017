"""Resize as Pillow, OpenCV, torch, torchvision or Java does it, to the pixel: one call, and a dict of what there is.

Java's resizers are emulated without a JVM, equal to the JDK in every pixel. Importing this module loads none of the libraries;
batches of torch tensors load torch when they are resized.
"""

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from robustfashion.errors import InputError
from robustfashion.resize import (
    affine_op,
    djl,
    halving,
    imgscalr,
    java2d,
    java_image,
    opencv,
    pillow,
    tensorflow,
    thumbnailator,
    torch,
    twelvemonkeys,
)
from robustfashion.resize.method import MAX_OUTPUT_PIXELS, Method, Pixels, Size, check_image, check_size
from robustfashion.resize.parallel import row_threads

if TYPE_CHECKING:
    import torch as pytorch

__all__ = [
    "MAX_OUTPUT_PIXELS", "METHODS", "Method", "Pixels", "Size", "check_image", "check_method", "check_size", "resize",
    "resize_batch", "resize_ragged", "row_threads",
]  # fmt: skip

_LIBRARIES = (
    pillow, opencv, torch, java2d, java_image, affine_op, halving, thumbnailator, imgscalr, twelvemonkeys, tensorflow, djl,
)  # fmt: skip

METHODS: dict[str, Method] = {method.name: method for library in _LIBRARIES for method in library.METHODS}
"""All resize methods by name, ``library.filter``."""


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


def check_method(name: str) -> Method:
    """The method of this name.

    Raises:
        InputError: there is none; the message lists names that are near.
    """
    method = METHODS.get(name) if isinstance(name, str) else None
    if method is None:
        raise InputError(f"unknown resize method {name!r}; {_suggestion(str(name))}")
    return method


def _suggestion(name: str) -> str:
    library, _, filter_name = name.partition(".")
    near = [known for known in METHODS if known.split(".")[0] == library or known.split(".")[1] in (filter_name, name)]
    near = difflib.get_close_matches(name, METHODS, n=3, cutoff=0.7) or near
    if near:
        return f"did you mean {', '.join(near)}? `python -m robustfashion.resize --list` names all"
    return f"methods are {', '.join(METHODS)}"
