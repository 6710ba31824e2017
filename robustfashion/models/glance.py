"""A look at a checkpoint's file without torch: whether it is one of ours, or says at once that it is not."""

import json
import pickle
import pickletools
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

from robustfashion.errors import InputError
from robustfashion.models.metadata_key import METADATA_KEY

_PLAIN = ("torch", "collections", "numpy", "argparse", "_codecs", "builtins")
"""Packages that training scripts' files ask for; what else one asks for is left to the reader of weights, which refuses it."""
_MOST_BYTES = 64 << 20
_MOST_STEPS = 2_000_000


def check_checkpoint(path: Path) -> None:
    """Refuse a file that is no checkpoint of ours, in a moment where its first bytes or its list of contents tell.

    What they do not tell is read with torch. Nothing in the file is run, and no network is built.

    Raises:
        InputError: see :func:`~robustfashion.models.weights.read_weights` and
            :func:`~robustfashion.models.description.read_description`.
    """
    if not path.exists():
        raise InputError(f"{path}: no such checkpoint file")
    from robustfashion.models.description import read_description

    known = describes_itself(path)
    if known:
        return
    if known is False:
        read_description(None, str(path))
    from robustfashion.models.weights import read_weights

    read_description(read_weights(path).metadata, str(path))


def describes_itself(path: Path) -> bool | None:
    """Whether a weight file holds our description; None: it cannot be told without torch, or it is no sound weight file."""
    try:
        with path.open("rb") as file:
            head = file.read(9)
            if head[:4] == b"PK\x03\x04":
                return _zip_does(path)
            size = struct.unpack("<Q", head[:8])[0] if len(head) == 9 and head[8:] == b"{" else 0
            if 0 < size <= _MOST_BYTES:
                file.seek(8)
                header = json.loads(file.read(size))
                return METADATA_KEY in (header.get("__metadata__") or {})
    except Exception:  # damaged in whatever way (zlib.error, an encrypted archive, ...): the reader of weights says in which
        return None
    return None


def _zip_does(path: Path) -> bool | None:
    """Of torch's archive: its pickle's instructions are listed, not followed."""
    with zipfile.ZipFile(path) as archive:
        pickles = [entry for entry in archive.infolist() if entry.filename.endswith("/data.pkl")]
        if len(pickles) != 1 or pickles[0].file_size > _MOST_BYTES:
            return None
        data = archive.read(pickles[0])
    texts: list[str] = []
    for operation, argument in _steps(data):
        if operation == "STACK_GLOBAL" or (operation == "GLOBAL" and str(argument).split(".")[0].split(" ")[0] not in _PLAIN):
            return None
        if isinstance(argument, str):
            if argument == METADATA_KEY:
                return True
            texts.append(argument)
    return False if "storage" in texts else None  # torch's word before every tensor's data


def _steps(data: bytes) -> Iterator[tuple[str, object]]:
    for number, (operation, argument, _) in enumerate(pickletools.genops(data)):
        if number > _MOST_STEPS:
            raise pickle.UnpicklingError("too long")
        yield operation.name, argument
