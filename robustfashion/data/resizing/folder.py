"""Which file of a folder is written where, what of it is already there, and what was refused."""

import csv
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robustfashion.atomic import write_json, write_text
from robustfashion.errors import InputError

SETTINGS_FILE = "resize.json"
REFUSED_FILE = "refused.csv"


@dataclass(frozen=True)
class Job:
    """One picture to be made."""

    name: str
    """Path below the source folder, POSIX form, printable."""
    source: Path
    target: Path


def target_name(source: Path) -> str:
    """``a.jpg`` becomes ``a.jpg.png``: the whole name is kept, so that ``a.jpg`` and ``a.png`` of one folder stay apart."""
    return f"{source.name}.png"


def find_jobs(source: Path, target: Path, suffixes: Sequence[str]) -> tuple[list[Job], int]:
    """The pictures below ``source`` (by suffix, sorted), each with its place below ``target``, and the number of other files.

    Relative paths are kept; links to folders are not followed.

    Raises:
        InputError: ``target`` is ``source`` or lies inside it, no pictures, a folder that cannot be read.
    """
    if target.resolve().is_relative_to(source.resolve()):
        raise InputError(f"{target} lies inside {source}: its pictures would be found as sources; choose a folder outside")
    jobs, others = [], 0
    for folder, folders, files in os.walk(source, onerror=_unreadable):
        folders.sort()
        for file in sorted(files):
            path = Path(folder, file)
            if path.suffix.lower() not in suffixes:
                others += 1
                continue
            relative = path.relative_to(source)
            jobs.append(Job(printable(relative), path, target / relative.parent / target_name(relative)))
    if not jobs:
        raise InputError(f"{source}: no pictures ({others} files of other kinds); known are {', '.join(suffixes)}")
    return jobs, others


def _unreadable(error: OSError) -> None:
    raise InputError(f"{error.filename}: cannot be read ({error.strerror})") from error


def printable(path: Path) -> str:
    """POSIX form; control characters and bytes that are not UTF-8 are written out."""
    text = path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def begin(target: Path, settings: dict[str, Any], overwrite: bool) -> int:
    """Write ``resize.json`` into the target folder, or find that the same settings are at work there.

    Returns:
        Modification time of ``resize.json`` in ns: older pictures are not of these settings.

    Raises:
        InputError: the folder holds other files, or pictures of other settings, and ``overwrite`` is not set.
    """
    file = target / SETTINGS_FILE
    if file.is_file():
        found = _read_settings(file)
        if found == settings and not overwrite:
            return file.stat().st_mtime_ns
        if not overwrite:
            changed = [f"{key} {found.get(key)} there, {value} now" for key, value in settings.items() if found.get(key) != value]
            raise InputError(
                f"{target} holds pictures of other settings ({'; '.join(changed)}); choose another folder, or --overwrite"
            )
    elif target.exists() and not target.is_dir():
        raise InputError(f"{target} is a file; a folder of pictures needs a folder as its target")
    elif target.is_dir() and any(target.iterdir()) and not overwrite:
        raise InputError(f"{target} is not empty and was not made by this command; choose another folder, or --overwrite")
    write_json(file, settings)
    return file.stat().st_mtime_ns


def _read_settings(file: Path) -> dict[str, Any]:
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        settings = None
    if not isinstance(settings, dict):
        raise InputError(f"{file} is damaged; choose another folder, or remove it and use --overwrite")
    return settings


def is_made(job: Job, since_ns: int) -> bool:
    """Whether the target is there, made with the settings at work, and not older than its source."""
    try:
        made = job.target.stat().st_mtime_ns
        return made >= since_ns and made >= job.source.stat().st_mtime_ns
    except OSError:
        return False


def write_refused(target: Path, refused: Sequence[tuple[str, str]]) -> None:
    """Write ``refused.csv`` (file, reason); remove that of an earlier run where nothing was refused."""
    file = target / REFUSED_FILE
    if not refused:
        file.unlink(missing_ok=True)
        return
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("file", "reason"), *refused])
    write_text(file, text.getvalue())
