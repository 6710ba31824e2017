"""OpenCV's interpolations on planes. Cubic is missing: its arithmetic is not published."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor

from robustfashion.resize.batch import opencv_tables as tables
from robustfashion.resize.batch.ops import COLUMNS, ROWS, Taps, float_sums, index_on, pick, shifted, taps_on, to_even, whole_sums
from robustfashion.resize.batch.plan import Plan, Planner, Shape, keep

_Axis = Callable[[int, int], tuple[tables.Positions, tables.Whole]]


def _nearest(source: Shape, target: Shape, device: torch.device, *, exact: bool) -> Plan:
    rows, columns = (index_on(tables.nearest_axis(*lengths, exact), device) for lengths in zip(source, target, strict=True))
    return lambda planes: pick(planes, rows, columns)


def _linear(source: Shape, target: Shape, device: torch.device, *, area: bool = False) -> Plan:
    """Fixed point of 11 bits; half the size in both directions is an area average."""
    if source == target:
        return keep
    if [tables.whole_scale(s, t) for s, t in zip(source, target, strict=True)] == [2, 2]:
        return _whole_area(source, target, device)
    rows = taps_on(*tables.linear_axis(source[0], target[0], rows=True, area=area), device)
    columns = taps_on(*tables.linear_axis(source[1], target[1], rows=False, area=area), device)
    return lambda planes: _linear_rows(whole_sums(planes, columns, COLUMNS), rows)


def _linear_rows(lines: Tensor, rows: Taps) -> Tensor:
    """Blend rows as OpenCV does since SSE2: 4 bits are dropped before the products and 16 after each."""
    lines = lines.bitwise_right_shift_(4)
    total = torch.full((1, 1, 1), 2, dtype=torch.int32, device=lines.device)
    for at, weight in zip(rows.at, rows.weight, strict=True):
        total = total + (lines.index_select(ROWS, at) * weight[:, None]).bitwise_right_shift_(16)
    return total.bitwise_right_shift_(2).clamp_(0, 255).to(torch.uint8)


def _two_sums(source: Shape, target: Shape, device: torch.device, *, axis: _Axis, bits: int) -> Plan:
    """Both axes in whole numbers, rounded once at the end; ``bits`` is what the products of two weights have."""
    if source == target:
        return keep
    rows, columns = (taps_on(*axis(*lengths), device) for lengths in zip(source, target, strict=True))
    return lambda planes: shifted(whole_sums(whole_sums(planes, columns, COLUMNS), rows, ROWS), bits)


def _area(source: Shape, target: Shape, device: torch.device) -> Plan:
    """Means weighted by overlap where both axes shrink, else linear between the edges of pixels."""
    if source == target:
        return keep
    if target[0] > source[0] or target[1] > source[1]:
        return _linear(source, target, device, area=True)
    if all(tables.whole_scale(s, t) for s, t in zip(source, target, strict=True)):
        return _whole_area(source, target, device)
    rows, columns = (taps_on(*tables.area_axis(*lengths), device) for lengths in zip(source, target, strict=True))
    return lambda planes: to_even(float_sums(float_sums(planes, columns, COLUMNS), rows, ROWS))


def _whole_area(source: Shape, target: Shape, device: torch.device) -> Plan:
    """Means of whole boxes: 2 x 2 in integers, rounded half up; others by a float32 reciprocal, rounded half to even."""
    factors = [s // t for s, t in zip(source, target, strict=True)]
    taps = []
    for wanted, factor in zip(target, factors, strict=True):
        at = np.arange(wanted)[:, None] * factor + np.arange(factor)
        taps.append(taps_on(at, np.ones(at.shape, np.int32), device))
    rows, columns = taps
    share = float(np.float32(1) / np.float32(factors[0] * factors[1]))

    def run(planes: Tensor) -> Tensor:
        """Planes uint8 [n, H, W] to [n, h, w]."""
        sums = whole_sums(whole_sums(planes, columns, COLUMNS), rows, ROWS)
        return shifted(sums, 2) if factors == [2, 2] else to_even(sums.to(torch.float32) * share)

    return run


PLANNERS: dict[str, Planner] = {
    "opencv.nearest": partial(_nearest, exact=False),
    "opencv.nearest_exact": partial(_nearest, exact=True),
    "opencv.linear": _linear,
    "opencv.linear_exact": partial(_two_sums, axis=tables.linear_exact_axis, bits=2 * tables.EXACT_BITS),
    "opencv.area": _area,
    "opencv.lanczos4": partial(_two_sums, axis=tables.lanczos4_axis, bits=2 * tables.COEFFICIENT_BITS),
}
