"""Weight files read without running anything that is in them: PyTorch archives, safetensors."""

import itertools
import json
import pickle
import pickletools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor

from robustfashion.errors import InputError, first_line
from robustfashion.models.inert import inert_names, load_inert, plain_table, refusal
from robustfashion.models.metadata_key import METADATA_KEY

# Names under which training scripts keep the weights inside a larger dict, in order of preference.
_WRAPPERS = ("state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights", "params", "module")
# What a training goes on with: tensors, but not of the network. Parts of a name.
_STATE_OF_TRAINING = re.compile(r"optim|sched|scaler|callback|loops|rng|metric", re.IGNORECASE)
AVERAGED = re.compile(r"(^|[._])(ema|swa|averaged?|avg|shadow|teacher)([._]|$)", re.IGNORECASE)
_DEPTH = 3


@dataclass(frozen=True)
class Table:
    """One set of weights in a file."""

    key: str
    """Where in the file, as ``state_dict`` or ``model.state_dict``; empty: the file is nothing else."""
    tensors: dict[str, Tensor]
    """Weights by name."""

    @property
    def averaged(self) -> bool:
        """Whether its name says that it is a running average of a training's weights (EMA, SWA)."""
        return AVERAGED.search(self.key) is not None


@dataclass(frozen=True)
class WeightFile:
    """Tensors by name, and our metadata where robustfashion wrote the file."""

    path: Path
    tensors: dict[str, Tensor]
    """Of the first table."""
    metadata: Mapping[str, Any] | None = field(default=None)
    tables: Sequence[Table] = ()
    """All sets of weights, the likeliest first; averages of a training's weights after the weights themselves."""
    said_architecture: str | None = None
    """What the file calls its network, as timm's training script does."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Plain values of the training script's arguments, where the file has them (``args``)."""


def read_weights(path: Path) -> WeightFile:
    """Read a checkpoint or plain state dict (``.ckpt``, ``.pt``, ``.pth``, ``.pth.tar``, ``.bin``, ``.safetensors``) to the CPU.

    Raises:
        InputError: no such file, not a weight file, damaged, or a pickle of code or whole objects (which is never run).
    """
    if not path.is_file():
        way_out = "; it is a folder: make a checkpoint of it with `python -m robustfashion.models adopt`, or give the file in it"
        raise InputError(f"{path}: no such checkpoint file{way_out if path.is_dir() else ''}")
    content = _read_safetensors(path) if _is_safetensors(path) else _read_torch(path)
    names = inert_names(content, depth=0)
    if names:
        raise InputError(refusal(path, names[0]))
    if not isinstance(content, Mapping):
        raise InputError(f"{path}: holds a {type(content).__name__}, not weights by name; save model.state_dict() instead")
    tables = _ranked(list(_tables(content)))
    if not tables:
        names = inert_names(content)
        raise InputError(
            refusal(path, names[0]) if names else f"{path}: holds no weights; expected tensors by name (a state dict)"
        )
    _check_dense(tables, path)
    said = content.get("arch")
    architecture = said if isinstance(said, str) else None
    return WeightFile(path, tables[0].tensors, _metadata(content, path), tables, architecture, plain_table(content.get("args")))


def digest_parts(tensors: Mapping[str, Tensor]) -> list[object]:
    """Names, types, shapes and bytes in the order of the names, for :func:`robustfashion.provenance.content_digest`."""
    parts: list[object] = []
    for name, tensor in sorted(tensors.items()):
        data = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
        parts += [name, str(tensor.dtype), list(tensor.shape), data]
    return parts


def _metadata(content: Mapping[str, Any], path: Path) -> Mapping[str, Any] | None:
    metadata = content.get(METADATA_KEY)
    if metadata is not None and not isinstance(metadata, Mapping):
        raise InputError(f"{path}: its {METADATA_KEY!r} entry is not a table of metadata; the file is damaged")
    names = inert_names(metadata, depth=8)
    if names:
        raise InputError(refusal(path, names[0]))
    return metadata


