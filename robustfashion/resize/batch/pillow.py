"""Pillow's filters on planes: two passes, columns first, each rounded to 8 bits as Pillow does it."""

import numpy as np
import torch
from torch import Tensor

from robustfashion.resize.batch.ops import COLUMNS, ROWS, Taps, index_on, pick, shifted, taps_on, to_device, whole_sums
from robustfashion.resize.batch.pillow_tables import (
    PRECISION_BITS,
    filter_axis,
    gap_factors,
    nearest_axis,
    reduce_multiplier,
    rows_first,
)
from robustfashion.resize.batch.plan import Plan, Planner, Shape
from robustfashion.resize.pillow import FILTERS, GAPS

_REDUCE_BITS = 24


def _nearest(source: Shape, target: Shape, device: torch.device) -> Plan:
    rows, columns = (index_on(nearest_axis(*lengths), device) for lengths in zip(source, target, strict=True))
    return lambda planes: pick(planes, rows, columns)


def _filter(filter_name: str) -> Planner:
    def plan(source: Shape, target: Shape, device: torch.device) -> Plan:
        """The plan for two sizes."""
        return _two_passes(filter_name, source, target, source, device)

    return plan


def _two_passes(filter_name: str, source: Shape, target: Shape, lengths: tuple[float, float], device: torch.device) -> Plan:
    """Resize the part of planes of shape ``source`` that ends at ``lengths`` (rows, columns)."""
    passes: list[tuple[int, Taps]] = []
    for axis in (ROWS, COLUMNS) if rows_first(source, target) else (COLUMNS, ROWS):
        size, wanted, length = source[axis - 1], target[axis - 1], lengths[axis - 1]
        if size != wanted or length != size:
            first, weight = filter_axis(size, wanted, filter_name, length)
            passes.append((axis, taps_on(first[:, None] + np.arange(weight.shape[1]), weight, device)))

    def run(planes: Tensor) -> Tensor:
        """Planes uint8 [n, H, W] to [n, h, w]."""
        for axis, taps in passes:
            planes = shifted(whole_sums(planes, taps, axis), PRECISION_BITS)
        return planes

    return run


def _gap_filter(filter_name: str, gap: int) -> Planner:
    """``reducing_gap``: means of whole boxes first, as many as leave ``gap`` times the target."""

    def plan(source: Shape, target: Shape, device: torch.device) -> Plan:
        """The plan for two sizes."""
        height, width = gap_factors(source, target, gap)
        if (height, width) == (1, 1):
            return _two_passes(filter_name, source, target, source, device)
        reduce = _boxes(source, (height, width), device)
        reduced = (-(-source[0] // height), -(-source[1] // width))
        resize = _two_passes(filter_name, reduced, target, (source[0] / height, source[1] / width), device)
        return lambda planes: resize(reduce(planes))

    return plan


def _boxes(source: Shape, factors: Shape, device: torch.device) -> Plan:
    """``Image.reduce``: rounded means of boxes of this height and width, smaller ones at the end of each axis."""
    tables, counts = [], []
    for size, factor in zip(source, factors, strict=True):
        at = np.arange(0, size, factor)[:, None] + np.arange(factor)
        inside = at < size
        tables.append(taps_on(np.where(inside, at, 0), inside.astype(np.int32), device))
        counts.append(inside.sum(axis=1))
    rows, columns = tables
    cells = np.outer(*counts)
    half, multiplier = to_device(cells // 2, device), to_device(reduce_multiplier(cells), device)

    def run(planes: Tensor) -> Tensor:
        """Planes uint8 [n, H, W] to [n, h, w]."""
        sums = whole_sums(whole_sums(planes, columns, COLUMNS), rows, ROWS).to(torch.int64)
        return sums.add_(half).mul_(multiplier).bitwise_right_shift_(_REDUCE_BITS).to(torch.uint8)

    return run


ANTIALIASED: list[str] = [name for name in FILTERS if name != "nearest"]
_FILTERS: dict[str, Planner] = {f"pillow.{name}": _filter(name) for name in ANTIALIASED}
_GAP_FILTERS: dict[str, Planner] = {f"pillow.{name}_gap{gap}": _gap_filter(name, gap) for gap in GAPS for name in ANTIALIASED}
PLANNERS: dict[str, Planner] = {"pillow.nearest": _nearest, **_FILTERS, **_GAP_FILTERS}
