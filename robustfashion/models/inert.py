"""PyTorch archives of any training script, read as tensors and plain values; all else in them becomes an inert placeholder.

Training scripts put an ``argparse.Namespace``, numpy scalars, paths or objects of their own beside the weights. Nobody here wants
those, and loading them as pickle would run the file's code. What is done instead, and why nothing of a file is ever executed:

* The only reader is torch's restricted unpickler (``torch.load(weights_only=True)``). It imports nothing: a name in the file is
  looked up in torch's own list of functions that build tensors, then in a table that the caller hands over, or refused.
* The table that is handed over maps names of the file to classes made here on the spot (:class:`Placeholder`). They know their
  name as text and can do nothing: called, they give an empty object; given a state, they keep it unread. The class or
  function that has that name (``argparse.Namespace``, ``subprocess.Popen``) is not looked for, wherever it lies.
* So what a file can call is what torch lets every ``weights_only`` file call, and empty objects.

Names that no honest checkpoint asks for are refused in words all the same (:data:`_HOSTILE`): whoever meets one should know.
Safety does not rest on that list.
"""

import pickle
import re
import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import torch

from robustfashion.errors import InputError

_HOSTILE = re.compile(
    r"(os|posix|nt|sys|subprocess|commands|_posixsubprocess|shutil|importlib|runpy|pty|socket|ctypes|pdb|timeit|webbrowser|torch\.hub|"
    r"builtins\.(eval|exec|execfile|compile|open|getattr|setattr|delattr|input|breakpoint|__import__|globals|vars|apply))(\.|$)"
)
"""Modules and functions that files with code in them ask for (``commands`` is ``subprocess`` in the names of Python 2)."""

_MAPPINGS = ("collections.defaultdict",)
"""Dictionaries that torch's unpickler does not fill, read as ordinary ones."""

_LOCK = threading.Lock()
"""torch keeps its table of names in one place for all threads."""


class Placeholder:
    """Stands for an object of a file that is neither a tensor nor a plain value. Does nothing."""

    __slots__ = ("state",)
    state: Any
    """What the file would have handed to the object: plain values, tensors, placeholders."""
    asks_for = "object"
    """Name that the file gives, as ``argparse.Namespace``."""

    def __new__(cls, *_arguments: object, **_named: object) -> Self:
        """An empty object, whatever the arguments."""
        found = super().__new__(cls)
        found.state = None
        return found

    def __setstate__(self, state: object) -> None:
        """Keep the state as it is."""
        self.state = state


def load_inert(path: Path) -> Any:  # noqa: ANN401 - any structure of plain values, tensors and placeholders
    """Read a PyTorch archive (of any age) to the CPU; nothing in it is executed.

    Returns:
        What the file holds: tensors, plain values, containers of them, and :class:`Placeholder` objects for all else.

    Raises:
        InputError: the file asks for what no honest checkpoint asks for; names it.
        pickle.UnpicklingError: not readable so.
        Exception: what ``torch.load`` raises on damaged files.
    """
    table: dict[str, type] = {}
    for name in _foreign_names(path):
        _add(table, name, path)
    while True:
        try:
            with _names(table):
                return _torch_load(path)
        except pickle.UnpicklingError as error:
            if not _learnt(table, str(error), path):
                raise


def inert_names(value: Any, depth: int = 4) -> list[str]:  # noqa: ANN401 - any value out of a file
    """Names that the placeholders in a value stand for, each once, down to a depth.

    Containers that stand in many places, or inside themselves, are looked into once.
    """
    found: dict[str, None] = {}
    seen: set[int] = set()
    level = [value]
    for _ in range(depth + 1):
        inner: list[Any] = []
        for each in level:
            if isinstance(each, Placeholder) or (isinstance(each, type) and issubclass(each, Placeholder)):
                found[each.asks_for] = None
            elif isinstance(each, Mapping | list | tuple | set) and id(each) not in seen:
                seen.add(id(each))
                inner += [*each.keys(), *each.values()] if isinstance(each, Mapping) else each
        level = inner
    return list(found)


