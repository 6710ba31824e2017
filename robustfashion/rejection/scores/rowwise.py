"""Matrix products whose result for a row does not depend on the rows beside it.

A BLAS picks its kernels by the shape and by the number of threads, so that a row alone can differ in its last bits from the same
row in a batch. Here every product is of one shape and on one thread: blocks of ``BLOCK`` rows, the last one filled up with zeros;
where there are many rows, our own threads take different blocks. What is left is the place in the block; that it does not matter
is seen, not assumed, from blocks of equal rows. Where it does matter, blocks have one row: slow, and right.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # comes with scikit-learn

from robustfashion.machine import thread_count
from robustfashion.stats import FloatArray

BLOCK = 256
BlockFormula = Callable[[FloatArray], FloatArray]
"""Rows float64 [b, d] to a number each, [b]."""
_PROBES = 8
_ROWS_A_THREAD = 2048
"""Fewer are done sooner by one."""


@dataclass(frozen=True)
class ByRows:
    """A formula applied in blocks of one size."""

    formula: BlockFormula
    size: int

    def __call__(self, rows: NDArray[np.float32]) -> FloatArray:
        """The formula's number of each row [n, d], float64 [n], the same to the last bit in any batch."""
        n = len(rows)
        found = np.empty(n)
        workers = min(thread_count(), max(1, n // _ROWS_A_THREAD))
        # Whole blocks for each thread: a block is the same one whoever works on it.
        share = max(1, -(-n // (workers * self.size))) * self.size
        with one_thread(), ThreadPoolExecutor(workers) as pool:
            list(
                pool.map(lambda start: self._fill(rows[start : start + share], found[start : start + share]), range(0, n, share))
            )
        return found

    def _fill(self, rows: NDArray[np.float32], found: FloatArray) -> None:
        """Write the rows' numbers, block by block."""
        block = np.zeros((self.size, rows.shape[1]))
        for start in range(0, len(rows), self.size):
            count = min(self.size, len(rows) - start)
            block[:count] = rows[start : start + count]
            block[count:] = 0
            found[start : start + count] = self.formula(block)[:count]


def by_rows(formula: BlockFormula, rows: NDArray[np.float32]) -> ByRows:
    """The formula for rows like these (one at least), in blocks of ``BLOCK`` if places in a block are equal, else of one row.

    Args:
        formula: reads nothing of a row but its values.
        rows: [n, d]; a few are put in every place of a block.
    """
    probes = rows[np.linspace(0, len(rows) - 1, _PROBES).astype(np.int64)].astype(np.float64)
    with one_thread():
        equal = all(_is_one(formula(np.repeat(probe[None], BLOCK, axis=0))) for probe in probes)
    return ByRows(formula, BLOCK if equal else 1)


def squared_lengths(rows: FloatArray) -> FloatArray:
    """Sum of squares of each row, [n]."""
    return np.asarray(np.einsum("ij,ij->i", rows, rows))


def padded(matrix: FloatArray) -> FloatArray:
    """With columns of zeros up to a multiple of 32, C-contiguous: whole tiles of a BLAS treat all rows alike."""
    return np.ascontiguousarray(np.pad(matrix, ((0, 0), (0, -matrix.shape[1] % 32))))


@contextmanager
def one_thread() -> Iterator[None]:
    """BLAS on one thread: at these sizes more gain little, and beside a busy process they cost much. Decorates functions too."""
    with _libraries().limit(limits=1, user_api="blas"):
        yield


def _is_one(values: FloatArray) -> bool:
    return bool((values == values[0]).all())


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()
