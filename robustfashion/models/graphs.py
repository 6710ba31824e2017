"""Networks as ONNX graphs, run by onnxruntime on the CPU: exported once, compared with torch, kept in the cache."""

import importlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from robustfashion.atomic import atomic_path
from robustfashion.errors import InputError
from robustfashion.models.export import write_onnx
from robustfashion.models.exported import explained, require_packages
from robustfashion.provenance import content_digest

PARITY = 1e-4
"""Most that an answer may differ from torch's once the network is exported, times the largest answer where that is above 1."""
CHUNK = 8
"""Pictures in a run of a thread: their activations stay in the core's own cache, large last layers are read once for all."""

Answers = tuple[NDArray[np.float32], ...]
Ask = Callable[[NDArray[np.uint8]], Answers]
"""uint8 RGB [n, S, S, 3], n at least 1 -> float32 [n, ...] for each output."""
_EXPORTERS = ("torch", "timm", "onnx", "onnxscript")


@dataclass(frozen=True)
class Exportable:
    """What becomes a graph."""

    what: str
    """Its name in messages: ``trunk``, ``network``."""
    module: nn.Module
    """In eval mode, on the CPU; uint8 RGB [n, S, S, 3] -> one tensor float32 [n, ...], or a tuple of them."""
    outputs: tuple[str, ...]
    """Names of those tensors."""
    digest: str
    """Of what decides them."""

    def ask(self, pixels: NDArray[np.uint8]) -> Answers:
        """Its answers by torch."""
        with torch.inference_mode():
            found = self.module(torch.from_numpy(pixels))
        return tuple(tensor.numpy() for tensor in (found if isinstance(found, tuple) else (found,)))


def open_graph(network: Exportable, size: int, cache: Path, threads: int) -> Ask:
    """A function that asks a network about pictures of ``size`` px by onnxruntime.

    A picture's answer does not depend on the others of its batch, nor on the number of threads. The graph is kept in
    ``cache/graphs``, named by the network's digest, the size and the exporters' versions; a damaged one is made anew.

    Raises:
        InputError: a package is missing, or the network cannot be exported, or answers otherwise by more than :data:`PARITY`.
    """
    require_packages("onnx", "onnxscript", "onnxruntime")
    path = graph_file(network.digest, size, cache)
    ask = _opened(path, network.outputs, threads)
    if ask is None:
        with atomic_path(path) as temporary:
            write_onnx(network.module, torch.zeros((2, size, size, 3), dtype=torch.uint8), network.outputs, temporary)
            _check_parity(network, size, _session(temporary, network.outputs, threads))
        ask = _session(path, network.outputs, threads)
    return ask


def graph_file(digest: str, size: int, cache: Path) -> Path:
    """Where the graph of a network of that digest lies."""
    return cache / "graphs" / f"{content_digest(digest, size, versions_digest())}.onnx"


def versions_digest(*packages: str) -> str:
    """Digest of the versions of what writes graphs, and of other packages; what is not installed has none."""
    return content_digest({name: _version(name) for name in (*_EXPORTERS, *packages)})


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _opened(path: Path, outputs: tuple[str, ...], threads: int) -> Ask | None:
    """The graph in the cache; None where there is none, or a damaged one."""
    if not path.is_file():
        return None
    try:
        return _session(path, outputs, threads)
    except InputError:
        path.unlink()
        return None


def _session(path: Path, outputs: tuple[str, ...], threads: int) -> Ask:
    runtime: Any = importlib.import_module("onnxruntime")
    options = runtime.SessionOptions()
    # Threads share out the pictures, not the parts of a layer: nobody waits at the end of each layer, least of all beside other
    # work on the same cores.
    options.intra_op_num_threads = 1
    options.log_severity_level = 3  # errors; they come as exceptions, too
    with explained(f"{path}: cannot be opened by onnxruntime", "delete it"):
        session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(pixels: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Answers about a few pictures, on this thread."""
        found: list[NDArray[np.float32]] = session.run(list(outputs), {"image": pixels})
        return found

    pool = ThreadPoolExecutor(threads, "onnxruntime") if threads > 1 else None

    def ask(pixels: NDArray[np.uint8]) -> Answers:
        """Answers about one batch."""
        step = min(CHUNK, -(-len(pixels) // threads))
        parts = [pixels[start : start + step] for start in range(0, len(pixels), step)]
        found = list((map if pool is None or len(parts) == 1 else pool.map)(run, parts))
        return tuple(np.concatenate(column) for column in zip(*found, strict=True))

    return ask


def _check_parity(network: Exportable, size: int, ask: Ask) -> None:
    """Compare with torch on noise, in batches of sizes that the exporter did not see.

    Raises:
        InputError: an answer differs by more than :data:`PARITY`.
    """
    noise = np.random.Generator(np.random.PCG64(0)).integers(0, 256, (4, size, size, 3), dtype=np.uint8)
    with explained(f"the exported {network.what} cannot be asked", "try another version of onnxruntime"):
        parts = [ask(noise[:1]), ask(noise[1:])]
    for name, found, wanted in zip(
        network.outputs, map(np.concatenate, zip(*parts, strict=True)), network.ask(noise), strict=True
    ):
        limit = PARITY * max(1.0, float(np.abs(wanted).max()))
        difference = float(np.abs(found - wanted).max()) if found.shape == wanted.shape else float("inf")
        if not difference <= limit:
            raise InputError(
                f"once exported, the {network.what} answers otherwise ({name} differ by {difference:.3g}, allowed {limit:.3g})"
            )
