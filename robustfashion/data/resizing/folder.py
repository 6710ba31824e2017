"""Which file of a folder is written where, what of it is already there, and what was refused."""

import csv
import io
import json
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robustfashion.atomic import write_json, write_text
from robustfashion.data.resizing.records import Records
from robustfashion.errors import InputError, printable
from robustfashion.pictures.decode import SUFFIXES
from robustfashion.pictures.folders import Skipped, check_outside, find_pictures

SETTINGS_FILE = "resize.json"
REFUSED_FILE = "refused.csv"

Refused = list[tuple[str, str]]
"""Name below the source folder, and why nothing was made of it."""


@dataclass(frozen=True)
class Job:
    """One picture to be made."""

    name: str
    """Path below the source folder, POSIX form, printable."""
    source: Path
    target: Path


@dataclass(frozen=True)
class Plan:
    """What is to be done with a folder."""

    jobs: list[Job]
    others: int
    """Files of other kinds."""
    refused: Refused
    """Folders that cannot be read, links to nothing."""
    skipped: Skipped


def target_name(source: Path) -> str:
    """``a.png`` stays ``a.png`` and ``a.jpg`` becomes ``a.jpg.png``, so that ``a.jpg`` and ``a.png`` of one folder stay apart."""
    return source.name if source.suffix.lower() == ".png" else f"{source.name}.png"


def find_jobs(source: Path, target: Path) -> Plan:
    """The pictures below ``source`` (by suffix, sorted), each with its place below ``target``; relative paths are kept.

    What is a picture and what is skipped: :func:`~robustfashion.pictures.folders.find_pictures`.

    Raises:
        InputError: ``target`` is ``source`` or lies inside it, no pictures, ``source`` cannot be read.
    """
    check_outside(target, source, "its pictures would be found as sources")
    found = find_pictures(source)
    if not found.pictures:
        beside = found.skipped.in_words()
        raise InputError(
            f"{source}: no pictures ({len(found.others)} files of other kinds{beside and f'; skipped: {beside}'}); "
            f"known are {', '.join(SUFFIXES)}"
        )
    relative = [path.relative_to(source) for path in found.pictures]
    jobs = [
        Job(printable(name), path, target / name.parent / target_name(name))
        for name, path in zip(relative, found.pictures, strict=True)
    ]
    refused = [(printable(path.relative_to(source)), why) for path, why in found.refused]
    return Plan(jobs, len(found.others), refused, found.skipped)


def without_collisions(jobs: Sequence[Job], folds: bool) -> tuple[list[Job], Refused]:
    """Jobs that overwrite neither each other's result nor a source, and the others with the reason; the first of two stays.

    Args:
        jobs: in order.
        folds: whether the target's file system takes ``A.png`` and ``a.png`` for one name: see :func:`folds_names`.
    """
    sources = {os.path.realpath(job.source) for job in jobs}
    taken: dict[str, str] = {}
    kept, refused = [], []
    for job in jobs:
        place = _place(job.target, folds)
        if place in taken:
            name = printable(job.target.name)
            refused.append((job.name, f"its result would overwrite that of {taken[place]}, {name}; rename one of them"))
        elif os.path.realpath(job.target) in sources:
            refused.append((job.name, "its result would overwrite a picture that is read; choose another folder for the results"))
        else:
            kept.append(job)
            taken[place] = job.name
    return kept, refused


def _place(path: Path, folds: bool) -> str:
    """The form in which the file system compares a path."""
    return unicodedata.normalize("NFC", str(path)).casefold() if folds else str(path)


def folds_names(folder: Path) -> bool:
    """Whether the file system of a folder that holds ``resize.json`` takes names for one that differ by their case."""
    return (folder / SETTINGS_FILE.upper()).exists()


def begin(source: Path, target: Path, settings: dict[str, Any], overwrite: bool) -> Records:
    """Write ``resize.json`` into the target folder, or find that the same settings and sources are at work there.

    Returns:
        What is known of the pictures there; nothing with ``overwrite``.

    Raises:
        InputError: the folder holds other files, or pictures of other settings or of another folder, and ``overwrite`` is not
            set.
    """
    file = target / SETTINGS_FILE
    if file.is_file():
        if not overwrite:
            _check_settings(target, _read_settings(file), settings)
            return Records.read(target, source)
    elif target.exists() and not target.is_dir():
        raise InputError(f"{target} is a file; a folder of pictures needs a folder as its target")
    elif target.is_dir() and any(target.iterdir()) and not overwrite:
        raise InputError(f"{target} is not empty and was not made by this command; choose another folder, or --overwrite")
    records = Records(target, source)
    records.save()  # before the settings: what is there is of no record from here on
    write_json(file, settings)
    return records


def _check_settings(target: Path, found: dict[str, Any], settings: dict[str, Any]) -> None:
    changed = [f"{key} {found.get(key)} there, {value} now" for key, value in settings.items() if found.get(key) != value]
    if found != settings:
        raise InputError(
            f"{target} holds pictures of other settings ({'; '.join(changed)}); choose another folder, or --overwrite"
        )


def _read_settings(file: Path) -> dict[str, Any]:
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        settings = None
    if not isinstance(settings, dict):
        raise InputError(f"{file} is damaged; choose another folder, or remove it and use --overwrite")
    return settings


def without_source(plan: Plan, source: Path, target: Path, made: Sequence[Job], folds: bool) -> int:
    """Number of PNG files in the target folder that are not the result of any source: of removed ones, or of refused ones.

    Args:
        plan: its sources are not counted where they lie below ``target``.
        source: folder of the sources.
        target: folder of the results.
        made: jobs whose results are there.
        folds: see :func:`folds_names`.
    """
    own = {_place(job.target, folds) for job in made}
    sources = {os.path.realpath(job.source) for job in plan.jobs}
    there = [path for path in find_pictures(target).pictures if path.suffix.lower() == ".png"]
    inside = source.resolve().is_relative_to(target.resolve())
    return sum(_place(path, folds) not in own and not (inside and os.path.realpath(path) in sources) for path in there)


def write_refused(target: Path, refused: Sequence[tuple[str, str]]) -> None:
    """Write ``refused.csv`` (file, reason); remove that of an earlier run where nothing was refused."""
    file = target / REFUSED_FILE
    if not refused:
        file.unlink(missing_ok=True)
        return
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("file", "reason"), *refused])
    write_text(file, text.getvalue())
