"""Read every file of a catalogue once: its hash, or why it cannot be used; duplicates become one product."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from robustfashion.atomic import atomic_path
from robustfashion.data.catalogue import Catalogue
from robustfashion.errors import InputError
from robustfashion.pictures.bulk import ordered_map
from robustfashion.pictures.decode import DECODING_CODE, decoder_versions
from robustfashion.pictures.files import is_url, resolve
from robustfashion.pictures.folders import printable
from robustfashion.pictures.reading import Picture, Refusal, attempt
from robustfashion.progress import Progress, silent
from robustfashion.provenance import content_digest, source_digest

_Verdict = tuple[str | None, str | None]
"""sha256 of the bytes (None: they could not be read), reason to refuse the file (None: usable)."""
_VERDICT = ["sha256", "reason"]
"""Columns of the catalogue that a verdict fills."""


def scan(
    catalogue: Catalogue,
    workers: int = 2,
    progress: Progress = silent,
    cache: Path | None = None,
    given: str | Path | None = None,
) -> Catalogue:
    """Decode every usable file; fill ``sha256``, and ``reason`` where the file cannot be decoded.

    Rows keep their order; refused rows are not read. Files with the same bytes are put into one group, and so are the groups
    they join, so that a duplicate never stands on both sides of a split.

    Args:
        catalogue: as a source gave it.
        workers: threads that read and decode.
        progress: called after every file.
        cache: folder in which verdicts are kept for local files, by path, size and time of change; None: read all again.
        given: what the user named, for messages; None: the catalogue's root.

    Raises:
        InputError: not one file can be used.
    """
    kept = _ScanCache(cache)
    todo = catalogue.usable()
    found: list[pa.Table] = []
    try:
        for part in todo.batches():
            locations = [resolve(catalogue.root, str(path)) for path in part.column("path")]
            verdicts = []
            for verdict in ordered_map(kept.verdict, locations, workers):
                verdicts.append(verdict)
                progress("reading images", sum(map(len, found)) + len(verdicts), len(todo))
            found.append(pa.table([pa.array(column, pa.string()) for column in zip(*verdicts, strict=True)], _VERDICT))
    finally:  # an interrupted scan goes on where it stopped
        kept.write()
    scanned = _with_verdicts(catalogue, found)
    if not len(scanned.usable()):
        raise InputError(_nothing_usable(scanned), where=str(given or catalogue.root))
    return _with_duplicates_joined(scanned)


def _nothing_usable(scanned: Catalogue) -> str:
    path, reason = scanned.column("path")[0], scanned.column("reason")[0]
    tried = f" ({printable(resolve(scanned.root, path))})" if path else ""
    return f"none of {len(scanned)} images can be used; the first: {reason}{tried}"


def is_unscanned_and_local(catalogue: Catalogue) -> bool:
    """Whether pictures are left to scan and all are local files, so that a scan costs no network."""
    usable = catalogue.usable()
    if is_url(catalogue.root) or not usable.table["sha256"].null_count:
        return False
    return not any(map(is_url, map(str, usable.column("path"))))


def _with_verdicts(catalogue: Catalogue, found: list[pa.Table]) -> Catalogue:
    """Hash and reason of the usable rows filled in, in their order."""
    if not found:
        return catalogue
    table, usable = pa.concat_tables(found), pc.is_null(catalogue.table["reason"]).combine_chunks()
    return catalogue.replace(
        **{
            name: pc.replace_with_mask(catalogue.table[name].combine_chunks(), usable, table[name].combine_chunks())
            for name in _VERDICT
        }
    )


def _with_duplicates_joined(catalogue: Catalogue) -> Catalogue:
    """Groups of files with the same bytes made one, whichever rows they stand in; see :func:`merge_duplicates`."""
    usable = catalogue.usable().table
    counts = pc.value_counts(usable["sha256"])
    copied = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    copies = usable.filter(pc.is_in(usable["sha256"], value_set=copied))
    before = copies["group"].to_pylist()
    after = merge_duplicates(before, copies["sha256"].to_pylist(), copies["reason"].to_pylist())
    renamed = {old: new for old, new in zip(before, after, strict=True) if old != new}
    if not renamed:
        return catalogue
    groups = catalogue.table["group"].combine_chunks()
    place = pc.index_in(groups, value_set=pa.array(list(renamed), pa.string()))
    return catalogue.replace(group=pc.coalesce(pa.array(list(renamed.values()), pa.string()).take(place), groups))


def examine(location: str) -> _Verdict:
    """Hash and reason of one file (path or URL); the reason does not repeat the location."""
    found = attempt(location, _usable_hash)
    return (found.sha256, found.reason) if isinstance(found, Refusal) else (found, None)


def _usable_hash(picture: Picture) -> str:
    picture.decode()
    return picture.sha256


def merge_duplicates(groups: list[str], hashes: Iterable[str | None], reasons: Iterable[str | None]) -> list[str]:
    """Groups, joined where usable files of theirs have the same bytes; a joined group has its first name in sorted order."""
    parent: dict[str, str] = {}

    def find(name: str) -> str:
        """The group that a group was joined to."""
        while parent.get(name, name) != name:
            name = parent[name]
        return name

    first: dict[str, str] = {}
    for group, sha256, reason in zip(groups, hashes, reasons, strict=True):
        if sha256 is None or reason is not None:
            continue
        one, other = sorted((find(group), find(first.setdefault(sha256, group))))
        parent[other] = one
    return [find(group) for group in groups]


_CACHE_SCHEMA = pa.schema(
    [("path", pa.string()), ("size", pa.int64()), ("mtime_ns", pa.int64()), ("sha256", pa.string()), ("reason", pa.string())]
)


class _ScanCache:
    """Verdicts of earlier scans; one Parquet file per version of the decoder."""

    def __init__(self, cache: Path | None) -> None:
        code = source_digest(*DECODING_CODE, "pictures/files.py", "pictures/reading.py")
        key = content_digest(code, decoder_versions())[:16]
        self.file = None if cache is None else cache / "scan" / f"{key}.parquet"
        self.known: dict[tuple[str, int, int], _Verdict] = {}
        self.changed = False
        if self.file is not None and self.file.is_file():
            self._read(self.file)

    def _read(self, file: Path) -> None:
        try:
            columns = pq.read_table(file, schema=_CACHE_SCHEMA).to_pydict()
        except (OSError, pa.ArrowException):
            return  # a damaged cache only costs time: it is written anew
        for path, size, mtime_ns, sha256, reason in zip(*columns.values(), strict=True):
            self.known[path, size, mtime_ns] = (sha256, reason)

    def verdict(self, location: str) -> _Verdict:
        """From the cache, or by reading the file."""
        key = None if self.file is None or is_url(location) else _file_key(location)
        if key is None:
            return examine(location)
        if key in self.known:
            return self.known[key]
        verdict = examine(location)
        # Only about bytes that were read, and are still those of this size and time: the rest may be otherwise next time.
        if verdict[0] is not None and _file_key(location) == key:
            self.known[key] = verdict
            self.changed = True
        return verdict

    def write(self) -> None:
        """Keep what was learned; older versions of a file are forgotten only with the cache."""
        if self.file is None or not self.changed:
            return
        rows = [(*key, *verdict) for key, verdict in self.known.items()]
        table = pa.Table.from_arrays([pa.array(part) for part in zip(*rows, strict=True)], schema=_CACHE_SCHEMA)
        with atomic_path(self.file) as temporary:
            pq.write_table(table, temporary)


def _file_key(location: str) -> tuple[str, int, int] | None:
    try:
        path = Path(location).resolve()
        stat = path.stat()
    except OSError:
        return None
    return str(path), stat.st_size, stat.st_mtime_ns
