"""Fabric patterns as periodic fields without aliasing.

One period is given as a fine tile. Its Fourier coefficients are weighted with the response of a square pixel (a box filter,
in closed form) and cut off below the Nyquist frequency of the picture, so that the field contains nothing that its pixel grid
cannot carry: what aliases later, aliases in the resizer under study. A pixel then looks up its phase in the filtered tile;
phases are 16-bit integers whose overflow is the period.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from robustfashion.data.synthetic.curves import ellipse, shifted, turned

Field = NDArray[np.float64]
"""Coverage of one colour over one period: [n] across the stripes, or [n, n] (v, u); in [0, 1]."""

_CUTOFF = 0.44
"""Highest frequency kept, in cycles per pixel; the margin below 0.5 leaves room for cloth that is warped by folds."""
_LINE = 2048


@dataclass(frozen=True)
class Layer:
    """One colour of a pattern, laid over the colours before it."""

    colour: int
    """Index into the product's colours; -1 = the ground colour in shade (knit, twill)."""
    field: Field
    """One period, not yet filtered."""
    axis: str = "u"
    """Direction in which a one-dimensional field varies: u, v or diagonal."""
    strength: float = 1.0


def _band(duty: float, at: float = 0.0) -> Field:
    phase = (np.arange(_LINE) + 0.5) / _LINE
    return ((phase >= at) & (phase < at + duty)).astype(np.float64)


def _ridge() -> Field:
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_LINE) / _LINE)


def _stripes(_rng: np.random.Generator) -> list[Layer]:
    return [Layer(1, _band(0.5))]


def _breton(_rng: np.random.Generator) -> list[Layer]:
    return [Layer(1, _band(0.36), "v")]


def _pinstripe(_rng: np.random.Generator) -> list[Layer]:
    return [Layer(1, _band(0.22))]


def _multistripe(_rng: np.random.Generator) -> list[Layer]:
    return [Layer(1, _band(0.3), "v"), Layer(2, _band(0.18, 0.5), "v")]


def _gingham(_rng: np.random.Generator) -> list[Layer]:
    return [Layer(1, _band(0.5), "u", 0.6), Layer(1, _band(0.5), "v", 0.6)]


def _tartan(_rng: np.random.Generator) -> list[Layer]:
    wide, thin = _band(0.4), _band(0.06, 0.65)
    return [Layer(1, wide, axis, 0.55) for axis in "uv"] + [Layer(2, thin, axis, 0.85) for axis in "uv"]


def _windowpane(_rng: np.random.Generator) -> list[Layer]:
    return [Layer(1, _band(0.09), axis, 0.85) for axis in "uv"]


def _houndstooth(_rng: np.random.Generator) -> list[Layer]:
    # Warp and weft of four dark and four light threads over a 2/2 twill: the weave itself makes the teeth.
    n = 128
    thread = np.arange(n) // (n // 8)
    dark = thread < 4
    warp_up = (thread[None, :] - thread[:, None]) % 4 < 2
    return [Layer(1, np.where(warp_up, dark[None, :], dark[:, None]).astype(np.float64))]


def _herringbone(_rng: np.random.Generator) -> list[Layer]:
    v, u = np.mgrid[0:128, 0:128] / 128
    zigzag = np.abs(u - 0.5) * 2
    return [Layer(1, ((v * 2 + zigzag) % 1 < 0.5).astype(np.float64))]


def _twill(_rng: np.random.Generator) -> list[Layer]:
    return [Layer(-1, _ridge(), "diagonal", 0.75)]


def _rib(_rng: np.random.Generator) -> list[Layer]:
    return [Layer(-1, _ridge() ** 2, "u", 0.9)]


def _knit(_rng: np.random.Generator) -> list[Layer]:
    v, u = np.mgrid[0:128, 0:128] / 128
    stitch = 0.5 + 0.5 * np.cos(2 * np.pi * (v + np.abs(u - 0.5) * 0.9))
    column = np.abs(np.sin(np.pi * u)) ** 0.5
    return [Layer(-1, 1 - stitch * column, strength=0.8)]


def _dots(_rng: np.random.Generator) -> list[Layer]:
    v, u = np.mgrid[0:256, 0:256] / 256
    near = np.minimum(np.hypot(u - 0.25, v - 0.25), np.hypot(u - 0.75, v - 0.75))
    return [Layer(1, (near < 0.15).astype(np.float64))]


def _blossom(draw: ImageDraw.ImageDraw, at: tuple[float, float], radius: float, turn: float, n: int) -> None:
    for petal in range(5):
        outline = turned(ellipse((0.62 * radius, 0), (0.5 * radius, 0.34 * radius), 20), turn + 72 * petal) + at
        for dx in (-n, 0, n):
            for dy in (-n, 0, n):
                draw.polygon(shifted(outline, dx, dy).ravel().tolist(), fill=255)


