"""How people lay out folders of pictures: which folders are splits, and what looks as if another folder was meant."""

import os.path
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import takewhile

from robustfashion.errors import printable

_WORDS: dict[str, tuple[str, ...]] = {
    "train": ("train", "training", "trn", "trainval"),
    "validation": ("validation", "validate", "val", "valid", "vali", "dev", "devel", "development"),
    "test": ("test", "tests", "testing", "tst", "holdout", "hold[-_ ]?out", "held[-_ ]?out"),
    "evaluation": ("eval", "evaluation"),
}
"""What a split is called; an evaluation set is told apart by what stands beside it, see :func:`split_folders`."""

_THINGS = r"(?:sets?|images?|imgs?|data|data[-_ ]?sets?|photos?|pictures?|pics|samples?|split|files|folder)"
_PATTERNS = {
    split: re.compile(rf"(?:\d+[-_. ]+)?(?:{_THINGS}[-_. ]+)?(?:{'|'.join(words)})(?:[-_. ]*{_THINGS})?(?:[-_. ]*\d+)?")
    for split, words in _WORDS.items()
}

_ANNOTATIONS = re.compile(r"ground[-_ ]?truths?|gt|masks?|annotations?|labels?|segmentations?|imagesets|metadata|docs?")
"""Folders that stand beside split folders and hold no pictures of products (MVTec's ``ground_truth`` are masks)."""

_GENERIC = re.compile(r"images?|imgs?|pictures?|pics|photos?|jpe?g(images)?|png|data|data[-_ ]?set|raw|files|all|uploads?")
_NEARLY = re.compile(r"(?:train|test|val|valid|validation|eval|holdout)(?:ing)?(?:[-_. ].+|[A-Z])", re.IGNORECASE)
_THUMBNAILS = re.compile(r"_?(thumbs?|thumbnails?|previews?)")


