"""What the pictures of a folder were made of: which of them another run need not make again."""

import json
import os
import time
from pathlib import Path
from typing import Any

from robustfashion.atomic import write_json
from robustfashion.errors import InputError, printable

RECORDS_FILE = ".resize-sources.json"
_INTERVAL_S = 60.0

Stamp = tuple[int, int]
"""Size in bytes and modification time in ns of a source, as they were before it was read."""


def stamp(source: Path) -> Stamp | None:
    """Of a file; None where it cannot be looked at."""
    try:
        found = source.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


class Records:
    """For each picture in ``target`` the source below one folder that it was made of; kept in a hidden file beside them.

    A picture without a record may be of another data set with the same names, and is made again.

    Args:
        target: folder of the results.
        source: folder of the sources.
        known: name of a result below ``target`` (``/``): name of its source, its stamp, size of the result in bytes.
    """

    def __init__(self, target: Path, source: Path, known: dict[str, list[Any]] | None = None) -> None:
        self._target, self._source = target, source
        self._known = known or {}
        self._written_s = time.monotonic()

    @classmethod
    def read(cls, target: Path, source: Path) -> "Records":
        """The records of a folder; none where the file is missing or damaged.

        Raises:
            InputError: they are of the pictures of another folder.
        """
        try:
            found = json.loads((target / RECORDS_FILE).read_text(encoding="utf-8"))
            of, known = str(found["source"]), dict(found["pictures"])
        except (OSError, ValueError, TypeError, KeyError):
            return cls(target, source)
        if of != os.path.realpath(source):
            raise InputError(
                f"{printable(target)} holds the pictures of {printable(of)}, not of {printable(source)}; "
                "choose another folder, or --overwrite"
            )
        return cls(target, source, known)

    def fits(self, source: Path, target: Path) -> bool:
        """Whether the result is there, whole, and made of the source as it is now."""
        try:
            size = target.stat().st_size
        except OSError:
            return False
        now = stamp(source)
        return size > 0 and now is not None and self._known.get(self._name(target)) == [self._source_name(source), *now, size]

    def add(self, source: Path, target: Path, before: Stamp | None) -> None:
        """A result was written; ``before``: stamp of its source from before it was read. Now and then the records are saved."""
        if before is not None:
            self._known[self._name(target)] = [self._source_name(source), *before, target.stat().st_size]
        if time.monotonic() - self._written_s > _INTERVAL_S:
            self.save()

    def save(self) -> None:
        """Write the file."""
        content = {"source": os.path.realpath(self._source), "pictures": dict(sorted(self._known.items()))}
        write_json(self._target / RECORDS_FILE, content)
        self._written_s = time.monotonic()

    def _name(self, target: Path) -> str:
        return target.relative_to(self._target).as_posix()

    def _source_name(self, source: Path) -> str:
        return source.relative_to(self._source).as_posix()