def _tables(content: Mapping[Any, Any], where: tuple[str, ...] = ()) -> Iterator[Table]:
    """Every dictionary that holds tensors by name, to a depth; not those of optimisers and the like."""
    tensors = {name: value for name, value in content.items() if isinstance(name, str) and isinstance(value, Tensor)}
    if tensors:
        yield Table(".".join(where), tensors)
    for name, inner in content.items():
        known = isinstance(name, str) and isinstance(inner, Mapping) and name != METADATA_KEY
        if known and len(where) < _DEPTH and not _STATE_OF_TRAINING.search(name):
            yield from _tables(inner, (*where, name))


def _check_dense(tables: Sequence[Table], path: Path) -> None:
    """Refuse tensors that are no plain numbers in rows, with which nothing after this can deal."""
    for name, tensor in ((name, tensor) for table in tables for name, tensor in table.tensors.items()):
        kinds = (
            ("empty", tensor.is_meta), ("nested", tensor.is_nested), ("quantized", tensor.is_quantized),
            ("sparse", tensor.layout != torch.strided),
        )  # fmt: skip
        found = next((kind for kind, holds in kinds if holds), None)
        if found is not None:
            raise InputError(
                f"{path}: weight {name!r} is a {found} tensor; save ordinary ones (as `tensor.to_dense()` gives of sparse)"
            )


def _ranked(tables: list[Table]) -> list[Table]:
    """The likeliest first: no small table beside a large one, no average, then by the order of the usual names."""
    largest = max((len(table.tensors) for table in tables), default=0)

    def rank(table: Table) -> tuple[bool, bool, int]:
        """Small beside the largest, an average, place of its key among the usual ones: lower is likelier."""
        last = table.key.rpartition(".")[2]
        usual = _WRAPPERS.index(last) if last in _WRAPPERS else len(_WRAPPERS)
        return 2 * len(table.tensors) < largest, table.averaged, usual

    return sorted(tables, key=rank)


def _is_safetensors(path: Path) -> bool:
    """By its first bytes, which a wrong suffix does not change; by the suffix where they tell nothing."""
    with path.open("rb") as file:
        head = file.read(9)
    if head[:4] == b"PK\x03\x04":
        return False
    return path.suffix == ".safetensors" or (head[8:] == b"{" and int.from_bytes(head[:8], "little") < path.stat().st_size)


def _read_torch(path: Path) -> Any:  # noqa: ANN401 - any structure of plain values, tensors and placeholders
    try:
        return load_inert(path)
    except pickle.UnpicklingError as error:
        raise InputError(_refusal(path, str(error))) from error
    except InputError:
        raise
    except Exception as error:  # of many kinds, struct.error and AssertionError among them
        if "TorchScript" in str(error):
            raise InputError(f"{path}: is a TorchScript program, not weights; save model.state_dict() instead") from error
        raise InputError(f"{path}: not a readable checkpoint, or a damaged one ({first_line(error)})") from error


def _refusal(path: Path, message: str) -> str:
    name = _named_by_torch(message) or _named_in_pickle(path)
    if name is not None:
        return refusal(path, name)
    if "Only persistent_load of storage" in message:
        return refusal(path, "torch.nn.Module")  # a whole network in the format of torch before 1.6
    protocol = re.search(r"Unsupported operand (\d+)", message)
    if protocol is not None and path.read_bytes()[:4] == b"PK\x03\x04":
        return f"{path}: is pickled in a form that torch's safe reader does not know; torch.save it with its own pickle_protocol"
    return f"{path}: not a checkpoint (no PyTorch archive and no state dict)"


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
        except Exception:  # a damaged one: whatever its bytes lead to
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
    except Exception as error:  # of many kinds: its own, of JSON, of torch
        raise InputError(f"{path}: not a readable safetensors file, or a damaged one ({first_line(error)})") from error
