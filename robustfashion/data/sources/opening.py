"""From a path or URL to a catalogue: what kind of source it is, its own form decides."""

import os
from pathlib import Path

from robustfashion.data.catalogue import Catalogue
from robustfashion.data.catalogue_file import is_catalogue, read_catalogue
from robustfashion.data.layout import listed
from robustfashion.data.sources.folder import open_folder
from robustfashion.data.sources.manifest import MANIFEST_SUFFIXES, open_manifest
from robustfashion.errors import InputError, printable
from robustfashion.pictures.files import is_url
from robustfashion.pictures.folders import Walker, check_outside, has_pictures
from robustfashion.system_errors import expanded

CATALOGUE_FILE = "catalogue.parquet"
"""A folder that holds this file is read from it."""

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".numbers")


def open_catalogue(data: str | Path) -> Catalogue:
    """Catalogue of a folder of classes, a CSV/TSV/Parquet manifest, or a catalogue written by robustfashion.

    Nothing is decoded and nothing split: see :func:`robustfashion.data.scan.scan` and :mod:`robustfashion.data.splits`.

    Raises:
        InputError: nothing there, not readable, no classes, an empty class.
    """
    return open_with_note(data)[0]


def open_with_note(data: str | Path) -> tuple[Catalogue, str]:
    """As :func:`open_catalogue`, with a note in words on files and columns that were left out (empty: none)."""
    text = str(data)
    try:
        check_is_there(data)
        if is_url(text):
            return open_manifest(text, text.rsplit("/", 1)[0])
        path = _place(text)
        if path.is_dir():
            return _open_catalogue_of(path) if (path / CATALOGUE_FILE).is_file() else open_folder(path)
        return _open_file(path)
    except OSError as error:
        raise InputError(f"{text}: cannot be read ({error.strerror}: {error.filename})") from error


def _open_catalogue_of(folder: Path) -> tuple[Catalogue, str]:
    """A folder's catalogue, and a note on folders of pictures beside it that it does not name."""
    catalogue = read_catalogue(folder / CATALOGUE_FILE)
    own = Path(os.path.realpath(folder)).as_posix() + "/"
    named = {str(path).removeprefix(own).removeprefix("./").split("/", 1)[0] for path in catalogue.column("path")}
    beside = [place for place in Walker(folder).entries(folder).folders if place.name not in named and has_pictures(place)]
    if not beside:
        return catalogue, ""
    names = printable(listed([place.name for place in beside]))
    return catalogue, (
        f"{CATALOGUE_FILE} alone says what the data are; it names no picture of the folders beside it ({names}): where those are "
        "the data, move it away."
    )


def _place(text: str) -> Path:
    """A file of the very name, be it ``~``; else what it means below the home folder."""
    path = Path(text)
    return path if path.exists() else expanded(text)


def check_is_there(data: str | Path) -> None:
    """Refuse a path at which there is nothing, or a file that is no table; folders are not looked into, nor are URLs.

    Raises:
        InputError: nothing there, or another kind of file.
    """
    text = str(data)
    if not text.strip():
        raise InputError("the data's name is empty; give a folder with one sub-folder per class, or a manifest")
    if is_url(text):
        return
    try:
        path = _place(text)
        there, folder = path.exists(), path.is_dir()
    except OSError as error:
        raise InputError(f"{text}: cannot be read ({error.strerror})") from error
    if not there:
        raise InputError(f"{text}: no such folder or file; give a folder with one sub-folder per class, or a manifest")
    if not folder and path.suffix.lower() in _WORKBOOKS:
        raise InputError(f"{path}: a workbook, not a table of text; save its sheet as CSV UTF-8 and give that file")
    if not folder and path.suffix.lower() not in MANIFEST_SUFFIXES:
        raise InputError(
            f"{path}: a file, but not a manifest by its suffix ({', '.join(MANIFEST_SUFFIXES)}); "
            "give the folder that holds the class folders, or a table that names the images"
        )


def check_out(out: Path, data: str | Path) -> None:
    """Refuse a folder of reports inside a folder of pictures: the next run would take the report's pictures for data.

    What a table or a catalogue names is not looked for in folders; so reports may stand beside them.

    Raises:
        InputError: ``out`` lies inside ``data``.
    """
    text = str(data)
    if is_url(text):
        return
    path = _place(text)
    if path.is_dir() and not (path / CATALOGUE_FILE).is_file():
        check_outside(out, path, "pictures of the report would be read as data the next time")


def _open_file(path: Path) -> tuple[Catalogue, str]:
    if path.suffix.lower() == ".parquet" and is_catalogue(path):
        return read_catalogue(path), ""
    return open_manifest(str(path), str(path.parent))
