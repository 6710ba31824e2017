"""Pixel loops of AffineTransformOp: an interior in integers that round after each axis, an edge in float64."""

import numpy as np
from numba import types

from robustfashion.resize.affine_axes import EdgeTaps
from robustfashion.resize.coordinates import Taps
from robustfashion.resize.kernels.jit import (
    BLUE,
    EDGE_TAPS,
    GREEN,
    PAIR,
    PIXEL,
    ROWS,
    ROWS_OUT,
    TAPS,
    Rows,
    compiled,
    inlined,
)

_HALF = np.uint32(1 << 15)
_BITS = np.uint32(16)
_HALF_SIGNED = 1 << 15
_RING = np.uintp(3)
_0, _1, _2, _3 = np.uintp(0), np.uintp(1), np.uintp(2), np.uintp(3)
_FLOAT32_BITS_OF_INFINITY = 2139095040.0
_INT32_MIN, _INT32_MAX = -2147483648.0, 2147483647.0


@compiled(types.void, ROWS, TAPS, TAPS, types.uintp, ROWS_OUT)
def affine_bilinear(source: Rows, rows: Taps, columns: Taps, start: np.uintp, target: Rows) -> None:
    """Fill the bytes of ``target`` [h, 3 w] from ``start`` on; rows first, rounded to bytes, then columns."""
    width = source.shape[1]
    line = np.empty(width, np.uint8)
    for y in range(target.shape[0]):
        top, bottom = source[rows.at[y, 0]], source[rows.at[y, 1]]
        w0, w1 = np.uint32(rows.weight[y, 0]), np.uint32(rows.weight[y, 1])
        for i in range(width):
            line[i] = np.uint8((np.uint32(top[i]) * w0 + np.uint32(bottom[i]) * w1 + _HALF) >> _BITS)
        out = target[y]
        o = start
        for x in range(columns.at.shape[0]):
            a, b = columns.at[x, 0], columns.at[x, 1]
            u0, u1 = np.uint32(columns.weight[x, 0]), np.uint32(columns.weight[x, 1])
            out[o] = (line[a] * u0 + line[b] * u1 + _HALF) >> _BITS
            out[o + GREEN] = (line[a + GREEN] * u0 + line[b + GREEN] * u1 + _HALF) >> _BITS
            out[o + BLUE] = (line[a + BLUE] * u0 + line[b + BLUE] * u1 + _HALF) >> _BITS
            o += PIXEL


@inlined
def _blend(line: Rows, i: np.uintp, w0: np.int32, w1: np.int32, w2: np.int32, w3: np.int32) -> np.int32:
    """One sample from four neighbours, in units of 1/4."""
    return np.int32(
        np.int32(line[i] * w0 + line[i + PIXEL] * w1 + line[i + _2 * PIXEL] * w2 + line[i + _3 * PIXEL] * w3) >> np.int32(12)
    )


@compiled(types.void, ROWS, TAPS, TAPS, types.uintp, ROWS_OUT)
def affine_bicubic(source: Rows, rows: Taps, columns: Taps, start: np.uintp, target: Rows) -> None:
    """Fill the bytes of ``target`` [h, 3 w] from ``start`` on; columns first, cut to quarters, then rows."""
    size = 3 * columns.at.shape[0]
    lines = np.empty((4, size), np.int32)
    index = rows.at
    ready = index[0, 0]
    for y in range(target.shape[0]):
        ready = max(ready, index[y, 0])
        while ready <= index[y, 3]:
            line, blended = source[ready], lines[ready & _RING]
            o = _0
            for x in range(columns.at.shape[0]):
                i = columns.at[x, 0]
                w0, w1, w2, w3 = columns.weight[x, _0], columns.weight[x, _1], columns.weight[x, _2], columns.weight[x, _3]
                blended[o] = _blend(line, i, w0, w1, w2, w3)
                blended[o + GREEN] = _blend(line, i + GREEN, w0, w1, w2, w3)
                blended[o + BLUE] = _blend(line, i + BLUE, w0, w1, w2, w3)
                o += PIXEL
            ready += _1
        a, b = lines[index[y, 0] & _RING], lines[index[y, 1] & _RING]
        c, d = lines[index[y, 2] & _RING], lines[index[y, 3] & _RING]
        w0, w1, w2, w3 = rows.weight[y]
        out = target[y, start : start + np.uintp(size)]
        for i in range(size):
            total = np.int32(a[i] * w0 + b[i] * w1 + c[i] * w2 + d[i] * w3 + _HALF_SIGNED)
            out[i] = np.uint8(min(max(int(total >> np.int32(16)), 0), 255))


@inlined
def _edge_sample(source: Rows, rows: EdgeTaps, columns: EdgeTaps, y: int, x: int, channel: np.uintp) -> float:
    total = 0.0
    for j in range(rows.at.shape[1]):
        line = source[rows.at[y, j]]
        part = 0.0
        for k in range(columns.at.shape[1]):
            part += line[columns.at[x, k] + channel] * columns.weight[x, k]
        total += part * rows.weight[y, j]
    return total


@compiled(types.void, ROWS, EDGE_TAPS, EDGE_TAPS, PAIR, types.boolean, types.uintp, ROWS_OUT)
def affine_edge(
    source: Rows, rows: EdgeTaps, columns: EdgeTaps, skipped: tuple[int, int], is_cubic: bool, start: np.uintp, target: Rows
) -> None:
    """Fill the bytes of ``target`` [h, 3 w] from ``start`` on, but for the columns of the table ``skipped`` (first, stop)."""
    for y in range(rows.at.shape[0]):
        out = target[y]
        x = 0
        while x < columns.at.shape[0]:
            if x == skipped[0] and skipped[1] > skipped[0]:
                x = skipped[1]
                continue
            for channel in (_0, GREEN, BLUE):
                value = _edge_sample(source, rows, columns, y, x, channel)
                if is_cubic:
                    shifted = min(max(value - _FLOAT32_BITS_OF_INFINITY, _INT32_MIN), _INT32_MAX)
                    byte = int(shifted) >> 24 ^ 0x80
                else:
                    byte = int(value)
                out[start + np.uintp(x) * PIXEL + channel] = np.uint8(byte & 255)
            x += 1
