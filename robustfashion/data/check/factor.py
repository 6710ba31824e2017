"""A categorical variable over the images of a catalogue, as codes rather than texts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from robustfashion import taxonomy
from robustfashion.data.catalogue import Catalogue

LABELS = ("label", "product_type", *taxonomy.attributes())
"""Columns of a catalogue that a classifier may be asked to predict."""

Codes = NDArray[np.signedinteger[Any]]
"""Numbers of sets or values [n]."""


@dataclass(frozen=True)
class Factor:
    """One variable: ``values[codes[i]]`` is that of image i; code -1 = it has none."""

    name: str
    codes: NDArray[np.int32]
    values: tuple[str, ...]

    def counts(self) -> NDArray[np.int64]:
        """Images of each value [k]."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Factor":
        """Some of the images; values that no longer occur are left out."""
        codes = self.codes[rows]
        kept = np.flatnonzero(np.bincount(codes[codes >= 0], minlength=len(self.values)))
        number = np.full(len(self.values) + 1, -1, dtype=np.int32)
        number[kept] = np.arange(len(kept), dtype=np.int32)
        return Factor(self.name, number[codes], tuple(self.values[k] for k in kept))


def factor_of(name: str, column: pa.ChunkedArray | pa.Array, missing: str | None = None) -> Factor:
    """Factor of a column of texts, its values in sorted order; nulls get the value ``missing``, or code -1."""
    if missing is not None:
        column = pc.fill_null(column, missing)
    encoded = column.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.unify_dictionaries().combine_chunks()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = pa.concat_arrays(encoded.chunks) if encoded.num_chunks else pa.array([], pa.string()).dictionary_encode()
    names = np.array(encoded.dictionary.to_pylist(), dtype=object)
    order = np.argsort(names)
    rank = np.full(len(names) + 1, -1, dtype=np.int32)
    rank[order] = np.arange(len(names), dtype=np.int32)
    codes = rank[pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)]
    return Factor(name, codes, tuple(str(value) for value in names[order]))


def table_of(first: Factor, second: Factor) -> NDArray[np.int64]:
    """Contingency table [k, m] of the images that have a value of both."""
    both = (first.codes >= 0) & (second.codes >= 0)
    m = len(second.values)
    flat = first.codes[both].astype(np.int64) * m + second.codes[both]
    return np.bincount(flat, minlength=len(first.values) * m).reshape(len(first.values), m)


def label_factors(catalogue: Catalogue) -> list[Factor]:
    """The label columns that have at least two values, in the order of :data:`LABELS`."""
    factors = [factor_of(name, catalogue.table[name]) for name in LABELS]
    return [factor for factor in factors if len(factor.values) > 1]


def group_codes(catalogue: Catalogue) -> NDArray[np.int32]:
    """Number of each image's product [n]."""
    return factor_of("group", catalogue.table["group"]).codes
