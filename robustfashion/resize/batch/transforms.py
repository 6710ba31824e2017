"""The resize methods as torch modules for batches, as :mod:`robustfashion.resize.transforms` has them for single images.

They go where a batch is on its device already and still uint8: in ``on_after_batch_transfer`` of a data module, or first in the
network.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from robustfashion.errors import InputError
from robustfashion.resize.batch.checks import check_batch
from robustfashion.resize.batch.uniform import resize_batch
from robustfashion.resize.method import check_size
from robustfashion.resize.methods import check_method


class Resize(nn.Module):
    """Resize uint8 RGB [N, 3, H, W] to [N, 3, height, width] with one method, such as ``java2d.bilinear``.

    Raises:
        InputError: unknown method, size that is not positive; when called, what :func:`resize_batch` refuses.
    """

    def __init__(self, height: int, width: int, method: str = "java2d.bilinear") -> None:
        super().__init__()
        self.size = check_size((height, width))
        self.method = check_method(method).name

    def forward(self, images: Tensor) -> Tensor:
        """Resize a batch."""
        return resize_batch(images, self.size, self.method)

    def extra_repr(self) -> str:
        """Arguments, for printing."""
        return f"{self.size[0]}, {self.size[1]}, {self.method!r}"


class RandomResize(nn.Module):
    """Resize uint8 RGB [N, 3, H, W] to [N, 3, height, width] with one of several methods, all equally likely.

    Naming a method twice makes it twice as likely. A method is drawn for each batch, or, with ``each_image``, for each image;
    images that drew the same are resized together. The draw depends on ``seed`` and on how many batches came before, nothing
    else: give each process of a distributed training its own seed.

    Raises:
        InputError: no method, an unknown one, size that is not positive, negative seed; when called, what :func:`resize_batch`
            refuses, such as a method that is not offered on the device.
    """

    def __init__(self, height: int, width: int, methods: Sequence[str], *, each_image: bool = False, seed: int = 0) -> None:
        super().__init__()
        if isinstance(methods, str) or not methods:
            raise InputError(f"methods is {methods!r}; it must be a list of resize methods")
        if seed < 0:
            raise InputError(f"seed is {seed}; it must not be negative")
        self.size = check_size((height, width))
        self.methods = [check_method(method).name for method in methods]
        self.each_image = each_image
        self.seed = seed
        self.batches = 0
        """Batches resized so far."""

    def forward(self, images: Tensor) -> Tensor:
        """Resize a batch with the methods drawn."""
        images = check_batch(images)
        drawn = self.draw(len(images) if self.each_image else 1)
        if len(set(drawn)) <= 1:
            return resize_batch(images, self.size, (drawn or self.methods)[0])
        result = torch.empty((len(images), 3, *self.size), dtype=torch.uint8, device=images.device)
        for method in dict.fromkeys(drawn):
            members = torch.tensor([i for i, name in enumerate(drawn) if name == method], device=images.device)
            result[members] = resize_batch(images[members], self.size, method)
        return result

    def draw(self, count: int) -> list[str]:
        """So many methods for the next batch."""
        stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, self.batches])))
        self.batches += 1
        return [self.methods[i] for i in stream.integers(len(self.methods), size=count)]

    def extra_repr(self) -> str:
        """Arguments, for printing."""
        chosen = f"each_image={self.each_image}, seed={self.seed}"
        return f"{self.size[0]}, {self.size[1]}, {self.methods!r}, {chosen}"
