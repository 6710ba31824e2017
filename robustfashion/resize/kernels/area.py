"""Area averaging as Java's AreaAveragingScaleFilter sums it.

Java adds float32 products in reading order. Where every partial sum is a whole number that float32 holds, the order does
not matter and integers give the same pixels faster; elsewhere the sums are made in Java's order, two target columns at a
time since each is a chain of dependent additions.
"""

from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from robustfashion.resize.coordinates import Cover
from robustfashion.resize.kernels.jit import (
    BLUE,
    DIVISOR,
    GREEN,
    PIXEL,
    ROWS,
    ROWS_OUT,
    Rows,
    compiled,
    cover_type,
    inlined,
)

Number = Any
"""uint32 with sums in uint64, or float32 throughout."""
Numbers = NDArray[Any]
_Sums = tuple[Number, Number, Number]

_INTEGER = cover_type(types.uint32)
_FLOAT = cover_type(types.float32)


@inlined
def _add(sums: _Sums, weight: Number, values: Numbers, i: np.uintp) -> _Sums:
    """A weighted pixel more, each product and each sum rounded to its type."""
    return sums[0] + weight * values[i], sums[1] + weight * values[i + GREEN], sums[2] + weight * values[i + BLUE]


@inlined
def _load(values: Numbers, i: np.uintp) -> _Sums:
    return values[i], values[i + GREEN], values[i + BLUE]


@inlined
def _store(sums: _Sums, values: Numbers, i: np.uintp) -> None:
    values[i], values[i + GREEN], values[i + BLUE] = sums


@inlined
def _round(sums: Numbers, divisor: Numbers, out: NDArray[np.uint8]) -> None:
    """``floor(sum / divisor + 1/2)``, the quotient in float32 and the rest exact, at most 255."""
    for i in range(out.size):
        quotient = np.float32(sums[i]) / divisor[i]
        whole = np.int32(quotient)
        out[i] = np.uint8(min(whole + (quotient - np.float32(whole) >= np.float32(0.5)), 255))


@compiled(types.void, ROWS, _INTEGER, _INTEGER, DIVISOR, ROWS_OUT)
def area_integer(source: Rows, rows: Cover, columns: Cover, divisor: Numbers, target: Rows) -> None:
    """Fill ``target`` [h, 3 w] where 255 x the total weight is below 2^24; ``divisor`` [1, 3 w] is the total weight."""
    width = source.shape[1]
    line = np.empty(width, np.uint32)
    sums = np.empty(3 * columns.first.size, np.int32)
    for y in range(target.shape[0]):
        line[:] = 0
        for row in range(rows.first[y] + np.uintp(1), rows.last[y]):
            middle = source[row]
            for i in range(width):
                line[i] += middle[i]
        top, bottom = source[rows.first[y]], source[rows.last[y]]
        head, tail, inside = rows.head[y], rows.tail[y], rows.whole
        for i in range(width):
            line[i] = np.uint32(line[i] * inside + top[i] * head + bottom[i] * tail)
        o = np.uintp(0)
        for x in range(columns.first.size):
            first, last = columns.first[x], columns.last[x]
            red = green = blue = np.uint32(0)
            for i in range(first + PIXEL, last, PIXEL):
                red += line[i]
                green += line[i + GREEN]
                blue += line[i + BLUE]
            total: _Sums = red * columns.whole, green * columns.whole, blue * columns.whole
            total = _add(_add(total, columns.head[x], line, first), columns.tail[x], line, last)
            _store(total, sums, o)
            o += PIXEL
        _round(sums, divisor[0], target[y])


@inlined
def _add_row(values: Numbers, products: Numbers, amount: Number, columns: Cover, sums: Numbers) -> None:
    """Add one source row to one row of sums, each target pixel from left to right."""
    one = np.float32(1)
    half = np.uintp(columns.first.size // 2)
    for x in range(half):
        z = x + half
        i, j = columns.first[x], columns.first[z]
        left = _add(_load(sums, PIXEL * x), amount * columns.head[x], values, i)
        right = _add(_load(sums, PIXEL * z), amount * columns.head[z], values, j)
        for _ in range(columns.inner):
            i += PIXEL
            j += PIXEL
            left = _add(left, one, products, i)
            right = _add(right, one, products, j)
        left = _add(left, columns.extra[x], products, columns.extra_at[x])
        right = _add(right, columns.extra[z], products, columns.extra_at[z])
        _store(_add(left, amount * columns.tail[x], values, columns.last[x]), sums, PIXEL * x)
        _store(_add(right, amount * columns.tail[z], values, columns.last[z]), sums, PIXEL * z)


@compiled(types.void, ROWS, _FLOAT, _FLOAT, DIVISOR, ROWS_OUT)
def area_float(source: Rows, rows: Cover, columns: Cover, divisor: Numbers, target: Rows) -> None:
    """Fill ``target`` [h, 3 w]; ``divisor`` [1 or h, 3 w] is what Java divides the sums by. ``columns`` are even in number."""
    width = source.shape[1]
    values, products = np.empty(width, np.float32), np.empty(width, np.float32)
    sums = np.empty(3 * columns.first.size, np.float32)
    for y in range(target.shape[0]):
        sums[:] = 0
        for row in range(rows.first[y], rows.last[y] + np.uintp(1)):
            amount = rows.whole
            if row == rows.first[y]:
                amount = rows.head[y]
            elif row == rows.last[y]:
                amount = rows.tail[y]
            line = source[row]
            inside = amount * columns.whole
            for i in range(width):
                values[i] = np.float32(line[i])
                products[i] = values[i] * inside
            _add_row(values, products, amount, columns, sums)
        _round(sums, divisor[min(y, divisor.shape[0] - 1)], target[y])
