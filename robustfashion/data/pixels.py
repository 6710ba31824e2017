"""Every picture of a catalogue under every preprocessing, decoded once, memory-mapped from the cache."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import cv2
import numpy as np
from numpy.typing import NDArray

from robustfashion.atomic import atomic_path
from robustfashion.data.catalogue import Catalogue
from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.pictures.bulk import ordered_map
from robustfashion.pictures.files import resolve
from robustfashion.pictures.reading import read_picture
from robustfashion.progress import Progress, silent
from robustfashion.provenance import content_digest

Pixels = NDArray[np.uint8]

_SPARE_BYTES = 100 << 20
"""Left free on the cache's disk."""


def build_pixels(
    catalogue: Catalogue,
    preprocessings: Sequence[Preprocessing],
    cache: Path,
    workers: int = 2,
    progress: Progress = silent,
    device: str = "cpu",
) -> dict[str, Pixels]:
    """Pictures of all rows under each preprocessing, by its name: uint8 [n, size, size, 3], read-only memory maps.

    Row i is row i of the catalogue. Files lie in ``cache/pixels``, named by the pictures' bytes (in order) and the
    preprocessing, so that equal material is never computed twice; what is missing is computed together, each picture decoded
    once per way of decoding. A file appears when it is whole: after an interruption nothing half-made is left.

    Args:
        catalogue: scanned usable rows (``sha256`` filled, no ``reason``).
        preprocessings: with distinct names.
        cache: folder, created if absent.
        workers: threads; memory holds a few pictures per thread, however many rows there are.
        progress: called after every picture.
        device: where the last resize from a canvas is done for methods that are exact there, such as ``cuda``; the pixels are
            the same (see :class:`~robustfashion.data.device_resize.DeviceResize`). All else stays in the threads.

    Raises:
        InputError: rows that were not scanned or are refused, two preprocessings of one name, a picture that cannot be decoded
            any more, too little space on the disk.
    """
    check_rows(catalogue, preprocessings)
    content = content_digest(catalogue.column("sha256"))
    files = {p.name: cache / "pixels" / f"{content_digest(content, p.digest())}.npy" for p in preprocessings}
    missing = [p for p in preprocessings if not _whole(files[p.name], _shape(catalogue, p))]
    if missing and len(catalogue):
        _check_space(catalogue, missing, cache)
        progress(what := f"preparing pictures ({len(missing)} ways)", 0, len(catalogue))
        with _opened_files(catalogue, {p: files[p.name] for p in missing}) as outputs:
            for done, pictures in enumerate(iter_pixels(catalogue, missing, workers, device), start=1):
                for output, picture in zip(outputs, pictures, strict=True):
                    output.write(np.ascontiguousarray(picture).data)
                progress(what, done, len(catalogue))
    return {p.name: _opened(files[p.name], _shape(catalogue, p)) for p in preprocessings}


def _shape(catalogue: Catalogue, preprocessing: Preprocessing) -> tuple[int, int, int, int]:
    return len(catalogue), preprocessing.size, preprocessing.size, 3


def check_rows(catalogue: Catalogue, preprocessings: Sequence[Preprocessing]) -> None:
    """Check that the rows are scanned and usable, and that the preprocessings' names are distinct.

    Raises:
        InputError: they are not.
    """
    names = [p.name for p in preprocessings]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"preprocessing {twice[0]!r} is given twice; names must be distinct (canvas and size are not in them)")
    refused = catalogue.refused()
    if refused:
        raise InputError(f"{catalogue.root}: {refused[0][0]} is refused ({refused[0][1]}); take the usable rows only")
    hashes = catalogue.column("sha256")
    if None in hashes:
        name = catalogue.column("id")[hashes.index(None)]
        raise InputError(f"{catalogue.root}: {name} has no sha256; scan the catalogue first")


def _check_space(catalogue: Catalogue, missing: Sequence[Preprocessing], cache: Path) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    need = sum(int(np.prod(_shape(catalogue, p))) for p in missing)
    free = shutil.disk_usage(cache).free
    if need + _SPARE_BYTES > free:
        raise InputError(
            f"{cache}: {need / 1e6:.1f} MB of pixels are needed ({len(catalogue)} images, {len(missing)} preprocessings), "
            f"{free / 1e6:.1f} MB are free; use fewer images or methods, a smaller size, or another cache (ROBUSTFASHION_CACHE)"
        )


@contextmanager
def _opened_files(catalogue: Catalogue, files: dict[Preprocessing, Path]) -> Iterator[list[IO[bytes]]]:
    """The given files, opened behind their headers; all appear at the end, or none."""
    with ExitStack() as stack:
        opened: list[IO[bytes]] = []
        for preprocessing, file in files.items():
            opened.append(stack.enter_context(stack.enter_context(atomic_path(file)).open("wb")))
            header = {"descr": "|u1", "fortran_order": False, "shape": _shape(catalogue, preprocessing)}
            np.lib.format.write_array_header_1_0(opened[-1], header)
        yield opened


def iter_pixels(
    catalogue: Catalogue, preprocessings: Sequence[Preprocessing], workers: int = 2, device: str = "cpu"
) -> Iterator[Sequence[Pixels]]:
    """For each row its picture under each preprocessing, uint8 [size, size, 3], in order; each decoded once per way of decoding.

    Memory holds only those under way; nothing is written. Arguments as of :func:`build_pixels`.

    Raises:
        InputError: a picture that cannot be decoded any more.
    """
    locations = [resolve(catalogue.root, str(path)) for path in catalogue.column("path")]
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # our own threads already keep the cores busy
    try:
        if device == "cpu":
            whole = [preprocessing.apply for preprocessing in preprocessings]
            yield from ordered_map(_worker(preprocessings, whole), locations, workers)
            return
        from robustfashion.data.device_resize import DeviceResize  # it loads torch

        stage = DeviceResize(preprocessings, device)
        yield from stage.finished(ordered_map(_worker(preprocessings, stage.first), locations, workers), workers)
    finally:
        cv2.setNumThreads(threads)


def _worker(
    preprocessings: Sequence[Preprocessing], steps: Sequence[Callable[[Pixels], Pixels]]
) -> Callable[[str], list[Pixels]]:
    """A function that applies a step for each preprocessing to one picture, in order, decoding it once per way of decoding."""
    decodes = list(dict.fromkeys(preprocessing.decode for preprocessing in preprocessings))

    def pictures(location: str) -> list[Pixels]:
        """One file's pictures."""
        try:
            picture = read_picture(location)
            images = {decode: picture.decode(decode) for decode in decodes}
            return [step(images[preprocessing.decode]) for preprocessing, step in zip(preprocessings, steps, strict=True)]
        except InputError as error:
            why = f"{error.why} (it could be read before: has it changed or moved? run the same command again)"
            raise InputError(why, error.where) from error

    return pictures


def _whole(file: Path, shape: tuple[int, ...]) -> bool:
    """Whether the cache holds this file undamaged, judged by its header and length."""
    if not file.is_file():
        return False
    try:
        _opened(file, shape)
    except (ValueError, OSError, EOFError):
        return False
    return True


def _opened(file: Path, shape: tuple[int, ...]) -> Pixels:
    if shape[0] == 0:
        return np.zeros(shape, np.uint8)  # an empty file cannot be mapped
    pixels: Pixels = np.load(file, mmap_mode="r", allow_pickle=False)
    if pixels.shape != shape or pixels.dtype != np.uint8:
        raise ValueError(f"{file}: {pixels.dtype} {list(pixels.shape)} instead of uint8 {list(shape)}")
    return pixels
