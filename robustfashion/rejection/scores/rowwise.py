"""Matrix products whose result for a row does not depend on the rows beside it.

A BLAS picks its kernels by the shape and by the number of threads, so that a row alone can differ in its last bits from the same
row in a batch. Here every product is of one shape and on one thread: blocks of ``BLOCK`` rows, the last one filled up with zeros;
where there are many rows, our own threads take different blocks. What is left is the place in the block; that it does not matter
is seen, not assumed, from blocks of equal rows. Where it does matter, blocks have one row: slow, and right.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.stats import FloatArray
from robustfashion.threads import each, pieces

BLOCK = 256
BlockFormula = Callable[[FloatArray], FloatArray]
"""Centred rows float64 [b, d] to a number each, [b]."""
_PROBES = 4
_ROWS_AT_ONCE = 1280
"""By one thread: whole blocks. Fewer are done sooner by one."""
_PANEL = 128
"""Columns of a matrix that are multiplied at once."""


@dataclass(frozen=True)
class ByRows:
    """A formula applied in blocks of one size."""

    formula: BlockFormula
    size: int
    centre: FloatArray
    """[d]: is subtracted from each row before."""

    def __call__(self, rows: NDArray[np.float32]) -> FloatArray:
        """The formula's number of each row [n, d], float64 [n], the same to the last bit in any batch."""
        found = np.empty(len(rows))
        # Whole blocks for each thread: a block is the same one whoever works on it.
        each(lambda part: self._fill(rows[part], found[part]), pieces(len(rows), _ROWS_AT_ONCE))
        return found

    def _fill(self, rows: NDArray[np.float32], found: FloatArray) -> None:
        """Write the rows' numbers, block by block."""
        from robustfashion.rejection.scores.kernels import less

        block = np.zeros((self.size, rows.shape[1]))
        for part in pieces(len(rows), self.size):
            count = part.stop - part.start
            less(np.ascontiguousarray(rows[part]), self.centre, block)
            block[count:] = 0
            found[part] = self.formula(block)[:count]


def by_rows(formula: BlockFormula, rows: NDArray[np.float32], centre: FloatArray) -> ByRows:
    """The formula for centred rows like these (one at least), in blocks of ``BLOCK`` if places in one are equal, else of one row.

    Args:
        formula: reads nothing of a row but its values.
        rows: [n, d]; a few are put in every place of a block.
        centre: [d].
    """
    probes = rows[np.linspace(0, len(rows) - 1, _PROBES).astype(np.int64)] - centre

    def place_is_nothing(part: slice) -> bool:
        """Whether a row has the same value in every place of a block."""
        values = formula(np.repeat(probes[part], BLOCK, axis=0))
        return bool((values == values[0]).all())

    return ByRows(formula, BLOCK if all(each(place_is_nothing, pieces(_PROBES, 1))) else 1, centre)


def squared_lengths(rows: FloatArray) -> FloatArray:
    """Sum of squares of each row, [n]."""
    return np.asarray(np.einsum("ij,ij->i", rows, rows))


def padded(matrix: FloatArray) -> FloatArray:
    """With columns of zeros up to a multiple of 32, C-contiguous: whole tiles of a BLAS treat all rows alike."""
    return np.ascontiguousarray(np.pad(matrix, ((0, 0), (0, -matrix.shape[1] % 32))))


@dataclass(frozen=True)
class Panels:
    """A matrix [d, q] to multiply rows by, cut into panels of columns that end where only zeros follow.

    Of an upper triangular matrix of 512 columns five eighths are left.
    """

    panels: tuple[FloatArray, ...]
    """Each [its last row that is not all zeros, columns], C-contiguous."""
    width: int
    """Columns: q and zeros up to a multiple of 32."""

    @classmethod
    def of(cls, matrix: FloatArray) -> "Panels":
        """Cut a matrix."""
        wide = padded(matrix)
        panels = [wide[:, part] for part in pieces(wide.shape[1], _PANEL)]
        ends = [1 + max(np.flatnonzero(panel.any(axis=1)), default=0) for panel in panels]
        return cls(tuple(np.ascontiguousarray(panel[:end]) for panel, end in zip(panels, ends, strict=True)), wide.shape[1])

    def after(self, rows: FloatArray) -> FloatArray:
        """Rows [n, d] times the matrix, [n, width]."""
        found = np.empty((len(rows), self.width))
        for panel, part in zip(self.panels, pieces(self.width, _PANEL), strict=True):
            np.matmul(rows[:, : len(panel)], panel, out=found[:, part])
        return found
