"""Features of a whole catalogue: computed in threads, kept in shards on disk, read back through memory maps.

Numbers of all images are arrays of a few dozen bytes an image; pictures and histograms stay on disk and are read where they are
asked for. A shard is named by the code, the decoder's versions and the bytes of its images, so it never answers for others, and
a run that was stopped goes on at the first shard that is missing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from robustfashion.atomic import atomic_path
from robustfashion.data.catalogue import Catalogue
from robustfashion.data.check.examine import HISTOGRAM_BINS, THUMBNAIL_SIDE, Features, examine
from robustfashion.data.check.factor import Factor, factor_of
from robustfashion.data.check.look import CONTENT_SIDE
from robustfashion.errors import InputError
from robustfashion.pictures.bulk import ordered_map
from robustfashion.pictures.decode import DECODING_CODE, decoder_versions
from robustfashion.pictures.files import resolve
from robustfashion.pictures.reading import Refusal, attempt
from robustfashion.progress import Progress, silent
from robustfashion.provenance import content_digest, source_digest

SHARD_ROWS = 2048

_CODE = (
    "data/check/background.py", "data/check/examine.py", "data/check/look.py", "data/check/jpeg.py", "data/check/encoders.py",
    "data/check/store.py", *DECODING_CODE, "resize/reencode.py",
)  # fmt: skip

# Name -> how a value is found, and its type in the shard.
_NUMBERS: dict[str, tuple[Callable[[Features], Any], pa.DataType]] = {
    "bytes": (lambda f: f.bytes, pa.int64()),
    "width": (lambda f: f.width, pa.int32()),
    "height": (lambda f: f.height, pa.int32()),
    "hash": (lambda f: f.look.hash, pa.uint64()),
    "aspect": (lambda f: f.look.aspect, pa.float32()),
    "covered": (lambda f: f.covered, pa.float32()),
    "flat": (lambda f: int(f.look.flat), pa.uint8()),
    "quality": (lambda f: f.quality, pa.uint8()),
    "exact": (lambda f: int(f.exact), pa.uint8()),
    "progressive": (lambda f: int(f.progressive), pa.uint8()),
    "profile": (lambda f: int(f.profile), pa.uint8()),
}
_TEXTS: dict[str, Callable[[Features], str]] = {
    "kind": lambda f: f.kind,
    "encoder": lambda f: f.encoder,
    "subsampling": lambda f: f.subsampling,
}
_ARRAYS: dict[str, tuple[Callable[[Features], NDArray[Any]], tuple[int, ...], type]] = {
    "thumbnail": (lambda f: f.thumbnail, (THUMBNAIL_SIDE, THUMBNAIL_SIDE, 3), np.uint8),
    "content": (lambda f: f.look.content, (CONTENT_SIDE, CONTENT_SIDE, 3), np.uint8),
    "histogram": (lambda f: f.histogram, (HISTOGRAM_BINS,), np.uint16),
}
_SCHEMA = pa.schema(
    [pa.field(name, kind) for name, (_, kind) in _NUMBERS.items()]
    + [pa.field(name, pa.string()) for name in _TEXTS]
    + [pa.field(name, pa.binary(int(np.prod(shape)) * np.dtype(kind).itemsize)) for name, (_, shape, kind) in _ARRAYS.items()]
)


@dataclass(frozen=True)
class FeatureStore:
    """Features of the usable images of a catalogue, in its order."""

    catalogue: Catalogue
    """The images that have features, and no others."""
    failed: list[tuple[str, str]]
    """(id, reason) of usable images that could not be read again."""
    numbers: dict[str, NDArray[Any]]
    """Arrays [n] by name: bytes, width, height, hash, aspect, covered, flat, quality, exact, progressive, profile."""
    factors: dict[str, Factor]
    """By name: kind, encoder, subsampling."""
    shards: list[pa.Table]
    """Tables that lie on disk; :meth:`arrays` reads them."""

    def __len__(self) -> int:
        return len(self.catalogue)

    def arrays(self, name: str, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[Any]:
        """``thumbnail`` [k, 32, 32, 3] uint8, ``content`` [k, 16, 16, 3] uint8 or ``histogram`` [k, 64] uint16 of some rows."""
        _, shape, kind = _ARRAYS[name]
        wanted = np.asarray(rows, dtype=np.int64)
        found: NDArray[Any] = np.empty((len(wanted), *shape), dtype=kind)
        ends = np.cumsum([shard.num_rows for shard in self.shards])
        holder = np.searchsorted(ends, wanted, side="right")
        for number in np.unique(holder):
            mine = holder == number
            start = ends[number] - self.shards[number].num_rows
            found[mine] = _view(self.shards[number].column(name), shape, kind)[wanted[mine] - start]
        return found


def _view(column: pa.ChunkedArray, shape: tuple[int, ...], kind: type) -> NDArray[Any]:
    """The bytes of a column as they lie on disk, without a copy."""
    (chunk,) = column.chunks
    return np.frombuffer(chunk.buffers()[1], dtype=kind).reshape(-1, *shape)[chunk.offset : chunk.offset + len(chunk)]


def build_features(catalogue: Catalogue, cache: Path, workers: int = 2, progress: Progress = silent) -> FeatureStore:
    """Features of all usable images.

    Args:
        catalogue: scanned; refused rows are left alone.
        cache: folder below which shards are kept.
        workers: threads that read and decode.
        progress: called after every image.

    Raises:
        InputError: not one image can be read.
    """
    usable = catalogue.usable()
    place = cache / "check" / content_digest(source_digest(*_CODE), decoder_versions())[:16]
    shards: list[pa.Table] = []
    failed: dict[int, str] = {}
    for start in range(0, len(usable), SHARD_ROWS):
        shard, reasons = _shard(_items(usable, start), place, _Steps(workers, progress, start, len(usable)))
        shards.append(shard)
        failed |= {start + k: reason for k, reason in reasons.items()}
    if len(failed) == len(usable):
        raise InputError(f"{catalogue.root}: none of {len(usable)} images can be read; the first: {failed.get(0, 'no images')}")
    ids = usable.table["id"]
    lost = [(str(ids[row]), reason) for row, reason in failed.items()]
    kept = usable.take(np.delete(np.arange(len(usable)), list(failed))) if failed else usable
    table = pa.concat_tables(shards)
    numbers = {name: table.column(name).to_numpy() for name in _NUMBERS}
    factors = {name: factor_of(name, table.column(name)) for name in _TEXTS}
    return FeatureStore(kept, lost, numbers, factors, shards)


def _items(usable: Catalogue, start: int) -> list[tuple[str, str | None]]:
    """Location and hash of the images of one shard."""
    part = usable.table.slice(start, SHARD_ROWS)
    rows = zip(part["path"].to_pylist(), part["sha256"].to_pylist(), strict=True)
    return [(resolve(usable.root, path), sha256) for path, sha256 in rows]


@dataclass(frozen=True)
class _Steps:
    """How a shard is worked through, and what to tell of it."""

    workers: int
    progress: Progress
    start: int
    total: int

    def tell(self, done: int) -> None:
        """Images of this shard are done."""
        self.progress("measuring images", self.start + done, self.total)


def _shard(items: list[tuple[str, str | None]], place: Path, steps: _Steps) -> tuple[pa.Table, dict[int, str]]:
    """Rows of the images that can be read, and the reasons of the others by their place among the items."""
    known = all(sha256 is not None for _, sha256 in items)
    file = place / f"{content_digest([sha256 for _, sha256 in items])[:32]}.arrow"
    shard = _mapped(file) if known and file.is_file() else None
    if shard is not None and shard.num_rows == len(items):
        steps.tell(len(items))
        return shard, {}
    found: list[Features] = []
    reasons: dict[int, str] = {}
    for k, result in enumerate(ordered_map(_try, items, steps.workers)):
        if isinstance(result, Features):
            found.append(result)
        else:
            reasons[k] = result.reason
        steps.tell(k + 1)
    table = _table(found)
    if not known or reasons:
        return table, reasons  # what failed today may be readable tomorrow
    with atomic_path(file) as temporary, pa.OSFile(str(temporary), "wb") as sink, pa.ipc.new_file(sink, _SCHEMA) as writer:
        writer.write_table(table)
    return _mapped(file) or table, {}


def _try(item: tuple[str, str | None]) -> Features | Refusal:
    location, sha256 = item
    return attempt(location, lambda picture: examine(picture, sha256))


def _mapped(file: Path) -> pa.Table | None:
    """The shard as it lies on disk; None where it is damaged."""
    try:
        table = pa.ipc.open_file(pa.memory_map(str(file))).read_all()
    except (OSError, pa.ArrowException):
        return None
    return table if table.schema == _SCHEMA else None


def _table(found: list[Features]) -> pa.Table:
    columns = [pa.array([value(f) for f in found], type=kind) for value, kind in _NUMBERS.values()]
    columns += [pa.array([value(f) for f in found], type=pa.string()) for value in _TEXTS.values()]
    columns += [
        pa.array([np.ascontiguousarray(value(f)).tobytes() for f in found], type=_SCHEMA.field(name).type)
        for name, (value, _, _) in _ARRAYS.items()
    ]
    return pa.Table.from_arrays(columns, schema=_SCHEMA).combine_chunks()
