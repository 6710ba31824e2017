"""Loops of t-SNE's gradient, compiled: positions in float32, on vector registers."""

import numpy as np
from numpy.typing import NDArray

from robustfashion.machine_code import compiled

# Numbers are finite here: positions are checked by whoever moves them.
_ANY_MATHS = True
_COLUMNS = 1024  # points that are pushed at once: they and their forces stay in the first cache


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


def _push_strips(
    strips: NDArray[np.int64],
    size: int,
    points: NDArray[np.float32],
    forces: NDArray[np.float32],
    sums: NDArray[np.float64],
) -> None:
    # One function: of an inner one there would be two copies of machine code, and which of them is called, with which order of
    # adding, would depend on whether the code was compiled now or kept on disk.
    one, xs, ys, n = np.float32(1), points[0], points[1], points.shape[1]
    for s in strips:
        start, stop = s * size, min(n, s * size + size)
        forces_x, forces_y, total = forces[s, 0], forces[s, 1], 0.0
        forces_x[start:] = 0
        forces_y[start:] = 0
        for first in range(start, n, _COLUMNS):
            last = min(n, first + _COLUMNS)
            for i in range(start, min(stop, last)):
                x, y = xs[i], ys[i]
                nears, along_x, along_y = np.float32(0), np.float32(0), np.float32(0)
                # Unsigned: none counts from the end, so that vectors are loaded.
                for j in range(np.uint64(max(first, i + 1)), np.uint64(last)):
                    gap_x, gap_y = x - xs[j], y - ys[j]
                    near = one / (one + gap_x * gap_x + gap_y * gap_y)
                    nears += near
                    near *= near
                    push_x, push_y = near * gap_x, near * gap_y
                    along_x += push_x
                    along_y += push_y
                    forces_x[j] -= push_x
                    forces_y[j] -= push_y
                forces_x[i] += along_x
                forces_y[i] += along_y
                total += float(nears)
        sums[s] = total


def _add_strips(size: int, parts: NDArray[np.float32], forces: NDArray[np.float64]) -> None:
    for axis in range(2):
        line = np.zeros(parts.shape[2])
        for s in range(parts.shape[0]):
            for i in range(s * size, parts.shape[2]):
                line[i] += parts[s, axis, i]
        forces[:, axis] = line


def _pull_rows(
    first: int,
    rows: NDArray[np.float32],
    points: NDArray[np.float32],
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    weights: NDArray[np.float32],
    forces: NDArray[np.float64],
) -> None:
    one = np.float32(1)
    xs, ys = points[0], points[1]
    for i in range(rows.shape[1]):
        x, y = rows[0, i], rows[1, i]
        along_x, along_y = np.float32(0), np.float32(0)
        others = indices[indptr[first + i] : indptr[first + i + 1]]
        strengths = weights[indptr[first + i] : indptr[first + i + 1]]
        for e in range(others.shape[0]):
            j = np.uint32(others[e])  # unsigned: none counts from the end, and the loop runs on vector registers
            gap_x, gap_y = x - xs[j], y - ys[j]
            pull = strengths[e] / (one + gap_x * gap_x + gap_y * gap_y)
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
push_strips = compiled(_push_strips, fastmath=_ANY_MATHS)
"""The same of all points by one another, each pair once: some ``strips`` of so many points with one another and all behind them.
What a strip adds to each point goes into ``forces`` [strips, 2, n], from its first point on, its sum of q into ``sums``."""
add_strips = compiled(_add_strips, fastmath=False)
"""Forces [n, 2] of the parts of all strips, in float64."""
pull_rows = compiled(_pull_rows, fastmath=_ANY_MATHS)
"""Of each row, the points' rows from ``first`` on, sum p q (y_i - y_j) into ``forces`` over the entries p of a CSR matrix."""
costs = compiled(_costs, fastmath={"reassoc", "contract", "nsz"})
"""Of each row sum p log(p / q) over the entries of a CSR matrix, q not normalised."""
