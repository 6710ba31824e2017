"""Batches on their way to the network: copied and augmented beside its work, not between two of its steps."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from robustfashion.models.device_augmentation import augment


class BatchTransfer:
    """Moves batches to a device and augments there what a data set drew factors for.

    On a GPU both happen on a stream of their own. Nothing of a step waits for the GPU, so that the next batch is asked for while
    the network still computes; on the network's own stream, its copy would queue up behind that.
    """

    def __init__(self) -> None:
        self._streams: dict[torch.device, torch.cuda.Stream] = {}

    def __call__(self, batch: Mapping[str, Any], device: torch.device) -> dict[str, Any]:
        """A batch on the device: ``image`` augmented by ``factors``, where there are any, which are left out then."""
        if device.type != "cuda":
            return self._arrived(batch, device)
        if device not in self._streams:
            self._streams[device] = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        stream = self._streams[device]
        main = torch.cuda.current_stream(device)
        with torch.cuda.stream(stream):
            arrived = self._arrived(batch, device)
        main.wait_stream(stream)
        for value in arrived.values():
            if isinstance(value, Tensor):
                value.record_stream(main)  # its memory is given to another batch only when the network has read it
        return arrived

    def _arrived(self, batch: Mapping[str, Any], device: torch.device) -> dict[str, Any]:
        arrived = {
            key: value.to(device, non_blocking=True) if isinstance(value, Tensor) else value
            for key, value in batch.items()
            if key != "factors"
        }
        if "factors" in batch:
            arrived["image"] = augment(arrived["image"], batch["factors"])
        return arrived

    def __deepcopy__(self, memo: dict[int, Any]) -> "BatchTransfer":
        return BatchTransfer()  # streams cannot be copied, and need not be

    def __reduce__(self) -> tuple[type["BatchTransfer"], tuple[()]]:
        return BatchTransfer, ()
