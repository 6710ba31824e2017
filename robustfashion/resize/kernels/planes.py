"""Java's arithmetic on single planes, uint8 [H, W], for batches whose channels lie apart.

The same sums as in :mod:`~robustfashion.resize.kernels.bilinear`, :mod:`~robustfashion.resize.kernels.bicubic` and the integer
form of :mod:`~robustfashion.resize.kernels.area`, rows always first. Horizontal positions count px.
"""

from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from robustfashion.resize.coordinates import Cover, Taps
from robustfashion.resize.kernels.jit import INDEX, ROWS, ROWS_OUT, TAPS, Rows, compiled, cover_type, inlined

_INTEGER = cover_type(types.uint32)
_HALF = np.int32(1 << 15)
_BITS = np.int32(16)
_LOW, _HIGH = np.int32(0), np.int32(255)
_0, _1, _2, _3 = np.uintp(0), np.uintp(1), np.uintp(2), np.uintp(3)

Sums = NDArray[np.int32]


@compiled(types.void, ROWS, INDEX, INDEX, ROWS_OUT)
def pick(source: Rows, rows: NDArray[np.uintp], columns: NDArray[np.uintp], target: Rows) -> None:
    """Fill ``target`` [h, w] with the source pixels at these rows and columns."""
    for y in range(rows.size):
        row = rows[y]
        for x in range(columns.size):
            target[y, x] = source[row, columns[x]]


@inlined
def _rows_of_2(source: Rows, rows: Taps, y: int, line: Sums) -> None:
    a, b = rows.at[y, _0], rows.at[y, _1]
    u, v = rows.weight[y, _0], rows.weight[y, _1]
    for i in range(line.size):
        line[i] = np.int32(source[a, i] * u + source[b, i] * v)


@inlined
def _rows_of_4(source: Rows, rows: Taps, y: int, line: Sums) -> None:
    a, b, c, d = rows.at[y, _0], rows.at[y, _1], rows.at[y, _2], rows.at[y, _3]
    t, u, v, w = rows.weight[y, _0], rows.weight[y, _1], rows.weight[y, _2], rows.weight[y, _3]
    for i in range(line.size):
        line[i] = np.int32(source[a, i] * t + source[b, i] * u + source[c, i] * v + source[d, i] * w)


@inlined
def _tap(line: Sums, columns: Taps, x: int, k: np.uintp) -> np.int32:
    return np.int32(line[columns.at[x, k]] * columns.weight[x, k])


@inlined
def _byte(total: np.int32) -> np.uint8:
    return np.uint8(min(max(np.int32(total + _HALF) >> _BITS, _LOW), _HIGH))


@compiled(types.void, ROWS, TAPS, TAPS, ROWS_OUT)
def bilinear(source: Rows, rows: Taps, columns: Taps, target: Rows) -> None:
    """Fill ``target`` [h, w] by two taps an axis."""
    line = np.empty(source.shape[1], np.int32)
    for y in range(np.uintp(target.shape[0])):
        _rows_of_2(source, rows, y, line)
        for x in range(np.uintp(target.shape[1])):
            target[y, x] = _byte(np.int32(_tap(line, columns, x, _0) + _tap(line, columns, x, _1)))


@compiled(types.void, ROWS, TAPS, TAPS, ROWS_OUT)
def bicubic(source: Rows, rows: Taps, columns: Taps, target: Rows) -> None:
    """Fill ``target`` [h, w] by four taps an axis."""
    line = np.empty(source.shape[1], np.int32)
    for y in range(np.uintp(target.shape[0])):
        _rows_of_4(source, rows, y, line)
        for x in range(np.uintp(target.shape[1])):
            left = np.int32(_tap(line, columns, x, _0) + _tap(line, columns, x, _1))
            right = np.int32(_tap(line, columns, x, _2) + _tap(line, columns, x, _3))
            target[y, x] = _byte(np.int32(left + right))


@compiled(types.void, ROWS, _INTEGER, _INTEGER, types.float32, ROWS_OUT)
def area(source: Rows, rows: Cover, columns: Cover, divisor: np.float32, target: Rows) -> None:
    """Fill ``target`` [h, w] with means where 255 x the total weight, ``divisor``, is below 2^24."""
    line: NDArray[Any] = np.empty(source.shape[1], np.uint32)
    for y in range(np.uintp(target.shape[0])):
        top, bottom = rows.first[y], rows.last[y]
        line[:] = 0
        for row in range(top + _1, bottom):
            for i in range(line.size):
                line[i] += source[row, i]
        for i in range(line.size):
            line[i] = np.uint32(line[i] * rows.whole + source[top, i] * rows.head[y] + source[bottom, i] * rows.tail[y])
        for x in range(np.uintp(target.shape[1])):
            inside = np.uint32(0)
            for i in range(columns.first[x] + _1, columns.last[x]):
                inside += line[i]
            ends = line[columns.first[x]] * columns.head[x] + line[columns.last[x]] * columns.tail[x]
            quotient: Any = np.float32(np.uint32(inside * columns.whole + ends)) / divisor
            whole: Any = np.int32(quotient)
            target[y, x] = np.uint8(min(whole + (quotient - np.float32(whole) >= np.float32(0.5)), 255))
