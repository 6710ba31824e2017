"""Graphics2D's interpolations and ``getScaledInstance`` on planes, from the tables of :mod:`robustfashion.resize.coordinates`."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from robustfashion.resize import coordinates
from robustfashion.resize.batch.ops import COLUMNS, ROWS, Taps, along, index_on, pick, shifted, taps_on, to_device, whole_sums
from robustfashion.resize.batch.plan import Plan, Planner, Shape, TooManyTapsError, keep

_WEIGHT_BITS = 8
_FLOAT32_WHOLE = 1 << 24
"""Below it, float32 holds every whole number."""
MAX_TAPS = 1 << 12
"""Most source pixels under one target pixel for which SMOOTH's ordered sums are made on planes, one after the other."""


def _nearest(source: Shape, target: Shape, device: torch.device) -> Plan:
    """Target pixels where Java's fixed point runs past the source stay black."""
    if source == target:
        return keep
    rows, columns = coordinates.scaled_blit_axes(source, target)
    row_at, column_at = index_on(rows.at, device), _pixels(columns.at, device)

    def run(planes: Tensor) -> Tensor:
        """Planes uint8 [n, H, W] to [n, h, w]."""
        result = pick(planes, row_at, column_at)
        result[:, rows.painted :] = 0
        result[:, :, columns.painted :] = 0
        return result

    return run


def _pixels(byte_columns: NDArray[np.uintp], device: torch.device) -> Tensor:
    """Columns of interleaved RGB, in bytes, as columns of a plane."""
    return index_on(byte_columns // 3, device)


def _replicate(source: Shape, target: Shape, device: torch.device) -> Plan:
    rows = index_on(coordinates.replicate_axis(source[0], target[0], 1), device)
    columns = _pixels(coordinates.replicate_axis(source[1], target[1], 3), device)
    return lambda planes: pick(planes, rows, columns)


def _interpolation(
    source: Shape, target: Shape, device: torch.device, *, axis: Callable[[int, int, int], coordinates.Taps]
) -> Plan:
    """Nothing is rounded between the axes, so that the one that shrinks more may come first."""
    if source == target:
        return keep
    tables = {dim: axis(source[dim - 1], target[dim - 1], 1) for dim in (ROWS, COLUMNS)}
    taps = {dim: taps_on(table.at, table.weight, device) for dim, table in tables.items()}
    first, second = (ROWS, COLUMNS) if target[0] * source[1] <= source[0] * target[1] else (COLUMNS, ROWS)
    return lambda planes: shifted(whole_sums(whole_sums(planes, taps[first], first), taps[second], second), 2 * _WEIGHT_BITS)


def exact_area(source: Shape, target: Shape) -> np.float32 | None:
    """Total weight of a target pixel, as Java rounds it, where float32 sums are whole numbers, so that their order is free.

    In units of which all powers of two that the sizes have in common were divided out; none where sums may be rounded.
    """
    (height, width), (h, w) = source, target
    unit = 1 << coordinates.area_shift(height, h) + coordinates.area_shift(width, w)
    return _area(source, unit) if 255 * height * width < _FLOAT32_WHOLE * unit else None


def _area(source: Shape, unit: int) -> np.float32:
    return np.float32(np.float32(source[0]) * np.float32(source[1]) / np.float32(unit))


def _smooth(source: Shape, target: Shape, device: torch.device) -> Plan:
    """Means weighted by overlap, summed in whole numbers where that is exact, else in Java's order."""
    (height, width), (h, w) = source, target
    area = exact_area(source, target)
    if area is None and (height // h + 2) * (width // w + 2) > MAX_TAPS:
        raise TooManyTapsError
    unit = 1 << coordinates.area_shift(height, h) + coordinates.area_shift(width, w)
    divisor = to_device(np.array([_area(source, unit)]), device)
    kind = np.dtype(np.float32 if area is None else np.int32)
    rows, columns = (taps_on(*_overlaps(*lengths, kind), device) for lengths in zip(source, target, strict=True))

    def run(planes: Tensor) -> Tensor:
        """Planes uint8 [n, H, W] to [n, h, w]."""
        if area is None:
            sums = _ordered_sums(planes, rows, columns)
        else:
            sums = whole_sums(whole_sums(planes, rows, ROWS), columns, COLUMNS).to(torch.float32)
        return _half_up(sums / divisor)

    return run


def _overlaps(source: int, target: int, kind: np.dtype) -> tuple[NDArray[np.int64], NDArray[np.generic]]:
    """Source pixels under each target pixel, in order, and their overlaps in the unit of ``cover_axis``: [target, K]."""
    cover = coordinates.cover_axis(source, target, 1, "float32")
    first, last = (positions.astype(np.int64)[:, None] for positions in (cover.first, cover.last))
    at = first + np.arange(int((last - first).max()) + 1)
    weight = np.where(at < last, cover.whole, np.where(at == last, cover.tail[:, None], 0))
    weight[:, 0] = cover.head
    return np.minimum(at, last), weight.astype(kind)


def _ordered_sums(planes: Tensor, rows: Taps, columns: Taps) -> Tensor:
    """float32 sums row by row and, in a row, from left to right; each product and each sum is rounded."""
    shape = (planes.shape[0], rows.at.shape[1], columns.at.shape[1])
    total = torch.zeros(shape, dtype=torch.float32, device=planes.device)
    for row_at, row_weight in zip(rows.at, rows.weight, strict=True):
        line = planes.index_select(ROWS, row_at)
        for column_at, column_weight in zip(columns.at, columns.weight, strict=True):
            overlap = along(row_weight, ROWS) * column_weight
            product = line.index_select(COLUMNS, column_at).to(torch.float32) * overlap
            total += product
    return total


def _half_up(quotient: Tensor) -> Tensor:
    """``floor(quotient + 1/2)`` without rounding the sum, at most 255."""
    floor = quotient.floor()
    return (floor + (quotient - floor >= 0.5)).clamp_(0, 255).to(torch.uint8)


PLANNERS: dict[str, Planner] = {
    "java2d.nearest": _nearest,
    "java2d.bilinear": partial(_interpolation, axis=coordinates.bilinear_axis),
    "java2d.bicubic": partial(_interpolation, axis=coordinates.bicubic_axis),
    "java_image.smooth": _smooth,
    "java_image.replicate": _replicate,
}
