"""A trunk's features of a catalogue under several preprocessings, each picture decoded once, no picture asked about twice."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from robustfashion.data.catalogue import Catalogue
from robustfashion.data.pixels import check_rows, iter_pixels
from robustfashion.data.preprocess import Preprocessing
from robustfashion.models.feature_store import Features, FeatureStore
from robustfashion.models.trunk import Trunk
from robustfashion.models.trunk_code import TRUNK_CODE
from robustfashion.models.trunk_engines import Engine, open_engine
from robustfashion.progress import Progress, silent
from robustfashion.provenance import content_digest, source_digest

BATCH = 32
"""Pictures in a call of the trunk."""
SHARD = 512
"""Pictures in a file of the store; what an interruption costs at most."""


def features_of(
    catalogue: Catalogue,
    preprocessings: Sequence[Preprocessing],
    trunk: Trunk,
    cache: Path,
    workers: int = 2,
    progress: Progress = silent,
    accelerator: str = "auto",
) -> dict[str, Features]:
    """Features of all rows under each preprocessing, by its name: float32 [n, d], row i for row i of the catalogue.

    They lie in ``cache/features``, by the pictures' bytes: only pictures that are missing there are decoded, each once for all
    preprocessings that lack it. Memory holds the result and, for each preprocessing, one shard; pixels are never written.

    Args:
        catalogue: scanned usable rows (``sha256`` filled, no ``reason``).
        preprocessings: with distinct names.
        trunk: whom to ask.
        cache: folder, created if absent.
        workers: threads that prepare pictures, and threads that the trunk runs on; they take turns.
        progress: called with the number of pictures that are done, of those that were missing.
        accelerator: Lightning's name of the device that the trunk runs on.

    Raises:
        InputError: rows that were not scanned or are refused, two preprocessings of one name, a picture that cannot be decoded
            any more, no such accelerator.
    """
    check_rows(catalogue, preprocessings)
    hashes = [str(name) for name in catalogue.column("sha256")]
    engines = {size: open_engine(trunk, size, cache, workers, accelerator) for size in {p.size for p in preprocessings}}
    code = source_digest(*TRUNK_CODE)
    stores = {
        p: FeatureStore(cache / "features" / content_digest(trunk.digest, p.digest(), engines[p.size].digest, code), trunk.width)
        for p in preprocessings
    }
    kept = {p: store.get(hashes) for p, store in stores.items()}
    lacking = _lacking(hashes, {p: missing for p, (_, missing) in kept.items()})
    done, total = 0, sum(map(len, lacking.values()))
    for group, rows in lacking.items():
        progress(f"asking the trunk ({len(group)} ways)", done, total)
        writers = [_Writer(stores[p], engines[p.size]) for p in group]
        part = catalogue.take(rows)
        try:
            for row, pictures in zip(rows, iter_pixels(part, group, workers), strict=True):
                for writer, picture in zip(writers, pictures, strict=True):
                    writer.add(hashes[row], picture)
                done += 1
                progress(f"asking the trunk ({len(group)} ways)", done, total)
            for writer in writers:
                writer.close()
        finally:
            for writer in writers:  # after an interruption: what is done is done
                writer.keep()
    return {p.name: _whole(stores[p], hashes) if missing else found for p, (found, missing) in kept.items()}


def _lacking(hashes: list[str], missing: dict[Preprocessing, list[str]]) -> dict[tuple[Preprocessing, ...], list[int]]:
    """Rows, one for each picture, by the preprocessings under which it is missing."""
    ways: dict[str, list[Preprocessing]] = {}
    for preprocessing, names in missing.items():
        for name in names:
            ways.setdefault(name, []).append(preprocessing)
    first = {name: row for row, name in reversed(list(enumerate(hashes)))}
    groups: dict[tuple[Preprocessing, ...], list[int]] = {}
    for name, group in ways.items():
        groups.setdefault(tuple(group), []).append(first[name])
    return groups


def _whole(store: FeatureStore, hashes: list[str]) -> Features:
    features, missing = store.get(hashes)
    if missing:
        raise OSError(f"{store.folder}: {len(missing)} pictures that were written a moment ago are gone; is the disk damaged?")
    return features


class _Writer:
    """Collects pictures into batches for the engine, and features into shards for the store."""

    def __init__(self, store: FeatureStore, engine: Engine) -> None:
        self._store, self._engine = store, engine
        self._names: list[str] = []
        self._pictures: list[NDArray[np.uint8]] = []
        self._features: list[Features] = []

    def add(self, name: str, picture: NDArray[np.uint8]) -> None:
        """One picture more."""
        self._names.append(name)
        self._pictures.append(picture)
        if len(self._pictures) == BATCH:
            self._ask()
        if len(self._names) == SHARD:
            self.close()

    def close(self) -> None:
        """Ask about what is waiting, and write."""
        if self._pictures:
            self._ask()
        self.keep()

    def keep(self) -> None:
        """Write what is known; pictures that were not asked about are forgotten."""
        features, self._features = self._features, []
        names, self._names = self._names[: sum(map(len, features))], []
        if names:
            self._store.add(names, np.concatenate(features))

    def _ask(self) -> None:
        self._features.append(self._engine.embed(np.stack(self._pictures)))
        self._pictures = []
