"""Where Java's arithmetic looks for a pixel, and with which weight: per-axis tables, exact to the bit.

Sources: JDK 17 ``ScaledBlit`` (nearest), ``TransformHelper`` (bilinear, bicubic), ``ReplicateScaleFilter``,
``AreaAveragingScaleFilter``. ``source`` and ``target`` are the lengths of one axis in px; ``stride`` is how far apart its
pixels are (1 for rows, 3 for columns of interleaved RGB). Tables are read-only and kept for the next image of the same
size.
"""

from functools import lru_cache
from math import ceil, gcd, trunc
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError

Index = NDArray[np.uintp]
Weight = NDArray[np.int32]
Amount = NDArray[np.uint32] | NDArray[np.float32]

_AXES = 128
"""Tables kept of each kind; one takes some KB."""
_FRACTION_BITS = 8
_ONE_32 = 1 << 32


class Copies(NamedTuple):
    """Which source pixel each target pixel of one axis copies."""

    at: Index
    """Source position times the stride, [target]."""
    painted: int
    """Target pixels from here on stay black: Java's fixed point ran past the source's end."""


class Taps(NamedTuple):
    """Interpolation of one axis with n taps."""

    at: Index
    """Source position of each tap times the stride, [target, n]."""
    weight: Weight
    """Weight of each tap, int32 [target, n]; each row adds to 256."""


class Cover(NamedTuple):
    """Overlap of the source pixels of one axis with its target pixels, in a common unit.

    Target pixel t overlaps its first source pixel by ``head[t]``, its last by ``tail[t]`` (0 where that is the first), and
    those between by ``whole``. Between lie ``inner`` pixels, the same number for all t, and one more, at ``extra_at[t]``,
    where ``extra[t]`` is 1. Overlaps are uint32 or float32, arrays [target]; positions are multiplied by the stride.
    """

    first: Index
    last: Index
    head: Amount
    tail: Amount
    extra_at: Index
    extra: Amount
    inner: int
    whole: np.uint32 | np.float32


@lru_cache(_AXES)
def scaled_blit_axes(source: tuple[int, int], target: tuple[int, int]) -> tuple[Copies, Copies]:
    """Source row of each target row, and byte column of each target column, as Graphics2D's nearest neighbour takes them.

    Both axes share a fixed-point format and the length of the tiles within which positions advance by a truncated step.
    """
    shift = 31 - (source[0] | source[1]).bit_length()
    step = min(trunc((s / t) * (1 << shift)) for s, t in zip(source, target, strict=True))
    tile = 1 << _tile_bits(step, shift)
    rows, columns = (_scaled_blit_axis(source[i], target[i], shift, tile, stride) for i, stride in ((0, 1), (1, 3)))
    return rows, columns


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """The same array, from now on read-only."""
    array.setflags(write=False)
    return array


def _index(position: NDArray[np.int64], stride: int) -> Index:
    return frozen((position * stride).astype(np.uintp))


def _tile_bits(step: int, shift: int) -> int:
    if step == 0:
        return 0
    bits = min(step.bit_length() - 1, shift)
    return bits - 8 if bits >= 16 else bits // 2


def _scaled_blit_axis(source: int, target: int, shift: int, tile: int, stride: int) -> Copies:
    scale = (source / target) * (1 << shift)
    position = np.arange(target, dtype=np.int64)
    start = position // tile * tile
    location = np.ceil((start + 0.5) * scale - 0.5).astype(np.int64) + trunc(scale) * (position - start)
    index = location >> shift
    return Copies(_index(np.minimum(index, source - 1), stride), int(np.count_nonzero(index < source)))


