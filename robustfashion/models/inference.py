"""Ask a network about an array of images: one pass, in order, logits and features."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from robustfashion.errors import InputError
from robustfashion.models.callbacks import ProgressFunction
from robustfashion.models.classifier import Classifier
from robustfashion.models.devices import device_name, resolve_device
from robustfashion.predictions import LastLayer

__all__ = ["Graph", "device_name", "last_layer", "predict_arrays"]

Pair = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Logits [n, k] and features [n, d]."""
Graph = Callable[[NDArray[np.uint8]], Pair]
"""uint8 [n, S, S, 3], n at least 1, to logits and features."""


def predict_arrays(
    model: Classifier,
    pixels: NDArray[np.uint8],
    batch_size: int = 64,
    accelerator: str = "auto",
    progress: ProgressFunction | None = None,
    graph: Graph | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Logits [n, k] and features [n, d] of uint8 images [n, S, S, 3], row i for image i.

    The network is moved to the device, asked in eval mode, and left there in the mode it came in. ``pixels`` may be a memory
    map: one batch at a time is read. Rows do not depend on the batch they are in, but for rounding (last bits of float32).

    Args:
        model: whom to ask.
        pixels: about what.
        batch_size: images in a call.
        accelerator: Lightning's name of the device.
        progress: told how many images are done.
        graph: the same network as :func:`~robustfashion.models.network_engines.open_network` gives it; asked in torch's place,
            on the CPU.

    Raises:
        InputError: not uint8 [n, S, S, 3], unknown accelerator.
    """
    if pixels.ndim != 4 or pixels.shape[3] != 3 or pixels.dtype != np.uint8:
        raise InputError(f"pixels are {pixels.dtype} {list(pixels.shape)}; expected uint8 [n, S, S, 3]")
    device = resolve_device(accelerator)
    if graph is not None:
        return _in_batches(graph, model, pixels, batch_size, progress)
    training = model.training
    model.to(device).eval()
    try:
        return _in_batches(partial(_ask_torch, model), model, pixels, batch_size, progress)
    finally:
        model.train(training)


def _ask_torch(model: Classifier, pixels: NDArray[np.uint8]) -> Pair:
    with torch.inference_mode():
        # [n, S, S, 3] in memory is [n, 3, S, S] channels last: the layout that the network wants, without a copy.
        logits, features = model.logits_and_features(torch.from_numpy(pixels).to(model.mean.device).permute(0, 3, 1, 2))
    return logits.cpu().numpy(), features.cpu().numpy()


def _in_batches(
    ask: Graph, model: Classifier, pixels: NDArray[np.uint8], batch_size: int, progress: ProgressFunction | None
) -> Pair:
    if not len(pixels):
        return np.zeros((0, len(model.classes)), np.float32), np.zeros((0, int(model.backbone.head_hidden_size)), np.float32)
    found: list[Pair] = []
    for start in range(0, len(pixels), batch_size):
        found.append(ask(np.array(pixels[start : start + batch_size])))
        if progress is not None:
            progress("asking the network", min(start + batch_size, len(pixels)), len(pixels))
    logits, features = (np.concatenate(column) for column in zip(*found, strict=True))
    return logits, features


def last_layer(model: Classifier) -> LastLayer | None:
    """Weight [k, d] and bias [k] of the layer that turns features into logits; None where it is not one linear layer."""
    found = model.backbone.get_classifier()
    if not isinstance(found, nn.Linear):
        return None
    weight: NDArray[np.float32] = found.weight.detach().float().cpu().numpy().copy()
    bias = np.zeros(len(weight), np.float32) if found.bias is None else found.bias.detach().float().cpu().numpy().copy()
    return LastLayer(weight, bias)
