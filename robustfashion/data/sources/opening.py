"""From a path or URL to a catalogue: what kind of source it is, its own form decides."""

from pathlib import Path

from robustfashion.data.catalogue import Catalogue
from robustfashion.data.catalogue_file import is_catalogue, read_catalogue
from robustfashion.data.sources.folder import open_folder
from robustfashion.data.sources.manifest import MANIFEST_SUFFIXES, open_manifest
from robustfashion.errors import InputError
from robustfashion.pictures.files import is_url

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
        if is_url(text):
            return open_manifest(text, text.rsplit("/", 1)[0])
        path = Path(data)
        if not path.exists():
            path = _expanded(path)
        if path.is_dir():
            catalogue = path / CATALOGUE_FILE
            return (read_catalogue(catalogue), "") if catalogue.is_file() else open_folder(path)
        if not path.exists():
            raise InputError(f"{text}: no such folder or file; give a folder with one sub-folder per class, or a manifest")
        return _open_file(path)
    except OSError as error:
        raise InputError(f"{text}: cannot be read ({error.strerror}: {error.filename})") from error


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:  # ~shop, where there is no such user
        return path


def _open_file(path: Path) -> tuple[Catalogue, str]:
    if path.suffix.lower() in _WORKBOOKS:
        raise InputError(f"{path}: a workbook, not a table of text; save its sheet as CSV UTF-8 and give that file")
    if path.suffix.lower() not in MANIFEST_SUFFIXES:
        raise InputError(
            f"{path}: a file, but not a manifest by its suffix ({', '.join(MANIFEST_SUFFIXES)}); "
            "give the folder that holds the class folders, or a table that names the images"
        )
    if path.suffix.lower() == ".parquet" and is_catalogue(path):
        return read_catalogue(path), ""
    return open_manifest(str(path), str(path.parent))
