"""Files that are either whole or absent: written under a temporary name, then renamed."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from robustfashion.errors import InputError
from robustfashion.interruption import before_end
from robustfashion.system_errors import cannot_write, failed_writing


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a temporary sibling of ``path`` that replaces it when the block ends well, and is removed when it does not.

    The temporary name keeps the suffix, since writers (Pillow, pyarrow) choose their format by it.

    Raises:
        WriteError: the place cannot be written to, or the disk is full; other errors of the block stay what they are.
    """
    try:
        temporary = _made(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    _under_way.add(temporary)
    try:
        yield temporary
        temporary.replace(path)
    except InputError:
        raise
    except Exception as error:
        stop = _stop_within(error)
        if stop is not None:
            raise stop from None
        failure = failed_writing(error, temporary)
        if failure is None:
            raise
        raise cannot_write(path, failure) from error
    finally:
        temporary.unlink(missing_ok=True)
        _under_way.discard(temporary)


def _stop_within(error: BaseException | None) -> KeyboardInterrupt | None:
    """Ctrl-C or SIGTERM that came while a library was writing, which then says that it could not write."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error


_under_way: set[Path] = set()
"""Temporary files of this process."""


def _remove_all() -> None:
    for temporary in list(_under_way):
        temporary.unlink(missing_ok=True)


before_end.append(_remove_all)


def _made(path: Path) -> Path:
    """An empty file beside ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem[:40]}-", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    temporary.chmod(0o644)
    return temporary


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8, whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:  # noqa: ANN401 - any JSON value
    """Write ``value`` as indented JSON; NaN and infinities are refused, since they are not JSON."""
    text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)
    if any("\ud800" <= character <= "\udfff" for character in text):  # file names that are not UTF-8 hold lone surrogates
        text = json.dumps(value, indent=1, allow_nan=False)
    write_text(path, text + "\n")
