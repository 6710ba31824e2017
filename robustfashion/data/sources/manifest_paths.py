"""Where a picture lies that a table names as another system would: backslashes, another Unicode form."""

import os
import re
import unicodedata
from collections import defaultdict
from pathlib import Path, PurePosixPath

from robustfashion.errors import InputError
from robustfashion.pictures.files import is_url

_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")


class Places:
    """Paths of a table as they are on this disk.

    Args:
        root: folder or URL that relative paths start at.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._local = not is_url(root)
        self._listed: dict[PurePosixPath, dict[str, list[str]]] = {}

    def find(self, raw: str) -> str:
        """The path or URL of one picture.

        A name that is there as it stands is taken as it stands, blanks around it and backslashes included. Else blanks are cut
        and backslashes become slashes, and each part may be in the other Unicode form (composed or decomposed), where one file
        alone has that name. What is not found is given back with slashes; reading it says that it is not there.

        Raises:
            InputError: a path with a Windows drive or server, on another system.
        """
        path = raw.strip()
        plain = raw == path and path.isascii() and "\\" not in path and not _WINDOWS.match(path)
        if plain or is_url(path):
            return path
        if not self._local:
            return path.replace("\\", "/")
        there = next((name for name in (raw, path) if self._exists(name)), None)
        if there is not None:
            return there
        if os.name != "nt" and _WINDOWS.match(path):
            raise InputError(f"{path!r} is a path of a Windows computer; make paths relative to the folder of the table")
        slashed = path.replace("\\", "/")
        return self._other_form(slashed) or slashed

    def _exists(self, path: str) -> bool:
        try:
            Path(self.root, path).lstat()
        except (OSError, ValueError):  # too long, or with a NUL character
            return False
        return True

    def _other_form(self, path: str) -> str | None:
        """The path with each part as it is written on disk; None where a part is missing, or two names differ by their form."""
        place = PurePosixPath()
        for part in PurePosixPath(path).parts:
            name = part if self._exists(str(place / part)) else self._same_text(place, part)
            if name is None:
                return None
            place /= name
        return place.as_posix()

    def _same_text(self, folder: PurePosixPath, name: str) -> str | None:
        if folder not in self._listed:
            known: dict[str, list[str]] = defaultdict(list)
            try:
                for entry in Path(self.root, folder).iterdir():
                    known[unicodedata.normalize("NFC", entry.name)].append(entry.name)
            except OSError:
                known.clear()  # not a folder, or not readable: nothing is found in it
            self._listed[folder] = known
        found = self._listed[folder].get(unicodedata.normalize("NFC", name), [])
        return found[0] if len(found) == 1 else None
