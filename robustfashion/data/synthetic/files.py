"""A catalogue of rendered files: resumable, parallel, the table written last."""

import hashlib
import json
import multiprocessing
import signal
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.synchronize import Event
from pathlib import Path

import pyarrow as pa

from robustfashion import machine
from robustfashion.atomic import atomic_path, write_json
from robustfashion.data.catalogue import Catalogue, catalogue_from_rows
from robustfashion.data.synthetic.factors import FACTORS_FILE, FactorWriter
from robustfashion.data.synthetic.rendering import encode, render_image
from robustfashion.data.synthetic.sampling import sample_spec
from robustfashion.data.synthetic.settings import SyntheticSettings
from robustfashion.data.synthetic.spec import ProductSpec
from robustfashion.errors import InputError, printable
from robustfashion.pictures.folders import Walker
from robustfashion.progress import Progress, silent
from robustfashion.provenance import file_digest

CATALOGUE_FILE = "catalogue.parquet"
STAMP_FILE = "synthetic.json"
"""Says with which settings the files of a folder were rendered."""

_WHAT = "drawing the synthetic catalogue"
_CHUNK = 8
_UNDER_WAY = 4
_BATCH = 4096


def render_catalogue(out: Path, settings: SyntheticSettings, workers: int = 1, progress: Progress = silent) -> Catalogue:
    """Render ``settings.count`` pictures below ``out`` and write ``out/catalogue.parquet`` last.

    ``out/factors.parquet`` holds what the pictures were drawn from, row by row; see :mod:`.factors`.

    A run that was stopped goes on where it ended: every file is whole or absent, and whole ones are kept. A larger ``count``
    adds files to those that are there. With ``workers`` above 1 the calling script needs the usual ``__main__`` guard.

    Args:
        out: folder; made where it is missing.
        settings: what to render.
        workers: processes.
        progress: called as the work goes on.

    Raises:
        InputError: ``out`` is a file, or holds pictures of other settings or of another version, or anything else; ``workers``
            is below 1.
    """
    if workers < 1:
        raise InputError(f"workers is {workers}; it must be at least 1")
    _claim(out, settings)
    progress(_WHAT, 0, settings.count)
    digests: list[str] = []
    for part in _chunks(out, settings, workers):
        digests += part
        progress(_WHAT, len(digests), settings.count)
    catalogue = _tables(out, settings, digests)
    catalogue.write(out / CATALOGUE_FILE)
    return catalogue


def _tables(out: Path, settings: SyntheticSettings, digests: list[str]) -> Catalogue:
    """The catalogue, built in batches so that few rows are Python objects at a time; writes the factors beside it."""
    tables = []
    with FactorWriter(out / FACTORS_FILE) as factors:
        for first in range(0, len(digests), _BATCH):
            rows = []
            for index, digest in enumerate(digests[first : first + _BATCH], first):
                spec = sample_spec(settings.seed, index, settings)
                rows.append(catalogue_row(spec, digest))
                factors.add(spec)
            tables.append(catalogue_from_rows(rows, str(out)).table)
    return Catalogue(pa.concat_tables(tables).combine_chunks(), str(out))


def catalogue_row(spec: ProductSpec, digest: str) -> dict[str, str | None]:
    """The row of one picture; attributes that the picture does not show are absent.

    ``label`` is the product type that the picture is filed under, ``product_type`` the one that it shows.
    """
    return {
        "id": spec.image_id, "path": spec.file_name, "label": spec.label, "product_type": spec.product_type,
        **spec.attributes(), "group": spec.group, "split": spec.split, "source": "synthetic", "licence": "Apache-2.0",
        "outlier_kind": spec.outlier, "sha256": digest,
    }  # fmt: skip


def _claim(out: Path, settings: SyntheticSettings) -> None:
    """Make the folder ours, or see that it is."""
    stamp = out / STAMP_FILE
    if out.exists() and not out.is_dir():
        raise InputError(f"{out}: is a file; give a folder for the catalogue")
    if not stamp.is_file():
        if out.exists() and (others := _others(out)):
            raise InputError(f"{out}: already holds what was not rendered here ({others}); give another folder, or an empty one")
        write_json(stamp, {"seed": settings.seed, "item_digest": settings.item_digest()})
        return
    try:
        known = json.loads(stamp.read_text(encoding="utf-8"))["item_digest"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{stamp}: not readable ({error}); delete the folder or give another one") from error
    if known != settings.item_digest():
        raise InputError(f"{out}: holds pictures of other settings or of another version; delete the folder or give another one")


def _others(folder: Path) -> str:
    """What stands in a folder beside litter, in words."""
    there = Walker(folder).entries(folder)
    names = [printable(path.name) for path in [*there.folders, *there.files]]
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


def _write_item(out: Path, settings: SyntheticSettings, index: int) -> str:
    spec = sample_spec(settings.seed, index, settings)
    path = out / spec.file_name
    if path.is_file():
        return file_digest(path)
    data = encode(spec, render_image(spec))
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def _write_chunk(out: Path, settings: SyntheticSettings, first: int, last: int) -> list[str]:
    return [_write_item(out, settings, index) for index in range(first, last)]


_stopped: list[Event] = []
"""In a worker: the parent's word that nobody waits for the rest."""


def _start_worker(stopped: Event) -> None:
    """Ctrl-C reaches the whole group of processes; the parent decides, the workers finish their picture quietly.

    A worker is ours, so memory is kept as in our commands: what the parent asked of its own C library is not inherited.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    machine.set_up()
    _stopped.append(stopped)


def _write_chunk_in_worker(out: Path, settings: SyntheticSettings, first: int, last: int) -> list[str]:
    """A chunk, or the part of it that was done when the parent was stopped."""
    return [_write_item(out, settings, index) for index in range(first, last) if not _stopped[0].is_set()]


def _chunks(out: Path, settings: SyntheticSettings, workers: int) -> Iterator[list[str]]:
    """Digests of consecutive chunks in order; few are under way at a time, so memory does not grow with the count."""
    spans = [(first, min(first + _CHUNK, settings.count)) for first in range(0, settings.count, _CHUNK)]
    if workers == 1 or len(spans) == 1:
        for first, last in spans:
            yield _write_chunk(out, settings, first, last)
        return
    # Not forked: the parent may run threads of torch or OpenCV, whose locks a fork would copy as they are.
    context = multiprocessing.get_context("spawn")
    stopped = context.Event()
    with ProcessPoolExecutor(min(workers, len(spans)), context, _start_worker, (stopped,)) as pool:
        pending: deque[Future[list[str]]] = deque()
        try:
            for first, last in spans:
                pending.append(pool.submit(_write_chunk_in_worker, out, settings, first, last))
                if len(pending) >= _UNDER_WAY * workers:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            stopped.set()  # after a Ctrl-C; otherwise all is done
            for future in pending:
                future.cancel()
