"""Where a picture lies that a table names as another system would: backslashes, another Unicode form, another case."""

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from robustfashion.errors import InputError
from robustfashion.pictures.files import is_url
from robustfashion.pictures.folders import Walker

_SAMPLE = 20
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
        and backslashes become slashes, and each part may be in the other Unicode form (composed or decomposed), or else in
        another case, where one file alone has that name. What is not found is given back with slashes; reading it says that it
        is not there.

        Raises:
            InputError: a path with a Windows drive or server, on another system.
        """
        path = raw.strip()
        if is_url(path):
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

    def image(self, path: str) -> str:
        """A form of a path that is the same for all ways to write it: ``a.jpg``, ``./a.jpg``, ``sub/../a.jpg``, absolute or not.

        Links are not followed: ``..`` takes a folder away that is there and is no link, since behind a link it leads elsewhere.
        URLs, and whatever lies below one, stay as they are.

        Args:
            path: as :meth:`find` gave it.
        """
        if not self._local or is_url(path):
            return path
        whole = Path(self.root, path).absolute()
        if ".." not in whole.parts:
            return str(whole)
        place = Path(whole.anchor)
        for part in whole.parts[1:]:
            back = part == ".." and place.name not in ("", "..") and place.is_dir() and not place.is_symlink()
            place = place.parent if back else place / part
        return str(place)

    def check_folder(self, paths: Sequence[str], location: str) -> None:
        """Refuse a table of which the first pictures lie in a folder beside it, all of them, and none where it says.

        Args:
            paths: of its pictures, as :meth:`find` gave them.
            location: of the table.

        Raises:
            InputError: naming that folder.
        """
        first = [path for path in paths[:_SAMPLE] if not is_url(path) and not Path(path).is_absolute()]
        if not self._local or not first or any(map(self._exists, first)):
            return
        for folder in Walker(Path(self.root)).entries(Path(self.root)).folders:
            if all(self._exists(f"{folder.name}/{path}") for path in first):
                raise InputError(
                    f"{location}: {first[0]} is not beside the table, but in {folder.name}; move the table into that folder, or "
                    f"write {folder.name}/ before every path"
                )

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
            with suppress(OSError):  # not a folder, or not readable: nothing is found in it
                for entry in Path(self.root, folder).iterdir():
                    for form in _forms(entry.name):
                        known[form].append(entry.name)
            self._listed[folder] = known
        for form in _forms(name):
            found = self._listed[folder].get(form, [])
            if found:
                return found[0] if len(found) == 1 else None
        return None


def _forms(name: str) -> tuple[str, str]:
    """The name in one Unicode form, and that without case, which no name of the first kind can be."""
    composed = unicodedata.normalize("NFC", name)
    return f"form/{composed}", f"case/{composed.casefold()}"
