"""Bytes of an image, from a local path or any fsspec URL."""

import re
from pathlib import Path

import fsspec

from robustfashion.errors import InputError

MAX_BYTES = 1 << 29
"""Files above this size (512 MiB) are refused unread."""


_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


def is_url(location: str) -> bool:
    """Whether fsspec has to read it: ``s3://…``, ``https://…``, ``simplecache::s3://…``.

    A URL begins with a scheme that fsspec knows, or with names of its file systems and ``::`` before such a scheme. Anything else
    is a path, for file names may hold ``::`` and ``://`` too: ``box::1.jpg``, ``size://large.jpg``.
    """
    first, *links = location.split("::")
    if _has_scheme(first):
        return True
    return first in fsspec.available_protocols() and any(_has_scheme(link) for link in links)


def _has_scheme(location: str) -> bool:
    found = _SCHEME.match(location)
    return found is not None and found[1].lower() in fsspec.available_protocols()


def resolve(root: str, path: str) -> str:
    """Location of a catalogue row: ``path`` itself when it is absolute or a URL, else below ``root`` (a folder or a URL)."""
    if is_url(path):
        return path
    if is_url(root):
        return f"{root.rstrip('/')}/{path}"
    return str(Path(root) / path)


def read_bytes(location: str) -> bytes:
    """The whole file.

    Raises:
        InputError: missing, unreadable, not a regular file, larger than :data:`MAX_BYTES`; ``where`` is the location.
    """
    return _read_url(location) if is_url(location) else _read_local(location)


def _unknown_scheme(location: str) -> str:
    found = _SCHEME.match(location)
    return f" ({found[0]} begins no URL that is known here)" if found else ""


def _read_local(location: str) -> bytes:
    path = Path(location)
    try:
        if not path.exists():
            raise InputError(f"file not found{_unknown_scheme(location)}", where=location)
        # A pipe or a device would block or never end.
        if not path.is_file():
            raise InputError("not a regular file", where=str(path))
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path.stat().st_size} bytes are more than the limit of {MAX_BYTES}", where=str(path))
        return path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"cannot be read ({getattr(error, 'strerror', None) or error})", where=str(path)) from error


def _read_url(url: str) -> bytes:
    try:
        with fsspec.open(url, "rb") as file:
            data: bytes = file.read(MAX_BYTES + 1)
    except ImportError as error:
        raise InputError(
            f"this kind of URL needs another package ({error}); install it or copy the files here", where=url
        ) from error
    except Exception as error:  # every file system brings exceptions of its own
        raise InputError(f"cannot be read ({type(error).__name__}: {error})", where=url) from error
    if len(data) > MAX_BYTES:
        raise InputError(f"larger than the limit of {MAX_BYTES} bytes", where=url)
    return data