def _floral(rng: np.random.Generator) -> list[Layer]:
    n = 256
    sheets = [Image.new("L", (n, n)) for _ in range(2)]
    petals, leaves = (ImageDraw.Draw(sheet) for sheet in sheets)
    for cell in range(9):
        at = ((cell % 3 + rng.uniform(0.25, 0.75)) * n / 3, (cell // 3 + rng.uniform(0.25, 0.75)) * n / 3)
        radius = n * rng.uniform(0.09, 0.15)
        leaf = turned(ellipse((radius * 1.2, 0), (radius * 0.7, radius * 0.25), 20), rng.uniform(0, 360)) + at
        leaves.polygon([tuple(p) for p in leaf], fill=255)
        _blossom(petals, at, radius, rng.uniform(0, 72), n)
    arrays = [np.asarray(sheet, dtype=np.float64) / 255 for sheet in sheets]
    return [Layer(2, arrays[1]), Layer(1, arrays[0])]


PATTERNS: dict[str, Callable[[np.random.Generator], list[Layer]]] = {
    "stripes": _stripes, "breton": _breton, "pinstripe": _pinstripe, "multistripe": _multistripe, "gingham": _gingham,
    "tartan": _tartan, "windowpane": _windowpane, "houndstooth": _houndstooth, "herringbone": _herringbone, "twill": _twill,
    "rib": _rib, "knit": _knit, "dots": _dots, "floral": _floral,
}  # fmt: skip
"""Patterns by name: one period each; ``solid`` is the absence of one."""


def band_limited(field: Field, period: float) -> NDArray[np.uint8]:
    """Filter one period for pixels of 1/``period`` of it: uint8 of the field's shape.

    Args:
        field: [n] or [n, n], in [0, 1].
        period: length of the period in px; below 2.3 px nothing but the mean remains.
    """
    transformed = np.fft.fftn(field)
    for axis, n in enumerate(field.shape):
        frequency = np.abs(np.fft.fftfreq(n, 1 / n)) / period
        weight = np.where(frequency <= _CUTOFF, np.sinc(frequency), 0.0)
        transformed *= weight.reshape([-1 if k == axis else 1 for k in range(field.ndim)])
    filtered = np.fft.ifftn(transformed).real
    # The cut-off leaves ripples beside edges; scaling keeps them instead of clipping, which would bring the harmonics back.
    low, high = min(0.0, float(filtered.min())), max(1.0, float(filtered.max()))
    return np.asarray(np.rint((filtered - low) / (high - low) * 255), dtype=np.uint8)


def _phase(
    width: int, height: int, per_px: tuple[float, float], start: float, shift: NDArray[np.float32] | None
) -> NDArray[np.uint16]:
    across = ((np.arange(width) + 0.5) * per_px[0] + start) % 1.0
    down = ((np.arange(height) + 0.5) * per_px[1]) % 1.0
    total = (across * 65536).astype(np.uint16)[None, :] + (down * 65536).astype(np.uint16)[:, None]
    if shift is not None:
        total += (shift * 65536).astype(np.int32).astype(np.uint16)
    return total


@dataclass(frozen=True)
class Grid:
    """How a pattern lies on a picture: a period in px, an angle in degrees, an origin in px and an optional warp."""

    period: float
    angle: float
    origin: tuple[float, float]
    warp: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None
    """Displacement of the cloth along u and v, in px: two [height, width] arrays."""
    mirrored: bool = False
    """Whether v lies 90 degrees to the other side of u."""

    def phase(self, axis: str, width: int, height: int) -> NDArray[np.uint16]:
        """Phase of every pixel centre along u, v or the diagonal: uint16 [height, width], 65536 = one period."""
        turn = {"u": 0.0, "v": 90.0, "diagonal": 55.0}[axis]
        direction = np.radians(self.angle - turn if self.mirrored else self.angle + turn)
        c, s = np.cos(direction), np.sin(direction)
        shift = None
        if self.warp is not None:
            a, b = np.cos(np.radians(turn)), np.sin(np.radians(turn))
            shift = np.float32(a / self.period) * self.warp[0] + np.float32(b / self.period) * self.warp[1]
        start = -(self.origin[0] * c + self.origin[1] * s) / self.period
        return _phase(width, height, (c / self.period, s / self.period), start, shift)


@dataclass(frozen=True)
class FilteredLayer:
    """A layer ready for pictures with one size of pixel."""

    colour: int
    """As :attr:`Layer.colour`."""
    tile: NDArray[np.uint8]
    """One period of coverage: [n] or [n, n], n a power of two."""
    axis: str


def filtered(name: str, rng: np.random.Generator, period: float) -> tuple[FilteredLayer, ...]:
    """The layers of a pattern, band-limited for a period in px."""
    return tuple(
        FilteredLayer(layer.colour, np.rint(band_limited(layer.field, period) * layer.strength).astype(np.uint8), layer.axis)
        for layer in PATTERNS[name](rng)
    )


def coverage(layer: FilteredLayer, grid: Grid, width: int, height: int) -> Image.Image:
    """How much of the layer's colour each pixel shows: an ``L`` image."""
    tile = layer.tile
    n = tile.shape[0]
    shift = 16 - n.bit_length() + 1
    if tile.ndim == 1:
        return Image.fromarray(tile[grid.phase(layer.axis, width, height) >> shift])
    u, v = grid.phase("u", width, height) >> shift, grid.phase("v", width, height) >> shift
    return Image.fromarray(tile.ravel()[v * np.uint16(n) + u])
