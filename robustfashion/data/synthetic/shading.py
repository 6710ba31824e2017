"""Light on a part: its relief (round edges, folds) becomes a map of brightness, computed coarsely and enlarged.

Shading is smooth, so a grid of about 128 cells along the picture's long side is enough at every native size.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Relief = Callable[[Array, Array], Array]
"""Height of a surface above its flat state at product coordinates (x, y), in product units."""

_FAR = -200.0
"""Exponent of a crease's faint end: 1e-87 is lost in every sum, and numpy takes ten times as long where numbers underflow."""


@dataclass(frozen=True)
class Light:
    """One soft key light and the light of the surroundings."""

    azimuth: float
    """Direction that the light comes from, in degrees: 0 right, -90 above."""
    elevation: float
    """Height above the picture plane in degrees; low light shows more relief."""
    ambient: float
    """Share of light that comes from everywhere, in [0, 1]."""
    warmth: float
    """Colour of the light: -1 blue, 0 neutral, 1 warm."""

    def direction(self) -> tuple[float, float, float]:
        """Unit vector to the light: x right, y down, z to the camera."""
        return self._direction

    @cached_property
    def _direction(self) -> tuple[float, float, float]:
        a, e = np.radians(self.azimuth), np.radians(self.elevation)
        return float(np.cos(a) * np.cos(e)), float(np.sin(a) * np.cos(e)), float(np.sin(e))

    def tint(self) -> tuple[float, float, float]:
        """Gain per channel, at most 1."""
        return (1 + min(self.warmth, 0) * 0.07, 1 - abs(self.warmth) * 0.02, 1 - max(self.warmth, 0) * 0.10)


@dataclass(frozen=True)
class Body:
    """How a part answers light."""

    bulge: float = 0.5
    """Steepness at its rim: 0 flat, 1 a half cylinder."""
    radius: float = 0.05
    """Width of the rounded rim in product units."""
    gloss: float = 0.0
    """Strength of the highlight, in [0, 1]."""
    sharpness: float = 20.0
    """Exponent of the highlight: cloth 5, leather 20, metal 60."""
    relief: Relief | None = None


def blur(field: Array, radius: float) -> Array:
    """Two box blurs of ``radius`` cells in both directions; outside counts as 0."""
    r = max(round(radius), 1)
    field = field.T
    for _ in range(4):  # along the rows, then, transposed, along the columns, twice; numpy is faster along the first axis
        n, across = field.shape
        total = np.zeros((n + 2 * r + 1, across))
        np.cumsum(field, axis=0, out=total[r + 1 : r + 1 + n])
        total[r + 1 + n :] = total[r + n]
        mean = total[2 * r + 1 :] - total[: -2 * r - 1]
        mean /= 2 * r + 1
        field = mean.T
    return field.T


def _slope(field: Array, cell: float) -> Array:
    """Central differences along the rows, one-sided at both ends: ``np.gradient`` without its checks."""
    slope = np.empty_like(field)
    np.subtract(field[:, 2:], field[:, :-2], out=slope[:, 1:-1])
    slope[:, 1:-1] /= 2.0 * cell
    slope[:, 0] = (field[:, 1] - field[:, 0]) / cell
    slope[:, -1] = (field[:, -1] - field[:, -2]) / cell
    return slope


def brightness(mask: Array, relief: Array | None, cell: float, body: Body, light: Light) -> tuple[Array, Array]:
    """Diffuse and specular light on a grid.

    Args:
        mask: coverage of the part on the grid, [h, w] in [0, 1], with empty cells around it.
        relief: height of the part's folds on the cells, [h, w] in product units.
        cell: size of a cell in product units.
        body: how the part answers light.
        light: the light.

    Returns:
        Factor on the colour (1 = a flat surface) and added highlight in [0, 1], both [h, w].
    """
    wide, narrow = blur(mask, body.radius / cell), blur(mask, body.radius / cell / 3)
    height = body.bulge * body.radius * (1.3 * wide + 0.5 * narrow)
    if relief is not None:
        height = height + relief
    slope_y, slope_x = _slope(height.T, cell).T, _slope(height, cell)
    length = np.sqrt(slope_x**2 + slope_y**2 + 1)
    x, y, z = light.direction()
    facing = np.maximum(z - x * slope_x - y * slope_y, 0) / length
    diffuse = light.ambient + (1 - light.ambient) * facing / z
    # Little light reaches the rim of a round body from behind: keeps white on white visible.
    diffuse = diffuse * (1 - 0.22 * body.bulge * np.clip(1 - (1.3 * wide - 0.3), 0, 1))
    if body.gloss <= 0:
        return diffuse, np.zeros_like(diffuse)
    halfway = np.array([x, y, z + 1])
    halfway /= np.linalg.norm(halfway)
    mirror = np.maximum(halfway[2] - halfway[0] * slope_x - halfway[1] * slope_y, 0) / length
    return diffuse, body.gloss * mirror**body.sharpness


def ridges(rng: np.random.Generator, area: tuple[float, float, float, float], count: int, lean: tuple[float, float]) -> Relief:
    """Soft creases of cloth: ``count`` elongated bumps in ``area`` (left, top, right, bottom).

    Args:
        rng: decides where and how.
        area: in product units.
        count: number of creases; every second one is a dent.
        lean: mean and spread of their direction in degrees; 0 lies, 90 hangs.
    """
    x0, y0 = rng.uniform(area[0], area[2], count), rng.uniform(area[1], area[3], count)
    angle = np.radians(rng.normal(lean[0], lean[1], count))
    c, s = np.cos(angle), np.sin(angle)
    length, width = rng.uniform(0.06, 0.2, count), rng.uniform(0.008, 0.024, count)
    amount = width * rng.uniform(0.2, 0.6, count) * np.where(np.arange(count) % 2, -1, 1)

    def relief(x: Array, y: Array) -> Array:
        """Height of the wrinkles."""
        total = np.zeros_like(x)
        for k in range(count):
            dx, dy = x - x0[k], y - y0[k]
            power = -(((dx * c[k] + dy * s[k]) / length[k]) ** 2) - ((dy * c[k] - dx * s[k]) / width[k]) ** 2
            total += amount[k] * np.exp(np.maximum(power, _FAR))
        return total

    return relief


def together(*reliefs: Relief) -> Relief:
    """Sum of reliefs."""
    return lambda x, y: np.sum([relief(x, y) for relief in reliefs], axis=0)
