"""From a public set to a catalogue: read, map, settle ids and paths, look at every picture, write, report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from robustfashion.atomic import write_json
from robustfashion.data.cache import cache_root
from robustfashion.data.catalogue import SCHEMA, Catalogue
from robustfashion.data.scan import scan
from robustfashion.data.sources.opening import CATALOGUE_FILE
from robustfashion.data.sources.public.adapter import Adapter
from robustfashion.data.sources.public.download import download_set, fetch_pictures
from robustfashion.data.sources.public.label_map import read_label_map
from robustfashion.data.sources.public.mapping import Mapper
from robustfashion.data.sources.public.records import TEXT, Place, Records, constant, files_refused, joined, left_out, mask_of
from robustfashion.data.sources.public.registry import find_adapter
from robustfashion.data.sources.public.summary import summarize
from robustfashion.errors import InputError, printable
from robustfashion.pictures.folders import Skipped, check_outside
from robustfashion.progress import Progress, silent

REPORT_FILE = "import.json"


@dataclass(frozen=True)
class ImportSettings:
    """How a set is imported."""

    map_file: Path | None = None
    """A label map to be used in place of the set's own."""
    workers: int = 2
    """Threads that read, write and fetch pictures."""
    download: bool = False
    """Fetch the set's files into the source folder first, where that needs no login."""
    fetch: bool = False
    """Fetch pictures that lie behind URLs into ``out/images``."""
    cache: Path | None = None
    """Folder in which verdicts on files are kept; None: :func:`~robustfashion.data.cache.cache_root`."""

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise InputError(f"workers is {self.workers}; it must be at least 1")


@dataclass(frozen=True)
class Imported:
    """A catalogue and what happened on the way."""

    catalogue: Catalogue
    report: dict[str, Any]
    """As written to ``import.json``: see :func:`~robustfashion.data.sources.public.summary.summarize`."""


def import_public(
    name: str,
    source: str | Path,
    out: Path,
    settings: ImportSettings = ImportSettings(),
    progress: Progress = silent,
) -> Imported:
    """Import a public set; write ``out/catalogue.parquet`` (a row for every file and record) and ``out/import.json``.

    Local pictures are all decoded once, so that the unreadable ones are known.

    Args:
        name: one of :data:`~robustfashion.data.sources.public.registry.ADAPTERS`.
        source: the set's folder as it was published.
        out: folder of the catalogue; not within ``source``.
        settings: another map, fetching.
        progress: called as the work goes on.

    Raises:
        InputError: unknown name, no such folder, another layout, a damaged map, no picture that can be used.
    """
    adapter = find_adapter(name)
    path = adapter.map_file if settings.map_file is None else settings.map_file
    mapper = Mapper(read_label_map(path), str(path))
    if settings.download:
        download_set(adapter, Path(source).expanduser(), progress)
    place = Place(_checked_source(adapter, source, out), out, settings.workers, progress)
    refused, skipped = left_out(place.root) if place.root.is_dir() else ([], Skipped())
    table = _distinct(_all_rows(adapter, mapper, place, refused))
    if settings.fetch:
        table = fetch_pictures(table, place)
    catalogue = _scanned(Catalogue(table, str(out)), place, settings.cache or cache_root())
    report = summarize(catalogue, mapper, name, skipped)
    if not report["usable"]:
        reasons = ", ".join(f"{count} times: {why}" for why, count in list(report["refused"].items())[:3])
        raise InputError(
            f"{source}: none of {len(catalogue)} records of {name} can be used ({reasons}); expected {adapter.layout}"
        )
    catalogue.write(out / CATALOGUE_FILE)
    write_json(out / REPORT_FILE, report)
    return Imported(catalogue, report)


def _checked_source(adapter: Adapter, source: str | Path, out: Path) -> Path:
    path = Path(source).expanduser()
    if not path.exists():
        if adapter.remote:
            return Path(source)
        how = "add --download to fetch it" if adapter.about.downloads else adapter.about.obtain
        raise InputError(f"{source}: no such folder; {how}. Expected there: {adapter.layout}")
    if not path.is_dir():
        raise InputError(f"{source}: not a folder; expected {adapter.layout}")
    check_outside(out, path, "that is within the set's own folder, which stays as it was published")
    target = out.expanduser()
    if target.exists() and not target.is_dir():
        raise InputError(f"{out}: a file is in the way; give a folder")
    return path.resolve()


