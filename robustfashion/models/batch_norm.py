"""Batch normalisation's statistics, estimated anew on pictures of another preprocessing: no labels, no gradients.

Li et al. 2016 (AdaBN), Nado et al. 2020 and Schneider et al. 2020 put the statistics of the pictures that are served in place of
those of the training. The statistics of many batches are pooled as Wu & Johnson 2021 ("Precise BatchNorm") do it: mean and
variance over all pictures, not an average that forgets.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from robustfashion.errors import InputError
from robustfashion.models.callbacks import ProgressFunction
from robustfashion.models.classifier import Classifier
from robustfashion.models.devices import resolve_device
from robustfashion.provenance import content_digest

Pixels = NDArray[np.uint8]


def recalibrated(
    classifier: Classifier,
    pixels: Pixels,
    *,
    prior: float = 0.0,
    batch_size: int = 64,
    accelerator: str = "cpu",
    progress: ProgressFunction | None = None,
) -> Classifier:
    """A copy of a classifier whose batch normalisation has the statistics of these pictures.

    Each layer's running mean and (unbiased) variance become those of its input over all pictures, where the layers before it
    normalise by the statistics of the batch, as in a training. With a ``prior`` N, both become
    ``(N · trained + n · found) / (N + n)`` for n pictures, in the batches too (Schneider et al. 2020, equation 1). All other
    weights, and the count of training batches, stay.

    The batches are made of the pictures in the order of their SHA-256, so that the order in which they are given changes nothing,
    and a catalogue that is sorted by class gives mixed batches. Statistics depend a little on ``batch_size`` from the second
    layer on.

    Args:
        classifier: trained; stays as it is.
        pixels: uint8 [n, S, S, 3], at least 2; may be a memory map.
        prior: pictures that the trained statistics count as, at least 0.
        batch_size: pictures in a batch, at most, at least 4; all batches are of one size but for one picture.
        accelerator: Lightning's name of the device.
        progress: told how many pictures are done.

    Returns:
        A classifier in eval mode, on the CPU, that can be written by :func:`~robustfashion.models.checkpoint.save_checkpoint`.

    Raises:
        InputError: a network without batch normalisation, not uint8 [n, S, S, 3], fewer than two pictures, numbers out of range.
    """
    check_has_batch_norm(classifier)
    _check(pixels, prior, batch_size)
    device = resolve_device(accelerator)
    model = _copy(classifier).to(device)
    layers = [_Layer(module, prior, len(pixels)) for module in batch_norms(model.backbone)]
    with ExitStack() as hooks, torch.no_grad():
        for layer in layers:
            handle = layer.module.register_forward_pre_hook(partial(_on_input, layer))
            hooks.callback(handle.remove)
        done = 0
        for batch in _batches(pixels, batch_size):
            model(torch.from_numpy(batch).to(device).permute(0, 3, 1, 2))
            done += len(batch)
            if progress is not None:
                progress("estimating batch normalisation", done, len(pixels))
        for layer in layers:
            layer.finish()
    return model.cpu().eval()


def batch_norms(backbone: nn.Module) -> list[_BatchNorm]:
    """Layers of batch normalisation that keep statistics, in the network's order."""
    found = [module for module in backbone.modules() if isinstance(module, _BatchNorm)]
    return [module for module in found if module.running_mean is not None and module.running_var is not None]


def check_has_batch_norm(classifier: Classifier) -> None:
    """Check that there are statistics to be estimated.

    Raises:
        InputError: there are none.
    """
    if not batch_norms(classifier.backbone):
        raise InputError(
            f"architecture is {classifier.architecture!r}, which keeps no statistics of batch normalisation; only networks with "
            "batch normalisation (resnet18, mobilenetv2_100) can have them estimated anew"
        )


def _check(pixels: Pixels, prior: float, batch_size: int) -> None:
    if pixels.ndim != 4 or pixels.shape[3] != 3 or pixels.dtype != np.uint8:
        raise InputError(f"pixels are {pixels.dtype} {list(pixels.shape)}; expected uint8 [n, S, S, 3]")
    if len(pixels) < 2:
        raise InputError(f"pixels are {len(pixels)} pictures; statistics need at least 2, better 100")
    if not 0 <= prior < float("inf"):
        raise InputError(f"prior is {prior}; the trained statistics count as a number of pictures, at least 0")
    if batch_size < 4:  # no batch is then of a single picture
        raise InputError(f"batch_size is {batch_size}; statistics of a batch need at least 4 pictures")


def _copy(classifier: Classifier) -> Classifier:
    """A classifier of the same weights and words, without the trainer that may hang on the given one."""
    with torch.random.fork_rng(devices=[]):  # first weights are drawn, and overwritten
        model = Classifier(**classifier.settings() | {"pretrained": "none"})
    model.load_state_dict(classifier.state_dict())
    model.pretrained = classifier.pretrained
    model.description, model.trained_on = classifier.description, classifier.trained_on
    model.history = [dict(entry) for entry in classifier.history]
    return model.eval()


def _batches(pixels: Pixels, batch_size: int) -> Iterator[Pixels]:
    """The pictures in the order of their content, in batches of one size but for one picture."""
    order = np.array(sorted(range(len(pixels)), key=lambda row: content_digest(pixels[row].tobytes())))
    for rows in np.array_split(order, -(-len(pixels) // batch_size)):
        yield np.ascontiguousarray(pixels[rows])


@dataclass
class _Layer:
    """Sums over what one layer has seen, in float64."""

    module: Any
    prior: float
    pictures: int
    trained: tuple[Tensor, Tensor] = field(init=False)
    """Mean and variance [c] of the training."""
    count: int = 0
    """Values per channel so far."""
    total: Tensor | float = 0.0
    """[c]"""
    squares: Tensor | float = 0.0
    """[c], sum of squared distances from the trained mean: near the data, so that nothing cancels."""

    def __post_init__(self) -> None:
        self.trained = _numbers(self.module.running_mean).clone(), _numbers(self.module.running_var).clone()

    def see(self, values: Tensor) -> None:
        """Add an input [n, c, ...], and normalise it by its own statistics."""
        axes = [axis for axis in range(values.ndim) if axis != 1]
        variance, mean = (_numbers(found) for found in torch.var_mean(values.float(), dim=axes, correction=0))
        count = values.numel() // values.shape[1]
        self.count += count
        self.total = self.total + count * mean
        self.squares = self.squares + count * (variance + (mean - self.trained[0]).square())
        self._set(mean, variance)

    def finish(self) -> None:
        """Leave the statistics of all in the layer; a layer that saw nothing keeps the training's."""
        if self.count:
            mean = torch.as_tensor(self.total) / self.count
            variance = torch.as_tensor(self.squares) / self.count - (mean - self.trained[0]).square()
            self._set(mean, variance.clamp(min=0) * (self.count / max(self.count - 1, 1)))
        else:
            self._set(*self.trained)

    def _set(self, mean: Tensor, variance: Tensor) -> None:
        share = self.prior / (self.prior + self.pictures)
        self.module.running_mean.copy_(share * self.trained[0] + (1 - share) * mean)
        self.module.running_var.copy_(share * self.trained[1] + (1 - share) * variance)


def _numbers(values: Tensor) -> Tensor:
    """In float64, in main memory: some devices have none."""
    return values.detach().cpu().double()


def _on_input(layer: _Layer, _module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
    layer.see(inputs[0])
