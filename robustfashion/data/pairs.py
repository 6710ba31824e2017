"""Pairs of files, before and after, from a command line or two folders."""

from collections.abc import Callable, Sequence
from pathlib import Path

from robustfashion.data.identify import Match, identify
from robustfashion.errors import InputError
from robustfashion.pictures.decode import SUFFIXES
from robustfashion.pictures.files import read_bytes
from robustfashion.pictures.folders import picture_files

Pair = tuple[Path, Path]


def find_pairs(files: Sequence[Path]) -> list[Pair]:
    """Pairs of (original, resized): the files one after the other, or those of two folders that share a relative path.

    Suffixes do not count, so that ``a.jpg`` pairs with ``a.png``, and with ``a.jpg.png`` as this project's own command writes.

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
    before, after = _by_stem(originals), _by_stem(results)
    pairs = [(before[stem], after[stem]) for stem in sorted(before.keys() & after.keys())]
    if not pairs:
        raise InputError(
            f"{originals} and {results}: no pictures of the same relative path ({len(before)} and {len(after)} pictures)"
        )
    return pairs


def _by_stem(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in picture_files(folder):
        relative = path.relative_to(folder)
        while relative.suffix.lower() in SUFFIXES:
            relative = relative.with_suffix("")
        if relative.as_posix() in found:
            raise InputError(
                f"{folder}: {found[relative.as_posix()].name} and {path.name} differ by their suffix only; rename one"
            )
        found[relative.as_posix()] = path
    return found


def identify_pairs(
    pairs: Sequence[Pair], canvases: Sequence[int], advance: Callable[[], object]
) -> tuple[list[list[Match]], list[str]]:
    """The ways of every pair, and why others were left out; ``advance`` is called after each pair.

    Raises:
        InputError: not one pair can be read.
    """
    found, refused = [], []
    for original, result in pairs:
        try:
            names = (str(original), str(result))
            found.append(identify(read_bytes(names[0]), read_bytes(names[1]), canvases, names))
        except InputError as error:
            refused.append(str(error))
        advance()
    if not found:
        raise InputError(refused[0] if len(refused) == 1 else f"none of {len(pairs)} pairs can be read; the first: {refused[0]}")
    return found, refused
