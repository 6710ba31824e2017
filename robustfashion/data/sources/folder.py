"""A folder of images: one sub-folder per class, optionally below folders named after the splits; or images without labels."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from robustfashion.data.catalogue import Catalogue, catalogue_from_rows
from robustfashion.errors import InputError
from robustfashion.pictures.decode import SUFFIXES

SPLIT_FOLDERS = {
    "train": "train", "training": "train",
    "validation": "validation", "val": "validation", "valid": "validation",
    "test": "test", "testing": "test",
}  # fmt: skip
"""Folder names (lower case) that stand for a split rather than for a class."""

_SYSTEM_FILES = {"thumbs.db", "desktop.ini", "__macosx"}


@dataclass
class _Found:
    rows: list[dict[str, str | None]] = field(default_factory=list)
    hidden: int = 0
    beside: list[str] = field(default_factory=list)


def open_folder(root: Path) -> tuple[Catalogue, str]:
    """Catalogue of ``root/<class>/…`` or ``root/<split>/<class>/…``, and a note on what was left out.

    A row's id and path is its path relative to ``root``, its label the name of the class folder (images may lie deeper), its
    group the id. Rows are sorted by id. Files of other kinds and images outside the class folders become refused rows; hidden
    files, and other files outside the class folders (README, LICENSE), are counted in the note. A folder without sub-folders
    gives rows without labels.

    Raises:
        InputError: no class folders, split folders beside class folders, a class folder without images.
    """
    folders = [entry for entry in sorted(root.iterdir()) if entry.is_dir() and not _is_hidden(entry)]
    splits = [folder for folder in folders if folder.name.lower() in SPLIT_FOLDERS]
    found = _Found()
    if not folders and any(_is_image(entry) for entry in root.iterdir()):
        found.rows += [_row(root, path, None, None) for path in _walk(root, found, {root.resolve()})]
    elif not splits:
        _read_classes(root, root, None, found)
    elif len(splits) < len(folders):
        others = ", ".join(folder.name for folder in folders if folder not in splits)
        raise InputError(
            f"{root}: split folders ({', '.join(folder.name for folder in splits)}) stand beside other folders ({others}); "
            "put every class folder below a split folder, or rename the ones that are not splits"
        )
    else:
        _read_outside(root, root, found)
        for folder in splits:
            _read_classes(root, folder, SPLIT_FOLDERS[folder.name.lower()], found)
    found.rows.sort(key=lambda row: str(row["id"]))
    return catalogue_from_rows(found.rows, str(root)), _note(found)


def _read_classes(root: Path, parent: Path, split: str | None, found: _Found) -> None:
    """Add the class folders of one split."""
    _read_outside(root, parent, found)
    folders = [entry for entry in sorted(parent.iterdir()) if entry.is_dir() and not _is_hidden(entry)]
    if not folders:
        loose = sum(_is_image(entry) for entry in parent.iterdir())
        raise InputError(
            f"{parent}: no class folders ({loose} images lie directly in it); expected one sub-folder of images per class"
        )
    for folder in folders:
        before = len(found.rows)
        for path in _walk(folder, found, {folder.resolve()}):
            found.rows.append(_row(root, path, split, _text(Path(folder.name))))
        if not any(row["reason"] is None for row in found.rows[before:]):
            others = len(found.rows) - before
            raise InputError(
                f"{folder}: class folder without images ({others} files of other kinds); remove it or add images "
                f"({', '.join(SUFFIXES)})"
            )


def _read_outside(root: Path, parent: Path, found: _Found) -> None:
    """Files that lie beside the class or split folders."""
    for entry in sorted(parent.iterdir()):
        if entry.is_dir() and not _is_hidden(entry):
            continue
        if _is_hidden(entry):
            found.hidden += 1
        elif _is_image(entry):
            row = _row(root, entry, None, None)
            found.rows.append(row | {"reason": row["reason"] or "lies outside the class folders"})
        else:
            found.beside.append(_text(entry.relative_to(root)))


def _walk(folder: Path, found: _Found, above: set[Path]) -> Iterator[Path]:
    """Files below ``folder``; links to folders are followed, but not in circles."""
    for entry in sorted(folder.iterdir()):
        if _is_hidden(entry):
            found.hidden += 1
        elif entry.is_dir():
            place = entry.resolve()
            if place not in above:
                yield from _walk(entry, found, above | {place})
        else:
            yield entry


def _row(root: Path, path: Path, split: str | None, label: str | None) -> dict[str, str | None]:
    name = _text(path.relative_to(root))
    reason = None
    if name != path.relative_to(root).as_posix():
        reason = "file name is not valid Unicode; rename the file"
    elif not _is_image(path):
        reason = f"not an image by its suffix {path.suffix!r}; known are {', '.join(SUFFIXES)}"
    return {"id": name, "path": name, "label": label, "group": name, "split": split, "source": "folder", "reason": reason}


def _is_hidden(path: Path) -> bool:
    return path.name.startswith(".") or path.name.lower() in _SYSTEM_FILES


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES


def _text(path: Path) -> str:
    """POSIX form; bytes of a name that are not UTF-8 are written out."""
    return path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _note(found: _Found) -> str:
    parts = []
    if found.hidden:
        parts.append(f"{found.hidden} hidden files or folders were ignored.")
    if found.beside:
        shown = ", ".join(found.beside[:5]) + (" …" if len(found.beside) > 5 else "")
        parts.append(f"{len(found.beside)} other files beside the class folders were ignored ({shown}).")
    return " ".join(parts)
