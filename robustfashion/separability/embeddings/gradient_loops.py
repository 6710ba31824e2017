"""Loops of t-SNE's gradient, compiled: positions in float32, on vector registers."""

import numpy as np
from numpy.typing import NDArray

from robustfashion.separability.embeddings.compiled import compiled

# Numbers are finite here: positions are checked by whoever moves them.
_ANY_MATHS = True


def _push_rows(
    rows: NDArray[np.float32],
    points: NDArray[np.float32],
    forces: NDArray[np.float64],
    sums: NDArray[np.float64],
) -> None:
    one = np.float32(1)
    xs, ys = points[0], points[1]
    for i in range(rows.shape[1]):
        x, y = rows[0, i], rows[1, i]
        total, along_x, along_y = np.float32(0), np.float32(0), np.float32(0)
        for j in range(xs.shape[0]):
            gap_x, gap_y = x - xs[j], y - ys[j]
            near = one / (one + gap_x * gap_x + gap_y * gap_y)
            total += near
            near *= near
            along_x += near * gap_x
            along_y += near * gap_y
        sums[i], forces[i, 0], forces[i, 1] = total, along_x, along_y


def _pull_rows(
    first: int,
    rows: NDArray[np.float32],
    points: NDArray[np.float32],
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    weights: NDArray[np.float64],
    forces: NDArray[np.float64],
) -> None:
    for i in range(rows.shape[1]):
        x, y = rows[0, i], rows[1, i]
        along_x, along_y = 0.0, 0.0
        for e in range(indptr[first + i], indptr[first + i + 1]):
            j = indices[e]
            gap_x, gap_y = x - points[0, j], y - points[1, j]
            pull = weights[e] / (1.0 + gap_x * gap_x + gap_y * gap_y)
            along_x += pull * gap_x
            along_y += pull * gap_y
        forces[i, 0], forces[i, 1] = along_x, along_y


def _costs(
    rows: NDArray[np.float64],
    points: NDArray[np.float64],
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    found = np.zeros(rows.shape[0])
    for i in range(rows.shape[0]):
        for e in range(indptr[i], indptr[i + 1]):
            j = indices[e]
            gap_x, gap_y = rows[i, 0] - points[j, 0], rows[i, 1] - points[j, 1]
            if weights[e] > 0:
                found[i] += weights[e] * np.log(weights[e] * (1.0 + gap_x * gap_x + gap_y * gap_y))
    return found


push_rows = compiled(_push_rows, fastmath=_ANY_MATHS)
"""Of each row [2, b] sum q² (y_i - y_j) into ``forces``, sum q into ``sums``, over all points j; q = 1 / (1 + |y_i - y_j|²)."""
pull_rows = compiled(_pull_rows, fastmath=_ANY_MATHS)
"""Of each row, the points' rows from ``first`` on, sum p q (y_i - y_j) into ``forces`` over the entries p of a CSR matrix."""
costs = compiled(_costs, fastmath={"reassoc", "contract", "nsz"})
"""Of each row sum p log(p / q) over the entries of a CSR matrix, q not normalised."""
