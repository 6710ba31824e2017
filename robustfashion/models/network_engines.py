"""What runs a whole classifier: onnxruntime on the CPU where many pictures are asked about, else torch.

Measured by ``benchmarks/speed/network.py``. Whose body is frozen runs as a trunk instead, see
:mod:`~robustfashion.models.trunk_engines`.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from robustfashion.errors import InputError
from robustfashion.models.classifier import Classifier, answers
from robustfashion.models.devices import resolve_device
from robustfashion.models.graphs import Exportable, open_graph, versions_digest
from robustfashion.models.inference import Graph, Pair
from robustfashion.models.scaled import Scaled
from robustfashion.models.weights import digest_parts
from robustfashion.provenance import content_digest

PAYS_FROM = 1000
"""Pictures of 224 px from which exporting pays: it takes 3 to 9 s of a core and saves 2 (ResNet-18) to 17 ms (ResNet-50) each."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class NetworkEngine:
    """How a classifier is asked."""

    name: str
    """``onnxruntime`` or ``torch``."""
    graph: Graph | None = None
    """For :func:`~robustfashion.models.inference.predict_arrays`; None: torch."""
    reason: str = ""
    """Why it is not onnxruntime where it should have been."""


TORCH = NetworkEngine("torch")


def exporting_pays(areas: float, accelerator: str = "auto") -> bool:
    """Whether a network should be exported for what it is going to be asked.

    Args:
        areas: pictures, each counted by its area in units of 224 × 224 px.
        accelerator: Lightning's name; GPUs are torch's.

    Raises:
        InputError: no such accelerator.
    """
    return resolve_device(accelerator).type == "cpu" and areas >= PAYS_FROM


def engine_digest(exported: bool) -> str:
    """Digest of what decides the last bits of answers beside network and torch: versions of what exports and runs the graph."""
    return versions_digest("onnxruntime") if exported else ""


def open_network(model: Classifier, size: int, cache: Path, threads: int | None = None) -> NetworkEngine:
    """A classifier through onnxruntime, on the CPU; by torch, with a reason in the log, where that is not possible.

    Args:
        model: whom to ask; it is moved to the CPU and left in the mode it came in.
        size: side of the pictures in px.
        cache: folder; the exported graph is kept in ``cache/graphs``.
        threads: of the CPU; None = as many as torch uses.

    Raises:
        InputError: threads below 1.
    """
    count = torch.get_num_threads() if threads is None else threads
    if count < 1:
        raise InputError(f"threads is {threads}; it must be at least 1")
    training = model.training
    model.cpu().eval()
    try:
        exportable = Exportable("network", _Asked(model), ("logits", "features"), _digest(model))
        ask = open_graph(exportable, size, cache, count)
    except InputError as error:
        _LOG.warning("the network %s runs by torch, not by onnxruntime: %s", model.architecture, error)
        return NetworkEngine("torch", reason=str(error))
    finally:
        model.train(training)

    def graph(pixels: NDArray[np.uint8]) -> Pair:
        """Logits and features of one batch."""
        logits, features = ask(pixels)
        return logits, features

    return NetworkEngine("onnxruntime", graph)


def _digest(model: Classifier) -> str:
    """Of weights, scaling included, and architecture."""
    return content_digest("network", model.architecture, len(model.classes), *digest_parts(model.state_dict()))


class _Asked(Scaled):
    """The classifier as it is exported: uint8 RGB [n, S, S, 3] -> logits [n, k] and features [n, d]."""

    def __init__(self, model: Classifier) -> None:
        super().__init__(model)
        self.training = False  # of this module alone; the classifier's own is set and put back by whoever exports it

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Scale and ask."""
        return answers(self.backbone, self.scaled(image))
