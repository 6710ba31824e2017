"""How far the emulated Java resizers are from the real ones, pixel by pixel: many pictures, many sizes, all methods."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from robustfashion.errors import InputError
from robustfashion.resize import METHODS, Pixels, Size, resize
from robustfashion.resize.oracle.jdk import JARS_VARIABLE, JDK_FAMILIES, LIBRARIES, Jdk, find_jars, missing_tools, write_raw

_BATCH = 10
"""Pictures that one run of Java resizes."""

JAVA_METHODS = tuple(name for name in METHODS if name.split(".")[0] in (*JDK_FAMILIES, *LIBRARIES))
"""The methods that have a real original to be asked."""


@dataclass
class Agreement:
    """One method's results beside the real ones."""

    method: str
    images: int = 0
    results: int = 0
    pixels: int = 0
    differing_results: int = 0
    differing_pixels: int = 0
    max_difference: int = 0
    """Levels, over all channels."""
    refused: int = 0
    """Results that Java gives in another size than asked for, and that are refused here."""

    def add(self, own: Pixels | None, real: Pixels, size: Size) -> None:
        """Count one result; ``own`` is None where it was refused."""
        if own is None and real.shape[:2] != size:
            self.refused += 1
            return
        self.results += 1
        self.pixels += size[0] * size[1]
        if own is None or own.shape != real.shape:
            self.differing_results += 1
            self.differing_pixels += size[0] * size[1]
            self.max_difference = 255
        elif not np.array_equal(own, real):
            self.differing_results += 1
            self.differing_pixels += int((own != real).any(axis=2).sum())
            self.max_difference = max(self.max_difference, int(np.abs(own.astype(np.int16) - real).max()))


def choose_methods(names: Sequence[str]) -> list[str]:
    """Methods with these names, or of these families (``java2d``, ``thumbnailator``); all where none is named.

    Raises:
        InputError: a name fits nothing; there is no JDK, or no jar of a library that the methods belong to.
    """
    for name in names:
        if not any(name in (method, method.split(".")[0]) for method in JAVA_METHODS):
            raise InputError(f"--methods {name}: no such method of Java; families are {', '.join((*JDK_FAMILIES, *LIBRARIES))}")
    chosen = [m for m in JAVA_METHODS if not names or m in names or m.split(".")[0] in names]
    missing = missing_tools()
    if missing:
        raise InputError(f"no {' and no '.join(missing)} on the PATH; install a JDK (Debian: default-jdk-headless)")
    for family, library in LIBRARIES.items():
        if find_jars(library) is None and any(method.startswith(f"{family}.") for method in chosen):
            jars = ", ".join(f"{jar}.jar" for jar in library.jars)
            raise InputError(
                f"{family}: no {jars}; install {library.package} (Debian), or name their folder in {JARS_VARIABLE}, "
                f"or leave {family} out by --methods"
            )
    return chosen


def generated_pictures(count: int, seed: int = 0) -> Iterator[Pixels]:
    """Pictures of kinds that tell resizers apart, sides of 1 to 400 px: uint8 RGB [H, W, 3]."""
    for number in range(count):
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, number])))
        height, width = (int(side) for side in rng.integers(1, 72 if number % 5 == 4 else 401, 2))
        yield np.ascontiguousarray(_KINDS[number % len(_KINDS)](height, width, rng), np.uint8)


def _noise(height: int, width: int, rng: np.random.Generator) -> Pixels:
    return rng.integers(0, 256, (height, width, 3), np.uint8)


def _extremes(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """Black and white noise in each channel: rounding ties."""
    drawn: Pixels = rng.integers(0, 2, (height, width, 3), np.uint8) * np.uint8(255)
    return drawn


def _stripes(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """Fine patterns: what aliases."""
    period = rng.integers(2, 9, (2, 3))
    y, x = np.mgrid[:height, :width, :1][:2]
    light = (x % period[0] * 2 < period[0]) ^ (y % period[1] * 2 < period[1])
    drawn: Pixels = np.where(light, 230, 20).astype(np.uint8)
    return drawn


def _smooth(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """A gradient with a soft round shape and some grain, as a product picture has them."""
    y, x = np.mgrid[:height, :width, :1][:2]
    radius = ((2 * x + 1) / width - 1) ** 2 + (((2 * y + 1) / height - 1) / 0.8) ** 2
    inside = np.clip((1 - radius) * 12, 0, 1)
    colour = rng.uniform(20, 200, 3) + 40 * x / width + rng.normal(0, 6, (height, width, 3))
    drawn: Pixels = np.clip(255 * (1 - inside) + colour * inside, 0, 255).astype(np.uint8)
    return drawn


_KINDS: tuple[Callable[[int, int, np.random.Generator], Pixels], ...] = (_smooth, _noise, _stripes, _extremes)


def target_sizes(height: int, width: int) -> list[Size]:
    """Eight sizes: the usual, halves, thirds, the same, a little and much more, one side each way."""
    sizes = [
        (224, 224), (height // 2, width // 2), (height // 3, width // 5), (height, width), (height + 1, width + 3),
        (height * 3 // 2 + 2, width * 2), (height // 4, width + 5), (299, 170),
    ]  # fmt: skip
    return [(max(1, h), max(1, w)) for h, w in sizes]


def compare(
    pictures: Iterable[Pixels], methods: Sequence[str], progress: Callable[[], None] = lambda: None
) -> tuple[list[Agreement], list[str]]:
    """Resize every picture to its :func:`target_sizes` with every method, here and in Java.

    Args:
        pictures: uint8 RGB [H, W, 3].
        methods: see :func:`choose_methods`.
        progress: Called after each picture.

    Returns:
        A row for each method, and the versions of the JDK and of the jars.

    Raises:
        InputError: Java cannot be run.
    """
    rows = {method: Agreement(method) for method in methods}
    with tempfile.TemporaryDirectory() as text:
        jdk = Jdk.compile(Path(text))
        remaining = iter(pictures)
        while batch := list(islice(remaining, _BATCH)):
            files = [write_raw(jdk.folder / f"{number}.raw", picture) for number, picture in enumerate(batch)]
            jobs = [
                (method, file, size)
                for file, picture in zip(files, batch, strict=True)
                for size in target_sizes(*picture.shape[:2])
                for method in methods
            ]
            real = jdk.resize(jobs)
            for picture in batch:
                for size in target_sizes(*picture.shape[:2]):
                    for method in methods:
                        rows[method].add(_own(picture, size, method), next(real), size)
                for row in rows.values():
                    row.images += 1
                progress()
        return list(rows.values()), [jdk.version, *jdk.jar_versions]


def _own(picture: Pixels, size: Size, method: str) -> Pixels | None:
    try:
        return resize(picture, size, method)
    except InputError:
        return None


def as_table(rows: Sequence[Agreement]) -> str:
    """Markdown, a row for each method."""
    heads = (
        "method",
        "images",
        "results",
        "other size",
        "pixels",
        "differing results",
        "differing pixels",
        "max difference",
    )
    cells = [
        (f"`{r.method}`", r.images, r.results, r.refused, r.pixels, r.differing_results, r.differing_pixels, r.max_difference)
        for r in rows
    ]
    lines = [heads, ("---",) + ("---:",) * (len(heads) - 1), *cells]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines) + "\n"
