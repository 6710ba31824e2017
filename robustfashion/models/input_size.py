"""Which sizes of pictures a network can take, told before any picture is.

Convolutional networks take any size from some smallest one. Transformers are built for one size: timm builds most of them for
another one when it is told (``img_size``), and some only for sizes that their windows divide.
"""

import copy
from typing import Any

import timm
import torch
from torch import nn

from robustfashion.errors import InputError

_ONE_VALUE = "more than 1 value per channel"
"""What torch's batch normalisation says of a batch that it cannot normalise."""


def fixed_size(architecture: str) -> int | None:
    """Side in px of the square that an architecture is built for; None where it takes others as it is, or is not known."""
    config = timm.models.get_pretrained_cfg(architecture)
    return int(config.input_size[-1]) if config is not None and config.fixed_input_size else None


def check_takes(network: nn.Module, size: int, batch: int, training: bool) -> None:
    """Check that a network takes batches of this size, on the shapes alone: nothing is computed, which takes some 0.1 s.

    Args:
        network: a timm model; it and its mode stay as they are.
        size: side of the square pictures, in px.
        batch: pictures in a batch.
        training: whether the batches are those of a training, which batch normalisation counts.

    Raises:
        InputError: it does not; with the size, or the batch, that would do.
    """
    reason = _refusal(network, size, batch, training)
    if reason is None:
        return
    if _ONE_VALUE in reason and _refusal(network, size, batch + 1, training) is None:
        raise InputError(
            f"batch_size is {batch}, and at {size} x {size} px batch normalisation has one value per channel, which it cannot "
            f"train on ({reason}); use at least {batch + 1} (and as many training pictures), or larger pictures"
        )
    made_for = _made_for(network)
    do = [side for side in dict.fromkeys((made_for, 224, 256, 299)) if side is not None and side != size]
    will = next((side for side in do if _refusal(network, side, batch, training) is None), None)
    way = "use another architecture" if will is None else f"use size {will}, or another architecture"
    raise InputError(f"size is {size}, which this network cannot take ({reason}); {way}")


def _made_for(network: nn.Module) -> int | None:
    config: Any = getattr(network, "pretrained_cfg", None) or {}
    size = config.get("input_size")
    return None if size is None else int(size[-1])


def _refusal(network: nn.Module, size: int, batch: int, training: bool) -> str | None:
    """What the network says to such a batch, in one line; None: it takes it, or it cannot be asked without computing."""
    try:
        with torch.no_grad():
            _shapes_of(network).train(training)(torch.empty(batch, 3, size, size, device="meta"))
    except NotImplementedError:
        return None
    except (RuntimeError, ValueError, AssertionError) as error:
        if "meta" in str(error):  # of a tensor that is no part of the network
            return None
        return " ".join(str(error).split())[:200] or type(error).__name__
    return None


def _shapes_of(network: nn.Module) -> nn.Module:
    """A copy whose weights and buffers have shapes and no content."""
    shapes: dict[int, Any] = {id(weights): nn.Parameter(weights.to("meta"), False) for weights in network.parameters()}
    shapes |= {id(buffer): buffer.to("meta") for buffer in network.buffers()}
    return copy.deepcopy(network, shapes)
