"""Ask a network about an array of images: one pass, in order, logits and features."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from robustfashion.errors import InputError
from robustfashion.models.callbacks import ProgressFunction
from robustfashion.models.classifier import Classifier
from robustfashion.models.devices import device_name, resolve_device
from robustfashion.predictions import LastLayer

__all__ = ["device_name", "last_layer", "predict_arrays"]


def predict_arrays(
    model: Classifier,
    pixels: NDArray[np.uint8],
    batch_size: int = 64,
    accelerator: str = "auto",
    progress: ProgressFunction | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Logits [n, k] and features [n, d] of uint8 images [n, S, S, 3], row i for image i.

    The network is moved to the device, asked in eval mode, and left there in the mode it came in. ``pixels`` may be a memory
    map: one batch at a time is read. Rows do not depend on the batch they are in, but for rounding (last bits of float32).

    Raises:
        InputError: not uint8 [n, S, S, 3], unknown accelerator.
    """
    if pixels.ndim != 4 or pixels.shape[3] != 3 or pixels.dtype != np.uint8:
        raise InputError(f"pixels are {pixels.dtype} {list(pixels.shape)}; expected uint8 [n, S, S, 3]")
    device = resolve_device(accelerator)
    training = model.training
    model.to(device).eval()
    logits: list[torch.Tensor] = []
    features: list[torch.Tensor] = []
    try:
        with torch.inference_mode():
            for start in range(0, len(pixels), batch_size):
                images = torch.from_numpy(np.array(pixels[start : start + batch_size])).to(device)
                # [n, S, S, 3] in memory is [n, 3, S, S] channels last: the layout that the network wants, without a copy.
                answers = model.logits_and_features(images.permute(0, 3, 1, 2))
                logits.append(answers[0].cpu())
                features.append(answers[1].cpu())
                if progress is not None:
                    progress("asking the network", min(start + batch_size, len(pixels)), len(pixels))
    finally:
        model.train(training)
    if not logits:
        width = int(model.backbone.head_hidden_size)
        return np.zeros((0, len(model.classes)), np.float32), np.zeros((0, width), np.float32)
    return torch.cat(logits).numpy(), torch.cat(features).numpy()


def last_layer(model: Classifier) -> LastLayer | None:
    """Weight [k, d] and bias [k] of the layer that turns features into logits; None where it is not one linear layer."""
    found = model.backbone.get_classifier()
    if not isinstance(found, nn.Linear):
        return None
    weight: NDArray[np.float32] = found.weight.detach().float().cpu().numpy().copy()
    bias = np.zeros(len(weight), np.float32) if found.bias is None else found.bias.detach().float().cpu().numpy().copy()
    return LastLayer(weight, bias)
