"""Pairs of files, before and after, from a command line or two folders."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from robustfashion.data.identify import Match, identify
from robustfashion.data.layout import listed
from robustfashion.data.resizing.folder import target_name
from robustfashion.errors import InputError, printable
from robustfashion.pictures.decode import SUFFIXES
from robustfashion.pictures.files import read_bytes
from robustfashion.pictures.folders import find_pictures

Pair = tuple[Path, Path]


@dataclass(frozen=True)
class Pairs:
    """Pairs of (original, resized), and what is in no pair."""

    pairs: list[Pair]
    refused: list[str] = field(default_factory=list)
    """Links to nothing and folders that cannot be read, each with its reason."""
    originals: list[str] = field(default_factory=list)
    """Pictures without a result."""
    results: list[str] = field(default_factory=list)
    """Pictures without an original."""
    skipped: list[str] = field(default_factory=list)
    """What is nobody's picture, in words, by folder."""

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def left_out(self) -> int:
        """Files that might have been in a pair; that which is nobody's picture is not counted."""
        return len(self.refused) + len(self.originals) + len(self.results)

    def told(self) -> Iterator[str]:
        """A line for each kind of what is left out, with the first names."""
        for count, what, names in (
            (len(self.refused), "cannot be reached", self.refused),
            (len(self.originals), "without a result", self.originals),
            (len(self.results), "without an original", self.results),
        ):
            if count:
                yield f"left out: {count} {what}: {listed(names)}"
        yield from (f"skipped: {skipped}" for skipped in self.skipped)


def find_pairs(files: Sequence[Path]) -> Pairs:
    """Pairs of (original, resized): the files one after the other, or those of two folders that share a relative path.

    First come names as this project's own command writes them (``a.jpg.png`` of ``a.jpg``, ``a.png`` of ``a.png``); of the rest,
    suffixes do not count, so that ``a.jpg`` pairs with ``a.png``. What of two folders is in no pair is told with them; a link to
    nothing and the picture that it would pair with are told once.

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
    return Pairs(list(zip(files[::2], files[1::2], strict=True)))


def _folders(originals: Path, results: Path) -> Pairs:
    found = {folder: find_pictures(folder) for folder in (originals, results)}
    before, after = ([path.relative_to(folder) for path in found[folder].pictures] for folder in (originals, results))
    own = {name: name.with_name(target_name(name)) for name in before}
    pairs = {name: result for name, result in own.items() if result in after}
    taken = set(pairs.values())
    left = _by_stem(originals, [name for name in before if name not in pairs])
    right = _by_stem(results, [name for name in after if name not in taken])
    pairs |= {left[stem]: right[stem] for stem in left.keys() & right.keys()}
    refused = [(path, why) for folder in found for path, why in found[folder].refused]
    reasons = [f"{printable(path)}: {why}" for path, why in refused]
    if not pairs:
        beside = f"; {len(reasons)} left out, the first {reasons[0]}" if reasons else ""
        raise InputError(
            f"{originals} and {results}: no pictures of the same relative path ({len(before)} and {len(after)} pictures){beside}"
        )
    taken = set(pairs.values())
    broken = {folder: {_stem(path.relative_to(folder)) for path, _ in found[folder].refused} for folder in found}
    return Pairs(
        [(originals / name, results / pairs[name]) for name in sorted(pairs)],
        reasons,
        [printable(name) for name in before if name not in pairs and _stem(name) not in broken[results]],
        [printable(name) for name in after if name not in taken and _stem(name) not in broken[originals]],
        [f"{printable(folder)}: {skipped}" for folder in found if (skipped := found[folder].skipped.in_words())],
    )


def _stem(name: Path) -> str:
    """A relative path without suffixes."""
    while name.suffix.lower() in SUFFIXES:
        name = name.with_suffix("")
    return name.as_posix()


def _by_stem(folder: Path, names: Sequence[Path]) -> dict[str, Path]:
    """Relative paths by what is left of them without suffixes."""
    found: dict[str, Path] = {}
    for name in names:
        other = found.setdefault(_stem(name), name)
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
