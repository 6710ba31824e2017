"""Features of pictures, kept by the pictures' bytes: no picture is asked about twice, whoever asks."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from robustfashion.atomic import atomic_path
from robustfashion.provenance import content_digest

Features = NDArray[np.float32]

_KEY, _VALUE = "sha256", "features"


class FeatureStore:
    """A folder of Parquet shards, each with pictures' hashes and features float32 [d].

    Shards appear whole, so that an interrupted pass goes on where it stopped, and several processes may add at the same time.
    A shard that cannot be read any more is deleted: its pictures count as missing.

    Args:
        folder: of one trunk, one preprocessing and one engine; made where it is missing.
        width: features of a picture, d.
    """

    def __init__(self, folder: Path, width: int) -> None:
        self.folder = folder
        self.width = width
        self._schema = pa.schema([(_KEY, pa.string()), (_VALUE, pa.list_(pa.float32(), width))])
        self._shards: dict[Path, list[str]] = {}

    def get(self, hashes: Sequence[str]) -> tuple[Features, list[str]]:
        """What is known of pictures.

        Args:
            hashes: SHA-256 (hex) of the files' bytes, in any order; a picture may occur more than once.

        Returns:
            Features float32 [n, d], row i for picture i, zero where they are missing; and the missing pictures, each once.
        """
        self._look()
        found = np.zeros((len(hashes), self.width), np.float32)
        wanted: dict[str, list[int]] = {}
        for row, name in enumerate(hashes):
            wanted.setdefault(name, []).append(row)
        for path, names in list(self._shards.items()):
            if wanted.keys().isdisjoint(names):
                continue
            values = self._read(path)
            if values is None:
                continue
            for name, value in zip(names, values, strict=True):
                found[wanted.pop(name, [])] = value
        return found, list(wanted)

    def add(self, hashes: Sequence[str], features: Features) -> None:
        """Keep features float32 [n, d] of pictures; one that is known already does no harm.

        Raises:
            ValueError: not as many rows as hashes, another width, NaN or infinity.
            InputError: the folder cannot be written.
        """
        if features.shape != (len(hashes), self.width) or not np.isfinite(features).all():
            raise ValueError(f"features {list(features.shape)} of {len(hashes)} pictures, expected finite [n, {self.width}]")
        if not len(hashes):
            return
        values = np.ascontiguousarray(features, dtype=np.float32).reshape(-1)
        rows = pa.FixedSizeListArray.from_arrays(pa.array(values), self.width)
        table = pa.Table.from_arrays([pa.array(list(hashes), pa.string()), rows], schema=self._schema)
        with atomic_path(self.folder / f"{content_digest(list(hashes))[:32]}.parquet") as temporary:
            pq.write_table(table, temporary, compression="none", use_dictionary=False, write_page_checksum=True)

    def _look(self) -> None:
        """Read the hashes of the shards that are new; forget those that are gone."""
        there = {path for path in self.folder.glob("*.parquet") if not path.name.startswith(".")}
        self._shards = {path: names for path, names in self._shards.items() if path in there}
        for path in sorted(there):
            if path not in self._shards:
                table = self._table(path, [_KEY])
                if table is not None:
                    self._shards[path] = table[_KEY].to_pylist()

    def _read(self, path: Path) -> Features | None:
        """Features of a shard [m, d], in its order."""
        table = self._table(path, [_VALUE])
        if table is None or table.num_rows != len(self._shards[path]):
            self._drop(path)
            return None
        flat = table[_VALUE].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        return np.asarray(flat, np.float32).reshape(-1, self.width)

    def _table(self, path: Path, columns: list[str]) -> pa.Table | None:
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                if file.schema_arrow.equals(self._schema):
                    return file.read(columns)
        except FileNotFoundError:
            self._shards.pop(path, None)  # another process dropped it
            return None
        except (OSError, pa.ArrowException):
            pass  # damaged: dropped below
        self._drop(path)
        return None

    def _drop(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._shards.pop(path, None)