def plain(name: str) -> str:
    """Form in which names of folders are compared: without case, in one Unicode form."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


@lru_cache(maxsize=65_536)
def _kind(name: str) -> str | None:
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.fullmatch(plain(name))), None)


def split_of(name: str, beside: Iterable[str] = ()) -> str | None:
    """The split that a name stands for: ``train2017``, ``Training Set``, ``val``, ``test_images``; None: for none.

    ``eval`` is the validation set, but the test set where a validation set and no test set stand beside it.

    Args:
        name: of a folder, or a value of a column ``split``.
        beside: the names among which it stands.

    Returns:
        ``train``, ``validation``, ``test`` or None.
    """
    kind = _kind(name)
    if kind != "evaluation":
        return kind
    others = {_kind(other) for other in beside}
    return "test" if "validation" in others and "test" not in others else "validation"


def split_folders(names: Sequence[str]) -> dict[str, str]:
    """Those of some names that stand for splits, with their split."""
    found = {name: split_of(name, names) for name in names}
    return {name: split for name, split in found.items() if split is not None}


@lru_cache(maxsize=65_536)
def is_annotations(name: str) -> bool:
    """Whether a folder beside split folders holds annotations rather than pictures."""
    return _ANNOTATIONS.fullmatch(plain(name)) is not None


def is_generic(name: str) -> bool:
    """Whether a folder is named as one of pictures of any class is (``images``, ``unknown``)."""
    return _GENERIC.fullmatch(plain(name)) is not None or plain(name) in ("unknown", "unlabeled", "unlabelled")


def inner_folder(paths: Sequence[str]) -> tuple[str, list[str]] | None:
    """The one folder that everything lies in, and the folders in it, where it holds folders only; None: there is none.

    Args:
        paths: of pictures, relative to the root, with ``/``.
    """
    parents = {path.rpartition("/")[0] for path in paths}
    if not parents or "" in parents:
        return None
    common = os.path.commonpath(parents)
    if not common or common in parents:
        return None
    return common, sorted({parent[len(common) + 1 :].split("/", 1)[0] for parent in parents})


def advice(root: str, paths: Sequence[str], tables: Sequence[str] = ()) -> str:
    """Which folder or file to give instead where the layout looks as if another was meant, in one sentence; empty: it does not.

    Args:
        root: what was given.
        paths: of its pictures, relative to it, with ``/``.
        tables: names of tables that stand in it.
    """
    inner = inner_folder(paths)
    if inner is not None:
        folder, below = inner
        if len(split_folders(below)) == len(below):
            return _wrapped_splits(root, folder, below, paths)
        told = f"if the folders in it ({listed(below)}) are the classes, give {root}/{folder}"
        return f"All pictures lie in the one folder {folder}: {told}."
    tops = {path.split("/", 1)[0] for path in paths if "/" in path}
    top = next(iter(tops)) if len(tops) == 1 else ""
    if _GENERIC.fullmatch(plain(top)):
        table = f"; where a table names their labels, give the table ({listed(tables)})" if tables else ""
        return f"The only class is the folder {top!r}: if its pictures have no labels, give {root}/{top}{table}."
    return ""


def _wrapped_splits(root: str, folder: str, splits: Sequence[str], paths: Sequence[str]) -> str:
    """What to do where one folder holds all splits."""
    below = [path[len(folder) + 1 :].split("/")[1:-1] for path in paths]
    classes = sorted({parts[0] for parts in below if parts})
    told = f"All pictures lie in the one folder {folder}, whose folders ({listed(splits)}) are splits"
    if not classes or not all(below):
        return f"{told}, without class folders in all of them: sort the pictures into class folders, or give a table with labels."
    return f"{told}; the classes ({listed(classes)}) lie below those: give {root}/{folder}."


def questions(paths: Sequence[str]) -> str:
    """Names of folders that may mean something else than they were taken for, in words; empty: none."""
    parts = []
    if thumbnails := thumbnail_folders(paths):
        parts.append(f"Read as pictures, though named as thumbnails are: {printable(listed(thumbnails))}.")
    if nearly := nearly_splits(paths):
        parts.append(f"Not taken for splits, though named nearly so: {printable(listed(nearly))}.")
    return " ".join(parts)


def same_but_for_case(labels: Iterable[str]) -> str:
    """Classes that differ by the case of their names only (``Dress`` in one split, ``dress`` in another); empty: none."""
    forms: dict[str, list[str]] = {}
    for label in sorted(labels):
        forms.setdefault(plain(label), []).append(label)
    pairs = [" and ".join(names) for names in forms.values() if len(names) > 1]
    return f"Classes whose names differ by case only are classes of their own: {printable(listed(pairs))}." if pairs else ""


def thumbnail_folders(paths: Iterable[str]) -> list[str]:
    """Folders of pictures that are named as thumbnails are, relative paths, sorted; they are read, for they may be a class."""
    folders = {path.rpartition("/")[0] for path in paths}
    return sorted(folder for folder in folders if any(_THUMBNAILS.fullmatch(plain(part)) for part in folder.split("/")))


def nearly_splits(paths: Iterable[str]) -> list[str]:
    """Names of folders of pictures that begin as those of splits do and stand for none (``test_drive``, ``trainA``), sorted."""
    parts = {part for path in paths for part in path.split("/")[:-1]}
    return sorted(part for part in parts if split_of(part) is None and _NEARLY.fullmatch(part))


def split_conflicts(paths: Sequence[str], splits: Sequence[str | None]) -> str:
    """Pictures that lie in a split's folder and are of another split, or of none, in one sentence; empty: there are none.

    Folders that all pictures lie in do not count. What an evaluation folder holds, the folders beside it say
    (:func:`split_folders`); where neither a validation nor a test folder is among them, it may be either.

    Args:
        paths: of pictures, with ``/``.
        splits: of each, or None.
    """
    parts = [path.split("/")[:-1] for path in paths]
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(min(parts), max(parts), strict=False))) if parts else 0
    found: Counter[str] = Counter()
    meant = split_folders(list({name for folders in parts for name in folders[shared:]}))
    decided = not {"validation", "test"}.isdisjoint(map(_kind, meant))
    for folders, split in zip(parts, splits, strict=True):
        either = not decided and split in ("validation", "test")
        said = {meant[name] for name in folders[shared:] if name in meant and not (either and _kind(name) == "evaluation")}
        if said and said != {split}:
            found.update([f"{' and '.join(sorted(map(str, said)))} but {split or 'no split'}"])
    if not found:
        return ""
    counts = "; ".join(f"{count} by their folder {what}" for what, count in sorted(found.items()))
    return f"Pictures lie in folders of other splits than they are given: {counts}."


def listed(names: Sequence[str]) -> str:
    """The first five names."""
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
