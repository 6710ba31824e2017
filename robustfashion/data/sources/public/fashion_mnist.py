"""Fashion-MNIST (Zalando): 70,000 gray pictures of 28 × 28 px in four IDX files."""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from robustfashion.data.sources.public import records
from robustfashion.data.sources.public.export import Job, export_each
from robustfashion.data.sources.public.records import Place, Records
from robustfashion.errors import InputError
from robustfashion.pictures.decode import Pixels
from robustfashion.pictures.folders import find_files

LAYOUT = "{train,t10k}-{images-idx3,labels-idx1}-ubyte(.gz)"

CLASSES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
_SPLITS = {"train": "train", "t10k": "test"}
_JOB = 256
"""Pictures written by one thread at a time."""


def read(place: Place) -> Iterator[Records]:
    """Every picture, written as a gray PNG to ``out/images/<split>/<number>.png``."""
    found = {part: _find(place.root, part) for part in _SPLITS}
    if not any(found.values()):
        raise InputError(f"{place.root}: no IDX files; expected {LAYOUT}")
    for part, split in _SPLITS.items():
        files = found[part]
        if files is None:
            continue
        pictures, labels = read_idx(files[0], 3), read_idx(files[1], 1)
        if len(pictures) != len(labels):
            raise InputError(f"{files[0]}: {len(pictures)} pictures, but {files[1].name} has {len(labels)} labels")
        names = [f"images/{split}/{k:05}.png" for k in range(len(pictures))]
        _write(names, pictures, place)
        known = [CLASSES[k] if k < len(CLASSES) else f"class {k}" for k in labels.tolist()]
        n = len(names)
        yield Records(
            records.text([f"{split}/{k:05}" for k in range(n)]), records.text(names), {"class": records.text(known)},
            split=records.constant(split, n), exported=True,
        )  # fmt: skip


def _write(names: Sequence[str], pictures: Pixels, place: Place) -> None:
    def job(start: int) -> Job:
        """The pictures from ``start`` on."""
        stop = min(start + _JOB, len(names))
        return [Path(name) for name in names[start:stop]], lambda: list(pictures[start:stop])

    export_each([job(start) for start in range(0, len(names), _JOB)], place)


def _find(root: Path, part: str) -> tuple[Path, Path] | None:
    pair = []
    for kind in ("images-idx3-ubyte", "labels-idx1-ubyte"):
        files = [path for path in find_files(root, f"{part}-{kind}*") if path.suffix in ("", ".gz")]
        if files:
            pair.append(files[0])
    if len(pair) == 1:
        raise InputError(f"{root}: {pair[0].name} without its images or labels; expected {LAYOUT}")
    return (pair[0], pair[1]) if pair else None


def read_idx(path: Path, dimensions: int) -> Pixels:
    """An IDX file of bytes (gzip by its suffix), as uint8 with so many dimensions.

    Raises:
        InputError: unreadable, another kind of file, or cut.
    """
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: cannot be read ({error}); fetch it again") from error
    start = 4 + 4 * dimensions
    if len(data) < start or data[:4] != bytes([0, 0, 8, dimensions]):
        raise InputError(f"{path}: not an IDX file of bytes with {dimensions} dimensions")
    shape = np.frombuffer(data, ">u4", dimensions, 4).astype(np.int64)
    if len(data) - start != shape.prod():
        raise InputError(f"{path}: {len(data) - start} values where its header states {shape.prod()}; fetch it again")
    return np.frombuffer(data, np.uint8, offset=start).reshape(tuple(shape))
