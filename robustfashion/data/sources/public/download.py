"""Files of a set, and pictures behind URLs, brought here."""

import json
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from robustfashion.atomic import write_json
from robustfashion.data.catalogue import SCHEMA
from robustfashion.data.sources.public.adapter import Adapter
from robustfashion.data.sources.public.fetching import FetchSettings, fetch, name_of
from robustfashion.data.sources.public.records import TEXT, Place, mask_of
from robustfashion.errors import InputError
from robustfashion.pictures.bulk import ordered_map
from robustfashion.pictures.decode import SUFFIXES
from robustfashion.progress import Progress, silent

RECORD = "downloads.json"
"""In the set's folder: URL, SHA-256 and bytes of every file that was fetched."""

_ARCHIVE = FetchSettings()
_PICTURE = FetchSettings(attempts=2, timeout_s=20.0)


def download_set(adapter: Adapter, folder: Path, progress: Progress = silent, settings: FetchSettings = _ARCHIVE) -> None:
    """Fetch and unpack the files of a set into ``folder``; what is there is not fetched again, what was cut goes on.

    Sums that the publishers do not state are recorded at the first download, and a file that is fetched again has to have the
    same.

    Raises:
        InputError: the set needs a login, a file cannot be had, or it is damaged.
    """
    about = adapter.about
    if not about.downloads:
        raise InputError(f"{adapter.name} cannot be downloaded without you: {about.obtain}; then run this without --download")
    record = _read_record(folder / RECORD)
    for item in about.downloads:
        target = folder / item.file
        known = item.sha256 or record.get(item.file, {}).get("sha256") or None
        if target.exists() and item.file in record:
            continue
        found = fetch(item.url, target, known, progress, settings)
        if item.unpack:
            progress(f"unpacking {item.file}", 0, 1)
            unpack(target, folder)
        record[item.file] = {"url": item.url, "sha256": found, "bytes": str(target.stat().st_size)}
        write_json(folder / RECORD, record)


def _read_record(path: Path) -> dict[str, dict[str, str]]:
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not readable ({error}); delete it, and the files are looked at again") from error
    return dict(value)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a ZIP or TAR file (compressed or not); nothing is written outside ``folder``.

    Raises:
        InputError: another kind of file, damaged, or with entries that point outside.
    """
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as files:
                files.extractall(folder)
        else:
            with tarfile.open(archive) as files_in_tar:
                files_in_tar.extractall(folder, filter="data")
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError) as error:
        raise InputError(f"{archive}: cannot be unpacked ({error}); delete it and fetch it again") from error


def fetch_pictures(table: pa.Table, place: Place, settings: FetchSettings = _PICTURE) -> pa.Table:
    """A catalogue's table with the usable pictures behind URLs fetched to ``images/remote``; the dead ones are refused."""
    remote = pc.and_(pc.match_substring_regex(table["path"], "^https?://"), pc.is_null(table["reason"]))
    mask = mask_of(remote.combine_chunks())
    wanted = [str(url) for url in table["path"].filter(pa.array(mask)).to_pylist()]
    urls = list(dict.fromkeys(wanted))

    def bring(url: str) -> tuple[str, str | None]:  # path, reason
        """Fetch one picture; its path, and why it could not be fetched."""
        file = f"images/remote/{name_of(url, SUFFIXES)}"
        try:
            fetch(url, place.out / file, settings=settings)
        except InputError as error:
            return url, f"its picture cannot be fetched: {str(error).removeprefix(f'{url}: ')}"
        return file, None

    found = {}
    for done, (url, answer) in enumerate(zip(urls, ordered_map(bring, urls, place.workers), strict=True), start=1):
        found[url] = answer
        place.progress("fetching pictures", done, len(urls))
    table = _replaced(table, "path", mask, [found[url][0] for url in wanted])
    return _replaced(table, "reason", mask, [found[url][1] for url in wanted])


def _replaced(table: pa.Table, name: str, mask: np.ndarray, values: list[str] | list[str | None]) -> pa.Table:
    whole = pc.replace_with_mask(table[name].combine_chunks(), pa.array(mask), pa.array(values, TEXT))
    return table.set_column(SCHEMA.get_field_index(name), SCHEMA.field(name), whole)
