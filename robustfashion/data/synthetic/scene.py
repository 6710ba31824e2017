"""Pieces of a product, and where they lie on the picture."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from robustfashion.data.synthetic.curves import Points
from robustfashion.data.synthetic.patterns import PATTERNS, FilteredLayer, filtered
from robustfashion.data.synthetic.shading import Body
from robustfashion.data.synthetic.spec import Colour, ProductSpec, style_stream


@dataclass(frozen=True)
class Surface:
    """Colour and pattern of a part."""

    colours: tuple[Colour, ...]
    """Ground colour, then those that the layers name."""
    layers: tuple[FilteredLayer, ...] = ()
    period: float = 1.0
    """Of the pattern, in px of the file."""
    angle: float = 0.0
    """Of the pattern on the product, in degrees."""


@dataclass(frozen=True)
class Piece:
    """A piece of the product: outlines in product units, filled and lit as one."""

    name: str
    outlines: tuple[Points, ...]
    surface: Surface
    body: Body | None = field(default_factory=Body)
    """None = flat and unlit: stitches, print, hands."""
    holes: tuple[Points, ...] = ()
    opacity: float = 1.0
    inlays: tuple[tuple[Points, Surface], ...] = ()
    """Areas of another surface that lie in the part and take its light: outline in product units, surface."""
    casts: float = 0.0
    """Darkness of the shadow that the part throws on the parts below it, in [0, 1]."""


@dataclass(frozen=True)
class Product:
    """All parts of a product, lowest first."""

    parts: tuple[Piece, ...]
    stands: bool = False
    """Stands on a floor, so that its shadow lies under it; otherwise it hangs or lies before the background."""
    written: bool = False
    """Carries digits, which no mirror may reverse."""


@dataclass(frozen=True)
class Pose:
    """Affine map from product units to px."""

    matrix: NDArray[np.float64]
    """[2, 2]: px = units @ matrix + offset."""
    offset: NDArray[np.float64]

    def to_px(self, outline: Points) -> Points:
        """Points in px."""
        return outline @ self.matrix + self.offset

    def to_units(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Product coordinates of pixel positions, arrays that go together in numpy's sense."""
        inverse = self._inverse
        dx, dy = x - self.offset[0], y - self.offset[1]
        return dx * inverse[0, 0] + dy * inverse[1, 0], dx * inverse[0, 1] + dy * inverse[1, 1]

    @cached_property
    def _inverse(self) -> NDArray[np.float64]:
        return np.asarray(np.linalg.inv(self.matrix), dtype=np.float64)

    @cached_property
    def scale(self) -> float:
        """Px per product unit."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix))))

    def direction(self, degrees: float) -> float:
        """Direction on the picture, in degrees, of a direction on the product."""
        x, y = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))]) @ self.matrix
        return float(np.degrees(np.arctan2(y, x)))

    @property
    def mirrored(self) -> bool:
        """Whether left and right are exchanged."""
        return bool(np.linalg.det(self.matrix) < 0)


def place(product: Product, spec: ProductSpec) -> Pose:
    """Turn, mirror and scale the product so that it fills its share of the picture and lies inside it."""
    c, s = np.cos(np.radians(spec.number("roll"))), np.sin(np.radians(spec.number("roll")))
    flip = -1.0 if spec.word("side") == "mirrored" and not product.written else 1.0
    matrix = np.diag([flip * spec.number("squeeze"), 1.0]) @ np.array([[c, s], [-s, c]])
    corners = np.concatenate([outline @ matrix for part in product.parts for outline in part.outlines])
    low, high = corners.min(axis=0), corners.max(axis=0)
    frame = np.array(spec.size[::-1], dtype=np.float64)
    scale = float(np.min(spec.number("fill") * frame / (high - low)))
    free = frame - scale * (high - low)
    shift = np.array([spec.number("offset_x"), spec.number("offset_y")])
    return Pose(matrix * scale, free / 2 * (1 + shift) - scale * low)


def plain(colour: Colour) -> Surface:
    """One colour."""
    return Surface((colour,))


def fabric(spec: ProductSpec, angle: float = 0.0, colours: tuple[Colour, ...] | None = None) -> Surface:
    """The product's cloth, its pattern turned by ``angle`` degrees against the product."""
    chosen = spec.colours if colours is None else colours
    name = spec.word("pattern")
    if name not in PATTERNS:
        return Surface(chosen)
    return Surface(chosen, _layers(name, spec.seed, spec.style, spec.period), spec.period, angle + spec.number("angle"))


@lru_cache(maxsize=4)
def _layers(name: str, seed: int, style: int, period: float) -> tuple[FilteredLayer, ...]:
    return filtered(name, style_stream(seed, style, "pattern"), period)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Colour between two: ``share`` of the second."""
    r, g, b = (round(p + (q - p) * share) for p, q in zip(first, second, strict=True))
    return r, g, b


def darker(colour: Colour, share: float) -> Colour:
    """Colour in shade."""
    return mix(colour, (0, 0, 0), share)


def lighter(colour: Colour, share: float) -> Colour:
    """Colour nearer to white."""
    return mix(colour, (255, 255, 255), share)


def shade(colour: Colour, share: float = 0.35) -> Colour:
    """A colour for lines on another: darker, or lighter where that is nearly black."""
    return darker(colour, share) if luma(colour) > 50 else lighter(colour, 0.6 * share)


def luma(colour: Colour) -> float:
    """Brightness 0 to 255."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def flat(name: str, outlines: Sequence[Points], colour: Colour, opacity: float = 1.0) -> Piece:
    """An unlit part of one colour: stitches, ticks, laces' shadows."""
    return Piece(name, tuple(outlines), plain(colour), None, opacity=opacity)
