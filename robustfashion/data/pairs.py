"""Pairs of files, before and after, from a command line or two folders."""

from collections.abc import Callable, Sequence
from pathlib import Path

from robustfashion.data.identify import Match, identify
from robustfashion.data.resizing.folder import target_name
from robustfashion.errors import InputError
from robustfashion.pictures.decode import SUFFIXES
from robustfashion.pictures.files import read_bytes
from robustfashion.pictures.folders import find_pictures

Pair = tuple[Path, Path]


def find_pairs(files: Sequence[Path]) -> list[Pair]:
    """Pairs of (original, resized): the files one after the other, or those of two folders that share a relative path.

    First come names as this project's own command writes them (``a.jpg.png`` of ``a.jpg``, ``a.png`` of ``a.png``); of the rest,
    suffixes do not count, so that ``a.jpg`` pairs with ``a.png``.

    Raises:
        InputError: an odd number of files, a file that is missing, folders without a common picture.
    """
    for file in files:
        if not file.exists():
            raise InputError(f"{file}: no such file or folder")
    if len(files) == 2 and all(file.is_dir() for file in files):
        return _folders(*files)
    if len(files) % 2 or any(file.is_dir() for file in files):
        raise InputError(f"{len(files)} files; give ORIGINAL RESIZED, several such pairs, or two folders")
    return list(zip(files[::2], files[1::2], strict=True))


def _folders(originals: Path, results: Path) -> list[Pair]:
    before, after = _pictures(originals), _pictures(results)
    own = {name: name.with_name(target_name(name)) for name in before}
    pairs = {name: result for name, result in own.items() if result in after}
    taken = set(pairs.values())
    left = _by_stem(originals, [name for name in before if name not in pairs])
    right = _by_stem(results, [name for name in after if name not in taken])
    pairs |= {left[stem]: right[stem] for stem in left.keys() & right.keys()}
    if not pairs:
        raise InputError(
            f"{originals} and {results}: no pictures of the same relative path ({len(before)} and {len(after)} pictures)"
        )
    return [(originals / name, results / pairs[name]) for name in sorted(pairs)]


def _pictures(folder: Path) -> list[Path]:
    return [path.relative_to(folder) for path in find_pictures(folder).pictures]


def _by_stem(folder: Path, names: Sequence[Path]) -> dict[str, Path]:
    """Relative paths by what is left of them without suffixes."""
    found: dict[str, Path] = {}
    for name in names:
        stem = name
        while stem.suffix.lower() in SUFFIXES:
            stem = stem.with_suffix("")
        other = found.setdefault(stem.as_posix(), name)
        if other != name:
            raise InputError(f"{folder}: {other.name} and {name.name} differ by their suffix only; rename one")
    return found


def identify_pairs(
    pairs: Sequence[Pair], canvases: Sequence[int], advance: Callable[[], object], every: bool = False
) -> tuple[list[list[Match]], list[str]]:
    """The ways of every pair, and why others were left out; ``advance`` is called after each pair.

    ``every`` as for :func:`~robustfashion.data.identify.identify`.

    Raises:
        InputError: not one pair can be read.
    """
    found, refused = [], []
    for original, result in pairs:
        try:
            names = (str(original), str(result))
            found.append(identify(read_bytes(names[0]), read_bytes(names[1]), canvases, names, every))
        except InputError as error:
            refused.append(str(error))
        advance()
    if not found:
        raise InputError(refused[0] if len(refused) == 1 else f"none of {len(pairs)} pairs can be read; the first: {refused[0]}")
    return found, refused