@contextmanager
def _names(table: Mapping[str, type]) -> Iterator[None]:
    """Let torch know these names and no others: not what imported libraries have put on its list (``torch.distributed`` does)."""
    with _LOCK:
        before = torch.serialization.get_safe_globals()
        torch.serialization.clear_safe_globals()
        try:
            with torch.serialization.safe_globals([(stand_in, name) for name, stand_in in table.items()]):
                yield
        finally:
            torch.serialization.clear_safe_globals()
            torch.serialization.add_safe_globals(before)


def plain_table(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any value out of a file
    """Plain values by name of a dictionary or of an ``argparse.Namespace`` and its kind; all else in it is left out."""
    table = value.state if isinstance(value, Placeholder) else value
    if not isinstance(table, Mapping):
        return {}
    known: dict[int, bool] = {}
    return {name: found for name, found in table.items() if isinstance(name, str) and _is_plain(found, known)}


def _is_plain(value: object, known: dict[int, bool], depth: int = 8) -> bool:
    """Whether there is nothing but plain values in it, and no list that contains itself or lies too deep.

    Args:
        value: out of a file.
        known: of lists that were looked at, by their id.
        depth: of lists in lists.
    """
    if isinstance(value, list | tuple):
        if id(value) not in known:
            known[id(value)] = False  # what meets it while it is looked at lies inside it
            known[id(value)] = depth > 0 and all(_is_plain(each, known, depth - 1) for each in value)
        return known[id(value)]
    return value is None or isinstance(value, bool | int | float | str)


def _torch_load(path: Path) -> Any:  # noqa: ANN401
    with warnings.catch_warnings():
        # Torch warns first and fails then; the failure is explained by who asked.
        warnings.filterwarnings("ignore", message="'torch.load' received a zip file that looks like a TorchScript archive")
        warnings.filterwarnings("ignore", message="Detected pickle protocol")
        warnings.filterwarnings("ignore", message="Validating sparse tensor invariants")  # such files are refused
        if path.suffix != ".safetensors":
            return torch.load(path, map_location="cpu", weights_only=True)
        with path.open("rb") as file:  # torch would go by that suffix, which is wrong here
            return torch.load(file, map_location="cpu", weights_only=True)


def _foreign_names(path: Path) -> list[str]:
    """Names in a zip archive that are not on torch's list, without reading a tensor; none where that cannot be told so."""
    try:
        with _names({}):
            return sorted(torch.serialization.get_unsafe_globals_in_checkpoint(path))
    except Exception:  # an older archive, or a damaged file: loading it says which
        return []


def _learnt(table: dict[str, type], message: str, path: Path) -> bool:
    """Whether a refusal of torch's tells something that the table does not say yet; puts it there."""
    asked = re.search(r"GLOBAL ([\w.<>]+) was not an allowed", message)
    if asked is not None:
        name = asked[1] if "." in asked[1] else f"builtins.{asked[1]}"  # torch leaves that module out
        known = name in table
        if not known:
            _add(table, name, path)
        return not known
    filled = re.search(r"Can only (SETITEM|append|extend).*<class '[\w.]*Placeholder(\d+)'>", message)
    if filled is None:
        return False
    index = int(filled[2])  # a child of dict or list, as settings often are: read as that
    table[list(table)[index]] = _stand_in(list(table)[index], index, OrderedDict if filled[1] == "SETITEM" else list)
    return True


def _add(table: dict[str, type], name: str, path: Path) -> None:
    if _HOSTILE.match(name):
        raise InputError(refusal(path, name.removeprefix("builtins.")))
    table[name] = _stand_in(name, len(table), OrderedDict if name in _MAPPINGS else None)


def _stand_in(name: str, index: int, kind: Callable[[], Any] | None) -> type:
    """A class that makes placeholders, or empty containers of a kind; its number is how torch's messages tell which it is."""
    body: dict[str, Any] = {"__slots__": (), "asks_for": name}
    if kind is not None:
        body["__new__"] = lambda *_arguments, **_named: kind()
    return type(f"Placeholder{index}", (Placeholder,), body)


def refusal(path: Path, name: str) -> str:
    """What is said of a file that asks for an object by name where weights are needed."""
    return (
        f"{path}: refused, nothing of it was run: it is a pickle that asks for {name!r}, and loading such an object can run any "
        "code. Only weights and plain values are accepted; save model.state_dict() with torch.save, or use safetensors"
    )
