"""Fewer points with the same shape: a curve of thousands need not weigh down a page."""

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 0.0008
"""Half a pixel of a drawing 600 px wide, as a share of its sides: what lies nearer to the line than this is not seen."""


def simplified(x: NDArray[np.float64], channels: Sequence[NDArray[np.float64]], most: int) -> NDArray[np.intp]:
    """Indices, rising, of the points to keep: always the worst missed one next (after Ramer, Douglas and Peucker).

    Args:
        x: positions [k], never falling, in 0..1 (the drawing's width).
        channels: values [k] of the line, and of its band's bounds, in 0..1 (the drawing's height); NaN = n/a.
        most: how many to keep; ends of gaps are kept beyond that.

    Returns:
        The first and the last point of every unbroken run, one missing point of each gap, and what the shape needs.
    """
    if len(x) <= most:
        return np.arange(len(x))
    known = np.logical_or.reduce([np.isfinite(channel) for channel in channels])
    starts = np.flatnonzero(np.diff(known.astype(np.int8), prepend=np.int8(not known[0]))).tolist()
    kept: set[int] = set()
    waiting: list[tuple[float, int, int, int]] = []
    for first, last in zip(starts, [*(start - 1 for start in starts[1:]), len(x) - 1], strict=True):
        kept |= {first, last} if known[first] else {first}
        if known[first]:
            _add(waiting, x, channels, first, last)
    while waiting and len(kept) < most:
        distance, first, middle, last = heapq.heappop(waiting)
        if -distance < TOLERANCE:
            break
        kept.add(middle)
        _add(waiting, x, channels, first, middle)
        _add(waiting, x, channels, middle, last)
    return np.array(sorted(kept), dtype=np.intp)


def _add(
    waiting: list[tuple[float, int, int, int]],
    x: NDArray[np.float64],
    channels: Sequence[NDArray[np.float64]],
    first: int,
    last: int,
) -> None:
    """Queue the point between two kept ones that lies farthest from the line through them, in any channel."""
    if last - first < 2:
        return
    distance = np.max([_distances(x[first : last + 1], y[first : last + 1]) for y in channels], axis=0)
    middle = first + 1 + int(distance.argmax())
    heapq.heappush(waiting, (-float(distance.max()), first, middle, last))


def _distances(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the inner points from the piece of line between the outer ones; 0 where either is n/a."""
    across, up = x[-1] - x[0], y[-1] - y[0]
    length = across * across + up * up
    dx, dy = x[1:-1] - x[0], y[1:-1] - y[0]
    along = np.clip((dx * across + dy * up) / length, 0.0, 1.0) if length > 0 else np.zeros_like(dx)
    missed: NDArray[np.float64] = np.nan_to_num(np.hypot(dx - along * across, dy - along * up))
    return missed
