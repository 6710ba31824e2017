"""Weight files read without running anything that is in them: PyTorch archives by ``weights_only``, safetensors."""

import itertools
import json
import pickle
import pickletools
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from robustfashion.errors import InputError

METADATA_KEY = "robustfashion"
"""Key of our own metadata in a checkpoint: a dict in a PyTorch archive, JSON text in a safetensors header."""

# Names under which training scripts keep the weights inside a larger dict, in order of preference.
_WRAPPERS = ("state_dict", "state_dict_ema", "model_state_dict", "model", "net")


@dataclass(frozen=True)
class WeightFile:
    """Tensors by name, and our metadata where robustfashion wrote the file."""

    path: Path
    tensors: dict[str, Tensor]
    metadata: Mapping[str, Any] | None = field(default=None)


def read_weights(path: Path) -> WeightFile:
    """Read a checkpoint or plain state dict (``.ckpt``, ``.pt``, ``.pth``, ``.safetensors``) to the CPU.

    Raises:
        InputError: no such file, not a weight file, damaged, or a pickle that wants to run code (which is never run).
    """
    if not path.is_file():
        raise InputError(f"{path}: no such checkpoint file")
    content = _read_safetensors(path) if path.suffix == ".safetensors" else _read_torch(path)
    if not isinstance(content, Mapping):
        raise InputError(f"{path}: holds a {type(content).__name__}, not weights by name; save model.state_dict() instead")
    metadata = content.get(METADATA_KEY)
    if metadata is not None and not isinstance(metadata, Mapping):
        raise InputError(f"{path}: its {METADATA_KEY!r} entry is not a table of metadata; the file is damaged")
    tensors = {str(name): value for name, value in _unwrapped(content).items() if isinstance(value, Tensor)}
    if not tensors:
        raise InputError(f"{path}: holds no weights; expected tensors by name (a state dict)")
    return WeightFile(path, tensors, metadata)


def digest_parts(tensors: Mapping[str, Tensor]) -> list[object]:
    """Names, types, shapes and bytes in the order of the names, for :func:`robustfashion.provenance.content_digest`."""
    parts: list[object] = []
    for name, tensor in sorted(tensors.items()):
        data = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
        parts += [name, str(tensor.dtype), list(tensor.shape), data]
    return parts


def _unwrapped(content: Mapping[str, Any]) -> Mapping[str, Any]:
    for wrapper in _WRAPPERS:
        inner = content.get(wrapper)
        if isinstance(inner, Mapping):
            return inner
    return content


def _read_torch(path: Path) -> Any:  # noqa: ANN401 - any structure of plain values and tensors
    try:
        with warnings.catch_warnings():
            # Torch warns first and fails then; the failure is explained below.
            warnings.filterwarnings("ignore", message="'torch.load' received a zip file that looks like a TorchScript archive")
            warnings.filterwarnings("ignore", message="Detected pickle protocol")
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise InputError(_refusal(path, str(error))) from error
    except (RuntimeError, EOFError, OSError, BadZipFile, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        if "TorchScript" in str(error):
            raise InputError(f"{path}: is a TorchScript program, not weights; save model.state_dict() instead") from error
        raise InputError(f"{path}: not a readable checkpoint, or a damaged one ({_first_line(error)})") from error


def _refusal(path: Path, message: str) -> str:
    name = _named_by_torch(message) or _named_in_pickle(path)
    if name is None:
        return f"{path}: not a checkpoint (no PyTorch archive and no state dict)"
    return (
        f"{path}: refused, nothing of it was run: it is a pickle that asks for {name!r}, and loading such an object can run any "
        "code. Only weights and plain values are accepted; save model.state_dict() with torch.save, or use safetensors"
    )


def _named_by_torch(message: str) -> str | None:
    """What torch's restricted unpickler says that it refused."""
    found = re.search(r"GLOBAL ([\w.]*\w)", message)
    return found[1] if found else None


def _named_in_pickle(path: Path) -> str | None:
    """First object that a bare pickle asks for; its instructions are listed, not followed."""
    texts: list[str] = []
    with path.open("rb") as file:
        if file.read(1) != pickle.PROTO:
            return None
        file.seek(0)
        try:
            for operation, argument, _ in itertools.islice(pickletools.genops(file), 10_000):
                if operation.name == "GLOBAL":
                    return str(argument).replace(" ", ".")
                if operation.name == "STACK_GLOBAL":
                    return ".".join(texts[-2:])
                if isinstance(argument, str):
                    texts.append(argument)
        except ValueError:
            return None
    return None


def _read_safetensors(path: Path) -> dict[str, Any]:
    try:
        with safe_open(path, framework="pt") as file:
            content: dict[str, Any] = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
            text = (file.metadata() or {}).get(METADATA_KEY)
            if text is not None:
                content = {"state_dict": content, METADATA_KEY: json.loads(text)}
            return content
    except (SafetensorError, OSError, ValueError) as error:
        raise InputError(f"{path}: not a readable safetensors file, or a damaged one ({_first_line(error)})") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
