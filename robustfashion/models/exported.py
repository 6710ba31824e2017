"""Exported files opened again: what they say about themselves, and what they answer through onnxruntime or TorchScript."""

import importlib
import json
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from robustfashion.errors import InputError, first_line
from robustfashion.models.metadata_key import METADATA_KEY

Format = Literal["onnx", "torchscript"]
Ask = Callable[[NDArray[np.uint8]], tuple[NDArray[np.float32], NDArray[np.float32]]]
"""uint8 [n, 3, S, S] -> logits [n, k], probabilities [n, k]."""

SUFFIXES: dict[str, Format] = {".onnx": "onnx", ".torchscript": "torchscript"}

EXTRA_FILE = f"{METADATA_KEY}.json"
"""Name of the metadata inside a TorchScript archive, below ``extra/``."""

_JIT: Any = torch.jit  # untyped
_WARNINGS = (
    r"`torch\.jit\.\w+` is deprecated",  # TorchScript is what was asked for
    r"`isinstance\(treespec, LeafSpec\)` is deprecated",  # torch 2.11 about its own exporter
)


def require_packages(*names: str) -> None:
    """Check that packages are there, which some platforms lack and some people leave out.

    Raises:
        InputError: one is not, and how to install it.
    """
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise InputError(f"this needs the package {name} ({error}); pip install {name}") from error


@contextmanager
def explained(what: str, way_out: str) -> Iterator[None]:
    """Exceptions of torch's exporters and of the runtimes, of which there are many kinds, as one that says what to do.

    Their known warnings are silenced.
    """
    try:
        with warnings.catch_warnings():
            for message in _WARNINGS:
                warnings.filterwarnings("ignore", message=message)
            # What a trace takes for constant, other batch sizes would show: parity is tested with some.
            warnings.filterwarnings("ignore", category=_JIT.TracerWarning)
            yield
    except InputError:
        raise
    except Exception as error:  # of many kinds
        raise InputError(f"{what} ({first_line(error, 300)}); {way_out}") from error


def open_exported(path: Path, form: Format) -> Ask:
    """A function that asks an exported program, on the CPU.

    Raises:
        InputError: onnxruntime is not installed, or the file cannot be opened.
    """
    return _open_onnx(path) if form == "onnx" else _open_torchscript(path)


def _open_onnx(path: Path) -> Ask:
    require_packages("onnxruntime")
    runtime: Any = importlib.import_module("onnxruntime")
    with explained(f"{path}: cannot be opened by onnxruntime", "export it again"):
        session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def ask(images: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Logits and probabilities [n, k] of uint8 images [n, 3, S, S]."""
        logits, probabilities = session.run(["logits", "probabilities"], {"image": images})
        return logits, probabilities

    return ask


def _open_torchscript(path: Path) -> Ask:
    with explained(f"{path}: cannot be opened by TorchScript", "export it again"):
        program = _JIT.load(str(path), map_location="cpu")

    def ask(images: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Logits and probabilities [n, k] of uint8 images [n, 3, S, S]."""
        with torch.inference_mode():
            logits, probabilities = program(torch.from_numpy(images))
        return logits.numpy(), probabilities.numpy()

    return ask


def read_metadata(path: Path) -> dict[str, Any]:
    """What an exported file says about itself; nothing of its program is run.

    Raises:
        InputError: not a file exported by robustfashion, or the onnx package is not installed.
    """
    try:
        text = _onnx_metadata(path) if path.suffix == ".onnx" else _torchscript_metadata(path)
        found = json.loads(text)
    except InputError:
        raise
    except Exception as error:  # protobuf and zip files are damaged in many ways
        raise InputError(f"{path}: not a file exported by robustfashion, or a damaged one ({type(error).__name__})") from error
    if not isinstance(found, dict):
        raise InputError(f"{path}: its {METADATA_KEY!r} entry is not a table of metadata; the file is damaged")
    return found


def _onnx_metadata(path: Path) -> str:
    require_packages("onnx")
    onnx: Any = importlib.import_module("onnx")
    content = onnx.load(str(path), load_external_data=False)
    return str(next(entry.value for entry in content.metadata_props if entry.key == METADATA_KEY))


def _torchscript_metadata(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(f"/extra/{EXTRA_FILE}"))
        return archive.read(name).decode()
