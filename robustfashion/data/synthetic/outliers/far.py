"""Pictures of nothing: noise, gradients, gratings, and fields of a random network like those that fool trained ones.

Fields are computed on at most 512 px and enlarged, so that they cost little and do not alias.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from robustfashion.data.synthetic.spec import ProductSpec

_Draw = Callable[[ProductSpec], Image.Image]
_MOST = 512


def _grid(spec: ProductSpec, most: int = _MOST) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(x, y) of a coarse grid; the longer side runs from 0 to 1."""
    scale = max(spec.size)
    height, width = (max(round(n * min(most / scale, 1.0)), 2) for n in spec.size)
    y, x = np.mgrid[0:height, 0:width]
    return x / max(height, width), y / max(height, width)


def _enlarged(spec: ProductSpec, field: NDArray[np.float64]) -> Image.Image:
    """[h, w, 3] in [0, 1] at the specification's size."""
    small = Image.fromarray(np.rint(np.clip(field, 0, 1) * 255).astype(np.uint8))
    return small.resize(spec.size[::-1], Image.Resampling.BICUBIC)


def noise(spec: ProductSpec, _draw: _Draw) -> Image.Image:
    """Independent grains of equal size."""
    grain = spec.number("grain") * max(spec.size) / 500
    height, width = (max(round(n / grain), 2) for n in spec.size)
    rng = spec.view_stream("far")
    field = rng.integers(0, 256, (height, width, 3 if spec.word("colour") == "rgb" else 1), dtype=np.uint8)
    small = Image.fromarray(np.broadcast_to(field, (height, width, 3)).copy())
    return small.resize(spec.size[::-1], Image.Resampling.BILINEAR if grain > 8 else Image.Resampling.NEAREST)


def _tones(spec: ProductSpec, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    known = np.array(spec.colours, dtype=np.float64) / 255
    return np.concatenate([known, rng.random((max(count - 3, 0), 3))])[:count]


def gradient(spec: ProductSpec, _draw: _Draw) -> Image.Image:
    """One colour flows into another."""
    rng, count = spec.view_stream("far"), int(spec.number("stops"))
    x, y = _grid(spec, 64)
    angle = np.radians(spec.number("direction"))
    along = x * np.cos(angle) + y * np.sin(angle)
    along = (along - along.min()) / max(float(np.ptp(along)), 1e-9)
    tones = _tones(spec, rng, count)
    return _enlarged(spec, np.stack([np.interp(along, np.linspace(0, 1, count), tones[:, c]) for c in range(3)], axis=-1))


def gratings(spec: ProductSpec, _draw: _Draw) -> Image.Image:
    """Sine waves across each other."""
    rng, count = spec.view_stream("far"), int(spec.number("waves"))
    x, y = _grid(spec)
    total = np.zeros_like(x)
    for _ in range(count):
        angle, period = rng.uniform(0, np.pi), spec.number("wavelength") / 500 * rng.uniform(0.7, 1.5)
        total += np.sin(2 * np.pi * ((x * np.cos(angle) + y * np.sin(angle)) / period + rng.random()))
    share = 0.5 + 0.5 * total[:, :, None] / count
    ground, ink = np.array(spec.colours[0]) / 255, np.array(spec.colours[1]) / 255
    return _enlarged(spec, ground * (1 - share) + ink * share)


def fooling(spec: ProductSpec, _draw: _Draw) -> Image.Image:
    """A random network from coordinates to colours (a CPPN, as Nguyen, Yosinski and Clune evolved against classifiers)."""
    rng, frequency = spec.view_stream("far"), spec.number("frequency")
    x, y = _grid(spec, 224)
    x, y = (x - x.mean()) * frequency, (y - y.mean()) * frequency
    values = np.stack([x, y, np.hypot(x, y), np.ones_like(x)], axis=-1)
    for _ in range(int(spec.number("depth"))):
        mixed = values @ rng.normal(0, 1.4 / np.sqrt(values.shape[-1] / 3), (values.shape[-1], 9))
        values = np.concatenate([np.tanh(mixed[..., :3]), np.sin(2 * mixed[..., 3:6]), np.exp(-(mixed[..., 6:] ** 2))], axis=-1)
    return _enlarged(spec, 0.5 + 0.5 * np.sin(values @ rng.normal(0, 1.2, (values.shape[-1], 3))))
