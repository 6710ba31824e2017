"""What runs a trunk: onnxruntime on the CPU, torch on GPUs and for networks that onnxruntime cannot run.

Why two: EfficientNet-Lite0 at 224 px takes half to a third of the time through onnxruntime (``benchmarks/speed/trunk.py``).
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.machine import thread_count
from robustfashion.models.devices import device_name, resolve_device
from robustfashion.models.graphs import Exportable, open_graph, versions_digest
from robustfashion.models.trunk import Trunk, check_pixels
from robustfashion.provenance import content_digest

Embed = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Engine:
    """A trunk ready to be asked."""

    name: str
    """``onnxruntime`` or ``torch``."""
    digest: str
    """Of what decides the last bits of the features beside the trunk: name, versions, kind of device."""
    run: Embed
    """uint8 [n, S, S, 3] -> float32 [n, d]; S as the engine was opened for, n at least 1."""
    reason: str = ""
    """Why it is not onnxruntime where it could have been."""

    def embed(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features float32 [n, d] of uint8 RGB [n, S, S, 3].

        Raises:
            InputError: not uint8 [n, S, S, 3].
        """
        check_pixels(pixels)
        return self.run(np.ascontiguousarray(pixels))


def open_engine(trunk: Trunk, size: int, cache: Path, threads: int | None = None, accelerator: str = "auto") -> Engine:
    """The fastest way to ask a trunk about pictures of ``size`` px.

    Args:
        trunk: whom to ask.
        size: side of the pictures.
        cache: folder; the exported graph is kept in ``cache/graphs``.
        threads: of the CPU; None = as many as the process may use.
        accelerator: Lightning's name, see :func:`~robustfashion.models.devices.resolve_device`.

    Raises:
        InputError: no such accelerator, threads below 1.
    """
    count = thread_count() if threads is None else threads
    if count < 1:
        raise InputError(f"threads is {threads}; it must be at least 1")
    if resolve_device(accelerator).type != "cpu":
        return torch_engine(trunk, count, accelerator)
    trunk.body.cpu()
    try:
        ask = open_graph(Exportable("trunk", trunk.body, ("features",), trunk.digest), size, cache, count)
    except InputError as error:
        _LOG.warning("the trunk %s runs by torch, not by onnxruntime: %s", trunk.architecture, error)
        return torch_engine(trunk, count, accelerator, str(error))
    return Engine("onnxruntime", versions_digest("onnxruntime"), lambda pixels: ask(pixels)[0])


def torch_engine(trunk: Trunk, threads: int, accelerator: str = "auto", reason: str = "") -> Engine:
    """A trunk by torch, on any device; arguments as of :func:`open_engine`."""
    trunk.body.to(resolve_device(accelerator))

    def run(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of one batch."""
        with _torch_threads(threads):
            return trunk.embed(pixels)

    versions = {name: metadata.version(name) for name in ("torch", "timm")}
    return Engine("torch", content_digest(versions, device_name(accelerator)), run, reason)


@contextmanager
def _torch_threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
