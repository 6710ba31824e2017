"""Pictures with alpha as Java resizes them (TYPE_INT_ARGB and TYPE_4BYTE_ABGR, onto TYPE_INT_ARGB).

``Graphics2D``, ``getScaledInstance`` and what is built upon them multiply colours by alpha in 8 bits, interpolate, and divide
again, so that colours under low alpha change even where the size stays. ``AffineTransformOp``, ``ConvolveOp`` and
TwelveMonkeys treat alpha as a fourth channel. Nearest neighbour takes other pixels than that of opaque pictures.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.resize import METHODS, Pixels, Size, check_method, check_size, java2d, thumbnailator
from robustfashion.resize.coordinates import Cover, cover_axis, drawn_nearest_axis
from robustfashion.resize.halving import halve
from robustfashion.resize.imgscalr import PARTS, antialiased, automatic_choice, in_steps

Resizer = Callable[[Pixels, Size], Pixels]


def resize_rgba(image: Pixels, size: Size, method: str) -> Pixels:
    """Resize uint8 RGBA [H, W, 4], colours not multiplied by alpha, to [h, w, 4] with one of Java's methods.

    Raises:
        InputError: another kind of array, a bad size, a method that is not one of Java's.
    """
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 4 or not image.size:
        raise InputError("image must be a picture with alpha, uint8 RGBA [H, W, 4]; resize() takes RGB")
    function = RGBA_METHODS.get(check_method(method).name)
    if function is None:
        raise InputError(f"{method} is not one of Java's methods; resize the colours and alpha yourself")
    return np.ascontiguousarray(function(np.ascontiguousarray(image), check_size(size)))


def _each_channel(image: Pixels, size: Size, resize: Resizer) -> Pixels:
    """Colours and alpha by a resizer of RGB, independently."""
    colours = resize(np.ascontiguousarray(image[:, :, :3]), size)
    alpha = resize(np.repeat(image[:, :, 3:], 3, axis=2), size)
    return np.concatenate([colours, alpha[:, :, :1]], axis=2)


def _drawn(image: Pixels, size: Size, resize: Resizer) -> Pixels:
    """Multiplied by alpha, resized, cut to alpha (bicubic weights may exceed it), divided."""
    result = _each_channel(_multiplied(image), size, resize)
    np.minimum(result[:, :, :3], result[:, :, 3:], out=result[:, :, :3])
    return _divided(result)


def _nearest(image: Pixels, size: Size) -> Pixels:
    """Graphics2D's nearest neighbour for pictures with alpha."""
    rows, columns = (drawn_nearest_axis(have, want) for have, want in zip(image.shape, size, strict=False))
    return _divided(_multiplied(image[rows][:, columns]))


def _drawn_by(image: Pixels, size: Size, scale: tuple[float, float]) -> Pixels:
    return _drawn(image, size, partial(_draw_bilinear, scale=scale))


def _draw_bilinear(image: Pixels, size: Size, scale: tuple[float, float]) -> Pixels:
    return java2d.draw_bilinear(image, size, scale)


def _replicate(image: Pixels, size: Size) -> Pixels:
    return _divided(_multiplied(_each_channel(image, size, METHODS["java_image.replicate"].function)))


def _smooth(image: Pixels, size: Size) -> Pixels:
    """SCALE_SMOOTH: float32 sums in Java's order, colours weighted by alpha."""
    (height, width), (h, w) = image.shape[:2], size
    rows, columns = cover_axis(height, h, 1, "float32"), cover_axis(width, w, 1, "float32")
    samples = image.astype(np.float32)
    share = np.where(image[:, :, 3:] == 255, np.float32(1), samples[:, :, 3:] / np.float32(255))
    samples[:, :, :3] *= share
    sums = np.zeros((h, w, 4), np.float32)
    for row, amount_y in _taps(rows):
        for column, amount_x in _taps(columns):
            weight = amount_y[:, None] * amount_x[None, :]
            sums += weight[:, :, None] * samples[row[:, None], column[None, :]]
    area = np.float32(height) * np.float32(width) / np.float32(_unit(rows, columns, height, width))
    alpha = _rounded(sums[:, :, 3] / area)
    divisor = np.where((alpha > 0) & (alpha < 255), sums[:, :, 3] / np.float32(255), area)
    colours = _rounded(sums[:, :, :3] / divisor[:, :, None])
    return _divided(_multiplied(np.dstack([colours, alpha])))


