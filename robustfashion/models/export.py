"""Export a checkpoint for serving without this package: ONNX or TorchScript, pixels in, logits and probabilities out.

The exported program takes uint8 RGB [n, 3, S, S], as resized; the scaling of the pixels is inside. What a server has to know
(classes, every step that leads to the pixels, thresholds, golden images) goes along as JSON under the key ``robustfashion``.
Nothing is written that has not been run by onnxruntime or torch and found to answer as the classifier does.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from robustfashion.atomic import atomic_path
from robustfashion.errors import InputError
from robustfashion.models.checkpoint import checkpoint_digest, checkpoint_preprocessing, load_classifier
from robustfashion.models.classifier import Classifier
from robustfashion.models.exported import EXTRA_FILE, SUFFIXES, Ask, Format, explained, open_exported, require_packages
from robustfashion.models.golden import observe
from robustfashion.models.metadata_key import METADATA_KEY

PARITY = 1e-4
"""Most that an exported program's logits may differ from the classifier's, times the largest logit where that is above 1."""

_NOT_SERVED = {"format_version", "history", "trained_on"}
"""Of the description: what concerns the checkpoint's file and training, not its answers."""

_WAY_OUT = "try the other format, or a newer torch"


class Served(nn.Module):
    """The classifier as it is exported: uint8 [n, 3, S, S] -> logits and probabilities, float32 [n, k] each."""

    mean: Tensor
    std: Tensor

    def __init__(self, model: Classifier) -> None:
        super().__init__()
        self.backbone = model.backbone
        self.register_buffer("mean", model.mean)
        self.register_buffer("std", model.std)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Scale, ask, and turn logits into probabilities."""
        logits = self.backbone((image.to(torch.float32) - self.mean) / self.std)
        return logits, torch.softmax(logits, dim=1)


def export(checkpoint: Path, out: Path, form: Format | None = None, batch: int | None = None) -> dict[str, Any]:
    """Write a checkpoint as an ONNX model or a TorchScript program, whole or not at all, and only if it answers alike.

    Args:
        checkpoint: with a preprocessing, which says the size of the input.
        out: file to write; ``.onnx`` and ``.torchscript`` say the format by themselves.
        form: the format, for other suffixes.
        batch: images per call, fixed; None = any number.

    Returns:
        ``format``, ``digest`` of the checkpoint, ``size`` in px, ``images`` compared (golden and random ones),
        ``max_difference`` of a logit from the classifier's, and the classifier's ``largest_logit``.

    Raises:
        InputError: unusable checkpoint, one without a preprocessing, unknown format, packages that are not installed, an
            architecture that cannot be exported, or one that answers otherwise once exported.
    """
    kind = _format(out, form)
    if batch is not None and (batch < 1 or kind == "torchscript"):
        raise InputError(f"batch is {batch}; it is a number of images per call, at least 1, for ONNX; TorchScript takes any")
    if kind == "onnx":
        require_packages("onnx", "onnxscript", "onnxruntime")
    model = load_classifier(checkpoint)
    preprocessing = checkpoint_preprocessing(model)
    if preprocessing is None:
        raise InputError(f"{checkpoint}: does not say the size of its input; write it anew with `record --preprocessing`")
    digest = checkpoint_digest(checkpoint)
    said = {key: value for key, value in model.description.to_dict().items() if key not in _NOT_SERVED}
    metadata = {**said, **model.settings(), "digest": digest, "interface": _interface(model, preprocessing.size)}
    served = Served(model).eval().requires_grad_(False)
    images = _parity_images(list(observe(preprocessing).pixels.values()), preprocessing.size, batch)
    with atomic_path(out) as temporary:
        _WRITERS[kind](served, preprocessing.size, batch, json.dumps(metadata), temporary)
        difference, largest = _parity(model, open_exported(temporary, kind), images, str(out))
    count = sum(map(len, images))
    parity = {"images": count, "max_difference": difference, "largest_logit": largest}
    return {"format": kind, "digest": digest, "size": preprocessing.size, **parity}


def _format(out: Path, form: str | None) -> Format:
    named = SUFFIXES.get(out.suffix)
    if form is None and named is None:
        raise InputError(f"{out}: suffix {out.suffix!r} names no format; use .onnx or .torchscript, or give --format")
    if form is not None and form not in SUFFIXES.values():
        raise InputError(f"format is {form!r}; use onnx or torchscript")
    if form is not None and named is not None and form != named:
        raise InputError(f"{out}: suffix {out.suffix!r} is not one of a {form} file; change one of them")
    return "onnx" if (form or named) == "onnx" else "torchscript"


def _interface(model: Classifier, size: int) -> dict[str, Any]:
    k = len(model.classes)
    return {
        "input": {"name": "image", "type": "uint8", "shape": ["n", 3, size, size], "channels": "RGB", "range": [0, 255]},
        "outputs": [
            {"name": "logits", "type": "float32", "shape": ["n", k]},
            {"name": "probabilities", "type": "float32", "shape": ["n", k]},
        ],
    }


def _write_onnx(served: Served, size: int, batch: int | None, metadata: str, path: Path) -> None:
    example = torch.zeros((batch or 2, 3, size, size), dtype=torch.uint8)
    write_onnx(served, example, ("logits", "probabilities"), path, dynamic=batch is None, metadata=metadata)


def write_onnx(
    module: nn.Module, example: Tensor, outputs: tuple[str, ...], path: Path, *, dynamic: bool = True, metadata: str = ""
) -> None:
    """Write a network of one argument named ``image`` as ONNX model.

    Args:
        module: in eval mode.
        example: an input; what is not dynamic is fixed to its shape.
        outputs: names of what it returns.
        path: file to write.
        dynamic: whether the model takes any number of images.
        metadata: text that goes along under :data:`~robustfashion.models.metadata_key.METADATA_KEY`.

    Raises:
        InputError: the network cannot be exported, or a package is missing.
    """
    require_packages("onnx", "onnxscript")
    with explained("this network cannot be exported to ONNX", _WAY_OUT):
        program = torch.onnx.export(
            module,
            (example,),
            dynamo=True,
            input_names=["image"],
            output_names=list(outputs),
            dynamic_shapes={"image": {0: torch.export.Dim("n", min=1)}} if dynamic else None,
            verbose=False,
        )
        if program is None:  # the old exporter's answer
            raise InputError("torch gave no ONNX program")
        program.model.metadata_props[METADATA_KEY] = metadata
        program.save(str(path), external_data=False)


def _write_torchscript(served: Served, size: int, batch: int | None, metadata: str, path: Path) -> None:  # noqa: ARG001
    jit: Any = torch.jit  # untyped
    with explained("this network cannot be exported to TorchScript", _WAY_OUT), torch.inference_mode():
        program = jit.trace(served, torch.zeros((2, 3, size, size), dtype=torch.uint8))
        jit.save(program, str(path), _extra_files={EXTRA_FILE: metadata})


_WRITERS: dict[Format, Callable[[Served, int, int | None, str, Path], None]] = {
    "onnx": _write_onnx,
    "torchscript": _write_torchscript,
}


def _parity_images(golden: list[NDArray[np.uint8]], size: int, batch: int | None) -> list[NDArray[np.uint8]]:
    """Golden images and noise, uint8 [n, 3, S, S]: in batches of other sizes than the exporter saw, or of the fixed size."""
    noise = np.random.Generator(np.random.PCG64(0)).integers(0, 256, (5, size, size, 3), dtype=np.uint8)
    images = np.ascontiguousarray(np.stack([*noise, *golden]).transpose(0, 3, 1, 2))
    if batch is None:
        return [images[:1], images[1:4], images[4:]]
    rows = np.resize(np.arange(len(images)), -(-len(images) // batch) * batch)
    return [images[rows[start : start + batch]] for start in range(0, len(rows), batch)]


def _parity(model: Classifier, ask: Ask, batches: list[NDArray[np.uint8]], out: str) -> tuple[float, float]:
    """Largest difference of a logit from the classifier's, and the classifier's largest logit.

    Raises:
        InputError: above :data:`PARITY`.
    """
    worst = largest = 0.0
    for images in batches:
        with torch.inference_mode():
            wanted = model(torch.from_numpy(images)).numpy()
        with explained(f"{out}: not written: it cannot be asked about {len(images)} images", _WAY_OUT):
            logits, probabilities = ask(images)
        difference = float(np.abs(logits - wanted).max()) if logits.shape == wanted.shape else float("inf")
        limit = PARITY * max(1.0, float(np.abs(wanted).max()))
        largest = max(largest, float(np.abs(wanted).max()))
        sums = np.abs(probabilities.sum(axis=1) - 1).max()
        if not (difference <= limit and sums <= PARITY):
            raise InputError(
                f"{out}: not written: once exported, the network answers otherwise (logits differ by {difference:.3g}, allowed "
                f"are {limit:.3g}); try the other format, or another version of torch"
            )
        worst = max(worst, difference)
    return worst, largest
