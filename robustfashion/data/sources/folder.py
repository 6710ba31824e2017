"""A folder of images: one sub-folder per class, splits above or below the classes; or images without labels."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

from robustfashion.data.catalogue import Catalogue, catalogue_from_rows
from robustfashion.data.layout import (
    advice,
    is_annotations,
    is_generic,
    listed,
    questions,
    same_but_for_case,
    split_folders,
    split_of,
)
from robustfashion.data.sources.manifest import MANIFEST_SUFFIXES
from robustfashion.errors import InputError, printable
from robustfashion.pictures.decode import SUFFIXES
from robustfashion.pictures.folders import Entries, Walker, has_pictures, is_picture, whole_text

ANNOTATIONS = "folders beside split folders without pictures of products"

_Values = dict[str, str | None]


@dataclass
class _Reading:
    """What was found so far."""

    walker: Walker
    rows: list[_Values] = field(default_factory=list)
    beside: list[Path] = field(default_factory=list)
    """Files of other kinds outside the class folders."""
    inner: list[str] = field(default_factory=list)
    """Names of the split folders below the class folders."""

    @property
    def root(self) -> Path:
        """The folder that is read."""
        return self.walker.root


def open_folder(root: Path) -> tuple[Catalogue, str]:
    """Catalogue of ``root/<class>/…``, ``root/<split>/<class>/…`` or ``root/<class>/<split>/…``, and a note on what was left out.

    A row's id and path is its path relative to ``root``, its label the name of the class folder in Unicode's composed form
    (images and split folders may lie deeper), its group the id. Rows are sorted by id. Files of other kinds, images outside the
    class folders and folders that cannot be read become refused rows; what is nobody's picture
    (:mod:`~robustfashion.pictures.litter`) and other files outside the class folders (README, LICENSE) are counted in the note.
    A folder without sub-folders gives rows without labels.

    Raises:
        InputError: no class folders, a class folder without images or one that cannot be read, split folders of which it is not
            clear what they hold: beside class folders, in some classes only, beside images, one in another.
    """
    walker = Walker(root)
    found = _Reading(walker)
    top = walker.entries(root)
    splits = split_folders([folder.name for folder in top.folders])
    if not top.folders and any(map(is_picture, top.files)):
        found.rows += [_row(root, path, None, None) for path in top.files]
    elif not splits:
        _read_classes(found, top, root, None)
        _honour_inner_splits(found)
    else:
        _check_beside(found, top, splits)
        _read_outside(found, top.files)
        for folder in top.folders:
            if folder.name in splits:
                _read_classes(found, walker.entries(folder), folder, splits[folder.name])
        _check_inner_splits(found, splits)
        _check_unlabelled(found, [folder for folder in top.folders if folder.name in splits])
    found.rows += [_row(root, path, None, None) | {"reason": why} for path, why in walker.refused]
    found.rows.sort(key=lambda row: (str(row["id"]), row["reason"] or ""))
    _tell_apart(found.rows)
    return catalogue_from_rows(found.rows, str(root)), _note(found)


def _check_beside(found: _Reading, top: Entries, splits: dict[str, str]) -> None:
    """Folders beside split folders: annotations are skipped, classes are an error."""
    others = [folder for folder in top.folders if folder.name not in splits]
    classes = [folder for folder in others if not is_annotations(folder.name) and has_pictures(folder)]
    if classes:
        names = ", ".join(splits)
        raise InputError(
            f"{found.root}: split folders ({names}) stand beside other folders ({', '.join(f.name for f in classes)}); "
            "put every class folder below a split folder, or rename the ones that are not splits; to use one of them alone, "
            f"give it: {found.root / next(iter(splits))}"
        )
    for folder in others:
        found.walker.skipped.add(ANNOTATIONS, found.walker.name(folder))


def _read_classes(found: _Reading, entries: Entries, parent: Path, split: str | None) -> None:
    """Add the class folders of one split."""
    _read_outside(found, entries.files)
    if not entries.folders:
        loose = sum(map(is_picture, entries.files))
        without = "" if parent == found.root else _ways_without_classes(found, parent)
        raise InputError(
            f"{parent}: no class folders ({loose} images lie directly in it); expected one sub-folder of images per class"
            + without
            + _skipped(found)
        )
    inner = [] if split is None else list(split_folders([folder.name for folder in entries.folders]))
    if inner:
        raise InputError(
            f"{parent}: a split folder that holds folders named as splits are ({', '.join(inner)}); expected one sub-folder of "
            f"images per class: give {parent}, if they are the splits, or rename them"
        )
    for folder in entries.folders:
        label = unicodedata.normalize("NFC", whole_text(folder.name))
        rows = [_row(found.root, path, split, label) for path in _class_files(found, folder)]
        found.rows += rows
        if not any(row["reason"] is None for row in rows):
            raise InputError(
                f"{folder}: class folder without images ({len(rows)} files of other kinds); remove it or add images "
                f"({', '.join(SUFFIXES)}){_sibling(entries, folder)}{_skipped(found)}"
            )


def _check_unlabelled(found: _Reading, folders: Sequence[Path]) -> None:
    """Refuse a split whose one folder is no class of the others: ``test/images`` of a competition."""
    labels: dict[str, set[str]] = {}
    for row in found.rows:
        if row["label"] is not None:
            labels.setdefault(str(row["path"]).split("/", 1)[0], set()).add(str(row["label"]))
    for folder in folders:
        own, others = labels.get(folder.name, set()), [names for place, names in labels.items() if place != folder.name]
        only = next(iter(own)) if len(own) == 1 else ""
        if others and is_generic(only) and not any(only in names for names in others):
            inner = folder / only
            raise InputError(
                f"{folder}: its only folder {only} is no class of the other splits{_ways_without_classes(found, inner)}; if "
                f"{only} is a class, put pictures of it into every split"
            )


def _ways_without_classes(found: _Reading, parent: Path) -> str:
    """What to give where a split folder holds pictures without labels, as test sets of competitions do."""
    ways = f"; for pictures without labels, give {parent} itself"
    for folder in Walker(found.root).entries(found.root).folders:
        if folder not in (parent, parent.parent) and split_of(folder.name) == "train" and Walker(folder).entries(folder).folders:
            ways += f"; to train and test on pictures with labels, give {folder}: splits are then made of it"
    return ways


def _class_files(found: _Reading, folder: Path) -> list[Path]:
    """Files of a class, without those of annotation folders that stand beside split folders (MVTec's ``ground_truth``)."""
    files, left, has_splits = [], set[Path](), cache(_has_splits)
    for path in found.walker.files(folder):
        parts = path.relative_to(folder).parts[:-1]
        cut = next((k for k, part in enumerate(parts) if is_annotations(part) and has_splits(folder.joinpath(*parts[:k]))), None)
        if cut is None:
            files.append(path)
        else:
            left.add(folder.joinpath(*parts[: cut + 1]))
    for place in sorted(left):
        found.walker.skipped.add(ANNOTATIONS, found.walker.name(place))
    return files


def _has_splits(folder: Path) -> bool:
    return any(split_of(entry.name) is not None for entry in Walker(folder).entries(folder).folders)


def _read_outside(found: _Reading, files: Sequence[Path]) -> None:
    """Files that lie beside the class or split folders."""
    for path in files:
        if is_picture(path):
            row = _row(found.root, path, None, None)
            found.rows.append(row | {"reason": row["reason"] or "lies outside the class folders"})
        else:
            found.beside.append(path)


def _row(root: Path, path: Path, split: str | None, label: str | None) -> _Values:
    relative = path.relative_to(root).as_posix()
    name, reason = whole_text(relative), None
    if name != relative:
        reason = "file name is not valid Unicode; rename the file"
    elif not is_picture(path):
        reason = f"not an image by its suffix {path.suffix!r}; known are {', '.join(SUFFIXES)}"
    return {"id": name, "path": name, "label": label, "group": name, "split": split, "source": "folder", "reason": reason}


def _tell_apart(rows: Sequence[_Values]) -> None:
    """Number ids that a row before it has, which refused rows alone can have (a name that is not Unicode, written out)."""
    for before, row in pairwise(rows):
        if row["id"] == before["id"]:
            row["id"] = f"{row['id']} (again)"


def _honour_inner_splits(found: _Reading) -> None:
    """Fill the column ``split`` where the pictures of every class lie in split folders.

    Raises:
        InputError: some do, and others do not.
    """
    rows = [row for row in found.rows if row["reason"] is None]
    within = {str(row["id"]): _inner(str(row["id"])) for row in rows}
    names = sorted({name for folders in within.values() for name in folders})
    if not names:
        return
    found.inner = names
    splits = split_folders(names)
    classes = {label: [row for row in rows if row["label"] == label] for label in sorted({str(row["label"]) for row in rows})}
    bare = {label: [row for row in own if not within[str(row["id"])]] for label, own in classes.items()}
    without = [label for label, own in classes.items() if len(bare[label]) == len(own)]
    way = "put every picture into a split folder, rename the folders that are no splits, or give a table with a column 'split'"
    if without:
        others = [label for label in classes if label not in without]
        raise InputError(
            f"{found.root}: split folders ({', '.join(names)}) lie in the class folders {listed(others)}, but not in "
            f"{listed(without)}; {way}"
        )
    for label, loose in bare.items():
        if loose:
            raise InputError(
                f"{found.root}: {len(loose)} pictures of the class {label} lie beside its split folders ({', '.join(names)}), "
                f"the first {loose[0]['id']}; {way}"
            )
    for row in rows:
        own = {splits[name] for name in within[str(row["id"])]}
        if len(own) > 1:
            raise InputError(f"{found.root}: {row['id']} lies in folders of several splits ({', '.join(sorted(own))}); {way}")
        row["split"] = own.pop()


def _check_inner_splits(found: _Reading, splits: dict[str, str]) -> None:
    """Refuse folders of one split in another's; an evaluation folder agrees with what it means alone and beside ``splits``."""
    for row in found.rows:
        readings = [(split_of(name, splits), split_of(name)) for name in _inner(str(row["id"]), first=2)]
        inner = {reading[0] for reading in readings if row["split"] not in reading}
        if row["reason"] is None and inner:
            raise InputError(
                f"{found.root}: {row['id']} lies in folders of several splits ({row['split']}, {inner.pop()}); "
                "rename the folders that are no splits"
            )


def _inner(name: str, first: int = 1) -> list[str]:
    """Names of the split folders that a picture lies in, below its class folder."""
    return [part for part in name.split("/")[first:-1] if split_of(part) is not None]


def _skipped(found: _Reading) -> str:
    skipped, refused = found.walker.skipped.in_words(), found.walker.refused
    told = [f"; skipped: {skipped}"] if skipped else []
    told += [f"; {found.walker.name(path)}: {why}" for path, why in refused[:1]]
    return "".join(told)


def _sibling(entries: Entries, empty: Path) -> str:
    """What to give where a folder of annotations stands beside the one that holds the pictures."""
    if not is_annotations(empty.name):
        return ""
    others = [folder for folder in entries.folders if folder != empty and has_pictures(folder)]
    return f"; if {others[0].name} holds the pictures, give {others[0]}" if len(others) == 1 else ""


def _note(found: _Reading) -> str:
    used = [row for row in found.rows if row["reason"] is None]
    paths = [str(row["path"]) for row in used]
    parts = []
    if found.inner:
        parts.append(f"Split folders below the class folders are honoured ({printable(listed(found.inner))}).")
    if skipped := found.walker.skipped.in_words():
        parts.append(f"Skipped: {skipped}.")
    if found.beside:
        shown = listed([found.walker.name(path) for path in found.beside])
        parts.append(f"{len(found.beside)} other files beside the class folders were ignored ({shown}).")
    parts += [questions(paths), same_but_for_case({str(row["label"]) for row in used})]
    if found.inner or not any(row["split"] for row in used):
        tables = [path.name for path in found.beside if path.suffix.lower() in MANIFEST_SUFFIXES]
        parts.append(printable(advice(str(found.root), paths, tables)))
    return " ".join(filter(None, parts))