def _unit(rows: Cover, columns: Cover, height: int, width: int) -> float:
    """What the tables divided their overlaps by."""
    own = float(rows.head[0] + rows.tail[0] + rows.whole * np.float32(rows.inner + rows.extra[0]))
    other = float(columns.head[0] + columns.tail[0] + columns.whole * np.float32(columns.inner + columns.extra[0]))
    return height / own * width / other


def _taps(cover: Cover) -> list[tuple[NDArray[np.intp], NDArray[np.float32]]]:
    """Source index and overlap of the first, second, ... source pixel of every target pixel; overlap 0 where there is none."""
    first, last = cover.first.astype(np.intp), cover.last.astype(np.intp)
    found = []
    for step in range(int((last - first).max()) + 1):
        index = first + step
        amount = np.where(index < last, cover.whole, np.where(index == last, cover.tail, 0)).astype(np.float32)
        found.append((np.minimum(index, last), cover.head.astype(np.float32) if step == 0 else amount))
    return found


def _rounded(values: NDArray[np.floating[Any]]) -> Pixels:
    return np.clip(np.floor(values.astype(np.float64) + 0.5), 0, 255).astype(np.uint8)


def _multiplied(image: Pixels) -> Pixels:
    result = image.copy()
    result[:, :, :3] = _tables()[0][image[:, :, 3:], image[:, :, :3]]
    return result


def _divided(image: Pixels) -> Pixels:
    result = image.copy()
    result[:, :, :3] = _tables()[1][image[:, :, 3:], image[:, :, :3]]
    return result


@lru_cache(1)
def _tables() -> tuple[Pixels, Pixels]:
    """Java's 8-bit products and quotients, by alpha and value: uint8 [256, 256] each."""
    alpha, value = np.mgrid[:256, :256].astype(np.uint64)
    product = alpha * 65793 * value + (1 << 23) >> 24
    some = np.maximum(alpha, 1)
    inverse = (255 * (1 << 24) + some // 2) // some
    quotient = ((1 << 23) + value * inverse) % (1 << 32) >> 24
    quotient[value >= alpha] = 255
    quotient[0], quotient[255] = 0, np.arange(256)
    return product.astype(np.uint8), quotient.astype(np.uint8)


_GRAPHICS: dict[str, Resizer] = {
    "nearest": _nearest,
    "bilinear": partial(_drawn, resize=java2d.bilinear),
    "bicubic": partial(_drawn, resize=java2d.bicubic),
}
_STAGES = thumbnailator.Stages(_GRAPHICS["bilinear"], _GRAPHICS["bicubic"], _drawn_by)


def _thumbnail(image: Pixels, size: Size) -> Pixels:
    if image.shape[:2] == size:
        return _GRAPHICS["bilinear"](image, size)
    return thumbnailator.default(image, size, _STAGES)


def _imgscalr(image: Pixels, size: Size, name: str) -> Pixels:
    if name == "automatic":
        name = automatic_choice(image.shape[:2], size).__name__
    if name in PARTS:
        return in_steps(image, size, PARTS[name], _GRAPHICS["bicubic"])
    return _GRAPHICS["nearest" if name == "speed" else "bilinear"](image, size)


def _antialiased(image: Pixels, size: Size, name: str) -> Pixels:
    return _each_channel(_imgscalr(image, size, name), size, partial(antialiased, method=lambda picture, _: picture))


def _methods() -> dict[str, Resizer]:
    found: dict[str, Resizer] = {f"java2d.{name}": function for name, function in _GRAPHICS.items()}
    found |= {f"halving.{name}": partial(halve, stage=function) for name, function in _GRAPHICS.items()}
    found |= {"java_image.smooth": _smooth, "java_image.replicate": _replicate}
    found |= {f"thumbnailator.{name}": _GRAPHICS[name] for name in ("bilinear", "bicubic")}
    found |= {
        "thumbnailator.default": _thumbnail,
        "thumbnailator.progressive": partial(thumbnailator.progressive, stages=_STAGES),
    }
    for name in ("speed", "balanced", "quality", "ultra_quality", "automatic"):
        found |= {
            f"imgscalr.{name}": partial(_imgscalr, name=name),
            f"imgscalr.{name}_antialias": partial(_antialiased, name=name),
        }
    for name, method in METHODS.items():
        if name.split(".")[0] in ("affine_op", "twelvemonkeys"):
            found[name] = partial(_each_channel, resize=method.function)
    return found


RGBA_METHODS = _methods()
"""Resizers of pictures with alpha by the names of the methods that they belong to."""
