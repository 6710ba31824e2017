"""Batches on their way to the network: copied and augmented beside its work, not between two of its steps."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor


class Batch(dict[str, Any]):
    """Tensors by name that know how to move: ``image``, ``label`` and ``index``, in a training on pairs :data:`PARTNER`, too.

    Lightning calls :meth:`to`, as everyone else can. What is still to be done to the images is under :data:`AUGMENT`, and is
    done on arrival.
    """

    def to(self, device: torch.device | str) -> "Batch":
        """The batch on the device, augmented.

        On a GPU this happens on a stream of its own. Nothing of a step waits for the GPU, so that the next batch is asked for
        while the network still computes; on the network's own stream, its copy would queue up behind that.
        """
        device = torch.device(device)
        if device.type != "cuda":
            return self._arrived(device)
        stream, main = _stream(device), torch.cuda.current_stream(device)
        with torch.cuda.stream(stream):
            arrived = self._arrived(device)
        main.wait_stream(stream)
        for value in arrived.values():
            value.record_stream(main)  # its memory is given to another batch only when the network has read it
        return arrived

    def _arrived(self, device: torch.device) -> "Batch":
        arrived = Batch({key: value.to(device, non_blocking=True) for key, value in self.items() if key != AUGMENT})
        if AUGMENT in self:
            for name in arrived.keys() & {"image", PARTNER}:
                arrived[name] = self[AUGMENT](arrived[name])
        return arrived


AUGMENT = "augment"
PARTNER = "partner"
"""The same pictures, augmented alike, under another preprocessing each: uint8 [n, 3, S, S]."""


class Pending:
    """An augmentation with the factors that were drawn for one batch; no tensor, so that nobody converts or moves it."""

    def __init__(self, carry_out: Callable[[Tensor, Tensor], Tensor], factors: Tensor) -> None:
        self.carry_out = carry_out
        self.factors = factors

    def __call__(self, images: Tensor) -> Tensor:
        """Images uint8 [n, 3, S, S] on any device, augmented there."""
        return self.carry_out(images, self.factors)


@lru_cache
def _stream(device: torch.device) -> torch.cuda.Stream:
    return torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