def _all_rows(adapter: Adapter, mapper: Mapper, place: Place, refused: Sequence[tuple[str, str]]) -> pa.Table:
    """What the reader found, and of what could not be reached (``refused``) that which no record names."""
    beside = f"; left out: {len(refused)}, the first: {printable(refused[0][0])}: {refused[0][1]}" if refused else ""
    try:
        batches = [_rows(adapter, records, mapper.apply(records), place) for records in adapter.reader(place) if len(records)]
    except InputError as error:
        raise InputError(f"{error}{beside}") from error
    if not batches:
        raise InputError(f"{place.root}: no records of {adapter.name} found; expected {adapter.layout}{beside}")
    if refused:
        more = files_refused(refused, mapper.map.fields())
        rows = _rows(adapter, more, mapper.apply(more), place)
        named = pc.is_in(rows["path"], value_set=pa.concat_arrays([chunk for b in batches for chunk in b["path"].chunks]))
        batches.append(rows.filter(pc.invert(named)))
    return pa.concat_tables(batches).combine_chunks()


def _rows(adapter: Adapter, records: Records, found: Mapping[str, pa.Array], place: Place) -> pa.Table:
    """Rows of the catalogue for a batch."""
    n = len(records)
    licence = constant(adapter.about.licence, n)
    columns: dict[str, Any] = {
        **found,
        "id": records.id,
        "path": records.path if records.exported else _absolute(records.path, place.root),
        "group": records.id if records.group is None else pc.coalesce(records.group, records.id),
        "split": records.split,
        "source": constant(adapter.name, n),
        "licence": licence if records.licence is None else pc.coalesce(records.licence, licence),
    }
    nothing = pa.nulls(n, TEXT)
    arrays = [nothing if columns.get(field.name) is None else pc.cast(columns[field.name], TEXT) for field in SCHEMA]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _absolute(paths: pa.Array, root: Path) -> pa.Array:
    """Paths with the set's folder before them, where they are neither absolute nor URLs nor empty."""
    stays = pc.or_(pc.match_substring_regex(paths, r"^(/|[A-Za-z][A-Za-z0-9+.-]*://)"), pc.equal(paths, ""))
    return pc.if_else(stays, paths, joined(f"{root}/", paths))


def _distinct(table: pa.Table) -> pa.Table:
    """Ids made unique: the first record of an id stays, later ones are refused and numbered."""
    encoded = table["id"].combine_chunks().dictionary_encode()
    codes = encoded.indices.to_numpy()
    first = np.zeros(len(codes), dtype=bool)
    first[np.unique(codes, return_index=True)[1]] = True
    again = np.flatnonzero(~first)
    if not len(again):
        return table
    seen: dict[int, int] = {}
    names = []
    for row in again:
        seen[codes[row]] = seen.get(codes[row], 1) + 1
        names.append(f"{encoded.dictionary[codes[row]].as_py()} (no. {seen[codes[row]]})")
    place = pa.array(~first)
    ids = pc.replace_with_mask(encoded.cast(TEXT), place, pa.array(names, TEXT))
    why = pc.if_else(place, "its id was given before", pa.scalar(None, TEXT))
    table = table.set_column(SCHEMA.get_field_index("id"), SCHEMA.field("id"), ids)
    reason = pc.coalesce(table["reason"].combine_chunks(), why)
    return table.set_column(SCHEMA.get_field_index("reason"), SCHEMA.field("reason"), reason)


def _scanned(catalogue: Catalogue, place: Place, cache: Path) -> Catalogue:
    """Every usable local picture looked at."""
    remote = pc.match_substring_regex(catalogue.table["path"], r"^[A-Za-z][A-Za-z0-9+.-]*://")
    empty = pc.and_(pc.equal(catalogue.table["path"], ""), pc.is_null(catalogue.table["reason"]))
    reasons = pc.coalesce(catalogue.table["reason"], pc.if_else(empty, "no picture", pa.scalar(None, TEXT)))
    rows = np.flatnonzero(mask_of(pc.and_(pc.invert(remote), pc.is_null(reasons))))
    table = catalogue.table.set_column(SCHEMA.get_field_index("reason"), SCHEMA.field("reason"), reasons)
    if not len(rows):
        return Catalogue(table, catalogue.root)
    mask = np.zeros(len(catalogue), dtype=bool)
    mask[rows] = True
    scanned = scan(Catalogue(table.filter(pa.array(mask)), catalogue.root), place.workers, place.progress, cache)
    for name in ("sha256", "reason", "group"):
        whole = pc.replace_with_mask(table[name].combine_chunks(), pa.array(mask), scanned.table[name].combine_chunks())
        table = table.set_column(SCHEMA.get_field_index(name), SCHEMA.field(name), whole)
    return Catalogue(table, catalogue.root)