@lru_cache(_AXES)
def replicate_axis(source: int, target: int, stride: int) -> Index:
    """Source index of each target pixel, as ReplicateScaleFilter computes it: ``floor((t + 1/2) source / target)`` in integers.

    Raises:
        InputError: Java's 32-bit product would overflow.
    """
    if (2 * target - 1) * source >= 1 << 31:
        raise InputError(
            f"java_image.replicate from {source} to {target} px overflows Java's 32-bit integers; use java2d.nearest"
        )
    position = np.arange(target, dtype=np.int64)
    return _index((2 * position * source + source) // (2 * target), stride)


@lru_cache(_AXES)
def bilinear_axis(source: int, target: int, stride: int) -> Taps:
    """Two taps as Graphics2D's bilinear interpolation takes them: 8-bit fractions, edges repeated."""
    return drawn_bilinear_axis(source, target, target / source, stride)


@lru_cache(_AXES)
def drawn_bilinear_axis(source: int, target: int, scale: float, stride: int) -> Taps:
    """The same where source or target were cut after the scale was chosen: only the target pixels that Java paints."""
    left, fraction = _transform_axis(source, target, scale)
    index = np.clip(left[:, None] + np.arange(2), 0, source - 1)
    weight = np.stack([(1 << _FRACTION_BITS) - fraction, fraction], axis=1)
    return Taps(_index(index, stride), frozen(weight.astype(np.int32)))


@lru_cache(_AXES)
def drawn_nearest_axis(source: int, target: int) -> Index:
    """Source pixel of each target pixel as Graphics2D's nearest neighbour takes it for images with alpha."""
    scale = target / source
    inverse = 1.0 / scale
    position = trunc((inverse * 0.5) * _ONE_32) + np.arange(target, dtype=np.int64) * trunc(inverse * _ONE_32)
    return _index(np.minimum(position >> 32, source - 1), 1)


@lru_cache(_AXES)
def bicubic_axis(source: int, target: int, stride: int) -> Taps:
    """Four taps as Graphics2D's bicubic interpolation takes them: Catmull-Rom in an 8-bit table, edges repeated."""
    left, fraction = _transform_axis(source, target, target / source)
    index = np.clip(left[:, None] + np.arange(-1, 3), 0, source - 1)
    table = catmull_rom_table()
    weight = np.stack([table[256 + fraction], table[fraction], table[256 - fraction], table[512 - fraction]], axis=1)
    return Taps(_index(index, stride), frozen(weight))


def _transform_axis(source: int, target: int, scale: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Left tap (-1 where the pixel lies before the first centre) and its fraction in 1/256, truncated, from 32.32 fixed point."""
    inverse = 1.0 / scale  # two roundings: source / target differs in the last bit
    step, start = trunc(inverse * _ONE_32), trunc((inverse * 0.5) * _ONE_32)
    position = start + np.arange(min(target, ceil(source * scale)), dtype=np.int64) * step
    position = position[position >> 32 < source] - (_ONE_32 >> 1)
    return position >> 32, position >> (32 - _FRACTION_BITS) & 255


@lru_cache(1)
def catmull_rom_table() -> Weight:
    """Weights at the distances 0, 1/256, ..., 2 in units of 1/256, int32 [513]; four weights of one position add to 256."""
    a = -0.5
    table = np.zeros(513, dtype=np.int32)
    for n in range(384):
        x = n / 256
        near = ((a + 2) * x - (a + 3)) * x * x + 1
        far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
        table[n] = trunc(256 * (near if n < 256 else far))
    table[384] = (256 - 2 * table[128]) // 2
    for n in range(385, 513):
        table[n] = 256 - (table[512 - n] + table[n - 256] + table[768 - n])
    frozen(table)
    return table


def area_shift(source: int, target: int) -> int:
    """Bits by which all overlaps of this axis can be shifted right without loss."""
    common = gcd(source, target)
    return (common & -common).bit_length() - 1


@lru_cache(_AXES)
def cover_axis(source: int, target: int, stride: int, kind: Literal["uint32", "float32"]) -> Cover:
    """Overlaps as AreaAveragingScaleFilter walks them, in units of which ``2 ** area_shift`` were divided out.

    A source pixel is ``target`` units long, a target pixel ``source`` units. Tables of columns (``stride`` above 1) are
    made even in length by repeating the last entry, since a kernel takes two target columns at a time.
    """
    shift = area_shift(source, target)
    position = np.minimum(np.arange(target + (target % 2 if stride > 1 else 0), dtype=np.int64), target - 1)
    start = position * source
    end = start + source
    first, last = start // target, (end - 1) // target
    head = np.minimum((first + 1) * target, end) - start
    tail = np.where(last > first, end - last * target, 0)
    between = np.maximum(last - first - 1, 0)
    inner = int(between.min())
    extra = between - inner
    dtype = np.dtype(kind)
    head, tail, extra = ((amount >> bits).astype(dtype) for amount, bits in ((head, shift), (tail, shift), (extra, 0)))
    indices = (_index(i, stride) for i in (first, last, last - (between > inner)))
    first_at, last_at, extra_at = indices
    amounts = (frozen(head), frozen(tail), extra_at, frozen(extra))
    return Cover(first_at, last_at, *amounts, inner, dtype.type(target >> shift))
