"""The one walk over folders of pictures: what is skipped, what links lead to, and what cannot be read is the same everywhere."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from robustfashion.errors import InputError
from robustfashion.errors import printable as printable  # also for who writes names of pictures
from robustfashion.pictures.decode import SUFFIXES
from robustfashion.pictures.litter import litter

CIRCLE = "links that lead back"
MISSING_TARGET = "a link whose target cannot be reached"
_EXAMPLES = 3


def is_picture(path: Path) -> bool:
    """Whether the suffix is one of a picture (:data:`~robustfashion.pictures.decode.SUFFIXES`), in any case."""
    return path.suffix.lower() in SUFFIXES


def whole_text(name: str) -> str:
    """A name as text that any file can hold: bytes that are not UTF-8 are written out as ``backslashreplace`` does."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


@dataclass
class Skipped:
    """Entries that a walk left out because they are nothing of the user's: how many for which reason, and the first of them."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, name: str) -> None:
        """One entry, a file or a whole folder."""
        self.counts[reason] = self.counts.get(reason, 0) + 1
        shown = self.examples.setdefault(reason, [])
        if len(shown) < _EXAMPLES:
            shown.append(name)

    def in_words(self) -> str:
        """``2 hidden names (.DS_Store, dress/.git), 1 …``; empty where nothing was skipped."""
        parts = []
        for reason, count in self.counts.items():
            more = ", …" if count > len(self.examples[reason]) else ""
            parts.append(f"{count} {reason} ({', '.join(self.examples[reason])}{more})")
        return ", ".join(parts)


@dataclass(frozen=True)
class Entries:
    """What stands in one folder, without litter; sorted by name."""

    folders: list[Path]
    files: list[Path]


class Walker:
    """A walk below ``root``. Litter (:mod:`~robustfashion.pictures.litter`) is neither given out nor entered.

    Links to folders are followed, but not to a folder that the link lies in, and :meth:`files` enters no folder twice; so every
    walk ends. A file is whatever is no folder: a pipe, too, which reading refuses.

    Args:
        root: folder; names in reports are relative to it.

    Attributes:
        skipped: what was left out, counted.
        refused: folders below that cannot be read and pictures that are links to nothing, each with its reason.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.skipped = Skipped()
        self.refused: list[tuple[Path, str]] = []

    def entries(self, folder: Path) -> Entries:
        """What stands in a folder.

        Raises:
            InputError: it cannot be read.
        """
        found = Entries([], [])
        try:
            with os.scandir(folder) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            raise InputError(
                f"folder cannot be read ({error.strerror or error}); change its permissions, or move it away",
                where=printable(folder),
            ) from error
        for entry in listed:
            self._sort_in(entry, folder, found)
        return found

    def _sort_in(self, entry: "os.DirEntry[str]", folder: Path, found: Entries) -> None:
        path = folder / entry.name
        reason = litter(str(folder), entry.name)
        link = entry.is_symlink()
        if reason is not None:
            self.skipped.add(reason, self.name(path))
        elif _is_folder(entry):
            if link and Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(path)):
                self.skipped.add(CIRCLE, self.name(path))
            else:
                found.folders.append(path)
        elif link and is_picture(path) and not _is_reachable(path):
            self.refused.append((path, MISSING_TARGET))
        else:
            found.files.append(path)

    def files(self, folder: Path) -> Iterator[Path]:
        """Files in a folder and below it, folder by folder; a folder below that cannot be read is added to ``refused``.

        Raises:
            InputError: ``folder`` itself cannot be read.
        """
        entered: set[str] = set()
        folders, links = [folder], list[Path]()
        # Links come last, so that a folder is found under its own name wherever it has one.
        while folders or links:
            place = folders.pop() if folders else links.pop(0)
            real = os.path.realpath(place)
            if real in entered:
                self.skipped.add(CIRCLE, self.name(place))
                continue
            entered.add(real)
            try:
                found = self.entries(place)
            except InputError as error:
                if place == folder:
                    raise
                self.refused.append((place, error.why))
                continue
            yield from found.files
            folders += [path for path in reversed(found.folders) if not path.is_symlink()]
            links += [path for path in found.folders if path.is_symlink()]

    def name(self, path: Path) -> str:
        """Relative to the root, on one line."""
        return printable(path.relative_to(self.root))


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, or into a folder that may not be entered
        return False


def _is_reachable(path: Path) -> bool:
    try:
        path.stat()
    except OSError:
        return False
    return True


@dataclass(frozen=True)
class Found:
    """Everything below a folder; sorted by path."""

    pictures: list[Path]
    others: list[Path]
    """Files of other kinds."""
    refused: list[tuple[Path, str]]
    skipped: Skipped


def check_outside(out: Path, folder: Path, why: str) -> None:
    """Refuse a folder of results that is, or lies inside, the folder that is read.

    Raises:
        InputError: it does; the message gives ``why`` that is bad.
    """
    if out.expanduser().resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{printable(out)} lies inside {printable(folder)}: {why}; choose a folder outside")


def find_pictures(folder: Path) -> Found:
    """The pictures below a folder, by their suffix (:data:`~robustfashion.pictures.decode.SUFFIXES`), and whatever else is there.

    Raises:
        InputError: ``folder`` cannot be read.
    """
    walker = Walker(folder)
    files = sorted(walker.files(folder))
    return Found(
        [path for path in files if is_picture(path)],
        [path for path in files if not is_picture(path)],
        sorted(walker.refused),
        walker.skipped,
    )


def has_pictures(folder: Path) -> bool:
    """Whether there is a picture in a folder or below it; a folder that cannot be read has none."""
    try:
        return any(is_picture(path) for path in Walker(folder).files(folder))
    except InputError:
        return False


def find_files(root: Path, pattern: str) -> list[Path]:
    """Files below ``root`` whose name fits a pattern (``*.csv``; case counts), sorted; litter is left out as everywhere.

    Raises:
        InputError: ``root`` cannot be read.
    """
    return sorted(path for path in Walker(root).files(root) if fnmatchcase(path.name, pattern))
