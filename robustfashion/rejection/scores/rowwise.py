"""Matrix products whose result for a row does not depend on the rows beside it.

A BLAS picks its kernels by the shape, so that a row alone can differ in its last bits from the same row in a batch. Here every
product is of one shape: blocks of ``BLOCK`` rows, the last one filled up with zeros. What is left is the place in the block; that
it does not matter is seen, not assumed, from a block of equal rows. Where it does, blocks have one row: slow, and right.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from robustfashion.stats import FloatArray

BLOCK = 128
BlockFormula = Callable[[FloatArray], FloatArray]
"""Rows float64 [b, d] to a number each, [b]."""


def by_rows(formula: BlockFormula, rows: NDArray[np.float32]) -> FloatArray:
    """The formula's number of each row, float64 [n], the same to the last bit in any batch.

    Args:
        formula: reads nothing of a row but its values.
        rows: [n, d].
    """
    n, width = rows.shape
    found = np.empty(n)
    if not n:
        return found
    size = BLOCK if _places_are_equal(formula, rows[0]) else 1
    block = np.zeros((size, width))
    for start in range(0, n, size):
        count = min(size, n - start)
        block[:count] = rows[start : start + count]
        block[count:] = 0
        found[start : start + count] = formula(block)[:count]
    return found


def _places_are_equal(formula: BlockFormula, row: NDArray[np.float32]) -> bool:
    found = formula(np.repeat(row[None].astype(np.float64), BLOCK, axis=0))
    return bool((found == found[0]).all())


def squared_lengths(rows: FloatArray) -> FloatArray:
    """Sum of squares of each row, [n]."""
    return np.asarray(np.einsum("ij,ij->i", rows, rows))
