"""Outlines: every shape of the drawn world is a polygon, float64 [n, 2] of (x right, y down) in product units."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]


def points(values: ArrayLike) -> Points:
    """Points [n, 2] from any nested sequence."""
    return np.asarray(values, dtype=np.float64).reshape(-1, 2)


def spline(through: ArrayLike, steps: int = 8, closed: bool = False) -> Points:
    """Smooth curve through the given points (uniform Catmull-Rom), ``steps`` points per span."""
    knots = points(through)
    before, after = (knots[-1:], knots[:2]) if closed else (2 * knots[:1] - knots[1:2], 2 * knots[-1:] - knots[-2:-1])
    padded = np.concatenate([before, knots, after])
    a, b, c, d = (padded[i : len(padded) - 3 + i, None] for i in range(4))
    t = (np.arange(steps) / steps)[None, :, None]
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    flat = curve.reshape(-1, 2)
    return flat if closed else np.concatenate([flat, knots[-1:]])


def join(*pieces: ArrayLike) -> Points:
    """One outline out of consecutive pieces."""
    return np.concatenate([points(piece) for piece in pieces])


def mirrored(outline: Points) -> Points:
    """The same outline left-right reversed at x = 0, in reversed order so that it joins on."""
    return outline[::-1] * (-1.0, 1.0)


def line(start: Sequence[float], end: Sequence[float], n: int = 2) -> Points:
    """Straight line of ``n`` points."""
    return np.linspace(points(start)[0], points(end)[0], n)


@cache
def _numbers(n: int) -> NDArray[np.float64]:
    return np.arange(n, dtype=np.float64)


def even(start: float, end: float, n: int) -> NDArray[np.float64]:
    """``n`` >= 2 numbers from ``start`` to ``end``: ``np.linspace`` to the bit, without its generality."""
    step = (end - start) / (n - 1)
    numbers = _numbers(n) * step + start
    numbers[-1] = end
    return numbers


def arc(centre: Sequence[float], radii: Sequence[float], start: float, end: float, n: int = 24) -> Points:
    """Elliptic arc from angle ``start`` to ``end`` in degrees; 0 points right, 90 down."""
    angles = np.radians(even(start, end, n))
    outline = np.empty((n, 2))
    outline[:, 0] = centre[0] + radii[0] * np.cos(angles)
    outline[:, 1] = centre[1] + radii[1] * np.sin(angles)
    return outline


def ellipse(centre: Sequence[float], radii: Sequence[float], n: int = 48) -> Points:
    """Full ellipse."""
    return arc(centre, radii, 0.0, 360.0 * (n - 1) / n, n)


def rounded_box(left: float, top: float, right: float, bottom: float, radius: float) -> Points:
    """Rectangle with round corners."""
    r = min(radius, (right - left) / 2, (bottom - top) / 2)
    return join(
        arc((right - r, top + r), (r, r), -90, 0, 8),
        arc((right - r, bottom - r), (r, r), 0, 90, 8),
        arc((left + r, bottom - r), (r, r), 90, 180, 8),
        arc((left + r, top + r), (r, r), 180, 270, 8),
    )


def normals(centre: Points) -> Points:
    """Unit normals of a polyline, to the right of its direction seen with y down."""
    across = np.empty_like(centre)  # central differences, one-sided at both ends, turned by 90 degrees
    across[1:-1] = (centre[2:] - centre[:-2]) / 2
    across[0], across[-1] = centre[1] - centre[0], centre[-1] - centre[-2]
    across = across[:, ::-1] * (-1.0, 1.0)
    across /= np.maximum(np.hypot(across[:, 0], across[:, 1]), 1e-12)[:, None]
    return across


def ribbon(centre: Points, width: float | Sequence[float]) -> Points:
    """Band around a polyline; ``width`` is constant, or given at equal steps along it."""
    if isinstance(width, int | float):
        offset = normals(centre) * width / 2
    else:
        wide = np.interp(np.linspace(0, 1, len(centre)), np.linspace(0, 1, len(width)), width)
        offset = normals(centre) * wide[:, None] / 2
    return np.concatenate([centre + offset, (centre - offset)[::-1]])


def along(curve: Points, n: int) -> Points:
    """``n`` points at equal distances along a polyline, ends included."""
    distance = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    at = np.linspace(0, distance[-1], n)
    return np.stack([np.interp(at, distance, curve[:, 0]), np.interp(at, distance, curve[:, 1])], axis=1)


def turned(outline: Points, degrees: float, centre: Sequence[float] = (0.0, 0.0)) -> Points:
    """Outline turned clockwise (seen with y down) around ``centre``."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    around = np.asarray(centre, dtype=np.float64)
    return points((outline - around) @ np.array([[c, s], [-s, c]]) + around)


def shifted(outline: Points, dx: float, dy: float) -> Points:
    """Outline moved."""
    moved: Points = outline + np.array([dx, dy])
    return moved
