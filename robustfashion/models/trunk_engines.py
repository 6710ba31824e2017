"""What runs a trunk: onnxruntime on the CPU, torch on GPUs and for networks that onnxruntime cannot run.

Why two: EfficientNet-Lite0 at 224 px takes half to a third of the time through onnxruntime (``benchmarks/speed/trunk.py``).
"""

import importlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from robustfashion.atomic import atomic_path
from robustfashion.errors import InputError
from robustfashion.machine import thread_count
from robustfashion.models.devices import device_name, resolve_device
from robustfashion.models.export import write_onnx
from robustfashion.models.exported import explained, require_packages
from robustfashion.models.trunk import Trunk, check_pixels
from robustfashion.provenance import content_digest

PARITY = 1e-4
"""Most that a feature may differ from torch's once the trunk is exported, times the largest feature where that is above 1."""

Embed = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
_LOG = logging.getLogger(__name__)
_EXPORTERS = ("torch", "timm", "onnx", "onnxscript")


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
    try:
        return _onnx_engine(trunk, size, cache, count)
    except InputError as error:
        _LOG.warning("the trunk %s runs by torch, not by onnxruntime: %s", trunk.architecture, error)
        return torch_engine(trunk, count, accelerator, str(error))


def torch_engine(trunk: Trunk, threads: int, accelerator: str = "auto", reason: str = "") -> Engine:
    """A trunk by torch, on any device; arguments as of :func:`open_engine`."""
    trunk.body.to(resolve_device(accelerator))

    def run(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of one batch."""
        with _torch_threads(threads):
            return trunk.embed(pixels)

    return Engine("torch", _digest(("torch", "timm"), device_name(accelerator)), run, reason)


@contextmanager
def _torch_threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _onnx_engine(trunk: Trunk, size: int, cache: Path, threads: int) -> Engine:
    require_packages("onnx", "onnxscript", "onnxruntime")
    path = cache / "graphs" / f"{content_digest(trunk.digest, size, _digest(_EXPORTERS))}.onnx"
    run = _opened(path, threads)
    if run is None:
        with atomic_path(path) as temporary:
            _export(trunk, size, temporary)
            _check_parity(trunk, size, _session(temporary, threads))
        run = _session(path, threads)
    return Engine("onnxruntime", _digest((*_EXPORTERS, "onnxruntime")), run)


def _digest(packages: tuple[str, ...], *others: str) -> str:
    return content_digest({name: metadata.version(name) for name in packages}, *others)


def _export(trunk: Trunk, size: int, path: Path) -> None:
    trunk.body.cpu()
    write_onnx(trunk.body, torch.zeros((2, size, size, 3), dtype=torch.uint8), ("features",), path)


def _opened(path: Path, threads: int) -> Embed | None:
    """The graph in the cache; None where there is none, or a damaged one."""
    if not path.is_file():
        return None
    try:
        return _session(path, threads)
    except InputError:
        path.unlink()
        return None


def _session(path: Path, threads: int) -> Embed:
    runtime: Any = importlib.import_module("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads leave their core to the decoders
    options.log_severity_level = 3  # errors; they come as exceptions, too
    with explained(f"{path}: cannot be opened by onnxruntime", "delete it"):
        session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of one batch."""
        features: NDArray[np.float32] = session.run(["features"], {"image": pixels})[0]
        return features

    return run


def _check_parity(trunk: Trunk, size: int, run: Embed) -> None:
    """Compare with torch on noise, in batches of sizes that the exporter did not see.

    Raises:
        InputError: a feature differs by more than :data:`PARITY`.
    """
    noise = np.random.Generator(np.random.PCG64(0)).integers(0, 256, (4, size, size, 3), dtype=np.uint8)
    with explained("the exported trunk cannot be asked", "try another version of onnxruntime"):
        found = np.concatenate([run(noise[:1]), run(noise[1:])])
    wanted = trunk.embed(noise)
    limit = PARITY * max(1.0, float(np.abs(wanted).max()))
    difference = float(np.abs(found - wanted).max()) if found.shape == wanted.shape else float("inf")
    if not difference <= limit:
        raise InputError(f"once exported, the trunk answers otherwise (features differ by {difference:.3g}, allowed {limit:.3g})")
